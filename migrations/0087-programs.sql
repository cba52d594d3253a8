-- A program comes in by a key where a person does by a password. It has an account without an address, and one membership, so that
-- reach, history and the record of who did what know it as they know anybody.
alter table user_account
  add column kind text not null default 'person' check (kind in ('person', 'program')),
  alter column email_hash drop not null,
  add check ((kind = 'person') = (email_hash is not null)),
  add check (kind = 'person' or password_hash is null);
-- A program is written to by nobody.
alter table user_profile alter column email drop not null;

-- Asked before a scheme is known, and so without a policy: ids, hashes and settings only.
create table program (
  membership_id uuid primary key references membership,
  scheme_id uuid not null references scheme,
  -- Where it may come from; empty: from anywhere.
  addresses cidr[] not null default '{}' check (cardinality(addresses) <= 20),
  per_minute integer not null check (per_minute between 1 and 6000),
  created_by uuid,
  created_at timestamptz not null,
  version integer not null default 1,
  -- How often it asked in the minute it asked in last.
  minute_at timestamptz,
  asked integer not null default 0,
  foreign key (scheme_id, membership_id) references membership (scheme_id, id),
  foreign key (scheme_id, created_by) references membership (scheme_id, id)
);
create index program_scheme on program (scheme_id, created_at, membership_id);
create index program_maker on program (scheme_id, created_by) where created_by is not null;

create table program_key (
  id uuid primary key,
  membership_id uuid not null references program,
  hash text not null unique,
  -- Its last characters, by which people tell two keys apart.
  ending text not null check (length(ending) = 4),
  created_by uuid,
  created_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > created_at),
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index program_key_membership on program_key (membership_id, created_at);
