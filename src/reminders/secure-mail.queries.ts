import sql from 'sql-template-tag';
import { PRESENT_PRACTICE } from '../referrals/referral-hears.queries.js';
import type { Tx } from '../platform/database/tx.js';

/** Who a referral is about, as a practice files it. */
export interface Identity {
  name: string;
  dateOfBirth: string;
  nhsNumber: string | null;
}

/** Whether mail to this address of this practice may name somebody: it stands on the list, letter for letter. */
export async function isSecure(tx: Tx, organisationId: string | null, email: string): Promise<boolean> {
  if (organisationId === null) return false;
  const row = await tx.maybe(sql`
    select 1 from secure_address s
    join organisation o on o.scheme_id = s.scheme_id and o.id = s.organisation_id and o.kind = 'gp_practice' and o.active
    where s.scheme_id = ${tx.schemeId} and s.organisation_id = ${organisationId} and s.email = ${email.toLowerCase()}`);
  return row !== null;
}

/** Of the referrals that this organisation sent, or of whose people it is the practice now and may hear; of no others. */
export async function identitiesOf(
  tx: Tx,
  organisationId: string,
  referralIds: readonly string[],
): Promise<Map<string, Identity>> {
  const rows = await tx.rows<Identity & { id: string }>(sql`
    select r.id, c.first_name || ' ' || upper(c.last_name) as name, c.date_of_birth::text as "dateOfBirth",
      c.nhs_number as "nhsNumber"
    from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
    where r.scheme_id = ${tx.schemeId} and r.id = any(${referralIds}::uuid[])
      and (r.organisation_id = ${organisationId} or ${PRESENT_PRACTICE} ->> 'organisationId' = ${organisationId}::text)`);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * The practice that each of these referrals' people went to, where it may hear of them and its inbox may name them: it
 * knows no reference of ours.
 */
export async function presentPractices(tx: Tx, referralIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ id: string; organisationId: string }>(sql`
    select r.id, o.id as "organisationId" from referral r
    join organisation o on o.scheme_id = r.scheme_id and o.id = (${PRESENT_PRACTICE} ->> 'organisationId')::uuid and o.active
      and o.feedback_by = 'email'
    where r.scheme_id = ${tx.schemeId} and r.id = any(${referralIds}::uuid[]) and exists (
      select 1 from secure_address s
      where s.scheme_id = o.scheme_id and s.organisation_id = o.id
        and s.email = lower(coalesce(o.feedback_email, o.email)))`);
  return new Map(rows.map((row) => [row.id, row.organisationId]));
}

/**
 * Where an organisation is written to about somebody's safety: an address on its secure list, which may name them, else,
 * for whoever sent the referral and so knows its reference, its own inbox. Null where nothing may be written.
 */
export async function safetyAddress(
  tx: Tx,
  organisationId: string,
  knowsReference: boolean,
): Promise<{ email: string; secure: boolean } | null> {
  const row = await tx.maybe<{ inbox: string | null; listed: string | null }>(sql`
    select coalesce(o.feedback_email, o.email) as inbox, case when o.kind = 'gp_practice' then (
      select s.email from secure_address s where s.scheme_id = o.scheme_id and s.organisation_id = o.id
      order by s.email = lower(coalesce(o.feedback_email, o.email)) desc nulls last, s.email limit 1) end as listed
    from organisation o where o.scheme_id = ${tx.schemeId} and o.id = ${organisationId} and o.active`);
  if (row?.listed) return { email: row.listed, secure: true };
  return row?.inbox && knowsReference ? { email: row.inbox, secure: false } : null;
}
