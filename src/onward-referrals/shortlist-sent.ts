import sql, { type Sql } from 'sql-template-tag';
import { GOES, HAS_GONE } from '../referrals/written-message.fate.js';

/** What the person was last sent of a service kept in mind `i`: when it was written, whether it waits still, what they said. */
export const LAST_SENT: Sql = sql`
  select w.written_at, not (${HAS_GONE}) as waits, x.answer from shortlist_sent x
  join written_message w on w.scheme_id = x.scheme_id and w.id = x.written_message_id
  where x.scheme_id = i.scheme_id and x.referral_id = i.referral_id and x.listing_id = i.listing_id
    and ${GOES}
  order by x.id desc limit 1`;
