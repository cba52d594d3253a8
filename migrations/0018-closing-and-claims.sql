-- A group that closed for good, and why; taken back where it was a mistake. What it closed is remembered for that.
create table provider_closure (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  reason text not null check (reason in ('nobody_to_run_it', 'no_money', 'no_place', 'joined_another', 'work_is_done', 'not_safe', 'other')),
  note text,
  closed_on date not null,
  closed_at timestamptz not null,
  closed_by uuid,
  -- [{ id, state }]: the services it closed, as they were.
  listings jsonb not null default '[]',
  reopened_at timestamptz,
  reopened_by uuid,
  reopened_because text,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, closed_by) references membership (scheme_id, id),
  foreign key (scheme_id, reopened_by) references membership (scheme_id, id),
  check ((reopened_at is null) = (reopened_because is null))
);
create unique index provider_closure_standing on provider_closure (scheme_id, organisation_id) where reopened_at is null;
create index provider_closure_provider on provider_closure (scheme_id, organisation_id, id);
create index provider_closure_closed_by on provider_closure (scheme_id, closed_by) where closed_by is not null;
create index provider_closure_reopened_by on provider_closure (scheme_id, reopened_by) where reopened_by is not null;
call secure_by_scheme('provider_closure');

alter table reminder drop constraint reminder_subject_kind_check;
alter table reminder add constraint reminder_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing', 'concern', 'closure', 'approval'));
alter table reminder drop constraint reminder_about;
alter table reminder add constraint reminder_about check ((referral_id is null) = (subject_kind in ('assurance', 'listing', 'concern', 'closure')));
alter table task drop constraint task_subject_kind_check;
alter table task add constraint task_subject_kind_check check (subject_kind in ('referral', 'onward_referral', 'appointment', 'assurance', 'listing', 'concern', 'closure', 'approval', 'organisation', 'message'));

-- An organisation that refers and provides: a second person looks before somebody is offered to its own service. It holds
-- for that referral and that service. Nothing of the offer is kept here.
create table offer_approval (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  listing_id uuid not null,
  organisation_id uuid not null,
  why text not null check (why in ('worker', 'referrer')),
  because text not null,
  state text not null check (state in ('waiting', 'approved', 'refused', 'withdrawn', 'lapsed')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decided_because text,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, asked_by) references membership (scheme_id, id),
  foreign key (scheme_id, decided_by) references membership (scheme_id, id),
  check ((state = 'waiting') = (decided_at is null)),
  check ((state in ('approved', 'refused')) = (decided_by is not null)),
  check (decided_because is not null or state <> 'refused'),
  check (decided_by <> asked_by)
);
create unique index offer_approval_live on offer_approval (scheme_id, referral_id, listing_id) where state in ('waiting', 'approved');
create index offer_approval_waiting on offer_approval (scheme_id, id) where state = 'waiting';
create index offer_approval_referral on offer_approval (scheme_id, referral_id, id);
create index offer_approval_listing on offer_approval (scheme_id, listing_id);
create index offer_approval_organisation on offer_approval (scheme_id, organisation_id);
create index offer_approval_asked_by on offer_approval (scheme_id, asked_by, id);
create index offer_approval_decided_by on offer_approval (scheme_id, decided_by) where decided_by is not null;
call secure_by_scheme('offer_approval');

-- "This is my group": asked by somebody at a public form, proved by a link to their address, decided by a manager.
create table provider_claim (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  state text not null check (state in ('asked', 'proved', 'approved', 'refused')),
  -- Forgotten some time after it was decided.
  name text,
  email text,
  email_hash text not null,
  why text,
  wants_sign_in boolean not null default false,
  asked_at timestamptz not null,
  proved_at timestamptz,
  decided_at timestamptz,
  decided_by uuid,
  decided_because text,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, decided_by) references membership (scheme_id, id),
  check ((state in ('approved', 'refused')) = (decided_at is not null)),
  check (state = 'asked' or proved_at is not null),
  check (decided_because is not null or state <> 'refused'),
  check ((name is null) = (email is null))
);
create index provider_claim_list on provider_claim (scheme_id, id) where state <> 'asked';
create index provider_claim_provider on provider_claim (scheme_id, organisation_id, asked_at);
create index provider_claim_email on provider_claim (scheme_id, email_hash, asked_at);
create index provider_claim_decided_by on provider_claim (scheme_id, decided_by) where decided_by is not null;
create index provider_claim_named on provider_claim (scheme_id, asked_at) where name is not null;
call secure_by_scheme('provider_claim');

alter table one_time_link drop constraint one_time_link_purpose_check;
alter table one_time_link add constraint one_time_link_purpose_check check (purpose in ('invitation', 'password_reset', 'claim'));

-- Which words about what is kept of them an address was last told, and in which message: sent again, that tells it again.
alter table contact_point add column notice_version text, add column notice_message_id uuid;
