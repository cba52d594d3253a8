import sql from 'sql-template-tag';
import { addToTimeline } from '../clients/timeline.js';

// Told, when that turned out to have failed, and when it was known to have been read.
addToTimeline(
  'safety_message',
  (schemeId, clientId) => sql`
  select e.at, m.id, 'safety_message', e.action, m.referral_id, m.id, (
      select p.name from membership b
      join user_profile p on p.scheme_id = b.scheme_id and p.account_id = b.account_id
      where b.scheme_id = m.scheme_id and b.id = e.by), e.words,
    jsonb_build_object('to', o.name, 'through', e.through)
  from referral r join safety_message m on m.scheme_id = r.scheme_id and m.referral_id = r.id
  join organisation o on o.scheme_id = m.scheme_id and o.id = m.organisation_id
  cross join lateral (values (m.sent_at, 'send', m.sent_by, null, null),
    (m.not_sent_at, 'not_sent', null, null, null),
    (m.read_at, 'acknowledge', m.noted_by, m.read_by, m.read_through)) as e(at, action, by, words, through)
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId} and e.at is not null`,
);
