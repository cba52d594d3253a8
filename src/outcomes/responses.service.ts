import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { applyChanges } from '../platform/pure/changes.js';
import { newId } from '../platform/pure/ids.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { stillToAsk } from './asking.queries.js';
import { catalogueWithin, startedWithin } from './catalogue.queries.js';
import { findIn, forEpisode, newestIn, versionProblem } from './catalogue.rules.js';
import { sinceReopened } from './closing.queries.js';
import type { Measure } from './measures.catalogue.js';
import { scoreOf } from './measures.rules.js';
import { RESPONSE_EVENTS } from './outcome.events.js';
import { OutcomeHooks } from './outcome.hooks.js';
import type {
  CorrectResponseInput,
  RecordResponseInput,
  RiskInput,
  UnansweredInput,
  VoidResponseInput,
} from './response.dto.js';
import {
  dateProblems,
  type Episode,
  modeProblems,
  occasionRefusal,
  riskIn,
  riskProblems,
  saysNothing,
} from './response.rules.js';
import type { Mode, Occasion } from './response.types.js';

interface LockedEpisode extends Episode {
  referralId: string;
  clientId: string;
}

/** One set of answers, ready to be scored and kept. */
interface Response {
  measure: string;
  version: string;
  occasion: Occasion;
  answeredOn: string;
  mode: Mode;
  answers: Record<string, unknown>;
}

interface GivenResponse extends Response {
  risk?: RiskInput | undefined;
}

interface StoredResponse extends Response {
  id: string;
  isSuperseded: boolean;
}

@Injectable()
export class ResponsesService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: OutcomeHooks,
    private readonly referrals: ReferralsService,
  ) {}

  /** Records what a person answered, scored by the measure's own rule. */
  record(actor: Actor, referralId: string, input: RecordResponseInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const episode = await lockEpisode(tx, 'response.record', referralId);
      const started = input.occasion === 'baseline' ? [] : await startedWithin(tx, referralId);
      const catalogue = forEpisode(await catalogueWithin(tx), started);
      const problem = versionProblem(catalogue, input.measure, input.version);
      if (problem) throw Refusal.invalid([problem]);
      refuseOccasion(input.occasion, 'record', episode);
      const measure = findIn(catalogue, input.measure, input.version)?.measure;
      const id = await keep(tx, episode, measure, input, null);
      await outbox.add(tx, RESPONSE_EVENTS.record, { responseId: id, referralId: episode.referralId });
      await this.tell(tx, episode, id, input);
      return id;
    });
  }

  /** What a person answered by themselves. The caller has looked whether the link may be used; this looks at the rest. */
  async recordByLink(tx: Tx, referralId: string, given: Omit<Response, 'mode'>): Promise<void> {
    const episode = await lockedEpisode(tx, referralId);
    const found = findIn(await catalogueWithin(tx), given.measure, given.version);
    refuseOccasion(given.occasion, 'record', episode);
    const response: Response = { ...given, mode: 'online' };
    const id = await keep(tx, episode, found?.measure, response, null);
    await outbox.add(tx, RESPONSE_EVENTS.record, { responseId: id, referralId });
    await this.tell(tx, episode, id, response);
  }

  /** Puts a response right: the new one stands in its place, the old one stays in the trail with the reason. */
  correct(actor: Actor, responseId: string, input: CorrectResponseInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, earlier } = await lockResponse(tx, responseId);
      const { reason, risk, ...given } = input;
      const corrected = applyChanges(earlier, given).after;
      if (corrected.occasion !== earlier.occasion) refuseOccasion(corrected.occasion, 'correct', episode);
      await supersede(tx, responseId, reason);
      const found = findIn(await catalogueWithin(tx), corrected.measure, corrected.version);
      const id = await keep(tx, episode, found?.measure, { ...corrected, risk }, responseId);
      await outbox.add(tx, RESPONSE_EVENTS.correct, { responseId: id, referralId: episode.referralId });
      await this.tell(tx, episode, id, corrected);
      return id;
    });
  }

  /** Strikes out a response that belongs to somebody else or was never given. It leaves every figure and stays in the trail. */
  strikeOut(actor: Actor, responseId: string, input: VoidResponseInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { episode, earlier } = await lockResponse(tx, responseId);
      await supersede(tx, responseId, input.reason);
      await audit(tx, {
        action: 'response.void',
        subject: { kind: 'response', id: responseId },
        clients: [episode.clientId],
        details: { referralId: episode.referralId },
      });
      await outbox.add(tx, RESPONSE_EVENTS.strikeOut, { responseId, referralId: episode.referralId });
      await this.tell(tx, episode, responseId, earlier);
      return responseId;
    });
  }

  /**
   * Asked, and asked again, nobody answered: kept as missing for each measure that was still to be asked, so that it is
   * counted. Doing it again changes nothing.
   */
  async recordNoAnswer(tx: Tx, referralId: string, occasion: Occasion): Promise<void> {
    const missing = await tx.rows<{ client_id: string }>(sql`
      with missing as (
        insert into measure_missing (scheme_id, id, referral_id, measure, occasion, because, recorded_at)
        select ${tx.schemeId}, gen_random_uuid(), ${referralId}, b.measure, ${occasion}, 'no_answer', ${tx.now}
        from (${stillToAsk(sql`${tx.schemeId}::uuid`, sql`${referralId}::uuid`, sql`${occasion}::text`)}) b
        returning referral_id)
      select r.client_id from referral r
      where r.scheme_id = ${tx.schemeId} and r.id = ${referralId} and exists (select 1 from missing)`);
    for (const { client_id: clientId } of missing) {
      await audit(tx, {
        action: 'response.noAnswer',
        subject: { kind: 'referral', id: referralId },
        clients: [clientId],
        details: { occasion },
      });
    }
  }

  /** "Rather not say" to every question: no answers, and nobody is asked for them again. */
  async recordRatherNot(
    tx: Tx,
    referralId: string,
    { measure, occasion }: Pick<Response, 'measure' | 'occasion'>,
  ): Promise<void> {
    const episode = await lockedEpisode(tx, referralId);
    refuseOccasion(occasion, 'record', episode);
    const id = newId();
    await tx.run(sql`
      insert into measure_missing (scheme_id, id, referral_id, measure, occasion, because, recorded_at)
      values (${tx.schemeId}, ${id}, ${referralId}, ${measure}, ${occasion}, 'declined', ${tx.now})`);
    await audit(tx, {
      action: 'response.noAnswer',
      subject: { kind: 'referral', id: referralId },
      clients: [episode.clientId],
      details: { occasion, measure },
    });
    await this.hooks.recorded.run(tx, {
      responseId: id,
      referralId,
      clientId: episode.clientId,
      measure,
      occasion,
    });
  }

  /** First questions that were not asked or not answered, and why: counted instead of nothing at all, and not asked for again. */
  recordUnanswered(actor: Actor, referralId: string, { measure, because }: UnansweredInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const episode = await lockEpisode(tx, 'response.record', referralId);
      refuseOccasion('baseline', 'record', episode);
      const found = newestIn(await catalogueWithin(tx), measure);
      if (!found || found.measure.fromPlan) {
        throw Refusal.invalidField('measure', 'There is no such questionnaire');
      }
      const answered = await tx.maybe(sql`
        select 1 from measure_response
        where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and measure = ${measure}
          and occasion = 'baseline' and superseded_at is null`);
      if (answered) {
        throw Refusal.conflict(
          'answered',
          'They answered this at the start. Strike those answers out first.',
        );
      }
      const id = newId();
      await tx.run(sql`
        insert into measure_missing (scheme_id, id, referral_id, measure, occasion, because, recorded_by, recorded_at)
        values (${tx.schemeId}, ${id}, ${referralId}, ${measure}, 'baseline', ${because},
          ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}, ${tx.now})`);
      await audit(tx, {
        action: 'response.noAnswer',
        subject: { kind: 'referral', id: referralId },
        clients: [episode.clientId],
        details: { occasion: 'baseline', measure, because },
      });
      await this.hooks.recorded.run(tx, {
        responseId: id,
        referralId,
        clientId: episode.clientId,
        measure,
        occasion: 'baseline',
      });
      return referralId;
    });
  }

  private async tell(tx: Tx, episode: LockedEpisode, responseId: string, response: Response): Promise<void> {
    await this.referrals.outcomeLearnt(tx, episode.referralId);
    await this.hooks.recorded.run(tx, {
      responseId,
      referralId: episode.referralId,
      clientId: episode.clientId,
      measure: response.measure,
      occasion: response.occasion,
    });
  }
}

/** Locks client and referral, so that nothing is closed, nor gets a second baseline, meanwhile. */
const lockEpisode = (tx: Tx, action: Action, referralId: string): Promise<LockedEpisode> =>
  lockedEpisode(tx, referralId, referralWithin(tx.actor, reachFor(tx.actor, action), tx.now));

async function lockedEpisode(tx: Tx, referralId: string, within?: Sql): Promise<LockedEpisode> {
  const referral = await lockReferral(tx, referralId, within);
  if (referral.client_id === null) throw Refusal.notFound();
  const person = await tx.one<{ bornOn: string; hasDied: boolean; asksNothing: boolean }>(sql`
    select date_of_birth::text as "bornOn", death_recorded_at is not null as "hasDied", exists (
      select 1 from measure_wish w
      where w.scheme_id = client.scheme_id and w.client_id = client.id and not w.ask) as "asksNothing"
    from client where scheme_id = ${tx.schemeId} and id = ${referral.client_id}`);
  return {
    referralId,
    clientId: referral.client_id,
    state: referral.state,
    mayAskAgain: referral.may_ask_again,
    receivedOn: londonDate(referral.sent_at ?? referral.created_at),
    endedOn: referral.ended_at && londonDate(referral.ended_at),
    ...person,
  };
}

async function lockResponse(
  tx: Tx,
  responseId: string,
): Promise<{ episode: LockedEpisode; earlier: StoredResponse }> {
  const found = await tx.maybe<{ referral_id: string }>(sql`
    select referral_id from measure_response where scheme_id = ${tx.schemeId} and id = ${responseId}`);
  if (!found) throw Refusal.notFound();
  const episode = await lockEpisode(tx, 'response.correct', found.referral_id);
  const earlier = await tx.one<StoredResponse>(sql`
    select id, measure, measure_version as version, occasion, answered_on::text as "answeredOn", mode, answers,
      superseded_at is not null as "isSuperseded"
    from measure_response where scheme_id = ${tx.schemeId} and id = ${responseId} for update`);
  if (earlier.isSuperseded) {
    throw Refusal.conflict('superseded', 'This was corrected or struck out already. Correct the newer one.');
  }
  return { episode, earlier };
}

function refuseOccasion(occasion: Occasion, verb: string, episode: Episode): void {
  const because = occasionRefusal(occasion, episode);
  if (because !== null) throw Refusal.illegalMove(episode.state, verb, because);
}

const NOTHING_SAID =
  'No question is answered, so there is nothing to keep. Leave it unrecorded; as the referral closes, say why there are no answers';

async function keep(
  tx: Tx,
  episode: LockedEpisode,
  asked: Measure | undefined,
  response: GivenResponse,
  correctsId: string | null,
): Promise<string> {
  const { measure, version, occasion, answeredOn, mode, answers, risk } = response;
  if (!asked) throw Refusal.invalidField('version', 'There is no such version of this questionnaire');
  const others = await tx.one<{
    baselineId: string | null;
    baselineOn: string | null;
    firstFollowUpOn: string | null;
  }>(
    sql`select min(id::text) filter (where occasion = 'baseline') as "baselineId",
        min(answered_on) filter (where occasion = 'baseline')::text as "baselineOn",
        min(answered_on) filter (where occasion <> 'baseline')::text as "firstFollowUpOn"
      from measure_response
      where scheme_id = ${tx.schemeId} and referral_id = ${episode.referralId} and measure = ${measure}
        and superseded_at is null`,
  );
  // A second baseline is looked at by itself: that there is a first one is said before how the two stand in order.
  const isSecond = occasion === 'baseline' && others.baselineId !== null;
  const besides = isSecond ? { baselineOn: null, firstFollowUpOn: null } : others;
  const problems = [...dateProblems(response, episode, besides, tx.now), ...modeProblems(asked, mode)];
  if (problems.length > 0) throw Refusal.invalid(problems);
  if (isSecond) {
    throw Refusal.conflict(
      'baseline-exists',
      'There is a baseline already. Correct that one and say why, or record these answers as a review.',
      { responseId: others.baselineId },
    );
  }
  await refuseSameDay(tx, episode.referralId, response);
  const scored = scoreOf(asked, answers);
  if (!scored.ok) {
    throw Refusal.invalid(
      scored.problems.map(({ field, message }) => ({ field: `answers.${field}`, message })),
    );
  }
  if (saysNothing(answers)) throw Refusal.invalidField('answers', NOTHING_SAID);
  const risks = riskProblems(asked, answers, risk);
  if (risks.length > 0) throw Refusal.invalid(risks);

  const id = newId();
  await tx.run(sql`
    insert into measure_response (scheme_id, id, referral_id, measure, measure_version, occasion, answered_on, mode,
      answers, scores, bands, corrects_id, recorded_by, recorded_at)
    values (${tx.schemeId}, ${id}, ${episode.referralId}, ${measure}, ${version}, ${occasion}, ${answeredOn},
      ${mode}, ${JSON.stringify(answers)}, ${JSON.stringify(scored.scores)},
      ${JSON.stringify(scored.bands)}, ${correctsId}, ${memberOf(tx)}, ${tx.now})`);
  if (asked.risk && risk) {
    await tx.run(sql`
      insert into measure_risk (scheme_id, response_id, item, answer, steps, note, acknowledged_by, acknowledged_at)
      values (${tx.schemeId}, ${id}, ${asked.risk.item}, ${riskIn(asked, answers)}, ${[...new Set(risk.steps)]},
        ${risk.note ?? null}, ${memberOf(tx)}, ${tx.now})`);
  }
  await audit(tx, {
    action: correctsId === null ? 'response.record' : 'response.correct',
    subject: { kind: 'response', id },
    clients: [episode.clientId],
    details: { referralId: episode.referralId, measure, occasion, ...(correctsId && { correctsId }) },
  });
  return id;
}

/** Asked on one and the same day, these measure nothing between them. */
const ONE_A_DAY: readonly (readonly Occasion[])[] = [
  ['baseline', 'review'],
  ['closing'],
  ['three_months', 'six_months'],
];
const KEPT_AS: Record<Occasion, string> = {
  baseline: 'the baseline',
  review: 'a review',
  closing: 'those for closing',
  three_months: 'those of three months after',
  six_months: 'those of six months after',
};
export const ANSWERED_THAT_DAY = 'answered-that-day';

/**
 * Two sets of answers of one day measure nothing between them: whichever is right is kept, by correcting the other. What is
 * asked as it ends may well fall on the day of a review, and is asked anew after a reopening.
 */
async function refuseSameDay(
  tx: Tx,
  referralId: string,
  { measure, occasion, answeredOn }: Pick<Response, 'measure' | 'occasion' | 'answeredOn'>,
): Promise<void> {
  const alike = ONE_A_DAY.find((some) => some.includes(occasion)) ?? [];
  const first = await tx.maybe<{ id: string; occasion: Occasion }>(sql`
    select q.id, q.occasion from measure_response q
    where q.scheme_id = ${tx.schemeId} and q.referral_id = ${referralId} and q.measure = ${measure}
      and q.answered_on = ${answeredOn}::date and q.occasion = any(${[...alike]}::text[]) and q.superseded_at is null
      and (q.occasion <> 'closing' or ${sinceReopened(sql`q`)})
    order by q.id limit 1`);
  if (!first) return;
  throw Refusal.conflict(
    ANSWERED_THAT_DAY,
    `There are answers of that day already, kept as ${KEPT_AS[first.occasion]}. Correct those and say why, or check the date.`,
    { responseId: first.id },
  );
}

async function supersede(tx: Tx, responseId: string, reason: string): Promise<void> {
  await tx.run(sql`
    update measure_response
    set superseded_at = ${tx.now}, superseded_by = ${memberOf(tx)}, superseded_because = ${reason}
    where scheme_id = ${tx.schemeId} and id = ${responseId}`);
}

const memberOf = (tx: Tx): string | null => (tx.actor.kind === 'member' ? tx.actor.membershipId : null);
