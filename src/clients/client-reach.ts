import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { HolderKind, HoldReason } from './client.types.js';

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

/** Every verb on a record that was joined to another answers with where the person is now. */
export const joined = (mergedInto: string): Refusal =>
  Refusal.conflict('merged', 'This record was joined to another. Use the one it was joined to.', {
    mergedInto,
  });
