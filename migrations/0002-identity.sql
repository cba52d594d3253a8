create table organisation (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  name text not null check (length(name) between 1 and 200),
  -- What lists are ordered and looked up by: a plain column, since lower() would not reach an index under row security.
  name_key text collate "C" generated always as (lower(name)) stored,
  kind text not null check (kind in ('gp_practice', 'hospital', 'hospice', 'housing', 'council', 'charity', 'community_group', 'faith_group', 'social_enterprise', 'host', 'commissioner', 'other')),
  refers boolean not null default false,
  provides boolean not null default false,
  ods_code text,
  email text,
  phone text,
  address text,
  postcode text,
  feedback_email text,
  source text,
  source_id text,
  active boolean not null default true,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id)
);
create unique index organisation_ods on organisation (scheme_id, ods_code) where ods_code is not null;
create unique index organisation_source on organisation (scheme_id, source, source_id) where source is not null;
create index organisation_name on organisation (scheme_id, name_key, id);
call secure_by_scheme('organisation');

create table user_account (
  id uuid primary key,
  email_hash text not null unique,
  password_hash text,
  disabled_at timestamptz,
  created_at timestamptz not null
);

-- What a scheme knows of a person who signs in.
create table user_profile (
  scheme_id uuid not null references scheme,
  account_id uuid not null references user_account,
  name text not null check (length(name) between 1 and 200),
  name_key text collate "C" generated always as (lower(name)) stored,
  email text not null,
  phone text,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, account_id)
);
create index user_profile_account on user_profile (account_id);
create unique index user_profile_email on user_profile (scheme_id, lower(email) collate "C");
create index user_profile_name on user_profile (scheme_id, name_key, account_id);
call secure_by_scheme('user_profile');

create table membership (
  id uuid primary key,
  scheme_id uuid not null references scheme,
  account_id uuid not null references user_account,
  organisation_id uuid not null,
  role text not null check (role in ('referrer', 'link_worker', 'scheme_manager', 'provider_member', 'commissioner', 'administrator')),
  triages boolean not null default false,
  created_at timestamptz not null,
  -- This membership alone, and the person in the whole scheme: enabling one does not undo the other.
  disabled_at timestamptz,
  user_disabled_at timestamptz,
  ended_at timestamptz,
  unique (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id)
);
create index membership_account on membership (account_id);
create index membership_organisation on membership (scheme_id, organisation_id);
create unique index membership_live on membership (scheme_id, account_id, organisation_id, role) where ended_at is null;
create index membership_role on membership (scheme_id, role) where ended_at is null;
alter table scheme add column version integer not null default 1;
alter table scheme add column standing_cover_id uuid references membership;
create index scheme_standing_cover on scheme (standing_cover_id);

-- Who acts for whom, and when. An absence without a named cover goes to the scheme's standing cover, else to the team.
create table cover (
  scheme_id uuid not null references scheme,
  id uuid not null,
  worker_id uuid not null,
  cover_id uuid,
  reason text not null check (reason in ('absent', 'leave', 'part_time', 'other')),
  starts_on date not null,
  ends_on date,
  created_by uuid not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, worker_id) references membership (scheme_id, id),
  foreign key (scheme_id, cover_id) references membership (scheme_id, id),
  check (worker_id <> cover_id),
  check (ends_on is null or ends_on >= starts_on),
  -- Somebody who works part of the week shares the rest with a named colleague; that is no absence.
  constraint cover_part_time check (reason <> 'part_time' or cover_id is not null),
  constraint cover_once exclude using gist (scheme_id with =, worker_id with =, daterange(starts_on, ends_on, '[]') with &&)
    where (ended_at is null and reason <> 'part_time')
);
create index cover_worker on cover (scheme_id, worker_id) where ended_at is null;
create index cover_cover on cover (scheme_id, cover_id) where ended_at is null;
-- Asked at every request of a link worker or manager: those not over yet, however many are.
create index cover_current on cover (scheme_id, (coalesce(ends_on, 'infinity'::date))) where ended_at is null;

create table session (
  id uuid primary key,
  account_id uuid not null references user_account,
  membership_id uuid references membership,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text
);
create index session_account on session (account_id) where revoked_at is null;
create index session_membership on session (membership_id) where revoked_at is null;

create table refresh_token (
  hash text primary key,
  session_id uuid not null references session,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  successor text
);
create index refresh_token_session on refresh_token (session_id);

create table one_time_link (
  hash text primary key,
  scheme_id uuid not null references scheme,
  purpose text not null check (purpose in ('invitation', 'password_reset')),
  subject_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create index one_time_link_subject on one_time_link (scheme_id, subject_id);

create table sign_in_throttle (
  key text primary key,
  failures integer not null,
  locked_until timestamptz,
  updated_at timestamptz not null
);

create table invitation (
  scheme_id uuid not null references scheme,
  id uuid not null,
  email text not null,
  name text not null,
  organisation_id uuid not null,
  role text not null check (role in ('referrer', 'link_worker', 'scheme_manager', 'provider_member', 'commissioner', 'administrator')),
  triages boolean not null default false,
  created_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- What became of the message: on its way, taken by the mail server, turned away for good, or handed over in person.
  delivery text not null default 'waiting' check (delivery in ('waiting', 'sent', 'refused', 'in_person')),
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id)
);
create index invitation_organisation on invitation (scheme_id, organisation_id);
call secure_by_scheme('invitation');

create table link_worker (
  scheme_id uuid not null references scheme,
  membership_id uuid not null,
  caseload_limit integer not null default 40 check (caseload_limit between 0 and 500),
  languages text[] not null default '{}',
  areas text[] not null default '{}',
  version integer not null default 1,
  updated_at timestamptz,
  primary key (scheme_id, membership_id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id)
);
call secure_by_scheme('link_worker');

-- Triggers refuse every change of the audit record; the application does not even hold the right to try.
revoke update, delete, truncate on audit_entry, audit_seal from betony_app;
