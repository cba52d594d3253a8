-- Somebody may want in the daily e-mail what is told at once otherwise. Off for `email`, it is on their list alone.
alter table message_switch drop constraint message_switch_channel_check;
alter table message_switch add constraint message_switch_channel_check check (channel in ('email', 'text', 'letter', 'notice'));
alter table message_switch add constraint message_switch_notice check (channel <> 'notice' or membership_id is not null);

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
      replace(said, 'ARRAY[', format('ARRAY[%L::text, ', 'program')));
  end loop;
  select pg_get_expr(conbin, conrelid) into said from pg_constraint
  where conrelid = 'reminder'::regclass and conname = 'reminder_about';
  alter table reminder drop constraint reminder_about;
  execute format('alter table reminder add constraint reminder_about check (subject_kind = %L or %s)', 'program', said);
end $$;
