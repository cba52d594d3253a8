-- A person's request for a copy of everything held about them. `document` is what was found on the day it was prepared:
-- what is reviewed is what is released. It is emptied some weeks after that.
create table subject_access (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  client_id uuid not null,
  state text not null check (state in ('asked', 'prepared', 'released', 'refused')),
  asked_on date not null,
  asked_by text not null check (asked_by in ('person', 'representative')),
  representative text,
  identity_checked text not null,
  due_on date not null,
  recorded_by uuid,
  recorded_at timestamptz not null,
  prepared_at timestamptz,
  document jsonb,
  -- [{item, field, decision, reason}], one for each field that may tell of somebody else.
  decisions jsonb not null default '[]',
  released_at timestamptz,
  released_by uuid,
  released_how text check (released_how in ('in_person', 'post', 'secure_mail', 'online')),
  refused_because text,
  emptied_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  check ((asked_by = 'representative') = (representative is not null)),
  check ((state = 'released') = (released_at is not null and released_how is not null)),
  check ((state = 'refused') = (refused_because is not null))
);
create index subject_access_client on subject_access (scheme_id, client_id);
create index subject_access_open on subject_access (scheme_id, due_on, id) where state in ('asked', 'prepared');
call secure_by_scheme('subject_access');

-- While one stands, nothing about the person is destroyed.
create table legal_hold (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  reason text not null,
  placed_by uuid,
  placed_at timestamptz not null,
  lifted_by uuid,
  lifted_at timestamptz,
  lifted_because text,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id)
);
create index legal_hold_client on legal_hold (scheme_id, client_id);
call secure_by_scheme('legal_hold');

-- What a person decided about a record that has been kept long enough. It outlives the record, so it names nobody.
create table retention_review (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  decision text not null check (decision in ('keep', 'destroy')),
  because text not null check (because in ('kept_long_enough', 'research', 'legal', 'still_needed', 'inquiry')),
  keep_until date,
  destroy_on date,
  decided_by uuid,
  decided_at timestamptz not null,
  cancelled_by uuid,
  cancelled_at timestamptz,
  destroyed_at timestamptz,
  -- Something came in between, such as a new referral: nothing was destroyed.
  overtaken_at timestamptz,
  primary key (scheme_id, id),
  check ((decision = 'destroy') = (destroy_on is not null)),
  check ((decision = 'keep') = (keep_until is not null))
);
create unique index retention_review_open on retention_review (scheme_id, client_id)
  where decision = 'destroy' and cancelled_at is null and destroyed_at is null and overtaken_at is null;
create index retention_review_client on retention_review (scheme_id, client_id, id);
create index retention_review_due on retention_review (scheme_id, destroy_on)
  where decision = 'destroy' and cancelled_at is null and destroyed_at is null and overtaken_at is null;
call secure_by_scheme('retention_review');

-- The certificate: when, on whose decision, and (below) how many rows of which tables went. No name, no number.
create table destruction (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  review_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  decided_by uuid,
  destroyed_at timestamptz not null,
  last_contact_on date not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, review_id) references retention_review (scheme_id, id)
);
create unique index destruction_xid on destruction (scheme_id, xid);
create index destruction_review on destruction (scheme_id, review_id);
call secure_by_scheme('destruction');
call append_only('destruction');

create table destruction_part (
  scheme_id uuid not null,
  destruction_id uuid not null,
  table_name text not null,
  row_count integer not null check (row_count >= 0),
  primary key (scheme_id, destruction_id, table_name),
  foreign key (scheme_id, destruction_id) references destruction (scheme_id, id)
);
call secure_by_scheme('destruction_part');
call append_only('destruction_part');

-- History stays written, save in a transaction that leaves a certificate behind, which nothing can remove.
create function refuse_change_without_certificate() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if exists (select 1 from destruction where scheme_id = old.scheme_id and xid = pg_current_xact_id()) then
      return old;
    end if;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- For histories of people, in place of append_only.
create procedure append_only_about_people(target regclass) language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete on %s for each row execute function refuse_change_without_certificate()', target);
  execute format('create or replace trigger append_only_truncate before truncate on %s for each statement execute function refuse_change()', target);
end $$;

do $$
declare
  target regclass;
begin
  for target in
    select t.tgrelid::regclass from pg_trigger t
    where t.tgname = 'append_only' and t.tgrelid::regclass::text not in (
      'audit_entry', 'audit_seal', 'destruction', 'destruction_part', 'covenant', 'provider_history',
      'listing_history', 'asset_history')
  loop
    execute format('drop trigger append_only on %s', target);
    call append_only_about_people(target);
  end loop;
end $$;

drop trigger keep_response on measure_response;
create trigger keep_response before update on measure_response for each row execute function keep_response();
create trigger keep_response_delete before delete on measure_response
  for each row execute function refuse_change_without_certificate();
