import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { newId } from '../platform/pure/ids.js';
import { actorIdOf, recordHistory } from './client-history.js';
import { joined } from './client-reach.js';
import { lockAllWithin, lockWithin, type ClientRow } from './client-rows.js';
import type { AmendSupporterInput, LinkClientInput, NameSupporterInput } from './people-close.dto.js';
import { sharingProblems } from './people-close.rules.js';
import type { SharedItem } from './people-close.types.js';

CONSTRAINT_REFUSALS.set('client_link_pair', () =>
  Refusal.conflict('linked-already', 'These two are linked already. End that link first.'),
);

interface SupporterRow {
  version: number;
  shares: SharedItem[];
  agreedOn: string | null;
}

/** Whom a person belongs with and whom they name. Nobody is told when a link or a sharing ends. */
@Injectable()
export class PeopleCloseService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Both records must be in the actor's reach: a link is never a way to learn that somebody is known. */
  async link(actor: Actor, clientId: string, input: LinkClientInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      if (input.otherId === clientId) {
        throw Refusal.invalidField('otherId', 'Choose somebody else: nobody is linked to themselves');
      }
      const rows = await lockAllWithin(tx, 'client.link', [clientId, input.otherId]);
      if (!rows.some(({ id }) => id === clientId)) throw Refusal.notFound();
      if (rows.length < 2) throw Refusal.invalidField('otherId', 'Choose a person you may reach');
      for (const { mergedInto } of rows) if (mergedInto !== null) throw joined(mergedInto);
      const id = newId();
      await tx.run(sql`
        insert into client_link (scheme_id, id, client_id, other_id, relation, seen_together, note, linked_by, linked_at)
        values (${tx.schemeId}, ${id}, ${clientId}, ${input.otherId}, ${input.relation},
          ${input.seenTogether ?? false}, ${input.note ?? null}, ${actorIdOf(tx)}, ${tx.now})`);
      for (const one of [clientId, input.otherId]) {
        await recordHistory(tx, one, 'client.link', { linkId: id });
      }
      await audit(tx, {
        action: 'client.link',
        subject: { kind: 'clientLink', id },
        clients: [clientId, input.otherId],
      });
      return id;
    });
  }

  /** From either side, and silently. */
  async endLink(actor: Actor, clientId: string, linkId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'client.link', clientId);
      const link = await tx.maybe<{ clientId: string; otherId: string }>(sql`
        update client_link set ended_at = ${tx.now}, ended_by = ${actorIdOf(tx)}
        where scheme_id = ${tx.schemeId} and id = ${linkId} and ended_at is null
          and ${clientId} in (client_id, other_id)
        returning client_id as "clientId", other_id as "otherId"`);
      if (!link) throw Refusal.notFound();
      const both = [link.clientId, link.otherId];
      for (const one of both) await recordHistory(tx, one, 'client.endLink', { linkId });
      await audit(tx, {
        action: 'client.link',
        subject: { kind: 'clientLink', id: linkId },
        clients: both,
        details: { part: 'end' },
      });
      return linkId;
    });
  }

  async nameSupporter(actor: Actor, clientId: string, input: NameSupporterInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'supporter.amend', clientId);
      const sharing = { shares: input.shares ?? [], agreedOn: input.agreedOn ?? null };
      refuseSharing(tx, client, sharing);
      const id = newId();
      await tx.run(sql`
        insert into supporter (scheme_id, id, client_id, name, role, phone, email, may_contact, shares, agreed_on, note,
          named_by, named_at)
        values (${tx.schemeId}, ${id}, ${clientId}, ${input.name}, ${input.role}, ${input.phone ?? null},
          ${input.email ?? null}, ${input.mayContact ?? false}, ${sharing.shares}, ${sharing.agreedOn},
          ${input.note ?? null}, ${actorIdOf(tx)}, ${tx.now})`);
      await this.record(tx, clientId, id, 'name', { role: input.role, shares: sharing.shares });
      return id;
    });
  }

  async amendSupporter(
    actor: Actor,
    clientId: string,
    supporterId: string,
    version: number,
    input: AmendSupporterInput,
  ): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const client = await lockWithin(tx, 'supporter.amend', clientId);
      const before = await this.lockSupporter(tx, clientId, supporterId);
      refuseStale(before.version, version);
      const shares = input.shares ?? before.shares;
      const agreedOn = input.agreedOn === undefined ? before.agreedOn : input.agreedOn;
      const more = shares.some((item) => !before.shares.includes(item));
      // Taking items away needs no agreement of today, even for somebody with a safety flag.
      if (more || agreedOn !== before.agreedOn) refuseSharing(tx, client, { shares, agreedOn });
      await tx.run(sql`
        update supporter set version = version + 1, shares = ${shares}, agreed_on = ${agreedOn},
          name = coalesce(${input.name ?? null}, name), role = coalesce(${input.role ?? null}, role),
          may_contact = coalesce(${input.mayContact ?? null}, may_contact),
          phone = case when ${input.phone !== undefined} then ${input.phone ?? null} else phone end,
          email = case when ${input.email !== undefined} then ${input.email ?? null} else email end,
          note = case when ${input.note !== undefined} then ${input.note ?? null} else note end
        where scheme_id = ${tx.schemeId} and id = ${supporterId}`);
      await this.record(tx, clientId, supporterId, 'amend', { shares: { from: before.shares, to: shares } });
      return supporterId;
    });
  }

  /** Ends all that was shared with them, at once and silently. */
  async endSupporter(actor: Actor, clientId: string, supporterId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await lockWithin(tx, 'supporter.amend', clientId);
      await this.lockSupporter(tx, clientId, supporterId);
      await tx.run(sql`
        update supporter
        set version = version + 1, shares = '{}', ended_at = ${tx.now}, ended_by = ${actorIdOf(tx)}
        where scheme_id = ${tx.schemeId} and id = ${supporterId}`);
      await this.record(tx, clientId, supporterId, 'end', {});
      return supporterId;
    });
  }

  private async lockSupporter(tx: Tx, clientId: string, supporterId: string): Promise<SupporterRow> {
    const row = await tx.maybe<SupporterRow>(sql`
      select version, shares, agreed_on::text as "agreedOn" from supporter
      where scheme_id = ${tx.schemeId} and client_id = ${clientId} and id = ${supporterId} and ended_at is null
      for update`);
    if (!row) throw Refusal.notFound();
    return row;
  }

  private async record(
    tx: Tx,
    clientId: string,
    supporterId: string,
    part: 'name' | 'amend' | 'end',
    changes: Record<string, unknown>,
  ): Promise<void> {
    await recordHistory(tx, clientId, `supporter.${part}`, { supporterId, ...changes });
    await audit(tx, {
      action: 'supporter.amend',
      subject: { kind: 'supporter', id: supporterId },
      clients: [clientId],
      details: { part },
    });
  }
}

function refuseSharing(
  tx: Tx,
  client: ClientRow,
  sharing: { shares: SharedItem[]; agreedOn: string | null },
): void {
  const problems = sharingProblems(sharing, client, londonDate(tx.now));
  if (problems.length > 0) throw Refusal.invalid(problems);
}
