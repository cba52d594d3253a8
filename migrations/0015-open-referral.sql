-- One import of groups or services: checked, looked at, approved, written in one transaction, undone for a day.
create table import_batch (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  kind text not null check (kind in ('open-referral', 'charities', 'food-banks')),
  -- With a record's own id, what makes it the same thing from one import to the next.
  source text not null,
  -- Where a feed is read from; null for a file.
  address text,
  file_name text,
  encoding text,
  state text not null check (state in ('fetching', 'checked', 'failed', 'approved', 'applied', 'undoing', 'undone', 'discarded')),
  because text,
  rows integer not null default 0,
  added integer not null default 0,
  changed integer not null default 0,
  same integer not null default 0,
  refused integer not null default 0,
  ignored integer not null default 0,
  gone integer not null default 0,
  -- How far fetching, writing or undoing has come.
  done integer not null default 0,
  -- Somebody had changed these since, so undoing left them as they are.
  kept integer not null default 0,
  created_by uuid,
  created_at timestamptz not null,
  checked_at timestamptz,
  approved_by uuid,
  approved_at timestamptz,
  applied_at timestamptz,
  undone_at timestamptz,
  -- When a worker last said it is at it.
  worked_at timestamptz,
  primary key (scheme_id, id)
);
create index import_batch_waiting on import_batch (scheme_id, state) where state in ('fetching', 'approved', 'undoing');
create index import_batch_source on import_batch (scheme_id, source, applied_at);
call secure_by_scheme('import_batch');

-- A record as it came, what we made of it, and what it became.
create table import_row (
  scheme_id uuid not null,
  batch_id uuid not null,
  row integer not null,
  source_id text,
  outcome text not null check (outcome in ('added', 'changed', 'same', 'refused', 'ignored', 'gone')),
  column_name text,
  reason text,
  -- Null where the feed had null for a record.
  raw jsonb,
  value jsonb,
  hash text,
  organisation_id uuid,
  listing_id uuid,
  -- What was there before, for undoing.
  before jsonb,
  primary key (scheme_id, batch_id, row),
  foreign key (scheme_id, batch_id) references import_batch (scheme_id, id),
  check ((outcome = 'refused') = (reason is not null))
);
create index import_row_outcome on import_row (scheme_id, batch_id, outcome, row);
create unique index import_row_source on import_row (scheme_id, batch_id, source_id) where outcome <> 'refused';
call secure_by_scheme('import_row');

-- The latest of each record that was applied, by source and id, raw, and since when its source no longer has it.
create table import_record (
  scheme_id uuid not null,
  source text not null,
  source_id text not null,
  batch_id uuid not null,
  hash text not null,
  raw jsonb not null,
  organisation_id uuid not null,
  listing_id uuid not null,
  gone_since timestamptz,
  primary key (scheme_id, source, source_id),
  foreign key (scheme_id, batch_id) references import_batch (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id)
);
create index import_record_batch on import_record (scheme_id, batch_id);
create index import_record_organisation on import_record (scheme_id, organisation_id);
create index import_record_listing on import_record (scheme_id, listing_id);
create index import_record_gone on import_record (scheme_id, listing_id) where gone_since is not null;
call secure_by_scheme('import_record');
