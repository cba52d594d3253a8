-- An organisation that provides: how it works, in its own words. Faith groups use the same row.
create table provider (
  scheme_id uuid not null,
  organisation_id uuid not null,
  version integer not null default 1,
  sector text not null check (sector in ('charity', 'community', 'faith', 'social_enterprise', 'council', 'health', 'other')),
  tradition text,
  tradition_shown boolean not null default false,
  in_place_of_worship boolean,
  prayer text check (prayer in ('never', 'only_if_asked', 'may_ask_first')),
  religious_content text check (religious_content in ('none', 'optional', 'part_of_it')),
  religious_content_examples text,
  woman_volunteer boolean,
  food text[] not null default '{}',
  dress text,
  languages text[] not null default '{}',
  how_to_work_with_us text,
  remit text[] not null default '{}',
  remit_note text,
  limits text[] not null default '{}',
  limits_note text,
  answers_by text not null default 'sign_in' check (answers_by in ('email', 'sign_in', 'phone')),
  contact_name text,
  contact_email text,
  contact_phone text,
  contact_shared boolean not null default false,
  reply_within_days integer not null default 10 check (reply_within_days between 1 and 60),
  quiet_days smallint[] not null default '{}',
  paused_from date,
  paused_until date,
  assured_level text not null default 'open_door' check (assured_level in ('open_door', 'personal_contact', 'alone_or_vulnerable')),
  assured_until date,
  assured_note text,
  closed_for_good_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, organisation_id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  check (paused_until is null or paused_from is not null and paused_until > paused_from)
);
call secure_by_scheme('provider');

create table provider_history (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  at timestamptz not null,
  action text not null,
  actor_id uuid,
  actor_name text,
  changes jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id)
);
create index provider_history_provider on provider_history (scheme_id, organisation_id, id);
call secure_by_scheme('provider_history');
call append_only('provider_history');

-- A service a provider offers. Called listing in code, since the framework has its own "service".
create table listing (
  scheme_id uuid not null,
  id uuid not null,
  version integer not null default 1,
  organisation_id uuid not null,
  name text not null,
  description text not null,
  state text not null check (state in ('draft', 'in_review', 'published', 'paused', 'closed')),
  needs text[] not null default '{}',
  areas text[] not null default '{}',
  radius_miles numeric(5, 1),
  minimum_age smallint,
  maximum_age smallint,
  eligibility_note text,
  for_whom text not null default 'everyone' check (for_whom in ('everyone', 'women', 'men')),
  excludes text[] not null default '{}',
  present text[] not null default '{}',
  level text not null default 'open_door' check (level in ('open_door', 'personal_contact', 'alone_or_vulnerable')),
  setting text not null default 'non_religious' check (setting in ('non_religious', 'place_of_worship', 'religious')),
  schedule jsonb not null default '[]',
  languages text[] not null default '{}',
  access text[] not null default '{}',
  cost text not null default 'free' check (cost in ('free', 'donation', 'paid')),
  cost_note text,
  how_to_join text,
  volunteer_role boolean not null default false,
  address text,
  postcode text,
  latitude double precision,
  longitude double precision,
  withhold_location boolean not null default false,
  publishable boolean not null default true,
  places_kind text not null default 'ask_first' check (places_kind in ('counted', 'drop_in', 'ask_first')),
  places_total integer,
  places_taken integer not null default 0,
  places_confirmed_on date,
  full_until date,
  confirmed_on date,
  source text,
  source_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  -- P3, the last line of defence: counted places are never oversold.
  -- Places stay taken while a service is not counted, so that counting again starts from what was promised.
  check (places_taken >= 0),
  check ((places_kind = 'counted') = (places_total is not null)),
  check (places_total is null or places_taken <= places_total),
  check (minimum_age is null or maximum_age is null or minimum_age <= maximum_age),
  check ((latitude is null) = (longitude is null))
);
create index listing_organisation on listing (scheme_id, organisation_id, id);
create index listing_state on listing (scheme_id, state, id);
create unique index listing_source on listing (scheme_id, source, source_id) where source is not null;
call secure_by_scheme('listing');

create table listing_history (
  scheme_id uuid not null,
  id uuid not null,
  listing_id uuid not null,
  at timestamptz not null,
  action text not null,
  actor_id uuid,
  actor_name text,
  changes jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id)
);
create index listing_history_listing on listing_history (scheme_id, listing_id, id);
call secure_by_scheme('listing_history');
call append_only('listing_history');

-- English stems, with accents taken off first: "cafe" finds "Café".
create text search configuration betony (copy = english);
alter text search configuration betony
  alter mapping for hword, hword_part, word with unaccent, english_stem;
-- Whole words as people write them, to offer the right spelling of a wrong one.
create text search configuration betony_words (copy = simple);
alter text search configuration betony_words
  alter mapping for hword, hword_part, word with unaccent, simple;

-- "Trusted" too, as those of 0001; lets one index hold the scheme beside the words.
create extension if not exists btree_gin;

-- Published listings only, kept by the listings service in the same transaction. Without row security, because its
-- operators are not leakproof and would lose their indexes; always queried with scheme_id, then joined back.
create table listing_search (
  scheme_id uuid not null,
  listing_id uuid not null,
  organisation_id uuid not null,
  name_key text not null collate "C",
  words tsvector not null,
  needs text[] not null,
  -- Where it is, as earthdistance's point on a sphere; null where nobody knows.
  place cube,
  primary key (scheme_id, listing_id)
);
create index listing_search_words on listing_search using gin (scheme_id, words, needs);
create index listing_search_place on listing_search using gist (scheme_id, place) where place is not null;
create index listing_search_unplaced on listing_search (scheme_id, listing_id) where place is null;
create index listing_search_name on listing_search (scheme_id, name_key, listing_id);
create index listing_search_organisation on listing_search (scheme_id, organisation_id);

-- Every word of a scheme's published listings. A word may outlive its listing: it only ever suggests a spelling.
create table listing_word (
  scheme_id uuid not null,
  word text not null collate "C",
  primary key (scheme_id, word)
);
create index listing_word_similar on listing_word using gin (scheme_id, word gin_trgm_ops);
