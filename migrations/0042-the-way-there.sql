-- The register of a session, kept by link.
alter table reply_link add column register_id uuid;
alter table reply_link add foreign key (scheme_id, register_id) references register (scheme_id, id);
create index reply_link_register on reply_link (scheme_id, register_id) where register_id is not null;
alter table reply_link drop constraint reply_link_purpose_check;
alter table reply_link add constraint reply_link_purpose_check
  check (purpose in ('answer', 'in_touch', 'how_did_it_go', 'ended', 'again', 'listing_check', 'register'));
alter table reply_link drop constraint reply_link_check;
alter table reply_link add constraint reply_link_check check (num_nonnulls(onward_referral_id, listing_id, register_id) = 1);

-- Somebody goes along the first time: who, when, and what came of it.
create table warm_handover (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  onward_referral_id uuid not null,
  -- A colleague, or somebody else who is not named.
  goes_id uuid,
  goes_else text check (goes_else in ('family_or_friend', 'carer', 'volunteer', 'interpreter', 'somebody_else')),
  meet_at timestamptz not null,
  place text check (length(place) between 1 and 200),
  state text not null check (state in ('arranged', 'settled', 'cancelled')),
  outcome text check (outcome in ('they_met', 'person_did_not_come', 'companion_did_not_come', 'session_did_not_happen')),
  note text check (length(note) between 1 and 1000),
  arranged_by uuid,
  arranged_at timestamptz not null,
  ended_by uuid,
  ended_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, onward_referral_id) references onward_referral (scheme_id, id),
  foreign key (scheme_id, goes_id) references membership (scheme_id, id),
  foreign key (scheme_id, arranged_by) references membership (scheme_id, id),
  foreign key (scheme_id, ended_by) references membership (scheme_id, id),
  check (num_nonnulls(goes_id, goes_else) = 1),
  check ((state = 'arranged') = (ended_at is null)),
  check ((state = 'settled') = (outcome is not null))
);
create unique index warm_handover_arranged on warm_handover (scheme_id, onward_referral_id) where state = 'arranged';
create index warm_handover_onward on warm_handover (scheme_id, onward_referral_id, id);
create index warm_handover_goes on warm_handover (scheme_id, goes_id) where goes_id is not null;
create index warm_handover_arranged_by on warm_handover (scheme_id, arranged_by) where arranged_by is not null;
create index warm_handover_ended_by on warm_handover (scheme_id, ended_by) where ended_by is not null;
call secure_by_scheme('warm_handover');

-- What reminders and tasks may be about grows by name, whatever stands in the lists already.
create procedure add_subject(target text, word text) language plpgsql as $$
declare
  found record;
begin
  for found in
    select conname as name, pg_get_constraintdef(oid) as said from pg_constraint
    where conrelid = target::regclass and conname = target || '_subject_kind_check'
  loop
    execute format('alter table %I drop constraint %I', target, found.name);
    execute format('alter table %I add constraint %I %s', target, found.name,
      regexp_replace(found.said, 'ARRAY\[', format('ARRAY[%L::text, ', word)));
  end loop;
end $$;
call add_subject('reminder', 'warm_handover');
call add_subject('task', 'warm_handover');
call add_subject('reminder', 'safety_message');
call add_subject('task', 'safety_message');
drop procedure add_subject;

-- What cannot wait for tomorrow's digest is told at once to whoever's list it stands on, once by each way.
alter table message drop constraint message_kind_check;
alter table message add constraint message_kind_check check (kind in ('client', 'group', 'referrer', 'inbox', 'digest', 'weekly', 'notice'));
alter table message add column task_id uuid;
alter table message add foreign key (scheme_id, task_id) references task (scheme_id, id) on delete set null (task_id);
create unique index message_notice on message (scheme_id, task_id, membership_id, channel) where task_id is not null;
drop index message_waiting;
create unique index message_waiting on message (scheme_id, kind, recipient_kind, channel, coalesce(client_id, organisation_id, membership_id))
  where state = 'ready' and digest_on is null and attempts = 0 and kind <> 'notice';

-- Nobody could be reached and somebody worries for their safety: the practice is written to, and says that it has read it.
create table safety_message (
  scheme_id uuid not null references scheme,
  id uuid not null,
  referral_id uuid not null,
  organisation_id uuid not null,
  sent_by uuid,
  sent_at timestamptz not null,
  answer_by timestamptz not null,
  read_at timestamptz,
  -- By link, or to somebody who rang and heard it from whom.
  read_through text check (read_through in ('link', 'phone')),
  read_by text check (length(read_by) between 1 and 200),
  noted_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, sent_by) references membership (scheme_id, id),
  foreign key (scheme_id, noted_by) references membership (scheme_id, id),
  check ((read_at is null) = (read_through is null)),
  check ((read_through = 'phone') is not distinct from (noted_by is not null) or read_through is null)
);
create unique index safety_message_open on safety_message (scheme_id, referral_id, organisation_id) where read_at is null;
create index safety_message_referral on safety_message (scheme_id, referral_id, id);
create index safety_message_organisation on safety_message (scheme_id, organisation_id);
create index safety_message_sent_by on safety_message (scheme_id, sent_by) where sent_by is not null;
create index safety_message_noted_by on safety_message (scheme_id, noted_by) where noted_by is not null;
call secure_by_scheme('safety_message');
alter table one_time_link drop constraint one_time_link_purpose_check;
alter table one_time_link add constraint one_time_link_purpose_check check (purpose in ('invitation', 'password_reset', 'claim', 'safety_message'));
