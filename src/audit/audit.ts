import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { currentRequestId } from '../platform/http/request-context.js';
import type { Act } from './acts.js';

export interface AuditFact {
  action: Act;
  subject?: { kind: string; id: string };
  /** Every client whose record this touched or showed. */
  clients?: readonly string[];
  /** Codes and ids only: the audit record outlives what a person may ask to have removed. */
  details?: Record<string, unknown>;
}

function actorId(actor: Actor): string | null {
  switch (actor.kind) {
    case 'member':
      return actor.membershipId;
    case 'link':
      return actor.contactPointId;
    case 'client':
      return actor.supporterId ?? actor.clientId;
    case 'system':
      return null;
  }
}
const actorName = (actor: Actor): string | null => (actor.kind === 'system' ? actor.name : null);
const sessionId = (actor: Actor): string | null =>
  actor.kind === 'member' || actor.kind === 'client' ? actor.sessionId : null;

/** Adds one entry in the caller's transaction: the write and its record stand or fall together. */
export async function audit(tx: Tx, fact: AuditFact): Promise<void> {
  await tx.run(entryOf(tx.actor, tx.now, tx.requestId, fact));
}

export const entryOf = (actor: Actor, now: Date, requestId: string | null, fact: AuditFact): Sql => sql`
    insert into audit_entry (scheme_id, at, actor_kind, actor_id, actor_name, session_id, request_id,
      action, subject_kind, subject_id, client_ids, details)
    values (${actor.schemeId}, ${now}, ${actor.kind}, ${actorId(actor)}, ${actorName(actor)},
      ${sessionId(actor)}, ${requestId}, ${fact.action}, ${fact.subject?.kind ?? null}, ${fact.subject?.id ?? null},
      ${fact.clients ?? []}, ${JSON.stringify(fact.details ?? {})})`;

/** One entry for each of many rows written together, such as an import's. */
export async function auditEach(tx: Tx, action: Act, kind: string, ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    insert into audit_entry (scheme_id, at, actor_kind, actor_id, actor_name, session_id, request_id,
      action, subject_kind, subject_id)
    select ${tx.schemeId}, ${tx.now}, ${tx.actor.kind}, ${actorId(tx.actor)}, ${actorName(tx.actor)},
      ${sessionId(tx.actor)}, ${tx.requestId}, ${action}, ${kind}, id
    from unnest(${ids}::uuid[]) as id`);
}

/**
 * Wraps a read of people's records so that the statement that shows them also records it: no audit, no answer. `page`
 * must give a column `client_id` (a uuid, null where a row names nobody) and is written once to the record as a whole,
 * listing whom it showed. Rows come back in the page's own order. `shows` is how many of them are shown, where the page
 * reads one more to learn whether there is a next.
 */
export function auditedRead(
  actor: Actor,
  at: Date,
  fact: Omit<AuditFact, 'clients'> & { shows?: number },
  page: Sql,
): Sql {
  return sql`
    with page as (${page}),
    seen as (
      insert into audit_entry (scheme_id, at, actor_kind, actor_id, actor_name, session_id, request_id,
        action, subject_kind, subject_id, client_ids, details)
      select ${actor.schemeId}, ${at}, ${actor.kind}, ${actorId(actor)}, ${actorName(actor)}, ${sessionId(actor)},
        ${currentRequestId()}, ${fact.action}, ${fact.subject?.kind ?? null}, ${fact.subject?.id ?? null},
        array(
          select distinct client_id from (select client_id from page limit ${fact.shows ?? null}) as shown
          where client_id is not null),
        ${JSON.stringify(fact.details ?? {})}
      where exists (select 1 from page)
    )
    select * from page`;
}
