import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import type { Act } from '../audit/acts.js';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { insertOf } from '../platform/database/entity-sql.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { actorIdOf, recordHistory, type Changes } from './client-history.js';
import { placeOf } from './client-place.js';
import { joined } from './client-reach.js';
import {
  changesOf,
  lockAll,
  lockAllWithin,
  stopSharing,
  updateClient,
  type ClientRow,
} from './client-rows.js';
import type { AgreementScope } from './agreement.types.js';
import { answersOf } from './person.rules.js';
import { ClientMerge } from './client.entity.js';
import type { ClientEvent } from './client.events.js';
import { ClientHooks } from './client.hooks.js';
import { clientWithin } from './client.reach.js';
import { safetyLifted, safetyOf } from './lone-worker-flags.service.js';
import type { MergeKind } from './client.types.js';
import { cannotJoin, joinedAnswers } from './merging.rules.js';

/** What undoing a merge puts back. `tables` is filled by the modules above. */
interface Moved {
  standing: ClientRow['standing'];
  fields: Changes;
  agreements: string[];
  registrations: string[];
  neverOffers: string[];
  reachSources: string[];
  repointed: string[];
  links: string[];
  linkedTo: string[];
  supporters: string[];
}

const DAY_MS = 86_400_000;

@Injectable()
export class ClientMerges {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: ClientHooks,
  ) {}

  /** Answers with the id of the merge. */
  async merge(actor: Actor, keptId: string, mergedId: string, reason: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      if (keptId === mergedId) throw Refusal.invalidField('mergedId', 'Choose another record');
      const rows = await lockAllWithin(tx, 'client.merge', [keptId, mergedId]);
      const { kept, other } = joinable(rows, keptId, mergedId);
      const mergeId = await this.join(tx, kept, other, 'merged', reason);
      await this.hooks.merging.run(tx, { keptId, mergedId, mergeId });
      await this.record(tx, 'client.merge', 'client.merged', { mergeId, keptId, mergedId });
      return mergeId;
    });
  }

  /** The caller has authorised both by its own row, moves that row itself, and records its verb. */
  async absorb(tx: Tx, provisionalId: string, keptId: string, reason: string): Promise<string> {
    const { kept, other } = joinable(await lockAll(tx, [keptId, provisionalId]), keptId, provisionalId);
    if (other.standing !== 'provisional') {
      throw Refusal.conflict('not-provisional', 'This person was confirmed already. Merge the two instead.');
    }
    const mergeId = await this.join(tx, kept, other, 'absorbed', reason);
    await this.record(tx, 'client.absorb', 'client.absorbed', { mergeId, keptId, mergedId: provisionalId });
    return mergeId;
  }

  /** Two people after all: what moved goes back, what was changed since stays. Answers with the id of the restored. */
  async unmerge(actor: Actor, mergedId: string, reason: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = clientWithin(actor, reachFor(actor, 'client.unmerge'), tx.now);
      const merge = await tx.maybe<{ id: string; keptId: string; mergedAt: Date; moved: Moved }>(sql`
        select m.id, m.kept_id as "keptId", m.merged_at as "mergedAt", m.moved
        from client_merge m
        join client c on c.scheme_id = m.scheme_id and c.id = m.merged_id
        where m.scheme_id = ${tx.schemeId} and m.merged_id = ${mergedId} and m.undone_at is null and ${within}`);
      if (!merge) throw Refusal.notFound();
      const settings = await schemeSettings(tx);
      if (merge.mergedAt.getTime() + settings.unmergeCalendarDays * DAY_MS < tx.now.getTime()) {
        throw Refusal.conflict(
          'too-late',
          `This can be undone for ${String(settings.unmergeCalendarDays)} days only.`,
        );
      }
      const rows = await lockAllWithin(tx, 'client.unmerge', [merge.keptId, mergedId]);
      const kept = rows.find(({ id }) => id === merge.keptId);
      const other = rows.find(({ id }) => id === mergedId);
      if (!kept || !other) throw Refusal.notFound();
      if (kept.mergedInto !== null) {
        throw Refusal.conflict('merged-since', 'It was itself joined to another since. Undo that first.', {
          mergedInto: kept.mergedInto,
        });
      }
      const undone = await tx.run(sql`
        update client_merge
        set undone_at = ${tx.now}, undone_by = ${actorIdOf(tx)}, undone_because = ${reason}
        where scheme_id = ${tx.schemeId} and id = ${merge.id} and undone_at is null`);
      if (undone.rowCount === 0) throw Refusal.notFound();
      await this.putBack(tx, kept, other, merge.id, merge.moved);
      await this.giveBackAgreements(tx, kept, other, merge);
      await safetyLifted(tx, this.hooks, kept.id);
      await this.hooks.unmerging.run(tx, { keptId: kept.id, mergedId, mergeId: merge.id });
      const changes = { mergeId: merge.id, reason };
      await recordHistory(tx, kept.id, 'client.unmerge', { ...changes, other: mergedId });
      await recordHistory(tx, mergedId, 'client.unmerge', { ...changes, other: kept.id });
      await this.record(tx, 'client.unmerge', 'client.unmerged', {
        mergeId: merge.id,
        keptId: kept.id,
        mergedId,
      });
      return mergedId;
    });
  }

  private async join(
    tx: Tx,
    kept: ClientRow,
    other: ClientRow,
    kind: MergeKind,
    reason: string,
  ): Promise<string> {
    const refused = cannotJoin(kept, other);
    if (refused) throw Refusal.conflict(refused.code, refused.because);
    const mergeId = newId();
    const [keptSays, otherSays] = [await safetyOf(tx, kept.id), await safetyOf(tx, other.id)];
    // First, so that the number the other gives up is free for the kept.
    await updateClient(tx, other, { standing: 'merged', mergedInto: kept.id });
    const answers = joinedAnswers(answersOf(kept), answersOf(other), kind);
    const after: Partial<ClientRow> = kind === 'merged' ? { ...answers, messagesPausedAt: tx.now } : answers;
    const fields = changesOf(kept, after);
    const place = 'postcode' in fields || 'dayPlacePostcode' in fields ? await placeOf(tx, answers) : {};
    await updateClient(tx, kept, { ...after, ...place });
    // Agreed before there was a flag; what the flagged one agreed to since, alone, still stands.
    if (kept.safetyFlag && !other.safetyFlag) await stopSharing(tx, other.id);
    const moved: Moved = {
      standing: other.standing,
      fields: { ...fields, ...changesOf(kept, place) },
      ...(await this.moveRows(tx, other.id, kept.id)),
    };
    await tx.run(
      insertOf(ClientMerge, {
        schemeId: tx.schemeId,
        id: mergeId,
        keptId: kept.id,
        mergedId: other.id,
        kind,
        mergedBy: actorIdOf(tx),
        mergedAt: tx.now,
        reason,
        moved: { ...moved },
      }),
    );
    const action = kind === 'merged' ? 'client.merge' : 'client.absorb';
    await recordHistory(tx, kept.id, action, { ...fields, mergeId, other: other.id, reason });
    await recordHistory(tx, other.id, action, { mergeId, mergedInto: kept.id, reason });
    // Each record's worker is told of what only the other said, while each still has its own referrals.
    const tell = (recordId: string) =>
      this.hooks.safetyNoted.run(tx, { clientId: kept.id, recordId, holds: true });
    if (saysMore(otherSays, keptSays)) await tell(kept.id);
    if (saysMore(keptSays, otherSays)) await tell(other.id);
    return mergeId;
  }

  private async moveRows(tx: Tx, from: string, to: string) {
    const { schemeId } = tx;
    const ids = async (statement: ReturnType<typeof sql>): Promise<string[]> =>
      (await tx.rows<{ id: string }>(statement)).map(({ id }) => id);
    return {
      agreements: await ids(sql`
        update agreement set client_id = ${to} where scheme_id = ${schemeId} and client_id = ${from} returning id`),
      registrations: await ids(sql`
        update gp_registration set client_id = ${to}
        where scheme_id = ${schemeId} and client_id = ${from} and not exists (
          select 1 from gp_registration present
          where present.scheme_id = ${schemeId} and present.client_id = ${to} and present.ends_on is null)
        returning id`),
      neverOffers: await ids(sql`
        insert into never_offer (scheme_id, client_id, organisation_id, recorded_by, recorded_at)
        select scheme_id, ${to}, organisation_id, recorded_by, recorded_at from never_offer
        where scheme_id = ${schemeId} and client_id = ${from}
        on conflict do nothing returning organisation_id as id`),
      ...(await this.moveLinks(tx, from, to)),
      supporters: await ids(sql`
        update supporter set client_id = ${to} where scheme_id = ${schemeId} and client_id = ${from} returning id`),
      reachSources: await this.moveReach(tx, from, to, null),
      repointed: await ids(sql`
        update client set merged_into = ${to} where scheme_id = ${schemeId} and merged_into = ${from} returning id`),
    };
  }

  /** A link between the two, or to somebody the kept is linked to already, stays behind. */
  private async moveLinks(tx: Tx, from: string, to: string) {
    const move = async (side: 'client_id' | 'other_id', opposite: 'client_id' | 'other_id') =>
      (
        await tx.rows<{ id: string }>(sql`
          update client_link l set ${raw(side)} = ${to}
          where l.scheme_id = ${tx.schemeId} and l.${raw(side)} = ${from} and l.${raw(opposite)} <> ${to}
            and (l.ended_at is not null or not exists (
              select 1 from client_link present
              where present.scheme_id = l.scheme_id and present.ended_at is null
                and ${to} in (present.client_id, present.other_id)
                and l.${raw(opposite)} in (present.client_id, present.other_id)))
          returning l.id`)
      ).map(({ id }) => id);
    return { links: await move('client_id', 'other_id'), linkedTo: await move('other_id', 'client_id') };
  }

  /** Whoever held one now holds the other. `sources`: only what these gave; null for everything. */
  private async moveReach(tx: Tx, from: string, to: string, sources: string[] | null): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(sql`
      with taken as (
        delete from client_reach
        where scheme_id = ${tx.schemeId} and client_id = ${from}
          and (${sources}::uuid[] is null or source_id = any(${sources}::uuid[]))
        returning *),
      given as (
        insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id, until)
        select scheme_id, ${to}, holder_kind, holder_id, why, source_id, until from taken
        on conflict do nothing)
      select distinct source_id as id from taken`);
    return rows.map(({ id }) => id);
  }

  private async putBack(
    tx: Tx,
    kept: ClientRow,
    other: ClientRow,
    mergeId: string,
    moved: Moved,
  ): Promise<void> {
    const { schemeId } = tx;
    await updateClient(tx, kept, untouchedSince(kept, moved.fields));
    await updateClient(tx, other, { standing: moved.standing, mergedInto: null });
    await tx.run(sql`
      update agreement set client_id = ${other.id}
      where scheme_id = ${schemeId} and id = any(${moved.agreements}::uuid[])`);
    await tx.run(sql`
      update gp_registration set client_id = ${other.id}
      where scheme_id = ${schemeId} and id = any(${moved.registrations}::uuid[])`);
    await tx.run(sql`
      delete from never_offer
      where scheme_id = ${schemeId} and client_id = ${kept.id}
        and organisation_id = any(${moved.neverOffers}::uuid[])`);
    await tx.run(sql`
      update client_link set client_id = ${other.id}
      where scheme_id = ${schemeId} and id = any(${moved.links}::uuid[])`);
    await tx.run(sql`
      update client_link set other_id = ${other.id}
      where scheme_id = ${schemeId} and id = any(${moved.linkedTo}::uuid[])`);
    await tx.run(sql`
      update supporter set client_id = ${other.id}
      where scheme_id = ${schemeId} and id = any(${moved.supporters}::uuid[])`);
    await this.moveReach(tx, kept.id, other.id, moved.reachSources);
    await tx.run(sql`
      update client set merged_into = ${other.id}
      where scheme_id = ${schemeId} and id = any(${moved.repointed}::uuid[]) and merged_into = ${kept.id}`);
  }

  /**
   * What the kept person took back while the two were one was theirs to take back, and not the other's: the other's
   * agreements are again as they came. Theirs is a person nobody asked, and whose referral would stand on nothing.
   */
  private async giveBackAgreements(
    tx: Tx,
    kept: ClientRow,
    other: ClientRow,
    { mergedAt, moved }: { mergedAt: Date; moved: Moved },
  ): Promise<void> {
    const takenBack = await tx.rows<{ id: string; was: AgreementScope[]; scope: AgreementScope[] }>(sql`
      select distinct on (a.id) a.id, h.changes #> '{scope,from}' as was,
        case when a.withdrawn_at is null then a.scope else '{}' end as scope
      from client_history h
      join agreement a on a.scheme_id = h.scheme_id and a.id = (h.changes ->> 'agreementId')::uuid
      where h.scheme_id = ${tx.schemeId} and h.client_id = ${kept.id} and h.action = 'agreement.withdraw'
        and h.at >= ${mergedAt} and a.id = any(${moved.agreements}::uuid[])
      order by a.id, h.id`);
    for (const { id, was, scope } of takenBack) {
      await tx.run(sql`
        update agreement set scope = ${was}, withdrawn_at = null, withdrawn_by = null, withdrawal_note = null
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      const changes = { agreementId: id, scope: { from: scope, to: was } };
      await recordHistory(tx, other.id, 'agreement.giveBack', changes);
      await audit(tx, {
        action: 'agreement.giveBack',
        subject: { kind: 'agreement', id },
        clients: [other.id],
        details: { scope: changes.scope },
      });
    }
  }

  private async record(
    tx: Tx,
    action: Act,
    event: ClientEvent,
    ids: { mergeId: string; keptId: string; mergedId: string },
  ): Promise<void> {
    await audit(tx, {
      action,
      subject: { kind: 'client', id: ids.keptId },
      clients: [ids.keptId, ids.mergedId],
      details: { mergeId: ids.mergeId },
    });
    await outbox.add(tx, event, ids);
  }
}

const saysMore = (one: readonly string[], than: readonly string[]): boolean =>
  one.some((said) => !than.includes(said));

/** The fields a merge changed that nobody has changed since, as they were before. */
function untouchedSince(kept: ClientRow, fields: Changes): Partial<ClientRow> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([field, { to }]) => JSON.stringify(kept[field as keyof ClientRow]) === JSON.stringify(to))
      .map(([field, { from }]) => [field, from]),
  );
}

/** The two records to be joined, once both are locked. */
function joinable(
  rows: readonly ClientRow[],
  keptId: string,
  otherId: string,
): { kept: ClientRow; other: ClientRow } {
  const kept = rows.find(({ id }) => id === keptId);
  const other = rows.find(({ id }) => id === otherId);
  if (!kept || !other) throw Refusal.notFound();
  for (const row of [kept, other]) if (row.mergedInto !== null) throw joined(row.mergedInto);
  if (kept.standing !== 'confirmed') {
    throw Refusal.conflict('not-confirmed', 'Keep the record that was confirmed, and join the other to it.');
  }
  return { kept, other };
}
