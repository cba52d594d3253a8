import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { ClientsService } from '../clients/clients.service.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { applyChanges } from '../platform/pure/changes.js';
import { newId } from '../platform/pure/ids.js';
import { without } from '../platform/pure/without.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { HEARS } from '../referrals/referral-hears.queries.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { chosenNextAt } from '../referrals/referral.rules.js';
import { isWithWorker, type ReferralState } from '../referrals/referral.types.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { memberOf, systemOf } from './by-whom.js';
import { CONTACT_EVENTS } from './caseload.events.js';
import type {
  AmendContactInput,
  AmendSectionInput,
  LogContactInput,
  ReadRestrictedInput,
  SectionInput,
  UnreachedChoiceInput,
} from './contact.dto.js';
import { ContactHooks, type ContactLogged } from './contact.hooks.js';
import {
  changesBetween,
  choiceProblem,
  contactProblems,
  happenedAt,
  isThirdUnreached,
  unreachedInARow,
  wrongChannels,
  type ChoiceFacts,
  type ContactFacts,
} from './contact.rules.js';
import { SECTIONS_MAX, type ContactKind, type ContactOutcome, type SectionKind } from './contact.types.js';

interface Episode {
  id: string;
  clientId: string;
  state: ReferralState;
  receivedAt: Date;
}

interface ContactRow {
  version: number;
  kind: ContactKind;
  outcome: ContactOutcome;
  at: Date;
  minutes: number | null;
  note: string | null;
}

@Injectable()
export class ContactsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly referrals: ReferralsService,
    private readonly clients: ClientsService,
    private readonly hooks: ContactHooks,
  ) {}

  /** Logs what was tried or said, and sets the referral's next date. A first reached contact begins the referral. */
  log(actor: Actor, referralId: string, input: LogContactInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const episode = await lockEpisode(tx, 'contact.log', referralId);
      if (!isWithWorker(episode.state)) {
        const because = 'A contact can be logged only while a link worker has the referral.';
        throw Refusal.illegalMove(episode.state, 'log', because);
      }
      if (input.at !== undefined && input.on !== undefined) {
        throw Refusal.invalidField('on', 'Leave this out: the moment is given');
      }
      const at = happenedAt(input, { now: tx.now, referredAt: episode.receivedAt });
      const { kind, outcome, nextOn } = input;
      refuseProblems({ kind, outcome, at, nextOn }, tx, episode);

      const id = newId();
      const before = await unreached(tx, episode.id);
      await tx.run(sql`
        insert into contact (scheme_id, id, referral_id, kind, outcome, at, minutes, note, next_on, logged_by,
          created_at, updated_at)
        values (${tx.schemeId}, ${id}, ${episode.id}, ${input.kind}, ${input.outcome}, ${at},
          ${input.minutes ?? null}, ${input.note ?? null}, ${input.nextOn}, ${memberOf(tx)}, ${tx.now}, ${tx.now})`);
      for (const section of input.sections ?? []) await addSection(tx, id, section, null);
      await remember(tx, id, 'log', null, {});
      await record(tx, 'contact.log', id, episode);
      await outbox.add(tx, CONTACT_EVENTS.log, { contactId: id, referralId: episode.id });
      await this.follow(tx, episode, id, input, before);
      await this.referrals.setNextWithin(tx, episode.id, chosenNextAt(input.nextOn));
      await this.hooks.logged.run(tx, loggedOf(id, episode, input.outcome));
      return id;
    });
  }

  /** Puts right what was logged. What it said before stays in its history, with who changed it and why. */
  amend(actor: Actor, contactId: string, version: number, input: AmendContactInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const episode = await lockContact(tx, 'contact.amend', contactId);
      const earlier = await tx.one<ContactRow>(sql`
        select version, kind, outcome, at, minutes, note from contact
        where scheme_id = ${tx.schemeId} and id = ${contactId} for update`);
      refuseStale(earlier.version, version);
      const said = without(earlier, 'version');
      const { reason, at, ...given } = input;
      const { after, changed } = applyChanges(said, { ...given, at: at === undefined ? at : new Date(at) });
      if (changed.length === 0) {
        throw Refusal.invalidField('reason', 'Change something: this is what it says already');
      }
      refuseProblems(after, tx, episode);

      const before = await unreached(tx, episode.id);
      await tx.run(sql`
        update contact set version = version + 1, kind = ${after.kind}, outcome = ${after.outcome}, at = ${after.at},
          minutes = ${after.minutes}, note = ${after.note}, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${contactId}`);
      await remember(tx, contactId, 'amend', reason, changesBetween(said, after, changed));
      await record(tx, 'contact.amend', contactId, episode);
      await outbox.add(tx, CONTACT_EVENTS.amend, { contactId, referralId: episode.id });
      const isNews = changed.includes('outcome') || changed.includes('kind');
      await this.follow(tx, episode, contactId, isNews ? after : null, before);
      await this.hooks.amended.run(tx, loggedOf(contactId, episode, after.outcome));
      return contactId;
    });
  }

  /** Adds restricted words or a safety item. What others wrote stays as it is. */
  addSection(actor: Actor, contactId: string, input: SectionInput): Promise<string> {
    return this.sections(actor, contactId, async (tx, live) => {
      if (live.length >= SECTIONS_MAX) {
        throw Refusal.conflict(
          'too-many-sections',
          `A contact has at most ${String(SECTIONS_MAX)} sections.`,
        );
      }
      await addSection(tx, contactId, input, null);
      return 'Added';
    });
  }

  /** Other words instead, or none. Restricted words are their author's; a safety item may be put right by whoever reads it. */
  amendSection(
    actor: Actor,
    contactId: string,
    sectionId: string,
    input: AmendSectionInput,
    seen?: number,
  ): Promise<string> {
    return this.sections(
      actor,
      contactId,
      async (tx, live) => {
        const section = live.find(({ id }) => id === sectionId);
        if (!section) throw Refusal.notFound();
        if (section.kind === 'restricted' && section.written_by !== memberOf(tx)) {
          throw Refusal.conflict('not-yours', 'Only whoever wrote restricted words can change them.');
        }
        if (input.words === undefined || input.words === section.words) {
          throw Refusal.invalidField('words', 'Change something: this is what it says already');
        }
        await tx.run(sql`
        update contact_section set ended_at = ${tx.now}, ended_by = ${memberOf(tx)}, ended_because = ${input.reason}
        where scheme_id = ${tx.schemeId} and id = ${sectionId}`);
        if (input.words !== null) {
          await addSection(tx, contactId, { kind: section.kind, words: input.words }, sectionId);
        }
        return input.reason;
      },
      seen,
    );
  }

  /** Its history tells which kinds of section there are, never their words: those stand in the rows, each with its author. */
  private sections(
    actor: Actor,
    contactId: string,
    work: (tx: Tx, live: readonly SectionRow[]) => Promise<string>,
    seen?: number,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const episode = await lockContact(tx, 'contact.amend', contactId);
      const { version } = await tx.one<{ version: number }>(sql`
        select version from contact where scheme_id = ${tx.schemeId} and id = ${contactId}`);
      refuseStale(version, seen);
      const before = await liveSections(tx, contactId);
      const reason = await work(tx, before);
      const after = await liveSections(tx, contactId);
      await tx.run(sql`
        update contact set version = version + 1, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${contactId}`);
      const kinds = (rows: readonly SectionRow[]) => rows.map(({ kind }) => kind);
      await remember(tx, contactId, 'amend', reason, { sections: { from: kinds(before), to: kinds(after) } });
      await record(tx, 'contact.amend', contactId, episode);
      await outbox.add(tx, CONTACT_EVENTS.amend, { contactId, referralId: episode.id });
      return contactId;
    });
  }

  /** A manager opens restricted words and says why. Answers with the id of the reading, under which they are shown once. */
  readRestricted(actor: Actor, contactId: string, input: ReadRestrictedInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const episode = await lockContact(tx, 'contact.readRestricted', contactId);
      const id = newId();
      await tx.run(sql`
        insert into contact_reading (scheme_id, id, contact_id, reader_id, reason, at)
        values (${tx.schemeId}, ${id}, ${contactId}, ${memberOf(tx)}, ${input.reason}, ${tx.now})`);
      await audit(tx, {
        action: 'contact.readRestricted',
        subject: { kind: 'contact', id: contactId },
        clients: [episode.clientId],
        details: { readingId: id },
      });
      await outbox.add(tx, CONTACT_EVENTS.restrictedRead, { contactId, referralId: episode.id });
      return id;
    });
  }

  /** What next after three tries without an answer: it is done, or made somebody's task. */
  choose(actor: Actor, referralId: string, input: UnreachedChoiceInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const action = input.choice === 'close' ? 'referral.close' : 'contact.log';
      const episode = await lockEpisode(tx, action, referralId);
      if (!isWithWorker(episode.state)) {
        const because = 'This can be chosen only while a link worker has the referral.';
        throw Refusal.illegalMove(episode.state, 'choose', because);
      }
      const because = choiceProblem(input.choice, await choiceFacts(tx, episode));
      if (because !== null) throw Refusal.illegalMove(episode.state, input.choice, because);
      const id = newId();
      await tx.run(sql`
        insert into unreached_choice (scheme_id, id, referral_id, choice, note, chosen_by, chosen_at)
        values (${tx.schemeId}, ${id}, ${episode.id}, ${input.choice}, ${input.note ?? null}, ${memberOf(tx)}, ${tx.now})`);
      await audit(tx, {
        action: 'contact.choose',
        subject: { kind: 'referral', id: episode.id },
        clients: [episode.clientId],
        details: { choice: input.choice },
      });
      await outbox.add(tx, CONTACT_EVENTS.chosen, { choiceId: id, referralId: episode.id });
      if (input.choice === 'close') {
        await this.referrals.closeWithin(tx, episode.id, {
          result: 'not_known',
          reason: 'could_not_reach',
          note: input.note ?? null,
          noResponseBecause: input.noResponseBecause ?? null,
          mayAskAgain: input.mayAskAgain ?? false,
        });
      }
      await this.hooks.chosen.run(tx, { referralId: episode.id });
      return id;
    });
  }

  /** What a contact sets going, whether just logged or put right; null when the putting right changes none of it. */
  private async follow(
    tx: Tx,
    episode: Episode,
    contactId: string,
    contact: Pick<ContactFacts, 'kind' | 'outcome'> | null,
    before: number,
  ): Promise<void> {
    if (contact?.outcome === 'reached' && isWithWorker(episode.state)) {
      await this.referrals.begin(tx, episode.id);
    }
    if (contact?.outcome === 'wrong_number') {
      for (const channel of wrongChannels(contact.kind)) {
        await this.clients.switchOffChannelWithin(tx, episode.clientId, channel, 'wrong_number');
      }
    }
    if (!isThirdUnreached(before, await unreached(tx, episode.id))) return;
    await outbox.add(tx, CONTACT_EVENTS.thirdUnreached, { contactId, referralId: episode.id });
  }
}

const loggedOf = (contactId: string, episode: Episode, outcome: ContactOutcome): ContactLogged => ({
  contactId,
  referralId: episode.id,
  clientId: episode.clientId,
  reached: outcome === 'reached',
});

type Acting = 'contact.log' | 'contact.amend' | 'contact.readRestricted' | 'referral.close';

const within = (tx: Tx, action: Acting): Sql => referralWithin(tx.actor, reachFor(tx.actor, action), tx.now);

/** With the client locked too, as everywhere: a wrong number changes how to reach them. */
async function lockEpisode(tx: Tx, action: Acting, referralId: string): Promise<Episode> {
  const { id, client_id, state, sent_at, created_at } = await lockReferral(
    tx,
    referralId,
    within(tx, action),
  );
  if (client_id === null) throw Refusal.notFound();
  return { id, clientId: client_id, state, receivedAt: sent_at ?? created_at };
}

async function lockContact(tx: Tx, action: Acting, contactId: string): Promise<Episode> {
  const found = await tx.maybe<{ referral_id: string }>(sql`
    select referral_id from contact where scheme_id = ${tx.schemeId} and id = ${contactId}`);
  if (!found) throw Refusal.notFound();
  return lockEpisode(tx, action, found.referral_id);
}

interface SectionRow {
  id: string;
  kind: SectionKind;
  words: string;
  written_by: string | null;
}

const liveSections = (tx: Tx, contactId: string): Promise<SectionRow[]> =>
  tx.rows<SectionRow>(sql`
    select id, kind, words, written_by from contact_section
    where scheme_id = ${tx.schemeId} and contact_id = ${contactId} and ended_at is null order by id`);

async function addSection(
  tx: Tx,
  contactId: string,
  { kind, words }: SectionInput,
  replaces: string | null,
): Promise<void> {
  await tx.run(sql`
    insert into contact_section (scheme_id, id, contact_id, kind, words, written_by, written_at, replaces)
    values (${tx.schemeId}, ${newId()}, ${contactId}, ${kind}, ${words}, ${memberOf(tx)}, ${tx.now}, ${replaces})`);
}

async function choiceFacts(tx: Tx, episode: Episode): Promise<ChoiceFacts> {
  const facts = await tx.one<Omit<ChoiceFacts, 'unreached'>>(sql`
    select c.safe_to_text as "safeToText", c.phone is not null as "hasPhone", c.safe_to_write as "safeToWrite",
      c.address is not null as "hasAddress",
      case when r.organisation_id is not null then ${HEARS} end as hears
    from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    where r.scheme_id = ${tx.schemeId} and r.id = ${episode.id}`);
  return { ...facts, unreached: await unreached(tx, episode.id) };
}

function refuseProblems(contact: ContactFacts, tx: Tx, episode: Episode): void {
  const problems = contactProblems(contact, { now: tx.now, referredAt: episode.receivedAt });
  if (problems.length > 0) throw Refusal.invalid(problems);
}

async function unreached(tx: Tx, referralId: string): Promise<number> {
  const rows = await tx.rows<{ outcome: ContactOutcome }>(sql`
    select outcome from contact where scheme_id = ${tx.schemeId} and referral_id = ${referralId}
    order by at desc, id desc`);
  return unreachedInARow(rows.map((row) => row.outcome));
}

async function remember(
  tx: Tx,
  contactId: string,
  action: 'log' | 'amend',
  reason: string | null,
  changes: object,
): Promise<void> {
  await tx.run(sql`
    insert into contact_history (scheme_id, id, contact_id, at, action, actor_id, actor_name, reason, changes)
    values (${tx.schemeId}, ${newId()}, ${contactId}, ${tx.now}, ${action}, ${memberOf(tx)}, ${systemOf(tx)},
      ${reason}, ${JSON.stringify(changes)})`);
}

const record = (tx: Tx, action: Act, contactId: string, episode: Episode): Promise<void> =>
  audit(tx, {
    action,
    subject: { kind: 'contact', id: contactId },
    clients: [episode.clientId],
    details: { referralId: episode.id },
  });
