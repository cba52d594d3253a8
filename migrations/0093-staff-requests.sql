-- A practice asks the scheme to let somebody in, or to let nobody sign in for somebody who has left.
create table staff_request (
  scheme_id uuid not null references scheme,
  id uuid not null,
  organisation_id uuid not null,
  kind text not null check (kind in ('join', 'leave')),
  name text not null check (char_length(name) between 1 and 200),
  email text check (char_length(email) <= 254),
  membership_id uuid,
  state text not null check (state in ('open', 'granted', 'refused', 'withdrawn')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  settled_by uuid,
  settled_at timestamptz,
  because text check (char_length(because) <= 500),
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id),
  foreign key (scheme_id, asked_by) references membership (scheme_id, id),
  foreign key (scheme_id, settled_by) references membership (scheme_id, id),
  check ((kind = 'join') = (email is not null)),
  check ((kind = 'leave') = (membership_id is not null)),
  check ((state = 'open') = (settled_at is null)),
  check ((state = 'refused') = (because is not null))
);
create index staff_request_organisation on staff_request (scheme_id, organisation_id, id);
create index staff_request_membership on staff_request (scheme_id, membership_id) where membership_id is not null;
create index staff_request_asked_by on staff_request (scheme_id, asked_by);
create index staff_request_settled_by on staff_request (scheme_id, settled_by) where settled_by is not null;
-- The same is not asked twice while it waits.
create unique index staff_request_joins on staff_request (scheme_id, organisation_id, lower(email))
  where state = 'open' and kind = 'join';
create unique index staff_request_leaves on staff_request (scheme_id, membership_id) where state = 'open' and kind = 'leave';
call secure_by_scheme('staff_request');

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
      replace(said, 'ARRAY[', format('ARRAY[%L::text, ', 'staff_request')));
  end loop;
  select pg_get_expr(conbin, conrelid) into said from pg_constraint
  where conrelid = 'reminder'::regclass and conname = 'reminder_about';
  alter table reminder drop constraint reminder_about;
  execute format('alter table reminder add constraint reminder_about check (subject_kind = %L or %s)', 'staff_request', said);
end $$;

-- Administrators have a list of their own, of what is theirs alone.
alter table task drop constraint task_audience_check;
alter table task add constraint task_audience_check
  check (audience in ('membership', 'triage', 'managers', 'organisation', 'administrators'));
