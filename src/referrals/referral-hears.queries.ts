import sql, { type Sql } from 'sql-template-tag';
import type { AgreementScope } from '../clients/agreement.types.js';
import type { Tx } from '../platform/database/tx.js';
import type { Feedback, ReferralRow } from './referral.types.js';

/** Both records of the person whom `referral r` is about: as they were sent, and as they are known here. */
const PERSON: Sql = sql`(r.client_id, r.sent_client_id)`;

/**
 * Whether the sender of `referral r` is a practice that the person has left since, and nobody has said after asking them
 * that it still hears what was agreed. Whoever went back there is there.
 */
export const SENDER_LEFT: Sql = sql`(coalesce((
  select coalesce(m.former_hears, 'nothing') from practice_move m
  where m.scheme_id = r.scheme_id and m.client_id in ${PERSON} and m.from_organisation_id = r.organisation_id
    and m.recorded_at >= r.sent_at
  order by m.id desc limit 1), 'as_agreed') <> 'as_agreed' and not exists (
  select 1 from gp_registration g
  where g.scheme_id = r.scheme_id and g.client_id in ${PERSON} and g.organisation_id = r.organisation_id
    and g.ends_on is null))`;

/**
 * How much the sender of `referral r` may hear: what was chosen, and what the person still agrees to today, for as long
 * as it is their practice. Everything that shows or sends something to a sender asks here; the column alone knows nothing
 * of what was taken back.
 */
export const HEARS: Sql = sql`case when r.organisation_id is null or r.feedback = 'nothing' then r.feedback
  when ${SENDER_LEFT} then 'nothing' else (
  select case when bool_or('full_feedback' = any(a.scope)) then r.feedback
    when bool_or('progress_feedback' = any(a.scope)) then 'progress' else 'nothing' end
  from agreement a
  where a.scheme_id = r.scheme_id and a.client_id in (r.client_id, r.sent_client_id)
    and a.organisation_id = r.organisation_id and a.withdrawn_at is null) end`;

/** The practice somebody went to while `referral r` was going on, which may hear of it, and how much as agreed today. */
export interface PresentPractice {
  organisationId: string;
  hears: Exclude<Feedback, 'nothing'>;
}

/** `PresentPractice` as one value; null where there is none. */
export const PRESENT_PRACTICE: Sql = sql`(
  select jsonb_build_object('organisationId', m.to_organisation_id, 'hears', now.hears)
  from practice_move m
  join gp_registration g on g.scheme_id = m.scheme_id and g.client_id in ${PERSON}
    and g.organisation_id = m.to_organisation_id and g.ends_on is null
  cross join lateral (
    select case when bool_or('full_feedback' = any(a.scope)) then m.present_hears
      when bool_or('progress_feedback' = any(a.scope)) then 'progress' end as hears
    from agreement a
    where a.scheme_id = m.scheme_id and a.client_id in ${PERSON} and a.organisation_id = m.to_organisation_id
      and a.withdrawn_at is null) now
  where m.scheme_id = r.scheme_id and m.client_id in ${PERSON} and m.recorded_at >= r.sent_at
    and m.present_hears in ('everything', 'progress') and now.hears is not null
    and m.to_organisation_id is distinct from r.organisation_id
  order by m.id desc limit 1)`;

/** What `toldTo` asks of `referral r`. */
export const TOLD_COLUMNS: Sql = sql`
  r.told_status, r.told_at, r.told_why, r.told_result, r.told_accepted_at, r.told_reached_at, r.told_outcome,
  r.told_own, r.sent_at`;

/** The same for one referral, within a write. */
export async function hears(tx: Tx, { id }: Pick<ReferralRow, 'id'>): Promise<Feedback> {
  const row = await tx.one<{ hears: Feedback }>(sql`
    select ${HEARS} as hears from referral r where r.scheme_id = ${tx.schemeId} and r.id = ${id}`);
  return row.hears;
}

/** Whether the person agrees today that this organisation hears all of it. */
export async function agreedWith(
  tx: Tx,
  clientId: string,
  organisationId: string,
  scope: AgreementScope[],
): Promise<boolean> {
  const { agreed } = await tx.one<{ agreed: boolean }>(sql`
    select ${scope}::text[] <@ coalesce((select array_agg(told) from agreement a, unnest(a.scope) told
      where a.scheme_id = ${tx.schemeId} and a.client_id = ${clientId} and a.organisation_id = ${organisationId}
        and a.withdrawn_at is null), '{}') as agreed`);
  return agreed;
}
