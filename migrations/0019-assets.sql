-- Neighbourhoods: a scheme's own reference data, loaded from a file. A neighbourhood is a primary care network's area;
-- each LSOA and each postcode district belongs to one at most, and the LSOA is believed before the district.
create table neighbourhood (
  scheme_id uuid not null references scheme,
  id uuid not null,
  name text not null,
  pcn_code text,
  edition text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id)
);
create unique index neighbourhood_name on neighbourhood (scheme_id, name);
call secure_by_scheme('neighbourhood');

create table neighbourhood_area (
  scheme_id uuid not null references scheme,
  code text not null collate "C" check (code ~ '^([EW]01[0-9]{6}|[A-Z]{1,2}[0-9][0-9A-Z]?)$'),
  neighbourhood_id uuid not null,
  edition text not null,
  primary key (scheme_id, code),
  foreign key (scheme_id, neighbourhood_id) references neighbourhood (scheme_id, id)
);
create index neighbourhood_area_neighbourhood on neighbourhood_area (scheme_id, neighbourhood_id);
call secure_by_scheme('neighbourhood_area');

-- Something strong in a neighbourhood or a community of interest, whether or not it takes referrals.
create table asset (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  name text not null,
  description text not null,
  state text not null check (state in ('draft', 'in_review', 'published', 'retired')),
  kind text not null check (kind in ('people_and_skills', 'associations', 'institutions', 'places', 'culture', 'local_economy')),
  domains text[] not null default '{}' check (domains <@ array['start_well', 'be_well', 'stay_well', 'age_well']),
  neighbourhood_id uuid,
  community text,
  takes_referrals boolean not null default false,
  how_to_join text,
  address text,
  postcode text,
  organisation_id uuid,
  listing_id uuid,
  found_by text not null check (found_by in ('survey', 'conversation', 'import')),
  found_on date not null,
  confirmed_on date,
  source text,
  source_id text,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, neighbourhood_id) references neighbourhood (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, created_by) references membership (scheme_id, id),
  check (source_id is null or source is not null),
  check (state <> 'published' or cardinality(domains) > 0 and num_nonnulls(neighbourhood_id, community) > 0)
);
create index asset_state on asset (scheme_id, state, id);
create index asset_neighbourhood on asset (scheme_id, neighbourhood_id, state) where neighbourhood_id is not null;
create index asset_organisation on asset (scheme_id, organisation_id, id) where organisation_id is not null;
create index asset_listing on asset (scheme_id, listing_id) where listing_id is not null;
create index asset_created_by on asset (scheme_id, created_by) where created_by is not null;
create unique index asset_source on asset (scheme_id, source, source_id) where source_id is not null;
call secure_by_scheme('asset');

create table asset_history (
  scheme_id uuid not null,
  id uuid not null,
  asset_id uuid not null,
  at timestamptz not null,
  action text not null,
  actor_id uuid,
  actor_name text,
  changes jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, asset_id) references asset (scheme_id, id)
);
create index asset_history_asset on asset_history (scheme_id, asset_id, id);
call secure_by_scheme('asset_history');
call append_only('asset_history');

-- Links that a manager makes for a group, or for whoever helps in a neighbourhood: to say what a group has to offer, or to
-- count help given. Looked up before a scheme is known, so it has no policy and holds ids and hashes only.
create table group_link (
  hash text primary key,
  id uuid not null unique,
  scheme_id uuid not null references scheme,
  purpose text not null check (purpose in ('survey', 'tally')),
  organisation_id uuid,
  neighbourhood_id uuid,
  created_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by uuid,
  -- One group, or one neighbourhood: a tally is always a group's.
  check (num_nonnulls(organisation_id, neighbourhood_id) = 1),
  check (purpose = 'survey' or organisation_id is not null),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, neighbourhood_id) references neighbourhood (scheme_id, id),
  foreign key (scheme_id, created_by) references membership (scheme_id, id),
  foreign key (scheme_id, revoked_by) references membership (scheme_id, id)
);
create index group_link_scheme on group_link (scheme_id, id);
create index group_link_organisation on group_link (scheme_id, organisation_id) where organisation_id is not null;
create index group_link_neighbourhood on group_link (scheme_id, neighbourhood_id) where neighbourhood_id is not null;
create index group_link_created_by on group_link (scheme_id, created_by) where created_by is not null;
create index group_link_revoked_by on group_link (scheme_id, revoked_by) where revoked_by is not null;

-- What a group said that it has to offer: read by managers and by the group itself, whatever each answer allows.
create table survey_reply (
  scheme_id uuid not null references scheme,
  id uuid not null,
  link_id uuid not null references group_link (id),
  organisation_id uuid,
  neighbourhood_id uuid,
  group_name text not null,
  contact_name text,
  contact_email text,
  contact_phone text,
  -- The same form sent twice is one reply.
  said_hash text not null,
  received_at timestamptz not null,
  reviewed_at timestamptz,
  reviewed_by uuid,
  -- Names, numbers and words are gone; what was made of them stays.
  forgotten_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, neighbourhood_id) references neighbourhood (scheme_id, id),
  foreign key (scheme_id, reviewed_by) references membership (scheme_id, id),
  check (forgotten_at is null or num_nonnulls(contact_name, contact_email, contact_phone) = 0)
);
create unique index survey_reply_once on survey_reply (scheme_id, link_id, said_hash);
create index survey_reply_link on survey_reply (link_id);
create index survey_reply_organisation on survey_reply (scheme_id, organisation_id, id) where organisation_id is not null;
create index survey_reply_neighbourhood on survey_reply (scheme_id, neighbourhood_id) where neighbourhood_id is not null;
create index survey_reply_reviewed_by on survey_reply (scheme_id, reviewed_by) where reviewed_by is not null;
create index survey_reply_contacts on survey_reply (scheme_id, received_at)
  where contact_name is not null or contact_email is not null or contact_phone is not null;
call secure_by_scheme('survey_reply');

create table survey_answer (
  scheme_id uuid not null references scheme,
  id uuid not null,
  reply_id uuid not null,
  topic text not null check (topic in ('people', 'space', 'skills', 'time', 'reach')),
  words text,
  sharing text not null default 'private' check (sharing in ('private', 'tell', 'send')),
  asset_id uuid,
  listing_id uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, reply_id) references survey_reply (scheme_id, id),
  foreign key (scheme_id, asset_id) references asset (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  -- What is private never becomes anything that others are shown.
  check (sharing <> 'private' or num_nonnulls(asset_id, listing_id) = 0)
);
create unique index survey_answer_topic on survey_answer (scheme_id, reply_id, topic);
create index survey_answer_asset on survey_answer (scheme_id, asset_id) where asset_id is not null;
create index survey_answer_listing on survey_answer (scheme_id, listing_id) where listing_id is not null;
call secure_by_scheme('survey_answer');

-- Practical help as it was given: for somebody, or counted without a name.
create table practical_help (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  kind text not null check (kind in ('food_parcel', 'prescription_collection', 'welfare_call', 'essential_items', 'digital_help', 'transport')),
  quantity smallint not null check (quantity between 1 and 1000),
  household_members smallint check (household_members between 1 and 30),
  given_on date not null,
  -- Who gave it.
  organisation_id uuid not null,
  -- Who wrote it down: somebody signed in, or a group by its link.
  recorded_by uuid,
  link_id uuid references group_link (id),
  client_id uuid,
  onward_referral_id uuid,
  -- Of a tally; for a person it is where they live.
  neighbourhood_id uuid,
  note text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  voided_at timestamptz,
  void_reason text,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, onward_referral_id) references onward_referral (scheme_id, id),
  foreign key (scheme_id, neighbourhood_id) references neighbourhood (scheme_id, id),
  -- A tally names nobody: it has no words in which somebody could be named, either.
  constraint practical_help_tally check (client_id is not null or onward_referral_id is null and note is null),
  check (client_id is null or neighbourhood_id is null),
  check ((voided_at is null) = (void_reason is null))
);
create index practical_help_given on practical_help (scheme_id, given_on, id);
create index practical_help_client on practical_help (scheme_id, client_id, id) where client_id is not null;
create index practical_help_onward on practical_help (scheme_id, onward_referral_id) where onward_referral_id is not null;
create index practical_help_organisation on practical_help (scheme_id, organisation_id, id);
create index practical_help_recorded_by on practical_help (scheme_id, recorded_by) where recorded_by is not null;
create index practical_help_neighbourhood on practical_help (scheme_id, neighbourhood_id) where neighbourhood_id is not null;
create index practical_help_link on practical_help (link_id) where link_id is not null;
call secure_by_scheme('practical_help');

create table practical_help_history (
  scheme_id uuid not null,
  id uuid not null,
  help_id uuid not null,
  at timestamptz not null,
  action text not null,
  actor_id uuid,
  actor_name text,
  reason text,
  changes jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, help_id) references practical_help (scheme_id, id)
);
create index practical_help_history_help on practical_help_history (scheme_id, help_id, id);
call secure_by_scheme('practical_help_history');
call append_only('practical_help_history');

-- From helped to helper: somebody who became a volunteer otherwise than by a volunteer role of the directory. Once a person.
create table became_volunteer (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  since_on date not null,
  -- Where, in a few words.
  doing text,
  recorded_by uuid,
  recorded_at timestamptz not null,
  voided_at timestamptz,
  void_reason text,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  check ((voided_at is null) = (void_reason is null))
);
create unique index became_volunteer_once on became_volunteer (scheme_id, client_id) where voided_at is null;
create index became_volunteer_client on became_volunteer (scheme_id, client_id);
create index became_volunteer_since on became_volunteer (scheme_id, since_on) where voided_at is null;
create index became_volunteer_recorded_by on became_volunteer (scheme_id, recorded_by) where recorded_by is not null;
call secure_by_scheme('became_volunteer');
