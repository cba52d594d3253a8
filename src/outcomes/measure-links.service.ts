import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { agreesToSupport } from '../clients/support.queries.js';
import { reachFor } from '../permissions/reach.js';
import { type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { sha256 } from '../platform/pure/hash.js';
import { newId } from '../platform/pure/ids.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { stillToAsk } from './asking.queries.js';
import { catalogueWithin, startedWithin } from './catalogue.queries.js';
import { findIn, forEpisode, goneOnWith, mayBeAskedByLink, newestIn } from './catalogue.rules.js';
import type {
  LoadTranslationInput,
  MakeMeasureLinkInput,
  QuestionnaireWishInput,
} from './measure-link.dto.js';
import {
  answersTo,
  firstOpen,
  type HalfFilled,
  linkProblems,
  linkUntil,
  type Question,
  questionsOf,
  questionsToken,
} from './measure-link.rules.js';
import type { Measure } from './measures.catalogue.js';
import { OutcomeHooks } from './outcome.hooks.js';
import { afterClosing, ageProblem, earlyProblem, occasionRefusal, saysNothing } from './response.rules.js';
import type { Occasion } from './response.types.js';
import { ANSWERED_THAT_DAY, ResponsesService } from './responses.service.js';
import { directionOf, type Translation, translationProblems } from './translation.rules.js';

const LINKS_ACTOR = 'the person, by link';
const ENGLISH = 'en';

/** A link as somebody holds it who may answer now. */
export interface OpenQuestions {
  id: string;
  schemeId: string;
  scheme: string;
  referralId: string;
  language: string;
  direction: 'ltr' | 'rtl';
  measures: Measure[];
  questions: Question[];
  answers: HalfFilled;
  occasion: Occasion;
}

export type Opened = { is: 'open'; questions: OpenQuestions } | { is: 'answered' } | { is: 'gone' };

interface LinkRow extends Record<string, unknown> {
  id: string;
  schemeId: string;
  referralId: string;
  occasion: Occasion;
  measures: { measure: string; version: string }[];
  language: string;
  createdAt: Date;
  answered: boolean;
  live: boolean;
}

interface Asked extends Record<string, unknown> {
  scheme: string;
  clientId: string;
  state: string;
  mayAskAgain: boolean | null;
  receivedAt: Date;
  endedAt: Date | null;
  bornOn: string;
  hasDied: boolean;
  asksNothing: boolean;
  flagged: boolean;
  agrees: boolean;
  answered: string[];
}

/**
 * Questions a person answers by themselves. A link is for one occasion of one referral, derived like every other from an
 * id and the installation's key. What is asked of whom is looked at again each time it is opened: after a death, a "no
 * more questions", a safety flag or a withdrawn agreement it has ended, whatever its date.
 */
@Injectable()
export class MeasureLinks {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly responses: ResponsesService,
    private readonly hooks: OutcomeHooks,
  ) {}

  address(linkId: string): string {
    return `${this.config.publicUrl}/questions/${questionsToken(this.config.tokenKey, linkId)}`;
  }

  /** One that a worker hands over: on their own screen, or read out. */
  create(actor: MemberActor, referralId: string, input: MakeMeasureLinkInput): Promise<string> {
    const reach = reachFor(actor, 'response.record');
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reach, tx.now);
      const { client_id: clientId } = await lockReferral(tx, referralId, within);
      const measures = [...new Set(input.measures)];
      const started = input.occasion === 'baseline' ? [] : await startedWithin(tx, referralId);
      const catalogue = forEpisode(await catalogueWithin(tx), started);
      const problems = linkProblems(catalogue, measures);
      if (problems.length > 0) throw Refusal.invalid(problems);
      const language = input.language ?? ENGLISH;
      const facts = clientId === null ? null : await askedOf(tx, referralId, input.occasion);
      if (!facts) throw Refusal.notFound();
      const because = notAskedBecause(facts, input.occasion, tx.now);
      if (because !== null) throw Refusal.illegalMove(facts.state, 'ask by link', because);
      const asked = measures.flatMap((measure) => newestIn(catalogue, measure)?.measure ?? []);
      const id = await this.make(tx, { referralId, occasion: input.occasion, measures: asked, language });
      if (id === null) {
        throw Refusal.invalidField('language', 'This language is not loaded for all of them');
      }
      await audit(tx, {
        action: 'questions.link',
        subject: { kind: 'referral', id: referralId },
        clients: [facts.clientId],
        details: { linkId: id, occasion: input.occasion, measures },
      });
      return id;
    });
  }

  /**
   * The link of a message: the same one when it is sent again. Null where this person is not asked by link. In their
   * language where every question of it is loaded, else in English.
   */
  async forMessage(
    tx: Tx,
    messageId: string,
    referralId: string,
    occasion: Occasion,
  ): Promise<string | null> {
    const earlier = await tx.maybe<{ id: string }>(sql`
      select id from measure_link
      where scheme_id = ${tx.schemeId} and message_id = ${messageId} and referral_id = ${referralId}`);
    if (earlier) return this.address(earlier.id);
    const facts = await askedOf(tx, referralId, occasion);
    if (!facts || notAskedBecause(facts, occasion, tx.now) !== null) return null;
    const started = await startedWithin(tx, referralId);
    const catalogue = forEpisode(await catalogueWithin(tx), started);
    const open = await tx.rows<{ measure: string }>(
      stillToAsk(sql`${tx.schemeId}::uuid`, sql`${referralId}::uuid`, sql`${occasion}::text`),
    );
    const wanted = open.flatMap(({ measure }) => {
      const found = newestIn(catalogue, measure);
      return found && mayBeAskedByLink(found) ? [found.measure] : [];
    });
    if (wanted.length === 0) return null;
    const spoken = await tx.one<{ language: string }>(sql`
      select language from client where scheme_id = ${tx.schemeId} and id = ${facts.clientId}`);
    const asked = { referralId, occasion, measures: wanted, messageId };
    const id =
      (await this.make(tx, { ...asked, language: spoken.language })) ??
      (await this.make(tx, { ...asked, language: ENGLISH }));
    return id && this.address(id);
  }

  revoke(actor: MemberActor, referralId: string, linkId: string): Promise<string> {
    const within = referralWithin(actor, reachFor(actor, 'response.record'), this.clock.now());
    return this.unitOfWork.run(actor, async (tx) => {
      const { client_id: clientId } = await lockReferral(tx, referralId, within);
      const link = await tx.maybe(sql`
        update measure_link set revoked_at = coalesce(revoked_at, ${tx.now})
        where scheme_id = ${tx.schemeId} and id = ${linkId} and referral_id = ${referralId}
        returning id`);
      if (!link) throw Refusal.notFound();
      await forget(tx, [linkId]);
      await audit(tx, {
        action: 'questions.revoke',
        subject: { kind: 'referral', id: referralId },
        clients: clientId === null ? [] : [clientId],
        details: { linkId },
      });
      return linkId;
    });
  }

  /** "No questionnaires", or asked again after all. What was half filled in is forgotten, and links end. */
  wish(actor: MemberActor, referralId: string, { ask }: QuestionnaireWishInput): Promise<string> {
    const within = referralWithin(actor, reachFor(actor, 'response.record'), this.clock.now());
    return this.unitOfWork.run(actor, async (tx) => {
      const { client_id: clientId } = await lockReferral(tx, referralId, within);
      if (clientId === null) throw Refusal.notFound();
      await this.keepWish(tx, referralId, clientId, ask, actor.membershipId);
      return referralId;
    });
  }

  /** The same words, or better ones, may be loaded again: nobody's answers depend on them. */
  async load(actor: MemberActor, input: LoadTranslationInput): Promise<string> {
    const { measure, version, language, ...words } = input;
    return this.unitOfWork.run(actor, async (tx) => {
      const found = findIn(await catalogueWithin(tx), measure, version);
      if (!found) throw Refusal.invalidField('measure', 'There is no such version of this questionnaire');
      if (found.measure.withWorker || found.measure.withoutWording) {
        throw Refusal.invalidField(
          'measure',
          'Only questionnaires that a person answers alone are translated',
        );
      }
      if (language === ENGLISH) throw Refusal.invalidField('language', 'It is in English already');
      const problems = translationProblems(found.measure, words);
      if (problems.length > 0) throw Refusal.invalid(problems);
      await tx.run(sql`
        insert into measure_translation (scheme_id, measure, measure_version, language, words, loaded_by, loaded_at)
        values (${tx.schemeId}, ${measure}, ${version}, ${language}, ${JSON.stringify(words)}, ${actor.membershipId},
          ${tx.now})
        on conflict (scheme_id, measure, measure_version, language) do update
          set words = excluded.words, loaded_by = excluded.loaded_by, loaded_at = excluded.loaded_at`);
      await audit(tx, {
        action: 'questionnaire.translate',
        subject: { kind: 'scheme', id: tx.schemeId },
        details: { measure, version, language },
      });
      return measure;
    });
  }

  /** What a link leads to now. Forged, expired, revoked and "no longer asked" are all one. */
  async open(token: string): Promise<Opened> {
    const link = await this.find(token);
    if (!link) return { is: 'gone' };
    if (link.answered) return { is: 'answered' };
    if (!link.live) return { is: 'gone' };
    return this.unitOfWork.run(systemActor(link.schemeId, LINKS_ACTOR), (tx) => this.openWithin(tx, link));
  }

  /** Keeps one answer of a questionnaire that is not sent yet. */
  async keep(token: string, key: string, value: number | null): Promise<void> {
    await this.withLink(token, async (tx, { id, clientId, answers }) => {
      await tx.run(sql`
        insert into measure_half_filled (scheme_id, link_id, answers, updated_at)
        values (${tx.schemeId}, ${id}, ${JSON.stringify({ ...answers, [key]: value })}, ${tx.now})
        on conflict (scheme_id, link_id) do update
          set answers = measure_half_filled.answers || excluded.answers, updated_at = excluded.updated_at`);
      await audit(tx, {
        action: 'questions.keep',
        subject: { kind: 'questions', id },
        clients: [clientId],
      });
    });
  }

  /**
   * Sends what was answered. Still open where a question has no answer yet, not even "rather not say", and on a day that has
   * answers to these questions already: what was answered here is kept, and can be sent from the next day on.
   */
  async send(token: string): Promise<Opened['is'] | 'another_day'> {
    try {
      return await this.sendToday(token);
    } catch (error) {
      if (error instanceof Refusal && error.code === ANSWERED_THAT_DAY) return 'another_day';
      throw error;
    }
  }

  private sendToday(token: string): Promise<Opened['is']> {
    return this.withLink<Opened['is']>(token, async (tx, open) => {
      const { id, referralId, occasion, measures, questions, answers } = open;
      if (firstOpen(questions, answers) !== null) return 'open';
      const later = occasion === 'baseline' ? await followedUp(tx, referralId) : [];
      for (const measure of measures) {
        const given = {
          measure: measure.id,
          // A first set comes before all others: what comes after one of them is what it is, and nothing is lost.
          occasion: later.includes(measure.id) ? ('review' as const) : occasion,
          answers: answersTo(measure, answers),
        };
        if (saysNothing(given.answers)) await this.responses.recordRatherNot(tx, referralId, given);
        else {
          const answeredOn = londonDate(tx.now);
          await this.responses.recordByLink(tx, referralId, {
            ...given,
            version: measure.version,
            answeredOn,
          });
        }
      }
      await tx.run(sql`
        update measure_link set answered_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`);
      await forget(tx, [id]);
      return 'answered';
    });
  }

  /** "Please do not ask me again": by the person themselves, and at once. */
  async askNoMore(token: string): Promise<void> {
    await this.withLink(token, (tx, { referralId, clientId }) =>
      this.keepWish(tx, referralId, clientId, false, null),
    );
  }

  /** Does it where the link is open; else says what has become of it. */
  private async withLink<Done>(
    token: string,
    work: (tx: Tx, open: OpenQuestions & { clientId: string }) => Promise<Done>,
  ): Promise<Done | 'answered' | 'gone'> {
    const link = await this.find(token);
    if (link?.answered) return 'answered';
    if (!link?.live) return 'gone';
    return this.unitOfWork.run(systemActor(link.schemeId, LINKS_ACTOR), async (tx) => {
      const { client_id: clientId } = await lockReferral(tx, link.referralId);
      const still = await tx.maybe<{ answered: boolean }>(sql`
        select answered_at is not null as answered from measure_link
        where id = ${link.id} and revoked_at is null for update`);
      if (!still) return 'gone';
      if (still.answered) return 'answered';
      const opened = await this.openWithin(tx, link);
      if (opened.is !== 'open') return opened.is;
      return clientId === null ? 'gone' : work(tx, { ...opened.questions, clientId });
    });
  }

  private async openWithin(tx: Tx, link: LinkRow): Promise<Opened> {
    const facts = await askedOf(tx, link.referralId, link.occasion, link.createdAt);
    if (!facts || notAskedBecause(facts, link.occasion, tx.now) !== null) return { is: 'gone' };
    const catalogue = await catalogueWithin(tx);
    const measures = link.measures.flatMap(({ measure, version }) => {
      const found = findIn(catalogue, measure, version);
      const wanted =
        found && mayBeAskedByLink(goneOnWith(catalogue, found)) && !facts.answered.includes(measure);
      return wanted ? [found.measure] : [];
    });
    if (measures.length === 0) {
      const answered = link.measures.every(({ measure }) => facts.answered.includes(measure));
      return { is: answered ? 'answered' : 'gone' };
    }
    const translations = await translationsOf(tx, measures, link.language);
    const half = await tx.maybe<{ answers: HalfFilled }>(sql`
      select answers from measure_half_filled where scheme_id = ${tx.schemeId} and link_id = ${link.id}`);
    await audit(tx, {
      action: 'questions.open',
      subject: { kind: 'questions', id: link.id },
      clients: [facts.clientId],
    });
    const questions = questionsOf(
      measures.map((measure) => ({ measure, translation: translations.get(measure.id) ?? null })),
    );
    return {
      is: 'open',
      questions: {
        id: link.id,
        schemeId: link.schemeId,
        scheme: facts.scheme,
        referralId: link.referralId,
        language: link.language,
        direction: directionOf(link.language),
        measures,
        questions,
        answers: half?.answers ?? {},
        occasion: link.occasion,
      },
    };
  }

  /** Null where a question is not loaded in this language. */
  private async make(
    tx: Tx,
    link: {
      referralId: string;
      occasion: Occasion;
      measures: readonly Measure[];
      language: string;
      messageId?: string;
    },
  ): Promise<string | null> {
    if (link.language !== ENGLISH) {
      const loaded = await translationsOf(tx, link.measures, link.language);
      if (link.measures.some(({ id }) => !loaded.has(id))) return null;
    }
    const id = newId();
    const asked = link.measures.map(({ id: measure, version }) => ({ measure, version }));
    await tx.run(sql`
      insert into measure_link (hash, id, scheme_id, referral_id, occasion, measures, language, message_id, made_by,
        created_at, expires_at)
      values (${sha256(questionsToken(this.config.tokenKey, id))}, ${id}, ${tx.schemeId}, ${link.referralId},
        ${link.occasion}, ${JSON.stringify(asked)}, ${link.language}, ${link.messageId ?? null},
        ${tx.actor.kind === 'member' ? tx.actor.membershipId : null}, ${tx.now}, ${linkUntil(tx.now)})`);
    return id;
  }

  private async keepWish(
    tx: Tx,
    referralId: string,
    clientId: string,
    ask: boolean,
    by: string | null,
  ): Promise<void> {
    await tx.run(sql`
      insert into measure_wish (scheme_id, client_id, ask, said_by, recorded_by, recorded_at)
      values (${tx.schemeId}, ${clientId}, ${ask}, ${by === null ? 'link' : 'worker'}, ${by}, ${tx.now})
      on conflict (scheme_id, client_id) do update set ask = excluded.ask, said_by = excluded.said_by,
        recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at`);
    if (!ask) {
      const ended = await tx.rows<{ id: string }>(sql`
        update measure_link l set revoked_at = ${tx.now}
        from referral r
        where l.scheme_id = ${tx.schemeId} and r.scheme_id = l.scheme_id and r.id = l.referral_id
          and r.client_id = ${clientId} and l.revoked_at is null and l.answered_at is null
        returning l.id`);
      await forget(
        tx,
        ended.map(({ id }) => id),
      );
    }
    await audit(tx, {
      action: 'questions.wish',
      subject: { kind: 'referral', id: referralId },
      clients: [clientId],
      details: { ask },
    });
    await this.hooks.wished.run(tx, { clientId });
  }

  private async find(token: string): Promise<LinkRow | null> {
    if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return null;
    const [link] = await this.database.unscoped<LinkRow>(sql`
      select id, scheme_id as "schemeId", referral_id as "referralId", occasion, measures, language,
        created_at as "createdAt", answered_at is not null as answered,
        revoked_at is null and expires_at > ${this.clock.now()} as live
      from measure_link where hash = ${sha256(token)}`);
    return link ?? null;
  }
}

/** Which questions have answers of this referral that are not the first. */
async function followedUp(tx: Tx, referralId: string): Promise<string[]> {
  const rows = await tx.rows<{ measure: string }>(sql`
    select distinct measure from measure_response
    where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and occasion <> 'baseline' and superseded_at is null`);
  return rows.map(({ measure }) => measure);
}

const forget = (tx: Tx, linkIds: readonly string[]) =>
  tx.run(sql`
    delete from measure_half_filled where scheme_id = ${tx.schemeId} and link_id = any(${linkIds}::uuid[])`);

/** What decides whether somebody is asked, and what they answered already: a review since the link was made, the others ever. */
const askedOf = (
  tx: Tx,
  referralId: string,
  occasion: Occasion,
  since: Date | null = null,
): Promise<Asked | null> =>
  tx.maybe<Asked>(sql`
    select s.name as scheme, c.id as "clientId", r.state, r.may_ask_again as "mayAskAgain",
      coalesce(r.sent_at, r.created_at) as "receivedAt", r.ended_at as "endedAt", c.date_of_birth::text as "bornOn",
      c.death_recorded_at is not null as "hasDied", c.safety_flag as flagged,
      ${agreesToSupport(sql`r.scheme_id`, sql`r.client_id`)} as agrees,
      exists (select 1 from measure_wish w
        where w.scheme_id = c.scheme_id and w.client_id = c.id and not w.ask) as "asksNothing",
      array(select q.measure from measure_response q
        where q.scheme_id = r.scheme_id and q.referral_id = r.id and q.occasion = ${occasion}
          and q.superseded_at is null
          and (${occasion} <> 'review' or ${since}::timestamptz is not null and q.recorded_at >= ${since})) as answered
    from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    join scheme s on s.id = r.scheme_id
    where r.scheme_id = ${tx.schemeId} and r.id = ${referralId}`);

/** Why this person is not asked by link; null when they are. */
function notAskedBecause(facts: Asked, occasion: Occasion, now: Date): string | null {
  const endedOn = facts.endedAt && londonDate(facts.endedAt);
  const refusal =
    occasionRefusal(occasion, { ...facts, receivedOn: londonDate(facts.receivedAt), endedOn }) ??
    earlyProblem(occasion, endedOn, londonDate(now));
  if (refusal !== null) return refusal;
  if (facts.flagged) return 'There is a safety flag: ask in person, or by the way they chose.';
  if (!facts.agrees) return 'They do not agree to be supported by the scheme today.';
  if (afterClosing(occasion) && facts.mayAskAgain !== true)
    return 'They were not asked whether we may ask again.';
  return ageProblem(facts.bornOn, londonDate(now));
}

async function translationsOf(
  tx: Tx,
  measures: readonly Measure[],
  language: string,
): Promise<Map<string, Translation>> {
  if (language === ENGLISH) return new Map();
  const rows = await tx.rows<{ measure: string; version: string; words: Translation }>(sql`
    select measure, measure_version as version, words from measure_translation
    where scheme_id = ${tx.schemeId} and language = ${language}
      and measure = any(${measures.map(({ id }) => id)}::text[])`);
  return new Map(
    rows
      .filter(({ measure, version }) => measures.some((one) => one.id === measure && one.version === version))
      .map(({ measure, words }) => [measure, words]),
  );
}
