import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { HolderKind, HoldReason, Standing } from './client.types.js';

/*
 * Who holds a client, kept by the modules above in the transaction that gives or takes the holding. `client.reach.ts`
 * reads it.
 */

export interface Holding {
  clientId: string;
  holderKind: HolderKind;
  /** The membership or organisation; for triage the scheme itself. */
  holderId: string;
  why: HoldReason;
  /** The row the holding comes from, such as a referral: releasing by it ends what it gave. */
  sourceId: string;
  /** Forever unless told. */
  until?: Date;
}

/** Gives a holder reach of a client. Giving the same again only moves its end. */
export async function hold(tx: Tx, holding: Holding): Promise<void> {
  await tx.run(sql`
    insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id, until)
    values (${tx.schemeId}, ${holding.clientId}, ${holding.holderKind}, ${holding.holderId}, ${holding.why},
      ${holding.sourceId}, ${holding.until ?? null})
    on conflict (scheme_id, client_id, holder_id, why, source_id) do update set until = excluded.until`);
}

/** Ends what a source gave: all of it, or only that for one reason or one client. */
export async function release(
  tx: Tx,
  source: { sourceId: string; why?: HoldReason; clientId?: string },
): Promise<void> {
  await tx.run(sql`
    delete from client_reach
    where scheme_id = ${tx.schemeId} and source_id = ${source.sourceId}
      and (${source.why ?? null}::text is null or why = ${source.why ?? null})
      and (${source.clientId ?? null}::uuid is null or client_id = ${source.clientId ?? null})`);
}

export interface LockedClient {
  id: string;
  standing: Standing;
  dateOfBirth: string;
  deathRecordedAt: Date | null;
}

/**
 * Locks a client before anything of theirs: the lock order everywhere is client, referral, onward referrals, listing.
 * Authorises nothing; the caller's own row does. Refuses one that was joined to another.
 */
export async function lockClient(tx: Tx, clientId: string): Promise<LockedClient> {
  const row = await tx.maybe<LockedClient & { mergedInto: string | null }>(sql`
    select id, standing, merged_into as "mergedInto", date_of_birth::text as "dateOfBirth",
      death_recorded_at as "deathRecordedAt"
    from client where scheme_id = ${tx.schemeId} and id = ${clientId} for update`);
  if (!row) throw Refusal.notFound();
  if (row.mergedInto !== null) throw joined(row.mergedInto);
  return row;
}

/** Every verb on a record that was joined to another answers with where the person is now. */
export const joined = (mergedInto: string): Refusal =>
  Refusal.conflict('merged', 'This record was joined to another. Use the one it was joined to.', {
    mergedInto,
  });
