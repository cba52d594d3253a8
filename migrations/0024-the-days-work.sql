-- Safeguarding concerns stand apart from every record that is read in daily work: their words are for the author, the
-- scheme's safeguarding leads, and a manager who says why.
create table safeguarding_lead (
  scheme_id uuid not null references scheme,
  id uuid not null,
  membership_id uuid not null,
  named_by uuid,
  named_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id),
  foreign key (scheme_id, named_by) references membership (scheme_id, id),
  foreign key (scheme_id, ended_by) references membership (scheme_id, id),
  check (ended_by is null or ended_at is not null)
);
create unique index safeguarding_lead_live on safeguarding_lead (scheme_id, membership_id) where ended_at is null;
create index safeguarding_lead_membership on safeguarding_lead (scheme_id, membership_id);
create index safeguarding_lead_named_by on safeguarding_lead (scheme_id, named_by) where named_by is not null;
create index safeguarding_lead_ended_by on safeguarding_lead (scheme_id, ended_by) where ended_by is not null;
call secure_by_scheme('safeguarding_lead');

create table safeguarding (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  kind text not null check (kind in ('neglect', 'domestic_abuse', 'financial_abuse', 'physical_abuse', 'sexual_abuse', 'emotional_abuse', 'exploitation', 'self_neglect', 'self_harm_or_suicide', 'radicalisation', 'something_else')),
  about text not null check (about in ('client', 'child', 'another_adult')),
  what text not null check (length(what) between 1 and 10000),
  happened_on date,
  -- Whoever recorded it had read that this is not how to report an emergency.
  understood_at timestamptz not null,
  lead_id uuid,
  follow_up_on date not null,
  state text not null check (state in ('open', 'closed')),
  recorded_by uuid,
  recorded_at timestamptz not null,
  updated_at timestamptz not null,
  outcome text check (outcome in ('passed_on', 'protected', 'no_further_action', 'not_founded')),
  closing_note text check (length(closing_note) between 1 and 4000),
  closed_by uuid,
  closed_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, lead_id) references membership (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, closed_by) references membership (scheme_id, id),
  constraint safeguarding_closed check ((state = 'closed') = (outcome is not null and closing_note is not null and closed_at is not null))
);
create index safeguarding_client on safeguarding (scheme_id, client_id, id);
create index safeguarding_open on safeguarding (scheme_id, follow_up_on, id) where state = 'open';
create index safeguarding_lead_of on safeguarding (scheme_id, lead_id) where lead_id is not null;
create index safeguarding_recorded_by on safeguarding (scheme_id, recorded_by, id);
create index safeguarding_closed_by on safeguarding (scheme_id, closed_by) where closed_by is not null;
call secure_by_scheme('safeguarding');

-- What was done about it: whom somebody told, when, under which reference. Nothing here is ever changed.
create table safeguarding_step (
  scheme_id uuid not null,
  id uuid not null,
  safeguarding_id uuid not null,
  told text not null check (told in ('police', 'ambulance', 'adult_social_care', 'children_social_care', 'gp_practice', 'safeguarding_lead', 'line_manager', 'mental_health_crisis', 'nobody_yet')),
  whom text check (length(whom) between 1 and 200),
  told_at timestamptz not null,
  reference text check (length(reference) between 1 and 100),
  note text check (length(note) between 1 and 4000),
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, safeguarding_id) references safeguarding (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id)
);
create index safeguarding_step_of on safeguarding_step (scheme_id, safeguarding_id, id);
create index safeguarding_step_recorded_by on safeguarding_step (scheme_id, recorded_by) where recorded_by is not null;
call secure_by_scheme('safeguarding_step');
call append_only('safeguarding_step');

-- Why a manager who is no lead read one. It is shown to the leads with the concern.
create table safeguarding_reading (
  scheme_id uuid not null,
  id uuid not null,
  safeguarding_id uuid not null,
  membership_id uuid not null,
  reason text not null check (length(reason) between 10 and 1000),
  at timestamptz not null,
  until timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, safeguarding_id) references safeguarding (scheme_id, id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id)
);
create index safeguarding_reading_of on safeguarding_reading (scheme_id, safeguarding_id, id);
create index safeguarding_reading_by on safeguarding_reading (scheme_id, membership_id);
call secure_by_scheme('safeguarding_reading');
call append_only('safeguarding_reading');

-- What keeps whoever goes there safe: codes, never a story. One live flag of a kind a person.
create table lone_worker_flag (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  code text not null check (code in ('visit_in_pairs', 'no_home_visits', 'meet_in_public_place', 'daytime_only', 'ring_before_visit', 'dangerous_animal', 'others_at_address', 'hazard_at_address', 'infection_risk', 'do_not_be_followed')),
  review_on date not null,
  recorded_by uuid,
  recorded_at timestamptz not null,
  updated_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  end_reason text check (length(end_reason) between 1 and 500),
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, ended_by) references membership (scheme_id, id),
  check ((ended_at is null) = (end_reason is null))
);
create unique index lone_worker_flag_live on lone_worker_flag (scheme_id, client_id, code) where ended_at is null;
create index lone_worker_flag_client on lone_worker_flag (scheme_id, client_id, id);
create index lone_worker_flag_recorded_by on lone_worker_flag (scheme_id, recorded_by) where recorded_by is not null;
create index lone_worker_flag_ended_by on lone_worker_flag (scheme_id, ended_by) where ended_by is not null;
call secure_by_scheme('lone_worker_flag');

alter table reminder drop constraint reminder_subject_kind_check;
alter table reminder add constraint reminder_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing', 'concern', 'closure', 'gap', 'approval', 'safeguarding', 'lone_worker_flag'));
alter table reminder drop constraint reminder_about;
alter table reminder add constraint reminder_about check ((referral_id is null) = (subject_kind in ('assurance', 'listing', 'concern', 'closure', 'gap', 'safeguarding', 'lone_worker_flag')));
alter table task drop constraint task_subject_kind_check;
alter table task add constraint task_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing', 'concern', 'closure', 'gap', 'approval', 'safeguarding', 'lone_worker_flag', 'organisation', 'message'));

-- Interpreters, appointment by appointment. Never a child.
alter table appointment add column interpreter text check (interpreter in ('professional', 'worker', 'own_choice'));
alter table appointment add column interpreter_language text;
alter table appointment add column interpreter_booking text check (interpreter_booking in ('wanted', 'asked', 'booked', 'confirmed', 'not_available'));
alter table appointment add column not_from_my_community boolean not null default false;
alter table appointment add constraint appointment_interpreter
  check (num_nonnulls(interpreter, interpreter_language, interpreter_booking) in (0, 3) and (interpreter is not null or not not_from_my_community));

-- Who goes to somebody's home alone, by when they are expected back, and who asks after them. Where is read from the
-- person's record on the day.
create table home_visit (
  scheme_id uuid not null,
  appointment_id uuid not null,
  worker_id uuid not null,
  -- Null: the managers.
  buddy_id uuid,
  back_by timestamptz not null,
  note text check (length(note) between 1 and 1000),
  set_out_at timestamptz,
  back_at timestamptz,
  primary key (scheme_id, appointment_id),
  foreign key (scheme_id, appointment_id) references appointment (scheme_id, id),
  foreign key (scheme_id, worker_id) references membership (scheme_id, id),
  foreign key (scheme_id, buddy_id) references membership (scheme_id, id),
  check (buddy_id <> worker_id)
);
create index home_visit_worker on home_visit (scheme_id, worker_id);
create index home_visit_buddy on home_visit (scheme_id, buddy_id) where buddy_id is not null;
call secure_by_scheme('home_visit');

alter table appointment_history drop constraint appointment_history_action_check;
alter table appointment_history add constraint appointment_history_action_check
  check (action in ('make', 'move', 'cancel', 'interpret', 'setOut', 'back'));
alter table appointment_history drop constraint appointment_history_check;
alter table appointment_history add constraint appointment_history_why
  check (action not in ('move', 'cancel') or (side is not null and reason is not null));

-- A worker's appointments as a feed that a calendar reads without signing in: looked up before a scheme is known, so
-- it has no policy and holds ids and a hash.
create table calendar_feed (
  hash text primary key,
  id uuid not null unique,
  scheme_id uuid not null references scheme,
  membership_id uuid not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  foreign key (scheme_id, membership_id) references membership (scheme_id, id)
);
create unique index calendar_feed_live on calendar_feed (scheme_id, membership_id) where revoked_at is null;
create index calendar_feed_membership on calendar_feed (scheme_id, membership_id);

-- Who came to one session of a service. Facts about people are in `attendance`; once a register is final nothing but a
-- manager's correction changes them.
create table register (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  listing_id uuid not null,
  session_on date not null,
  session_at time,
  state text not null check (state in ('open', 'final')),
  -- Whoever came and is nobody's onward referral: a number, never names.
  walk_ins smallint not null default 0 check (walk_ins between 0 and 500),
  opened_by uuid,
  opened_at timestamptz not null,
  final_by uuid,
  final_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, opened_by) references membership (scheme_id, id),
  foreign key (scheme_id, final_by) references membership (scheme_id, id),
  check ((state = 'final') = (final_at is not null))
);
create unique index register_session on register (scheme_id, listing_id, session_on, session_at) nulls not distinct;
create index register_opened_by on register (scheme_id, opened_by) where opened_by is not null;
create index register_final_by on register (scheme_id, final_by) where final_by is not null;
call secure_by_scheme('register');

create table register_correction (
  scheme_id uuid not null,
  id uuid not null,
  register_id uuid not null,
  onward_referral_id uuid not null,
  was text,
  result text not null check (result in ('attended', 'late', 'absent_acceptable', 'absent_not_acceptable', 'absent_logistics', 'session_did_not_happen')),
  reason text not null check (length(reason) between 1 and 500),
  corrected_by uuid,
  at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, register_id) references register (scheme_id, id),
  foreign key (scheme_id, onward_referral_id) references onward_referral (scheme_id, id),
  foreign key (scheme_id, corrected_by) references membership (scheme_id, id)
);
create index register_correction_register on register_correction (scheme_id, register_id, id);
create index register_correction_onward on register_correction (scheme_id, onward_referral_id);
create index register_correction_by on register_correction (scheme_id, corrected_by) where corrected_by is not null;
call secure_by_scheme('register_correction');
call append_only('register_correction');
