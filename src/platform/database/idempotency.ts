import sql from 'sql-template-tag';
import { type Actor, INSTALLATION } from '../actor/actor.types.js';
import { Refusal } from '../errors/refusal.js';
import type { IdempotencyClaim } from '../http/request-context.js';
import type { Tx } from './tx.js';

/**
 * Whose keys they are, so that nobody meets another's: on a person's page those of one visit, by a link those of its address; the
 * forms of a scheme's public share theirs. Null takes none.
 */
export function claimant(actor: Actor): string | null {
  if (actor.kind === 'member') return actor.membershipId;
  if (actor.kind === 'client') return actor.sessionId;
  if (actor.kind === 'link') return actor.contactPointId;
  return actor.forPublic ? INSTALLATION : null;
}

/**
 * Claims the key, or gives the result of the request that claimed it first. The insert waits for a twin that is still
 * running: when the twin commits we replay it, when it fails the key is ours.
 */
export async function repeatedResult(tx: Tx, claim: IdempotencyClaim): Promise<string | null> {
  const by = claimant(tx.actor);
  const claimed = await tx.run(sql`
    insert into idempotency_key (scheme_id, membership_id, method, route, key, body_hash, created_at)
    values (${tx.schemeId}, ${by}, ${claim.method}, ${claim.route}, ${claim.key}, ${claim.bodyHash}, ${tx.now})
    on conflict do nothing`);
  if (claimed.rowCount === 1) return null;
  const earlier = await tx.one<{ body_hash: string; result_id: string }>(sql`
    select body_hash, result_id from idempotency_key
    where scheme_id = ${tx.schemeId} and membership_id = ${by}
      and method = ${claim.method} and route = ${claim.route} and key = ${claim.key}`);
  if (earlier.body_hash !== claim.bodyHash) {
    throw Refusal.unprocessable(
      'idempotency-key-reused',
      'This Idempotency-Key was used for a different request. Use a new key.',
    );
  }
  return earlier.result_id;
}

/** Verbs of the trade answer with the id of what they made or moved; only that is kept, never a body. */
export async function rememberResult(tx: Tx, claim: IdempotencyClaim, result: unknown): Promise<void> {
  await tx.run(sql`
    update idempotency_key set result_id = ${typeof result === 'string' ? result : ''}
    where scheme_id = ${tx.schemeId} and membership_id = ${claimant(tx.actor)}
      and method = ${claim.method} and route = ${claim.route} and key = ${claim.key}`);
}
