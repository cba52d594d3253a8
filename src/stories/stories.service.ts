import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { agreementProblems } from '../clients/agreement.rules.js';
import { actorIdOf, recordHistory } from '../clients/client-history.js';
import { lockWithin } from '../clients/client-rows.js';
import { clientWithin } from '../clients/client.reach.js';
import type { UnderAgeBasis } from '../clients/client.types.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor, MemberActor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { type FieldProblem, Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { move } from '../platform/pure/lifecycle.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import type {
  AmendStoryInput,
  ApproveStoryInput,
  PrintStoryInput,
  SendBackStoryInput,
  SettlePrintingInput,
  StoryConsentInput,
  WithdrawStoryInput,
  WriteStoryInput,
} from './story.dto.js';
import { STORY_EVENTS } from './story.events.js';
import { StoryHooks } from './story.hooks.js';
import { STORY_LIFECYCLE, type StoryVerb } from './story.lifecycle.js';
import { namesAround } from './story-names.queries.js';
import { STORY_FROM, usableFor } from './story.reach.js';
import {
  expiryProblem,
  findableIn,
  notLookedAt,
  ownNamesIn,
  possibleNames,
  secondReaderProblem,
  usualExpiry,
} from './story.rules.js';
import type { StoryDecision, StoryState } from './story.types.js';

interface Locked {
  id: string;
  version: number;
  clientId: string;
  state: StoryState;
  title: string;
  words: string;
  anonymised: string | null;
  language: string;
  edition: number | null;
  writtenByAccount: string | null;
  hasDied: boolean;
  dateOfBirth: string;
  underAgeBasis: UnderAgeBasis | null;
}

interface Edition {
  id: string;
  number: number;
  title: string;
  words: string;
  offeredByAccount: string | null;
}

/**
 * A person's own words, and the form of them that may be shown. Nothing is shown that a second reader has not read, nor
 * for a use that is not agreed to today; taking that back acts on every report from then on.
 */
@Injectable()
export class Stories {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: StoryHooks,
  ) {}

  write(actor: Actor, clientId: string, input: WriteStoryInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'story.write', clientId);
      const today = londonDate(tx.now);
      const { title, words, anonymised = null, language = 'en', toldOn = today, toldHow } = input;
      if (toldOn > today) throw Refusal.invalidField('toldOn', 'Enter a date that is not in the future');
      const id = newId();
      await tx.run(sql`
        insert into story (scheme_id, id, client_id, state, title, words, anonymised, language, told_on, told_how,
          written_by, created_at, updated_at)
        values (${tx.schemeId}, ${id}, ${clientId}, 'draft', ${title}, ${words}, ${anonymised}, ${language}, ${toldOn},
          ${toldHow}, ${actorIdOf(tx)}, ${tx.now}, ${tx.now})`);
      await this.tell(tx, 'write', { id, clientId });
      return id;
    });
  }

  /** Whatever changes, it is a draft again: what was approved is not what stands there now. */
  amend(actor: Actor, id: string, version: number, input: AmendStoryInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const story = await lock(tx, 'story.write', id);
      refuseStale(story.version, version);
      refuseMove(story, 'amend');
      await tx.run(sql`
        update story set version = version + 1, state = 'draft', updated_at = ${tx.now},
          title = ${input.title ?? story.title}, words = ${input.words ?? story.words},
          anonymised = ${input.anonymised === undefined ? story.anonymised : input.anonymised}, language = ${input.language ?? story.language}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await this.tell(tx, 'amend', story);
      return id;
    });
  }

  /** One use. Agreed to again, it counts from then, and the earlier consent ends as renewed. */
  consent(actor: Actor, id: string, input: StoryConsentInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const story = await lock(tx, 'story.consent', id);
      if (story.state === 'withdrawn') {
        throw Refusal.illegalMove(
          'withdrawn',
          'consent',
          'It is withdrawn. A story told again is a new one.',
        );
      }
      if (story.hasDied) {
        throw Refusal.conflict('died', 'The person has died: nobody could take a consent back for them.');
      }
      const { use, basis, decidedBy = null, authoritySeenOn = null, agreedOn, how } = input;
      const expiresOn = input.expiresOn ?? usualExpiry(agreedOn);
      const today = londonDate(tx.now);
      const { minimumAge } = await schemeSettings(tx);
      const problems: FieldProblem[] = agreementProblems(
        {
          basis,
          decidedBy,
          authoritySeenOn,
          agreedOn,
          scope: [],
          consulted: null,
          renewOn: null,
          organisationId: null,
        },
        story,
        today,
        minimumAge,
      );
      const late = expiryProblem(expiresOn, { agreedOn, today });
      if (late !== null) problems.push({ field: 'expiresOn', message: late });
      if (problems.length > 0) throw Refusal.invalid(problems);
      await tx.run(sql`
        update story_consent set ended_at = ${tx.now}, ended_by = ${actorIdOf(tx)}, ended_because = 'renewed'
        where scheme_id = ${tx.schemeId} and story_id = ${id} and use = ${use} and ended_at is null`);
      await tx.run(sql`
        insert into story_consent (scheme_id, id, story_id, use, basis, decided_by, authority_seen_on, agreed_on, how,
          expires_on, recorded_by, recorded_at)
        values (${tx.schemeId}, ${newId()}, ${id}, ${use}, ${basis}, ${decidedBy}, ${authoritySeenOn}, ${agreedOn},
          ${how}, ${expiresOn}, ${actorIdOf(tx)}, ${tx.now})`);
      await this.tell(tx, 'consent', story, { use });
      return id;
    });
  }

  /** Gives the anonymised form, as it stands, to a second reader. */
  offer(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const story = await lock(tx, 'story.write', id);
      refuseMove(story, 'offer');
      if (story.anonymised === null) {
        throw Refusal.invalidField('anonymised', 'Write the form that may be shown first');
      }
      const { own } = await namesAround(tx, story.clientId);
      refuseFindable(story.title, story.anonymised, own);
      const { agreed } = await tx.one<{ agreed: boolean }>(sql`
        select exists (select 1 from story_consent where scheme_id = ${tx.schemeId} and story_id = ${id}
          and ended_at is null and expires_on >= ${londonDate(tx.now)}::date) as agreed`);
      if (!agreed) {
        throw Refusal.conflict('no-consent', 'Nobody has agreed to any use of it yet. Record that first.');
      }
      await tx.run(sql`
        insert into story_edition (scheme_id, id, story_id, number, title, words, offered_by, offered_at)
        select ${tx.schemeId}, ${newId()}, ${id}, coalesce(max(number), 0) + 1, ${story.title}, ${story.anonymised},
          ${actorIdOf(tx)}, ${tx.now}
        from story_edition where scheme_id = ${tx.schemeId} and story_id = ${id}`);
      await setState(tx, id, 'waiting');
      await this.tell(tx, 'offer', story);
      return id;
    });
  }

  /** By somebody else, who says of every word that could be a name that they have looked at it. */
  approve(actor: MemberActor, id: string, input: ApproveStoryInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { story, edition } = await this.lockToRead(tx, actor, id, 'approve');
      const { names, own } = await namesAround(tx, story.clientId);
      refuseFindable(edition.title, edition.words, own);
      const missing = notLookedAt(
        possibleNames(`${edition.title}\n${edition.words}`, { names }),
        input.lookedAt,
      );
      if (missing.length > 0) {
        throw Refusal.invalidField(
          'lookedAt',
          `Look at these too: could they name somebody? ${missing.join(', ')}`,
        );
      }
      await decide(tx, edition, 'approved', input.note ?? null, input.lookedAt);
      await setState(tx, id, 'approved', edition.number);
      await this.tell(tx, 'approve', story);
      return id;
    });
  }

  sendBack(actor: MemberActor, id: string, input: SendBackStoryInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { story, edition } = await this.lockToRead(tx, actor, id, 'sendBack');
      await decide(tx, edition, 'sent_back', input.note, []);
      await setState(tx, id, 'draft');
      await this.tell(tx, 'sendBack', story);
      return id;
    });
  }

  /** The person wants it used no more: at once, and without a reason. */
  withdraw(actor: Actor, id: string, input: WithdrawStoryInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { clientId } = await lock(tx, 'story.withdraw', id);
      await this.withdrawWithin(tx, clientId, id, input);
      return id;
    });
  }

  /**
   * The same for a verb that has made sure by itself that it is this person who asks, such as their own page. A story of
   * somebody else is not found. Taking back what was taken back already changes nothing.
   */
  async withdrawWithin(
    tx: Tx,
    clientId: string,
    id: string,
    { uses, how }: WithdrawStoryInput,
  ): Promise<void> {
    const story = await lockRow(tx, id, sql`c.id = ${clientId}`);
    if (story.state === 'withdrawn') return;
    const whole = uses === undefined;
    const ended = await tx.run(sql`
      update story_consent set ended_at = ${tx.now}, ended_by = ${actorIdOf(tx)}, ended_because = 'withdrawn',
        ended_how = ${how}
      where scheme_id = ${tx.schemeId} and story_id = ${id} and ended_at is null
        and (${whole} or use = any(${uses ?? []}::text[]))`);
    if (whole) {
      await tx.run(sql`
        update story set state = 'withdrawn', version = version + 1, withdrawn_at = ${tx.now},
          withdrawn_by = ${actorIdOf(tx)}, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${id}`);
    } else if (ended.rowCount === 0) {
      return;
    }
    await this.tell(tx, whole ? 'withdraw' : 'withdrawUse', story, whole ? {} : { uses });
  }

  /** That it stands somewhere now, so that it can be found when the person no longer agrees. */
  print(actor: Actor, id: string, input: PrintStoryInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const story = await lock(tx, 'story.print', id);
      const today = londonDate(tx.now);
      const { use, place, printedOn = today } = input;
      if (printedOn > today)
        throw Refusal.invalidField('printedOn', 'Enter a date that is not in the future');
      const usable = await tx.maybe(sql`
        select 1 ${STORY_FROM} where s.scheme_id = ${tx.schemeId} and s.id = ${id} and ${usableFor(use, tx.now)}`);
      if (!usable) {
        throw Refusal.conflict(
          'not-agreed',
          'It may not be used for this: it is not approved, or not agreed to today.',
        );
      }
      await tx.run(sql`
        insert into story_printing (scheme_id, id, story_id, edition, use, place, printed_on, recorded_by, recorded_at)
        values (${tx.schemeId}, ${newId()}, ${id}, ${story.edition}, ${use}, ${place}, ${printedOn}, ${actorIdOf(tx)},
          ${tx.now})`);
      await this.tell(tx, 'print', story, { use });
      return id;
    });
  }

  /** What became of something printed: taken down, or why it cannot be. */
  settle(actor: Actor, id: string, printingId: string, input: SettlePrintingInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const story = await lock(tx, 'story.print', id);
      const { result, note = null } = input;
      if (result === 'cannot_be_taken_back' && note === null) {
        throw Refusal.invalidField('note', 'Say what was done instead');
      }
      const printing = await tx.maybe<{ settled: string | null }>(sql`
        select settled from story_printing
        where scheme_id = ${tx.schemeId} and story_id = ${id} and id = ${printingId} for update`);
      if (!printing) throw Refusal.notFound();
      if (printing.settled !== null)
        throw Refusal.illegalMove(printing.settled, 'settle', 'It is settled already.');
      await tx.run(sql`
        update story_printing set settled = ${result}, settled_note = ${note}, settled_by = ${actorIdOf(tx)},
          settled_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${printingId}`);
      await this.tell(tx, 'settle', story, { result });
      return id;
    });
  }

  private async lockToRead(
    tx: Tx,
    actor: MemberActor,
    id: string,
    verb: 'approve' | 'sendBack',
  ): Promise<{ story: Locked; edition: Edition }> {
    const story = await lock(tx, 'story.approve', id);
    refuseMove(story, verb);
    const edition = await tx.one<Edition & Record<string, unknown>>(sql`
      select e.id, e.number, e.title, e.words, m.account_id as "offeredByAccount" from story_edition e
      left join membership m on m.scheme_id = e.scheme_id and m.id = e.offered_by
      where e.scheme_id = ${tx.schemeId} and e.story_id = ${id} order by e.number desc limit 1`);
    const because = secondReaderProblem(actor.accountId, {
      writtenBy: story.writtenByAccount,
      offeredBy: edition.offeredByAccount,
    });
    if (because !== null) throw Refusal.conflict('own-story', because);
    return { story, edition };
  }

  private async tell(
    tx: Tx,
    verb: keyof typeof STORY_EVENTS,
    { id, clientId }: { id: string; clientId: string },
    details: Record<string, unknown> = {},
  ): Promise<void> {
    const action = `story.${verb}` as const;
    await recordHistory(tx, clientId, action, { storyId: id, ...details });
    await audit(tx, { action, subject: { kind: 'story', id }, clients: [clientId], details });
    await outbox.add(tx, STORY_EVENTS[verb], { storyId: id });
    await this.hooks.changed.run(tx, { storyId: id });
  }
}

const lock = (tx: Tx, action: Extract<Action, `story.${string}`>, id: string): Promise<Locked> =>
  lockRow(tx, id, clientWithin(tx.actor, reachFor(tx.actor, action), tx.now));

/** Locks and authorises in one statement; `within` is about the person, as `c`. */
async function lockRow(tx: Tx, id: string, within: Sql): Promise<Locked> {
  const found = await tx.maybe<Locked & Record<string, unknown>>(sql`
    select s.id, s.version, c.id as "clientId", s.state, s.title, s.words, s.anonymised, s.language, s.edition,
      (select m.account_id from membership m where m.scheme_id = s.scheme_id and m.id = s.written_by)
        as "writtenByAccount",
      c.death_recorded_at is not null as "hasDied", c.date_of_birth::text as "dateOfBirth",
      c.under_age_basis as "underAgeBasis"
    ${STORY_FROM}
    where s.scheme_id = ${tx.schemeId} and s.id = ${id} and ${within} for update of s`);
  if (!found) throw Refusal.notFound();
  return found;
}

function refuseMove({ state }: Locked, verb: StoryVerb): void {
  const answer = move(STORY_LIFECYCLE, verb, state);
  if (!answer.ok) throw Refusal.illegalMove(state, verb, answer.because);
}

function refuseFindable(title: string, words: string, own: readonly string[]): void {
  const problems = Object.entries({ title, anonymised: words }).flatMap(([field, text]) => {
    const found = findableIn(text);
    const named = ownNamesIn(text, own);
    const message = [
      found.length > 0 ? `Take out what lets somebody be found: ${found.join(', ')}` : '',
      named.length > 0 ? `Take out the person’s own name: ${named.join('; ')}` : '',
    ].filter(Boolean);
    return message.length === 0 ? [] : [{ field, message: message.join('. ') }];
  });
  if (problems.length > 0) throw Refusal.invalid(problems);
}

async function setState(tx: Tx, id: string, state: StoryState, edition: number | null = null): Promise<void> {
  await tx.run(sql`
    update story set state = ${state}, version = version + 1, edition = coalesce(${edition}::smallint, edition),
      updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = ${id}`);
}

async function decide(
  tx: Tx,
  { id }: Edition,
  decision: StoryDecision,
  note: string | null,
  lookedAt: readonly string[],
): Promise<void> {
  await tx.run(sql`
    update story_edition set decision = ${decision}, note = ${note}, looked_at = ${[...new Set(lookedAt)]},
      decided_by = ${actorIdOf(tx)}, decided_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = ${id}`);
}
