-- Somebody is handed to another scheme: what was agreed, exactly what travels, and what the other scheme said.
create table transfer (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  referral_id uuid not null,
  -- To a scheme of this installation, or by a copy to one that is not.
  how text not null check (how in ('scheme', 'document')),
  to_scheme_id uuid references scheme,
  to_name text not null check (length(to_name) between 1 and 200),
  items text[] not null check (items <@ array['about_them', 'reasons', 'risks', 'plan', 'contacts']),
  agreement jsonb not null,
  carries jsonb not null,
  -- For the closing, once there is a receipt.
  result text not null check (result in ('helped', 'partly_helped', 'not_helped', 'not_known')),
  no_response_because text not null check (no_response_because in ('declined', 'could_not_reach', 'moved', 'not_appropriate', 'sent_in_error')),
  state text not null check (state in ('offered', 'received', 'refused', 'expired', 'cancelled')),
  offered_by uuid,
  offered_at timestamptz not null,
  answer_by timestamptz not null,
  ended_by uuid,
  ended_at timestamptz,
  -- Who said so over there.
  answered_by text check (length(answered_by) between 1 and 200),
  receipt text check (length(receipt) between 1 and 100),
  reason text check (length(reason) between 1 and 1000),
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, offered_by) references membership (scheme_id, id),
  foreign key (scheme_id, ended_by) references membership (scheme_id, id),
  check ((how = 'scheme') = (to_scheme_id is not null)),
  check (to_scheme_id <> scheme_id),
  check ((state = 'offered') = (ended_at is null)),
  check (state <> 'received' or answered_by is not null)
);
create unique index transfer_offered on transfer (scheme_id, referral_id) where state = 'offered';
create index transfer_referral on transfer (scheme_id, referral_id, id);
create index transfer_to_scheme on transfer (to_scheme_id) where to_scheme_id is not null;
create index transfer_offered_by on transfer (scheme_id, offered_by) where offered_by is not null;
create index transfer_ended_by on transfer (scheme_id, ended_by) where ended_by is not null;
call secure_by_scheme('transfer');

-- What lies between two schemes, and only while it waits for an answer: the one row of a person that two schemes can read.
-- The sender writes it and takes it back; the receiver reads it, and may do nothing but answer what waits for them.
create table transfer_parcel (
  scheme_id uuid not null references scheme,
  id uuid not null,
  to_scheme_id uuid not null references scheme,
  from_name text not null,
  state text not null check (state in ('offered', 'received', 'refused', 'expired', 'cancelled')),
  agreement jsonb,
  carries jsonb,
  sent_at timestamptz not null,
  answer_by timestamptz not null,
  answered_at timestamptz,
  answered_by text,
  receipt text,
  reason text,
  primary key (scheme_id, id),
  unique (id),
  foreign key (scheme_id, id) references transfer (scheme_id, id),
  check (to_scheme_id <> scheme_id),
  -- Nothing of anybody stays behind.
  check ((state = 'offered') = (carries is not null) and (carries is null) = (agreement is null))
);
create index transfer_parcel_to on transfer_parcel (to_scheme_id, id);
alter table transfer_parcel enable row level security;
alter table transfer_parcel force row level security;
create policy sender on transfer_parcel using (scheme_id = bound_scheme()) with check (scheme_id = bound_scheme());
create policy receiver_reads on transfer_parcel for select using (to_scheme_id = bound_scheme());
create policy receiver_answers on transfer_parcel for update
  using (to_scheme_id = bound_scheme() and state = 'offered')
  with check (to_scheme_id = bound_scheme() and state in ('received', 'refused'));
-- A policy cannot compare with the row before: an answer moves nothing but the answer.
create function keep_parcel_addressed() returns trigger language plpgsql as $$
begin
  if (new.scheme_id, new.id, new.to_scheme_id, new.from_name, new.sent_at, new.answer_by)
    is distinct from (old.scheme_id, old.id, old.to_scheme_id, old.from_name, old.sent_at, old.answer_by) then
    raise exception 'A parcel keeps its address' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger keep_addressed before update on transfer_parcel for each row execute function keep_parcel_addressed();

-- What came with somebody whom this scheme took on from another.
create table transfer_in (
  scheme_id uuid not null references scheme,
  id uuid not null,
  referral_id uuid not null,
  from_name text not null,
  carries jsonb not null,
  received_by uuid,
  received_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, received_by) references membership (scheme_id, id)
);
create unique index transfer_in_referral on transfer_in (scheme_id, referral_id);
create index transfer_in_received_by on transfer_in (scheme_id, received_by) where received_by is not null;
call secure_by_scheme('transfer_in');

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
      replace(said, 'ARRAY[', 'ARRAY[''transfer''::text, '));
  end loop;
end $$;
-- To the scheme that is asked it is about no referral of its own.
do $$
declare
  said text := (select pg_get_expr(conbin, conrelid) from pg_constraint
    where conrelid = 'reminder'::regclass and conname = 'reminder_about');
begin
  alter table reminder drop constraint reminder_about;
  execute format('alter table reminder add constraint reminder_about check (subject_kind = ''transfer'' or %s)', said);
end $$;
