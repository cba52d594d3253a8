import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
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
import { referralWithin } from '../referrals/referral.reach.js';
import { chosenNextAt } from '../referrals/referral.rules.js';
import { isWithWorker, type ReferralState } from '../referrals/referral.types.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { memberOf, systemOf } from './by-whom.js';
import { CONTACT_EVENTS } from './caseload.events.js';
import type { AmendContactInput, LogContactInput } from './contact.dto.js';
import { ContactHooks, type ContactLogged } from './contact.hooks.js';
import {
  changesBetween,
  contactProblems,
  isThirdUnreached,
  unreachedInARow,
  wrongChannels,
  type ContactFacts,
} from './contact.rules.js';
import type { ContactKind, ContactOutcome } from './contact.types.js';

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
      const at = input.at === undefined ? tx.now : new Date(input.at);
      const { kind, outcome, nextOn } = input;
      refuseProblems({ kind, outcome, at, nextOn }, tx, episode);

      const id = newId();
      const before = await unreached(tx, episode.id);
      await tx.run(sql`
        insert into contact (scheme_id, id, referral_id, kind, outcome, at, minutes, note, next_on, logged_by,
          created_at, updated_at)
        values (${tx.schemeId}, ${id}, ${episode.id}, ${input.kind}, ${input.outcome}, ${at},
          ${input.minutes ?? null}, ${input.note ?? null}, ${input.nextOn}, ${memberOf(tx)}, ${tx.now}, ${tx.now})`);
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
      const found = await tx.maybe<{ referral_id: string }>(sql`
        select referral_id from contact where scheme_id = ${tx.schemeId} and id = ${contactId}`);
      if (!found) throw Refusal.notFound();
      const episode = await lockEpisode(tx, 'contact.amend', found.referral_id);
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

const within = (tx: Tx, action: 'contact.log' | 'contact.amend'): Sql =>
  referralWithin(tx.actor, reachFor(tx.actor, action), tx.now);

/** With the client locked too, as everywhere: a wrong number changes how to reach them. */
async function lockEpisode(
  tx: Tx,
  action: 'contact.log' | 'contact.amend',
  referralId: string,
): Promise<Episode> {
  const { id, client_id, state, sent_at, created_at } = await lockReferral(
    tx,
    referralId,
    within(tx, action),
  );
  if (client_id === null) throw Refusal.notFound();
  return { id, clientId: client_id, state, receivedAt: sent_at ?? created_at };
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

const record = (tx: Tx, action: string, contactId: string, episode: Episode): Promise<void> =>
  audit(tx, {
    action,
    subject: { kind: 'contact', id: contactId },
    clients: [episode.clientId],
    details: { referralId: episode.id },
  });
