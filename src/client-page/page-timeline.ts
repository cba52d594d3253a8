import sql from 'sql-template-tag';
import { addToTimeline } from '../clients/timeline.js';

// What the person, or a supporter of theirs, wrote on the page, which went to no referral: it is to whoever has them. And what
// the person said to groups they were sent.
addToTimeline(
  'page_message',
  (schemeId, clientId) => sql`
  select w.sent_at, w.id, 'page_message', 'write', null::uuid, w.id, coalesce((
      select s.name from supporter s where s.scheme_id = w.scheme_id and s.id = w.supporter_id),
      'the person, on their own page'), w.words,
    jsonb_build_object('bySupporter', w.supporter_id is not null)
  from page_message w where w.scheme_id = ${schemeId} and w.client_id in (
    select ${clientId}
    union all select own.id from client own where own.scheme_id = ${schemeId} and own.merged_into = ${clientId})
  union all
  select x.answered_at, x.id, 'page_message', x.answer, x.referral_id, x.listing_id,
    'the person, on their own page', x.told ->> 'name', '{}'::jsonb
  from referral r join shortlist_sent x on x.scheme_id = r.scheme_id and x.referral_id = r.id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId} and x.answer is not null`,
);
