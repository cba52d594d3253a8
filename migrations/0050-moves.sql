-- Somebody changes their GP practice: whom they left for whom, and who hears of them from then on.
create table practice_move (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  from_organisation_id uuid not null,
  -- Null: no practice that we know of.
  to_organisation_id uuid,
  moved_on date not null,
  recorded_by uuid,
  recorded_at timestamptz not null,
  -- Until somebody has asked the person, the practice they left hears nothing more and the other nothing yet.
  former_hears text check (former_hears in ('as_agreed', 'nothing')),
  present_hears text check (present_hears in ('everything', 'progress', 'nothing')),
  note text check (length(note) between 1 and 1000),
  decided_by uuid,
  decided_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, from_organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, to_organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, decided_by) references membership (scheme_id, id),
  check (to_organisation_id is distinct from from_organisation_id),
  check ((former_hears is null) = (decided_at is null)),
  check ((present_hears is null) = (decided_at is null)),
  check (to_organisation_id is not null or present_hears is not distinct from 'nothing' or decided_at is null)
);
create index practice_move_client on practice_move (scheme_id, client_id, id);
create index practice_move_from on practice_move (scheme_id, from_organisation_id);
create index practice_move_to on practice_move (scheme_id, to_organisation_id) where to_organisation_id is not null;
create index practice_move_recorded_by on practice_move (scheme_id, recorded_by) where recorded_by is not null;
create index practice_move_decided_by on practice_move (scheme_id, decided_by) where decided_by is not null;
call secure_by_scheme('practice_move');

-- Somebody moves out of the scheme's area while a worker has them.
create table area_move (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  referral_id uuid not null,
  moved_on date not null,
  where_to text not null check (length(where_to) between 1 and 200),
  -- To be decided, to be handed to another scheme, or kept until a day; and over.
  state text not null check (state in ('open', 'handing_over', 'kept', 'ended')),
  keep_until date,
  outcome text check (outcome in ('closed', 'handed_over', 'stays', 'referral_ended')),
  recorded_by uuid,
  recorded_at timestamptz not null,
  decided_at timestamptz,
  ended_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  check ((state = 'kept') = (keep_until is not null)),
  check ((state = 'ended') = (ended_at is not null)),
  check ((state = 'ended') = (outcome is not null)),
  check (state not in ('handing_over', 'kept') or decided_at is not null)
);
create unique index area_move_live on area_move (scheme_id, referral_id) where state <> 'ended';
create index area_move_referral on area_move (scheme_id, referral_id, id);
create index area_move_recorded_by on area_move (scheme_id, recorded_by) where recorded_by is not null;
call secure_by_scheme('area_move');

create table area_move_history (
  scheme_id uuid not null references scheme,
  id uuid not null,
  area_move_id uuid not null,
  at timestamptz not null,
  action text not null check (action in ('record', 'hand_over', 'keep', 'close', 'cancel', 'end')),
  actor_id uuid,
  actor_name text,
  keep_until date,
  reason text check (length(reason) between 1 and 1000),
  primary key (scheme_id, id),
  foreign key (scheme_id, area_move_id) references area_move (scheme_id, id)
);
create index area_move_history_move on area_move_history (scheme_id, area_move_id, id);
call secure_by_scheme('area_move_history');
call append_only('area_move_history');

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
      replace(said, 'ARRAY[', 'ARRAY[''practice_move''::text, ''area_move''::text, '));
  end loop;
end $$;
-- A practice may have been left by somebody whose referral it sent has been joined to another.
do $$
declare
  said text := (select pg_get_expr(conbin, conrelid) from pg_constraint
    where conrelid = 'reminder'::regclass and conname = 'reminder_about');
begin
  alter table reminder drop constraint reminder_about;
  execute format('alter table reminder add constraint reminder_about check (subject_kind = ''practice_move'' or %s)', said);
end $$;
