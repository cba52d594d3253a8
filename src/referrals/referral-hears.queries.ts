import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import type { Feedback, ReferralRow } from './referral.types.js';

/**
 * How much the sender of `referral r` may hear: what was chosen, and what the person still agrees to today. Everything
 * that shows or sends something to a sender asks here; the column alone knows nothing of what was taken back.
 */
export const HEARS: Sql = sql`case when r.organisation_id is null or r.feedback = 'nothing' then r.feedback else (
  select case when bool_or('full_feedback' = any(a.scope)) then r.feedback
    when bool_or('progress_feedback' = any(a.scope)) then 'progress' else 'nothing' end
  from agreement a
  where a.scheme_id = r.scheme_id and a.client_id in (r.client_id, r.sent_client_id)
    and a.organisation_id = r.organisation_id and a.withdrawn_at is null) end`;

/** What `toldTo` asks of `referral r`. */
export const TOLD_COLUMNS: Sql = sql`
  r.told_status, r.told_at, r.told_why, r.told_result, r.told_own, r.sent_at`;

/** The same for one referral, within a write. */
export async function hears(tx: Tx, { id }: Pick<ReferralRow, 'id'>): Promise<Feedback> {
  const row = await tx.one<{ hears: Feedback }>(sql`
    select ${HEARS} as hears from referral r where r.scheme_id = ${tx.schemeId} and r.id = ${id}`);
  return row.hears;
}
