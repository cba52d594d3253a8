-- Reference data, loaded from files by commands; about places, not people.
create table postcode_place (
  postcode text primary key,
  lsoa text,
  latitude double precision not null,
  longitude double precision not null,
  edition text not null
);
create table lsoa_deprivation (
  lsoa text primary key,
  rank integer,
  decile smallint not null check (decile between 1 and 10),
  edition text not null
);

create table client (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  standing text not null check (standing in ('provisional', 'confirmed', 'merged')),
  merged_into uuid,
  nhs_number text check (nhs_number ~ '^[0-9]{10}$'),
  no_nhs_number_because text check (no_nhs_number_because in ('not_known', 'overseas', 'devolved_nation', 'not_given')),
  first_name text not null,
  last_name text not null,
  known_as text,
  date_of_birth date not null,
  -- What matching compares: see platform/pure/names. Byte order, so that ranges reach the index under row security.
  first_name_key text not null collate "C",
  last_name_key text not null collate "C",
  last_name_sound text not null collate "C",
  -- For a person under the scheme's minimum age: on what footing they or a parent decide.
  under_age_basis text check (under_age_basis in ('competence', 'parental_responsibility')),
  under_age_note text,
  sex text check (sex in ('female', 'male', 'indeterminate', 'not_known')),
  gender text check (gender in ('female', 'male', 'non_binary', 'other', 'not_stated', 'not_known')),
  -- Ethnic category 16+1 (NHS Data Dictionary, ETHNIC CATEGORY).
  ethnicity text check (ethnicity in ('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'Z', '99')),
  phone text,
  email text,
  address text,
  postcode text,
  no_fixed_address boolean not null default false,
  day_place_postcode text,
  safe_to_call text not null default 'not_asked' check (safe_to_call in ('yes', 'no', 'not_asked')),
  safe_to_text text not null default 'not_asked' check (safe_to_text in ('yes', 'no', 'not_asked')),
  safe_to_email text not null default 'not_asked' check (safe_to_email in ('yes', 'no', 'not_asked')),
  safe_to_write text not null default 'not_asked' check (safe_to_write in ('yes', 'no', 'not_asked')),
  safe_to_leave_message text not null default 'not_asked' check (safe_to_leave_message in ('yes', 'no', 'not_asked')),
  reach_through text check (reach_through in ('phone', 'text', 'email', 'letter', 'named_worker', 'practice', 'hostel', 'drop_in')),
  reach_note text,
  language text not null default 'en',
  interpreter text not null default 'not_needed' check (interpreter in ('not_needed', 'professional', 'worker', 'own_choice')),
  interpreter_note text,
  access_needs text[] not null default '{}',
  access_note text,
  initials_only boolean not null default false,
  safety_flag boolean not null default false,
  faith_preference text not null default 'not_asked' check (faith_preference in ('not_asked', 'do_not_mind', 'own_tradition', 'non_religious')),
  faith_tradition text,
  lsoa text,
  latitude double precision,
  longitude double precision,
  deprivation_decile smallint,
  deprivation_edition text,
  place_edition text,
  place_found_by text check (place_found_by in ('postcode', 'day_place')),
  messages_paused_at timestamptz,
  died_on date,
  death_recorded_at timestamptz,
  brought_by_organisation_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, merged_into) references client (scheme_id, id),
  foreign key (scheme_id, brought_by_organisation_id) references organisation (scheme_id, id),
  check ((standing = 'merged') = (merged_into is not null)),
  check (died_on is null or death_recorded_at is not null)
);
create unique index client_nhs_number on client (scheme_id, nhs_number) where standing = 'confirmed' and nhs_number is not null;
create index client_nhs_number_any on client (scheme_id, nhs_number);
create index client_name on client (scheme_id, last_name_key, first_name_key, id);
create index client_sound on client (scheme_id, last_name_sound, date_of_birth);
create index client_birth on client (scheme_id, date_of_birth);
create index client_phone on client (scheme_id, phone) where phone is not null;
create index client_postcode on client (scheme_id, postcode) where postcode is not null;
create index client_merged on client (scheme_id, merged_into) where merged_into is not null;
create index client_brought_by on client (scheme_id, brought_by_organisation_id);
call secure_by_scheme('client');

-- Who holds a client: the only thing that single checks and list filters read. holder_id is the membership or the
-- organisation; for the triage queue it is the scheme itself.
create table client_reach (
  scheme_id uuid not null references scheme,
  client_id uuid not null,
  holder_kind text not null check (holder_kind in ('membership', 'organisation', 'triage')),
  holder_id uuid not null,
  why text not null check (why in ('owns', 'triage', 'referred', 'created', 'break_glass')),
  source_id uuid not null,
  until timestamptz,
  primary key (scheme_id, client_id, holder_id, why, source_id),
  foreign key (scheme_id, client_id) references client (scheme_id, id)
);
create index client_reach_holder on client_reach (scheme_id, holder_id, client_id);
create index client_reach_source on client_reach (scheme_id, source_id);
call secure_by_scheme('client_reach');

create table client_history (
  scheme_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  at timestamptz not null,
  action text not null,
  actor_id uuid,
  actor_name text,
  changes jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id)
);
create index client_history_client on client_history (scheme_id, client_id, id);
call secure_by_scheme('client_history');
call append_only('client_history');

create table gp_registration (
  scheme_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  organisation_id uuid,
  no_known_practice boolean not null default false,
  starts_on date not null,
  ends_on date,
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  check (no_known_practice = (organisation_id is null)),
  check (ends_on is null or ends_on >= starts_on)
);
create unique index gp_registration_current on gp_registration (scheme_id, client_id) where ends_on is null;
create index gp_registration_organisation on gp_registration (scheme_id, organisation_id);
call secure_by_scheme('gp_registration');

-- The basis of every sharing decision: for whom, what, when, how, recorded by whom.
create table agreement (
  scheme_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  recipient_kind text not null check (recipient_kind in ('scheme', 'organisation')),
  organisation_id uuid,
  scope text[] not null check (cardinality(scope) > 0),
  basis text not null check (basis in ('agreed', 'attorney_or_deputy', 'best_interests', 'parental_responsibility')),
  -- Whoever decided where the person did not: attorney or deputy, decision-maker, parent.
  decided_by text,
  authority_seen_on date,
  consulted text,
  basis_note text,
  agreed_on date not null,
  how text not null check (how in ('in_person', 'phone', 'video', 'writing', 'online')),
  agreed_with text,
  advocate text,
  renew_on date,
  renewed_on date,
  recorded_by uuid,
  recorded_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  withdrawal_note text,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  check ((recipient_kind = 'organisation') = (organisation_id is not null)),
  check ((basis = 'agreed') = (decided_by is null)),
  check (basis <> 'attorney_or_deputy' or authority_seen_on is not null),
  check (basis <> 'best_interests' or consulted is not null)
);
create index agreement_client on agreement (scheme_id, client_id, organisation_id) where withdrawn_at is null;
create index agreement_organisation on agreement (scheme_id, organisation_id);
call secure_by_scheme('agreement');

create table never_offer (
  scheme_id uuid not null,
  client_id uuid not null,
  organisation_id uuid not null,
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, client_id, organisation_id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id)
);
create index never_offer_organisation on never_offer (scheme_id, organisation_id);
call secure_by_scheme('never_offer');

create table client_merge (
  scheme_id uuid not null,
  id uuid not null,
  kept_id uuid not null,
  merged_id uuid not null,
  -- 'absorbed': triage found that the person a sender described was known already.
  kind text not null check (kind in ('merged', 'absorbed')),
  merged_by uuid,
  merged_at timestamptz not null,
  reason text not null,
  -- What undoing puts back: fields with their values before and after, and the ids of rows that moved.
  moved jsonb not null,
  undone_at timestamptz,
  undone_by uuid,
  undone_because text,
  primary key (scheme_id, id),
  foreign key (scheme_id, kept_id) references client (scheme_id, id),
  foreign key (scheme_id, merged_id) references client (scheme_id, id)
);
create index client_merge_kept on client_merge (scheme_id, kept_id);
create unique index client_merge_live on client_merge (scheme_id, merged_id) where undone_at is null;
call secure_by_scheme('client_merge');

create table break_glass (
  scheme_id uuid not null,
  id uuid not null,
  membership_id uuid not null,
  client_id uuid not null,
  found_by text not null check (found_by in ('nhs_number', 'name_and_birth')),
  reason text not null,
  opened_at timestamptz not null,
  until timestamptz not null,
  reviewed_at timestamptz,
  reviewed_by uuid,
  outcome text check (outcome in ('justified', 'not_justified')),
  review_note text,
  primary key (scheme_id, id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id)
);
create index break_glass_review on break_glass (scheme_id, opened_at) where reviewed_at is null;
create index break_glass_membership on break_glass (scheme_id, membership_id);
create index break_glass_client on break_glass (scheme_id, client_id);
call secure_by_scheme('break_glass');
