-- What was seen of a group's safety checks: one live row a requirement; what replaced or ended it stays readable.
create table assurance_record (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  requirement text not null check (requirement in ('safeguarding_policy', 'dbs_practice', 'insurance', 'data_protection', 'food_hygiene', 'awareness_training')),
  -- The highest level of service it is good enough for.
  level text not null check (level in ('personal_contact', 'alone_or_vulnerable')),
  -- Why the group need not have it, until the lapse.
  exempt_because text,
  -- Who looked, where that is somebody else than who wrote it down.
  checked_by text,
  checked_on date not null,
  -- The last day on which it counts.
  lapses_on date not null,
  lead_name text,
  deputy_name text,
  note text,
  recorded_by uuid,
  recorded_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  check (lapses_on >= checked_on),
  check ((ended_at is null) = (end_reason is null)),
  check (requirement = 'safeguarding_policy' or lead_name is null and deputy_name is null)
);
create unique index assurance_record_live on assurance_record (scheme_id, organisation_id, requirement) where ended_at is null;
create index assurance_record_provider on assurance_record (scheme_id, organisation_id, id);
create index assurance_record_recorded_by on assurance_record (scheme_id, recorded_by) where recorded_by is not null;
call secure_by_scheme('assurance_record');

-- The level was typed. From here on it follows from the records above; a level nobody can show a check for is not kept.
alter table provider drop column assured_level, drop column assured_until, drop column assured_note;
alter table provider add column personal_contact_until date, add column alone_until date;
alter table provider add constraint provider_alone check (alone_until <= personal_contact_until or alone_until is null);

-- Reminders and tasks about a group's safety checks and services belong to nobody's referral.
alter table reminder alter column referral_id drop not null;
alter table reminder drop constraint reminder_subject_kind_check;
alter table reminder add constraint reminder_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing'));
alter table reminder add constraint reminder_about check ((referral_id is null) = (subject_kind in ('assurance', 'listing')));
alter table task drop constraint task_subject_kind_check;
alter table task add constraint task_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing', 'organisation', 'message'));
