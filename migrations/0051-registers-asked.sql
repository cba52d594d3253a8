-- A register that the product opened after a session, to ask the group who came: since when.
alter table register add column asked_at timestamptz;

-- What reminders and tasks may be about grows by name, whatever stands in the lists already.
do $$
declare
  target text;
  said text;
begin
  foreach target in array array['reminder', 'task'] loop
    select pg_get_constraintdef(oid) into said from pg_constraint
    where conrelid = target::regclass and conname = target || '_subject_kind_check';
    execute format('alter table %I drop constraint %I', target, target || '_subject_kind_check');
    execute format('alter table %I add constraint %I %s', target, target || '_subject_kind_check',
      replace(said, 'ARRAY[', 'ARRAY[''register''::text, '));
  end loop;
end $$;
-- It is about nobody's referral: many people's, and the link says who.
do $$
declare
  said text := (select pg_get_expr(conbin, conrelid) from pg_constraint
    where conrelid = 'reminder'::regclass and conname = 'reminder_about');
begin
  alter table reminder drop constraint reminder_about;
  execute format('alter table reminder add constraint reminder_about check (subject_kind = ''register'' or %s)', said);
end $$;
