import sql, { type Sql } from 'sql-template-tag';
import { addToTimeline } from '../clients/timeline.js';
import { LISTING_NAMED } from '../providers/listing-row.js';
import { nameOf } from './by-whom.js';

const by = (h: Sql): Sql =>
  sql`coalesce(${h}.actor_name, ${nameOf(sql`${h}.scheme_id`, sql`${h}.actor_id`)})`;

addToTimeline(
  'contact',
  (schemeId, clientId) => sql`
  select k.at, k.id, 'contact' as what, k.outcome as action, k.referral_id, k.id as subject_id,
    ${nameOf(sql`k.scheme_id`, sql`k.logged_by`)} as by, k.note as words,
    jsonb_build_object('kind', k.kind, 'minutes', k.minutes, 'nextOn', k.next_on, 'amended', k.version > 1) as details
  from referral r join contact k on k.scheme_id = r.scheme_id and k.referral_id = r.id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId}`,
);

// The next date chosen with a contact is told with the contact.
addToTimeline(
  'referral',
  (schemeId, clientId) => sql`
  select h.at, h.id, 'referral', h.action, h.referral_id, h.referral_id, ${by(sql`h`)}, h.note,
    jsonb_build_object('from', h.from_state, 'to', h.to_state, 'reason', h.reason, 'side', h.side)
  from referral r join referral_history h on h.scheme_id = r.scheme_id and h.referral_id = r.id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId} and not (h.action = 'setNext' and exists (
    select 1 from contact k where k.scheme_id = h.scheme_id and k.referral_id = h.referral_id and k.created_at = h.at))`,
);

addToTimeline(
  'offer',
  (schemeId, clientId) => sql`
  select h.at, h.id, 'offer', h.action, o.referral_id, o.id, ${by(sql`h`)}, h.note,
    jsonb_build_object('from', h.from_state, 'to', h.to_state, 'reason', h.reason, 'side', h.side,
      'service', ${LISTING_NAMED}, 'group', g.name)
  from referral r join onward_referral o on o.scheme_id = r.scheme_id and o.referral_id = r.id
  join onward_referral_history h on h.scheme_id = o.scheme_id and h.onward_referral_id = o.id
  join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
  join organisation g on g.scheme_id = o.scheme_id and g.id = o.organisation_id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId}`,
);

// Arranged, and how it ended: two lines of one row.
addToTimeline(
  'warm_handover',
  (schemeId, clientId) => sql`
  select e.at, w.id, 'warm_handover', e.action, o.referral_id, w.id, ${nameOf(sql`w.scheme_id`, sql`e.by`)}, e.words,
    jsonb_build_object('meetAt', w.meet_at, 'goes', ${nameOf(sql`w.scheme_id`, sql`w.goes_id`)},
      'goesElse', w.goes_else, 'outcome', e.outcome, 'service', ${LISTING_NAMED})
  from referral r join onward_referral o on o.scheme_id = r.scheme_id and o.referral_id = r.id
  join warm_handover w on w.scheme_id = o.scheme_id and w.onward_referral_id = o.id
  join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
  cross join lateral (values
    (w.arranged_at, 'arrange', w.arranged_by, w.place, null),
    (w.ended_at, case w.state when 'settled' then 'settle' else 'cancel' end, w.ended_by, w.note, w.outcome))
    as e(at, action, by, words, outcome)
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId} and e.at is not null`,
);

addToTimeline(
  'signpost',
  (schemeId, clientId) => sql`
  select s.recorded_at, s.id, 'signpost', 'record', s.referral_id, s.id,
    ${nameOf(sql`s.scheme_id`, sql`s.recorded_by`)}, s.note,
    jsonb_build_object('toldAbout', s.told_about, 'toldOn', s.told_on, 'how', s.how,
      'service', case when l.id is not null then ${LISTING_NAMED} end)
  from referral r join signpost s on s.scheme_id = r.scheme_id and s.referral_id = r.id
  left join listing l on l.scheme_id = s.scheme_id and l.id = s.listing_id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId}`,
);

addToTimeline(
  'appointment',
  (schemeId, clientId) => sql`
  select h.at, h.id, 'appointment', h.action, a.referral_id, a.id, ${by(sql`h`)}, h.note,
    jsonb_build_object('kind', a.kind, 'startsAt', h.starts_at, 'before', h.starts_before, 'reason', h.reason,
      'side', h.side)
  from referral r join appointment a on a.scheme_id = r.scheme_id and a.referral_id = r.id
  join appointment_history h on h.scheme_id = a.scheme_id and h.appointment_id = a.id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId}`,
);

addToTimeline(
  'plan',
  (schemeId, clientId) => sql`
  select v.at, v.id, 'plan', case when v.number = 1 then 'make' else 'save' end, p.referral_id, p.id, ${by(sql`v`)},
    v.reason, jsonb_build_object('version', v.number, 'reviewOn', v.content->>'reviewOn')
  from referral r join plan p on p.scheme_id = r.scheme_id and p.referral_id = r.id
  join plan_version v on v.scheme_id = p.scheme_id and v.plan_id = p.id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId}`,
);

addToTimeline(
  'unreached',
  (schemeId, clientId) => sql`
  select u.chosen_at, u.id, 'unreached', u.choice, u.referral_id, u.id,
    ${nameOf(sql`u.scheme_id`, sql`u.chosen_by`)}, u.note, '{}'::jsonb
  from referral r join unreached_choice u on u.scheme_id = r.scheme_id and u.referral_id = r.id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId}`,
);

// Recorded, and what was decided: two lines of one row.
addToTimeline(
  'practice_move',
  (schemeId, clientId) => sql`
  select e.at, m.id, 'practice_move', e.action, null::uuid, m.id, ${nameOf(sql`m.scheme_id`, sql`e.by`)}, e.words,
    jsonb_build_object('movedOn', m.moved_on, 'from', left_o.name, 'to', to_o.name) || e.more
  from practice_move m
  join organisation left_o on left_o.scheme_id = m.scheme_id and left_o.id = m.from_organisation_id
  left join organisation to_o on to_o.scheme_id = m.scheme_id and to_o.id = m.to_organisation_id
  cross join lateral (values
    (m.recorded_at, 'record', m.recorded_by, null, '{}'::jsonb),
    (m.decided_at, 'decide', m.decided_by, m.note,
      jsonb_build_object('formerHears', m.former_hears, 'presentHears', m.present_hears)))
    as e(at, action, by, words, more)
  where m.scheme_id = ${schemeId} and e.at is not null and m.client_id in (
    select ${clientId}
    union all select own.id from client own where own.scheme_id = ${schemeId} and own.merged_into = ${clientId})`,
);

addToTimeline(
  'area_move',
  (schemeId, clientId) => sql`
  select h.at, h.id, 'area_move', h.action, m.referral_id, m.id, ${by(sql`h`)}, h.reason,
    jsonb_build_object('movedOn', m.moved_on, 'whereTo', m.where_to, 'keepUntil', h.keep_until,
      'outcome', case when h.action in ('close', 'cancel', 'end') then m.outcome end)
  from referral r join area_move m on m.scheme_id = r.scheme_id and m.referral_id = r.id
  join area_move_history h on h.scheme_id = m.scheme_id and h.area_move_id = m.id
  where r.scheme_id = ${schemeId} and r.client_id = ${clientId}`,
);
