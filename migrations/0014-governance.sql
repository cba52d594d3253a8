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

-- Reminders and tasks about a group's safety checks, services and concerns belong to nobody's referral.
alter table reminder alter column referral_id drop not null;
alter table reminder drop constraint reminder_subject_kind_check;
alter table reminder add constraint reminder_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing', 'concern'));
alter table reminder add constraint reminder_about check ((referral_id is null) = (subject_kind in ('assurance', 'listing', 'concern')));
alter table task drop constraint task_subject_kind_check;
alter table task add constraint task_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing', 'concern', 'organisation', 'message'));

-- The local agreement, by version. The words of what a group signed never change.
create table covenant (
  scheme_id uuid not null references scheme,
  id uuid not null,
  number integer not null check (number > 0),
  words text not null,
  -- [{ code, words }], in order; `no_religious_pressure` is known to the product.
  commitments jsonb not null check (jsonb_array_length(commitments) > 0),
  published_by uuid,
  published_at timestamptz not null,
  primary key (scheme_id, id),
  unique (scheme_id, number),
  foreign key (scheme_id, published_by) references membership (scheme_id, id)
);
create index covenant_published_by on covenant (scheme_id, published_by) where published_by is not null;
call secure_by_scheme('covenant');
call append_only('covenant');

-- Which version a group signed, who for it, and to which of its commitments. One live row a group.
create table covenant_signature (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  covenant_id uuid not null,
  signed_by text,
  signed_on date not null,
  commitments text[] not null check (cardinality(commitments) > 0),
  recorded_by uuid,
  recorded_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, covenant_id) references covenant (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  check ((ended_at is null) = (end_reason is null))
);
create unique index covenant_signature_live on covenant_signature (scheme_id, organisation_id) where ended_at is null;
create index covenant_signature_provider on covenant_signature (scheme_id, organisation_id, id);
create index covenant_signature_covenant on covenant_signature (scheme_id, covenant_id);
create index covenant_signature_recorded_by on covenant_signature (scheme_id, recorded_by) where recorded_by is not null;
call secure_by_scheme('covenant_signature');
alter table provider add column no_pressure_agreed boolean not null default false;

-- Pressure or unequal treatment, as somebody met it. Read by the scheme alone; no row of a group's own names it.
create table concern (
  scheme_id uuid not null references scheme,
  id uuid not null,
  organisation_id uuid not null,
  client_id uuid,
  kind text not null check (kind in ('religious_pressure', 'other_pressure', 'unequal_treatment')),
  told_by text not null check (told_by in ('client', 'carer', 'worker', 'somebody_else')),
  what text not null,
  happened_on date,
  raised_by uuid,
  raised_at timestamptz not null,
  outcome text check (outcome in ('upheld', 'not_upheld', 'could_not_tell')),
  review_note text,
  reviewed_by uuid,
  reviewed_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, raised_by) references membership (scheme_id, id),
  foreign key (scheme_id, reviewed_by) references membership (scheme_id, id),
  check ((outcome is null) = (reviewed_at is null)),
  check ((outcome is null) = (review_note is null))
);
create index concern_provider on concern (scheme_id, organisation_id, id);
create index concern_open on concern (scheme_id, id) where reviewed_at is null;
create index concern_client on concern (scheme_id, client_id) where client_id is not null;
create index concern_raised_by on concern (scheme_id, raised_by) where raised_by is not null;
create index concern_reviewed_by on concern (scheme_id, reviewed_by) where reviewed_by is not null;
call secure_by_scheme('concern');

-- What a group showed, as a file: policies, never certificates or identity documents. The bytes lie in DATA_DIR under the id.
create table evidence_file (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  kind text not null check (kind in ('safeguarding_policy', 'dbs_policy', 'insurance_policy', 'data_protection_policy', 'food_hygiene_plan', 'complaints_policy', 'photo_of_place')),
  name text not null,
  content_type text not null check (content_type in ('application/pdf', 'image/jpeg', 'image/png')),
  bytes integer not null check (bytes > 0),
  sha256 text not null,
  uploaded_by uuid,
  uploaded_at timestamptz not null,
  removed_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, uploaded_by) references membership (scheme_id, id)
);
create index evidence_file_provider on evidence_file (scheme_id, organisation_id, id);
create index evidence_file_kept on evidence_file (scheme_id, id) where removed_at is null;
create index evidence_file_uploaded_by on evidence_file (scheme_id, uploaded_by) where uploaded_by is not null;
call secure_by_scheme('evidence_file');
