-- One call, visit, message or meeting with a client, reached or not. The client is the referral's, so that a merge moves
-- nothing here.
create table contact (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  referral_id uuid not null,
  kind text not null check (kind in ('phone', 'text', 'email', 'letter', 'visit', 'video', 'meeting', 'drop_in')),
  outcome text not null check (outcome in ('reached', 'no_answer', 'message_left', 'wrong_number')),
  at timestamptz not null,
  minutes integer check (minutes between 0 and 600),
  note text check (length(note) between 1 and 5000),
  -- The next date chosen with this contact. What is due now stands on the referral.
  next_on date not null,
  logged_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, logged_by) references membership (scheme_id, id),
  constraint contact_wrong_number check (outcome <> 'wrong_number' or kind in ('phone', 'text', 'email', 'letter'))
);
create index contact_referral on contact (scheme_id, referral_id, at desc, id desc);
create index contact_logged_by on contact (scheme_id, logged_by);
call secure_by_scheme('contact');

create table contact_history (
  scheme_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  at timestamptz not null,
  action text not null check (action in ('log', 'amend')),
  actor_id uuid,
  actor_name text,
  reason text,
  -- Each field that changed: {"note": {"from": ..., "to": ...}}.
  changes jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, contact_id) references contact (scheme_id, id),
  check (action <> 'amend' or reason is not null)
);
create index contact_history_contact on contact_history (scheme_id, contact_id, id);
call secure_by_scheme('contact_history');
call append_only('contact_history');

create table appointment (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  referral_id uuid not null,
  kind text not null check (kind in ('place', 'phone', 'video', 'home_visit')),
  state text not null check (state in ('made', 'cancelled')),
  starts_at timestamptz not null,
  minutes integer not null check (minutes between 5 and 480),
  place text check (length(place) between 1 and 300),
  note text check (length(note) between 1 and 1000),
  made_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, made_by) references membership (scheme_id, id),
  constraint appointment_place check (kind <> 'place' or place is not null)
);
create index appointment_referral on appointment (scheme_id, referral_id, starts_at, id);
create index appointment_coming on appointment (scheme_id, starts_at, id) where state = 'made';
create index appointment_made_by on appointment (scheme_id, made_by);
call secure_by_scheme('appointment');

create table appointment_history (
  scheme_id uuid not null,
  id uuid not null,
  appointment_id uuid not null,
  at timestamptz not null,
  action text not null check (action in ('make', 'move', 'cancel')),
  actor_id uuid,
  actor_name text,
  side text check (side in ('client', 'provider', 'scheme', 'referrer')),
  reason text,
  note text,
  starts_at timestamptz not null,
  starts_before timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, appointment_id) references appointment (scheme_id, id),
  check (action = 'make' or (side is not null and reason is not null)),
  check ((action = 'move') = (starts_before is not null))
);
create index appointment_history_appointment on appointment_history (scheme_id, appointment_id, id);
call secure_by_scheme('appointment_history');
call append_only('appointment_history');
