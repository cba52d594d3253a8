-- The audit record by calendar month (UTC), so that a month nobody asks about any more can be taken away whole. The
-- application holds no right in either schema: it reaches a month through audit_entry alone, and the archive not at all.
create schema months;
create schema archive;

-- Walls and the refusal to be emptied do not come with a partition by themselves; the refusal of changes does.
create procedure months.wall(part regclass) language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table %s enable row level security, force row level security', part);
  execute format('create policy scheme on %s using (scheme_id = public.bound_scheme()) with check (scheme_id = public.bound_scheme())', part);
  execute format('create trigger append_only_truncate before truncate on %s for each statement execute function public.refuse_change()', part);
end $$;

-- A month, with those rows of `source` that are of it. It is filled before there is a wall, which would hide rows of
-- every scheme from the owner too.
create procedure months.add(month date, source regclass default null) language plpgsql
  set search_path = pg_catalog, pg_temp set datestyle = 'ISO' set timezone = 'UTC' as $$
declare
  part text := format('months.%I', 'audit_entry_' || to_char(month, 'YYYY_MM'));
  starts timestamptz := month::timestamptz;
  ends timestamptz := (month + interval '1 month')::timestamptz;
begin
  execute format('create table %s (like public.audit_entry including defaults including constraints)', part);
  if source is not null then
    execute format('insert into %s select * from %s where at >= %L and at < %L', part, source, starts, ends);
  end if;
  call months.wall(part::regclass);
  execute format('alter table public.audit_entry attach partition %s for values from (%L) to (%L)', part, starts, ends);
end $$;

-- For entries whose month was not made in time, or of another clock: kept, until their month is made.
create procedure months.add_other() language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create table months.audit_entry_other (like public.audit_entry including defaults including constraints);
  call months.wall('months.audit_entry_other');
  alter table public.audit_entry attach partition months.audit_entry_other default;
end $$;

-- Every entry of a table of the same columns into its month. The table goes.
create procedure months.spread(source regclass) language plpgsql
  set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  month date;
begin
  execute format('alter table %s no force row level security', source);
  for month in execute format('select distinct date_trunc(''month'', at)::date from %s order by 1', source) loop
    call months.add(month, source);
  end loop;
  execute format('drop table %s', source);
end $$;

-- This month and the three ahead. Called by the application, which may not make tables: it takes no word from the caller,
-- and does nothing where nothing is missing. Who reads for long makes it fail rather than everybody else wait.
create function make_audit_months() returns integer language plpgsql security definer
  set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '3s' as $$
declare
  this date := date_trunc('month', now())::date;
  month date;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit months', 0));
  -- Its size, since walls hide from the owner what is in it.
  if pg_relation_size('months.audit_entry_other') > 0 then
    alter table public.audit_entry detach partition months.audit_entry_other;
    alter table months.audit_entry_other rename to audit_entry_moving;
    call months.add_other();
    call months.spread('months.audit_entry_moving');
  end if;
  for ahead in 0..3 loop
    month := (this + make_interval(months => ahead))::date;
    if to_regclass('months.audit_entry_' || to_char(month, 'YYYY_MM')) is null then
      call months.add(month);
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke all on function make_audit_months() from public;
grant execute on function make_audit_months() to betony_app;

-- What is there already goes into its months. The old table's own number becomes a sequence of its own: it is one for all months.
alter table audit_entry rename to audit_entry_before;
alter table audit_entry_before drop constraint audit_entry_pkey, alter id drop identity;
drop index audit_entry_sealing, audit_entry_subject, audit_entry_at;
create table audit_entry (like audit_entry_before including defaults including constraints) partition by range (at);
create sequence audit_entry_number owned by audit_entry.id;
alter table audit_entry alter id set default nextval('audit_entry_number');
call secure_by_scheme('audit_entry');
call append_only('audit_entry');
call months.add_other();
alter table audit_entry_before no force row level security;
select setval('audit_entry_number', max(id)) from audit_entry_before having max(id) is not null;
call months.spread('audit_entry_before');
-- Once all are in, which is quicker. `at` is in the key because PostgreSQL wants it there; `id` alone tells entries apart.
alter table audit_entry add primary key (scheme_id, id, at);
create index audit_entry_sealing on audit_entry (scheme_id, xid, id);
create index audit_entry_subject on audit_entry (scheme_id, subject_id, id);
create index audit_entry_at on audit_entry (scheme_id, at, id);

-- The number and the transaction of an entry are the database's to give.
revoke all on audit_entry from betony_app;
grant select, insert (scheme_id, at, actor_kind, actor_id, actor_name, session_id, request_id, action, subject_kind,
  subject_id, client_ids, details) on audit_entry to betony_app;
revoke all on sequence audit_entry_number from betony_app;
grant usage on sequence audit_entry_number to betony_app;
