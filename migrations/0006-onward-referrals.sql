-- One client offered to one service: offered, answered, taking part, ended.
create table onward_referral (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  referral_id uuid not null,
  client_id uuid not null,
  listing_id uuid not null,
  organisation_id uuid not null,
  state text not null check (state in ('offered', 'waitlisted', 'accepted', 'started', 'declined', 'expired', 'completed', 'stopped', 'withdrawn')),
  people smallint not null default 1 check (people between 1 and 20),
  -- Places of the listing this row holds: the sum over a listing is its places_taken (P3).
  places_held smallint not null default 0,
  first_yes_wins boolean not null default false,
  -- What the client chose to share, as the worker previewed it.
  called_by text not null check (called_by in ('first_name', 'initials')),
  contact_route text not null check (contact_route in ('phone', 'text', 'email', 'letter', 'through_worker', 'at_session')),
  shares_access boolean not null default true,
  needs text[] not null check (cardinality(needs) > 0),
  help_note text,
  how_soon text not null check (how_soon in ('this_week', 'within_two_weeks', 'within_a_month', 'no_hurry')),
  safety_instructions text[] not null default '{}' check (safety_instructions <@ array['meet_in_pairs', 'ring_worker_first', 'worker_comes_first_time', 'meet_in_public_place', 'no_home_visits', 'daytime_only', 'not_alone_with_one_person', 'leave_no_message', 'do_not_say_who_is_calling', 'no_photographs']),
  -- What the person meets of a service's rules, and must stay away from: asked for the gates, again on a revive.
  confirmed text[] not null default '{}' check (confirmed <@ array['women', 'men']),
  must_avoid text[] not null default '{}' check (must_avoid <@ array['children', 'alcohol', 'animals', 'smoking', 'crowds']),
  agreement_id uuid not null,
  offered_by uuid,
  offered_at timestamptz not null,
  -- The group's clock: it runs to answer_by, or stands for a reason and remembers the working days left.
  clock_started_at timestamptz,
  answer_by timestamptz,
  clock_stopped text check (clock_stopped in ('talk', 'ring', 'hold')),
  days_left smallint check (days_left > 0),
  talk_by text check (talk_by in ('message', 'call_back')),
  talk_note text,
  answer text check (answer in ('accept', 'waitlist', 'decline')),
  answered_at timestamptz,
  answered_through text check (answered_through in ('sign_in', 'phone', 'link')),
  expected_weeks smallint check (expected_weeks between 0 and 104),
  review_on date,
  in_touch_by date,
  accepted_at timestamptz,
  started_on date,
  started_by text check (started_by in ('attendance', 'help_given')),
  started_at timestamptz,
  ended_at timestamptz,
  end_reason text check (end_reason in ('full', 'not_suitable', 'wrong_area', 'closed_for_now', 'could_not_contact', 'other', 'changed_mind', 'no_longer_needed', 'found_something_else', 'cannot_get_there', 'health', 'moved_away', 'could_not_reach', 'did_not_hear_back', 'group_cannot', 'offered_in_error', 'did_not_suit', 'no_longer_wanted', 'service_ended', 'died', 'agreement_withdrawn', 'referral_closed', 'referral_withdrawn', 'referral_on_hold', 'another_said_yes', 'provider_closed', 'no_reply')),
  end_side text check (end_side in ('client', 'provider', 'scheme', 'referrer')),
  end_note text,
  result text check (result in ('finished_as_planned', 'still_going', 'came_once', 'did_not_suit', 'not_known')),
  late_yes_at timestamptz,
  seen_at timestamptz,
  seen_by uuid,
  to_act text check (to_act in ('ring', 'talk', 'declined', 'expired', 'late_yes', 'ended_by_group')),
  -- What the last answer can be taken back to, and until when.
  before jsonb,
  undo_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, agreement_id) references agreement (scheme_id, id),
  foreign key (scheme_id, offered_by) references membership (scheme_id, id),
  foreign key (scheme_id, seen_by) references membership (scheme_id, id),
  constraint onward_places check (places_held = 0 or (places_held = people and state in ('offered', 'accepted', 'started'))),
  -- An offer always has a running clock or a reason why it stands; nothing else has either.
  constraint onward_clock check (
    case
      when state = 'offered' and clock_stopped is null then answer_by is not null and clock_started_at is not null and days_left is null
      when state = 'offered' then answer_by is null and days_left is not null
      else answer_by is null and clock_stopped is null and days_left is null
    end is true),
  constraint onward_waiting check ((state = 'waitlisted') = (review_on is not null)),
  constraint onward_accepted check (state not in ('accepted', 'started', 'completed', 'stopped') or accepted_at is not null),
  constraint onward_promise check (state <> 'accepted' or in_touch_by is not null),
  constraint onward_started check (case when state in ('started', 'completed', 'stopped') then started_on is not null and started_at is not null and started_by is not null else started_on is null end is true),
  constraint onward_ended check ((state in ('declined', 'expired', 'completed', 'stopped', 'withdrawn')) = (ended_at is not null)),
  constraint onward_reason check (
    case
      when state in ('declined', 'expired', 'stopped', 'withdrawn') then end_reason is not null and end_side is not null and result is null
      when state = 'completed' then result is not null and end_reason is null
      else end_reason is null and result is null
    end is true),
  constraint onward_undo check ((before is null) = (undo_until is null))
);
-- P2: one live onward referral per referral and service.
create unique index onward_referral_live on onward_referral (scheme_id, referral_id, listing_id)
  where state in ('offered', 'waitlisted', 'accepted', 'started');
create index onward_referral_referral on onward_referral (scheme_id, referral_id, id);
create index onward_referral_client on onward_referral (scheme_id, client_id, id);
create index onward_referral_listing on onward_referral (scheme_id, listing_id, id)
  where state in ('offered', 'waitlisted', 'accepted', 'started');
create index onward_referral_any_listing on onward_referral (scheme_id, listing_id);
create index onward_referral_agreement on onward_referral (scheme_id, agreement_id);
create index onward_referral_offered_by on onward_referral (scheme_id, offered_by);
create index onward_referral_seen_by on onward_referral (scheme_id, seen_by) where seen_by is not null;
-- The worklists: a group's inbox and what it still has to answer, what waits for an owner, what the clock ends.
create index onward_referral_inbox on onward_referral (scheme_id, organisation_id, id);
create index onward_referral_open on onward_referral (scheme_id, organisation_id, id) where state = 'offered';
create index onward_referral_to_act on onward_referral (scheme_id, referral_id, to_act) where to_act is not null;
create index onward_referral_expiry on onward_referral (scheme_id, answer_by, id) where answer_by is not null;
create index onward_referral_unseen on onward_referral (scheme_id, ended_at, id) where ended_at is not null and seen_at is null;
call secure_by_scheme('onward_referral');

create table onward_referral_history (
  scheme_id uuid not null,
  id uuid not null,
  onward_referral_id uuid not null,
  at timestamptz not null,
  action text not null,
  from_state text,
  to_state text not null,
  actor_id uuid,
  actor_name text,
  reason text,
  side text,
  note text,
  details jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, onward_referral_id) references onward_referral (scheme_id, id)
);
create index onward_referral_history_onward on onward_referral_history (scheme_id, onward_referral_id, id);
call secure_by_scheme('onward_referral_history');
call append_only('onward_referral_history');

-- One fact per person and session. A session without a time is the only one of its day.
create table attendance (
  scheme_id uuid not null,
  id uuid not null,
  onward_referral_id uuid not null,
  session_on date not null,
  session_at time,
  result text not null check (result in ('attended', 'late', 'absent_acceptable', 'absent_not_acceptable', 'absent_logistics', 'session_did_not_happen')),
  people smallint not null default 1 check (people between 0 and 20),
  note text,
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, onward_referral_id) references onward_referral (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id)
);
create unique index attendance_session on attendance (scheme_id, onward_referral_id, session_on, session_at) nulls not distinct;
create index attendance_recorded_by on attendance (scheme_id, recorded_by);
call secure_by_scheme('attendance');

-- "Told them about it": no data sent, nobody asked to answer. Not a referral.
create table signpost (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  client_id uuid not null,
  listing_id uuid,
  told_about text not null check (length(told_about) between 1 and 200),
  need text,
  told_on date not null,
  how text not null check (how in ('in_person', 'phone', 'video', 'text', 'email', 'letter')),
  note text,
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id)
);
create index signpost_referral on signpost (scheme_id, referral_id, id);
create index signpost_client on signpost (scheme_id, client_id);
create index signpost_listing on signpost (scheme_id, listing_id) where listing_id is not null;
create index signpost_recorded_by on signpost (scheme_id, recorded_by);
call secure_by_scheme('signpost');
