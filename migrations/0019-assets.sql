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
