import sql from 'sql-template-tag';
import { emailHash } from '../identity/account.rules.js';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';
import { PRIVACY_VERSION } from './privacy-notice.js';

/** The address a group is written to, as something links can be bound to. */
export async function contactPointOf(tx: Tx, organisationId: string, email: string): Promise<string> {
  await know(tx, [{ organisationId, email }]);
  const row = await tx.one<{ id: string }>(sql`
    select id from contact_point
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and email_hash = ${emailHash(email)}`);
  return row.id;
}

/**
 * Whoever reads a group's address may ask for a link before anything was ever sent there, and in the night: so that the
 * address groups are written to today is known as theirs from the moment it is written down.
 */
export async function knowAddresses(tx: Tx, organisationIds: readonly string[]): Promise<void> {
  const groups = await tx.rows<{ organisationId: string; email: string }>(sql`
    select p.organisation_id as "organisationId", coalesce(p.contact_email, o.email) as email
    from provider p join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
    where p.scheme_id = ${tx.schemeId} and p.organisation_id = any(${organisationIds}::uuid[])
      and coalesce(p.contact_email, o.email) is not null`);
  await know(tx, groups);
}

async function know(tx: Tx, groups: readonly { organisationId: string; email: string }[]): Promise<void> {
  if (groups.length === 0) return;
  const points = groups.map(({ organisationId, email }) => ({
    id: newId(),
    organisation_id: organisationId,
    email_hash: emailHash(email),
  }));
  await tx.run(sql`
    insert into contact_point (scheme_id, id, organisation_id, email_hash, created_at)
    select ${tx.schemeId}, id, organisation_id, email_hash, ${tx.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(points)}::jsonb) as g (id uuid, organisation_id uuid, email_hash text)
    on conflict (scheme_id, organisation_id, email_hash) do nothing`);
}

/**
 * Whether a message is the first to an address since the words about what is kept of people were last changed. A message
 * sent again says it again.
 */
export async function noticeDue(
  tx: Tx,
  to: { organisationId: string; email: string },
  messageId: string,
): Promise<boolean> {
  const id = await contactPointOf(tx, to.organisationId, to.email);
  const due = await tx.maybe(sql`
    update contact_point set notice_version = ${PRIVACY_VERSION}, notice_message_id = ${messageId}
    where scheme_id = ${tx.schemeId} and id = ${id}
      and (notice_version is distinct from ${PRIVACY_VERSION} or notice_message_id = ${messageId})
    returning id`);
  return due !== null;
}
