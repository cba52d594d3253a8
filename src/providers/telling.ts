import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { BY_LINK } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventName } from '../platform/outbox/events.js';
import { outbox } from '../platform/outbox/outbox.js';
import { groupSpeaks } from './contact-points.js';
import { newId } from '../platform/pure/ids.js';

/** The three that go with every change of a provider: its history, its audit entry and its outbox line. */
export async function tellOfProvider(
  tx: Tx,
  organisationId: string,
  action: Action,
  event: EventName,
  changes: Record<string, unknown>,
): Promise<void> {
  await tx.run(sql`
    insert into provider_history (scheme_id, id, organisation_id, at, action, actor_id, actor_name, changes)
    values (${tx.schemeId}, ${newId()}, ${organisationId}, ${tx.now}, ${event}, ${actorId(tx)}, ${actorName(tx)},
      ${JSON.stringify(changes)})`);
  await audit(tx, {
    action,
    subject: { kind: 'provider', id: organisationId },
    details: { event, fields: Object.keys(changes) },
  });
  await outbox.add(tx, event, { organisationId });
}

/** The same for a listing. */
export async function tellOfListing(
  tx: Tx,
  listingId: string,
  action: Action,
  event: EventName,
  changes: Record<string, unknown>,
): Promise<void> {
  await tx.run(sql`
    insert into listing_history (scheme_id, id, listing_id, at, action, actor_id, actor_name, changes)
    values (${tx.schemeId}, ${newId()}, ${listingId}, ${tx.now}, ${event}, ${actorId(tx)}, ${actorName(tx)},
      ${JSON.stringify(changes)})`);
  await audit(tx, {
    action,
    subject: { kind: 'listing', id: listingId },
    details: { event, fields: Object.keys(changes) },
  });
  await groupSpeaks(tx);
  await outbox.add(tx, event, { listingId });
}

const actorId = (tx: Tx): string | null => (tx.actor.kind === 'member' ? tx.actor.membershipId : null);
const actorName = (tx: Tx): string | null =>
  tx.actor.kind === 'system' ? tx.actor.name : tx.actor.kind === 'link' ? BY_LINK : null;
