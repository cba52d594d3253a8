import sql from 'sql-template-tag';
import { addToTimeline } from '../clients/timeline.js';

// What somebody here wrote to the person, in whose words; that it went is told with every other message.
addToTimeline(
  'written_message',
  (schemeId, clientId) => sql`
  select e.at, w.id, 'written_message', e.action, w.referral_id, w.id, (
      select p.name from membership b
      join user_profile p on p.scheme_id = b.scheme_id and p.account_id = b.account_id
      where b.scheme_id = w.scheme_id and b.id = e.by), e.words, jsonb_build_object('channel', w.channel)
  from referral r join written_message w on w.scheme_id = r.scheme_id and w.referral_id = r.id
  cross join lateral (values (w.written_at, 'write', w.written_by, w.words),
    (w.taken_back_at, 'take_back', null, null)) as e(at, action, by, words)
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId} and e.at is not null`,
);
