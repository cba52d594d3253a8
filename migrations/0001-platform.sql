-- Extensions a database owner may create (all are "trusted" since PostgreSQL 13).
create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists fuzzystrmatch;
create extension if not exists cube;
create extension if not exists earthdistance;
create extension if not exists btree_gist;

-- The scheme this transaction is bound to. After a transaction-local setting ends it reads as the empty string, not null.
create function bound_scheme() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.scheme_id', true), '')::uuid $$;

-- Every table about people: rows of another scheme are neither seen nor written, by the application or the owner.
create procedure secure_by_scheme(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy scheme on %s using (scheme_id = bound_scheme()) with check (scheme_id = bound_scheme())', target);
end $$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- History and audit: what was written stays written.
create procedure append_only(target regclass) language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete on %s for each row execute function refuse_change()', target);
  execute format('create trigger append_only_truncate before truncate on %s for each statement execute function refuse_change()', target);
end $$;

-- Installation-wide, without policy: needed before a scheme is known. Ids, hashes and settings only.
create table scheme (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  settings jsonb not null default '{}',
  created_at timestamptz not null
);

create table outbox (
  id uuid primary key,
  seq bigint generated always as identity,
  scheme_id uuid not null,
  event text not null,
  payload jsonb not null,
  created_at timestamptz not null,
  published_at timestamptz,
  finished_at timestamptz
);
create index outbox_unpublished on outbox (seq) where published_at is null;
create index outbox_unfinished on outbox (published_at) where finished_at is null;

create table handled (
  event_id uuid not null,
  handler text not null,
  handled_at timestamptz not null,
  primary key (event_id, handler)
);

create table idempotency_key (
  scheme_id uuid not null references scheme,
  membership_id uuid not null,
  method text not null,
  route text not null,
  key text not null,
  body_hash text not null,
  result_id text,
  created_at timestamptz not null,
  primary key (scheme_id, membership_id, method, route, key)
);
create index idempotency_key_age on idempotency_key (scheme_id, created_at);
call secure_by_scheme('idempotency_key');

-- What was done and shown, by whom. Sealed by the worker; see audit/.
create table audit_entry (
  scheme_id uuid not null,
  id bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('member', 'system', 'link')),
  actor_id uuid,
  actor_name text,
  session_id uuid,
  request_id text,
  action text not null,
  subject_kind text,
  subject_id uuid,
  client_ids uuid[] not null default '{}',
  details jsonb not null default '{}',
  primary key (scheme_id, id)
);
create index audit_entry_sealing on audit_entry (scheme_id, xid, id);
create index audit_entry_subject on audit_entry (scheme_id, subject_id, id);
call secure_by_scheme('audit_entry');
call append_only('audit_entry');

create table audit_seal (
  scheme_id uuid not null,
  number integer not null check (number > 0),
  from_xid xid8 not null,
  to_xid xid8 not null,
  entries integer not null check (entries >= 0),
  digest text not null,
  previous text not null,
  mac text not null,
  sealed_at timestamptz not null,
  primary key (scheme_id, number)
);
call secure_by_scheme('audit_seal');
call append_only('audit_seal');
