-- All of an entry, as text that does not depend on who reads it or where: what a seal is made of, here and in the archive.
create function audit_line(e audit_entry) returns text language sql stable
  as $$ select jsonb_build_array(e.id, e.xid::text, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_kind,
    e.actor_id, e.actor_name, e.session_id, e.request_id, e.action, e.subject_kind, e.subject_id, e.client_ids, e.details)::text $$;

-- Lets the application check what is in the archive without reading it: of the bound scheme alone, and digests only.
create function archived_audit_lines(from_xid xid8, to_xid xid8)
  returns table (part text, xid xid8, id bigint, line text) language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  kept text;
begin
  for kept in
    select c.relname from pg_class c
    where c.relnamespace = 'archive'::regnamespace and c.relkind = 'r' and c.relname ~ '^audit_entry_\d{4}_\d\d(_\d+)?$'
  loop
    return query execute format(
      'select %L, a.xid, a.id, encode(sha256(convert_to(public.audit_line(
         jsonb_populate_record(null::public.audit_entry, to_jsonb(a))), ''UTF8'')), ''hex'')
       from archive.%I a where a.scheme_id = public.bound_scheme() and a.xid >= $1 and a.xid < $2', kept, kept)
      using from_xid, to_xid;
  end loop;
end $$;
revoke all on function archived_audit_lines(xid8, xid8) from public;
grant execute on function archived_audit_lines(xid8, xid8) to betony_app;

-- Takes a month out of the record into the archive, where it still refuses to be changed. The owner may read it there without
-- a scheme, so that it can be dumped. `kept` differs from `part` where the month was there before.
create procedure months.detach(part text, kept text) language plpgsql
  set search_path = pg_catalog, pg_temp as $$
declare
  index name;
begin
  execute format('alter table public.audit_entry detach partition months.%I', part);
  if kept <> part then
    for index in select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = format('months.%I', part)::regclass
    loop
      execute format('alter index months.%I rename to %I', index, replace(index, part, kept));
    end loop;
    execute format('alter table months.%I rename to %I', part, kept);
  end if;
  execute format('alter table months.%I set schema archive', kept);
  execute format('alter table archive.%I no force row level security', kept);
  execute format('create trigger append_only before update or delete on archive.%I for each row execute function public.refuse_change()', kept);
end $$;
