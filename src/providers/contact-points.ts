import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import { addressHash, type GroupAddress } from './group-address.rules.js';
import { groupsWritten } from './group-addresses.queries.js';
import { PRIVACY_VERSION } from './privacy-notice.js';

/** The address or number a group is written to, as something links can be bound to. */
export async function contactPointOf(tx: Tx, organisationId: string, address: GroupAddress): Promise<string> {
  await know(tx, [{ organisationId, address }]);
  const column = address.channel === 'text' ? sql`phone_hash` : sql`email_hash`;
  const row = await tx.one<{ id: string }>(sql`
    select id from contact_point
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and ${column} = ${addressHash(address)}`);
  return row.id;
}

/**
 * To be called when where a group is written to may have changed. A number that it was before is forgotten with it;
 * whoever left, and is named again, helps again, so that they can leave again.
 * Whoever reads a group's address may ask for a link before anything was ever sent there, and in the night: so that the
 * address groups are written to today is known as theirs from the moment it is written down.
 */
export async function knowAddresses(tx: Tx, organisationIds: readonly string[]): Promise<void> {
  const groups = await groupsWritten(tx, organisationIds);
  await know(
    tx,
    [...groups].map(([organisationId, { address }]) => ({ organisationId, address })),
  );
  const today = [...groups.values()].map(({ address }) => addressHash(address));
  await tx.run(sql`
    update contact_point set left_at = coalesce(left_at, ${tx.now}), phone_hash = null
    where scheme_id = ${tx.schemeId} and organisation_id = any(${organisationIds}::uuid[])
      and phone_hash <> all(${today}::text[])`);
  // Whoever answered at an address that is the group's no more answers for it no more.
  await tx.run(sql`
    update contact_point set answered_at = null
    where scheme_id = ${tx.schemeId} and organisation_id = any(${organisationIds}::uuid[]) and answered_at is not null
      and coalesce(email_hash, phone_hash, '') <> all(${today}::text[])`);
  // An organisation's own address that somebody left is never today's, only one that the group names is.
  await tx.run(sql`
    update contact_point c set left_at = null
    from unnest(${[...groups.keys()]}::uuid[], ${today}::text[]) as now (organisation_id, hash)
    where c.scheme_id = ${tx.schemeId} and c.organisation_id = now.organisation_id and c.email_hash = now.hash
      and c.left_at is not null`);
}

/** To be called where a group says something: by a link, somebody at the address it went to answers for the group. */
export async function groupSpeaks(tx: Tx): Promise<void> {
  if (tx.actor.kind !== 'link') return;
  await tx.run(sql`
    update contact_point set answered_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = ${tx.actor.contactPointId} and answered_at is null`);
}

async function know(
  tx: Tx,
  groups: readonly { organisationId: string; address: GroupAddress }[],
): Promise<void> {
  if (groups.length === 0) return;
  const points = groups.map(({ organisationId, address }) => ({
    id: newId(),
    organisation_id: organisationId,
    [address.channel === 'text' ? 'phone_hash' : 'email_hash']: addressHash(address),
  }));
  await tx.run(sql`
    insert into contact_point (scheme_id, id, organisation_id, email_hash, phone_hash, created_at)
    select ${tx.schemeId}, id, organisation_id, email_hash, phone_hash, ${tx.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(points)}::jsonb)
      as g (id uuid, organisation_id uuid, email_hash text, phone_hash text)
    on conflict do nothing`);
}

/**
 * Whether a message is the first to an address since the words about what is kept of people were last changed. A message
 * sent again says it again.
 */
export async function noticeDue(
  tx: Tx,
  to: { organisationId: string; address: GroupAddress },
  messageId: string,
): Promise<boolean> {
  return noticeDueAt(tx, await contactPointOf(tx, to.organisationId, to.address), messageId);
}

/** The same of an address that is known already. */
export async function noticeDueAt(tx: Tx, contactPointId: string, messageId: string): Promise<boolean> {
  const due = await tx.maybe(sql`
    update contact_point set notice_version = ${PRIVACY_VERSION}, notice_message_id = ${messageId}
    where scheme_id = ${tx.schemeId} and id = ${contactPointId}
      and (notice_version is distinct from ${PRIVACY_VERSION} or notice_message_id = ${messageId})
    returning id`);
  return due !== null;
}
