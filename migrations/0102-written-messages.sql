-- What somebody here wrote to a person, to be sent as reminders are. It waits a little, so that it can be taken back.
create table written_message (
  scheme_id uuid not null references scheme,
  id uuid not null,
  referral_id uuid not null,
  channel text not null check (channel in ('email', 'text', 'letter')),
  words text not null check (char_length(words) between 1 and 1000),
  written_by uuid not null,
  written_at timestamptz not null,
  goes_at timestamptz not null,
  taken_back_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, written_by) references membership (scheme_id, id)
);
create index written_message_referral on written_message (scheme_id, referral_id, id);
create index written_message_by on written_message (scheme_id, written_by);
call secure_by_scheme('written_message');

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
      replace(said, 'ARRAY[', format('ARRAY[%L::text, ', 'written_message')));
  end loop;
end $$;
