create table referral (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  -- What people quote on the telephone. Never a name or a number of the person.
  reference text not null,
  client_id uuid,
  -- The person as this sender described them: all that the sender is ever shown, whoever triage finds them to be.
  sent_client_id uuid,
  route text not null check (route in ('gp', 'professional', 'community', 'self')),
  state text not null check (state in ('draft', 'sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold', 'joined', 'declined', 'closed', 'withdrawn', 'entered_in_error')),
  held_from text check (held_from in ('allocated', 'active')),
  organisation_id uuid,
  author_id uuid,
  sender_name text,
  sender_role text,
  sender_contact text,
  -- What a draft holds before a person may be recorded; emptied by sending.
  draft jsonb,
  reasons text[] not null default '{}',
  reason_note text,
  note text,
  risks text[] not null default '{}',
  no_known_risks boolean not null default false,
  risk_note text,
  agreement_id uuid,
  feedback text not null default 'progress' check (feedback in ('everything', 'progress', 'nothing')),
  external_id text,
  owner_kind text check (owner_kind in ('triage', 'worker')),
  owner_id uuid,
  next_at timestamptz,
  next_kind text check (next_kind in ('triage', 'return', 'allocate', 'first_contact', 'next_contact', 'resume')),
  sent_at timestamptz,
  returned_because text,
  accepted_at timestamptz,
  allocated_at timestamptz,
  begun_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  end_side text check (end_side in ('client', 'provider', 'scheme', 'referrer')),
  end_note text,
  result text,
  may_ask_again boolean,
  joined_into uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, sent_client_id) references client (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, author_id) references membership (scheme_id, id),
  foreign key (scheme_id, owner_id) references membership (scheme_id, id),
  foreign key (scheme_id, agreement_id) references agreement (scheme_id, id),
  foreign key (scheme_id, joined_into) references referral (scheme_id, id),
  -- P1: every open referral has exactly one owner and one next date; anything else cannot be written.
  constraint referral_owner_and_date check (
    case
      when state in ('sent', 'returned', 'accepted')
        then owner_kind = 'triage' and owner_id is null and next_at is not null and next_kind is not null
      when state in ('allocated', 'active', 'on_hold')
        then owner_kind = 'worker' and owner_id is not null and next_at is not null and next_kind is not null
      else owner_kind is null and owner_id is null and next_at is null and next_kind is null
    end is true),
  constraint referral_has_client check (state in ('draft', 'entered_in_error') or client_id is not null),
  constraint referral_draft check ((state = 'draft') = (draft is not null)),
  constraint referral_held check ((state = 'on_hold') = (held_from is not null)),
  constraint referral_joined check ((state = 'joined') = (joined_into is not null))
);
-- P2: one open referral per client and scheme.
create unique index referral_open_client on referral (scheme_id, client_id)
  where state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold');
create unique index referral_reference on referral (scheme_id, reference);
create unique index referral_external on referral (scheme_id, organisation_id, external_id) where external_id is not null;
-- The worklists: a worker's caseload, the triage queue, a practice's own.
create index referral_caseload on referral (scheme_id, owner_id, next_at, id) where owner_kind = 'worker';
create index referral_triage on referral (scheme_id, next_at, id) where owner_kind = 'triage';
create index referral_organisation on referral (scheme_id, organisation_id, id);
create index referral_client on referral (scheme_id, client_id, id);
create index referral_sent_client on referral (scheme_id, sent_client_id);
create index referral_author on referral (scheme_id, author_id) where state = 'draft';
create index referral_joined_into on referral (scheme_id, joined_into) where joined_into is not null;
create index referral_agreement on referral (scheme_id, agreement_id);
create index referral_recent on referral (scheme_id, id);
call secure_by_scheme('referral');

create table referral_history (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  at timestamptz not null,
  action text not null,
  from_state text,
  to_state text,
  actor_id uuid,
  actor_name text,
  reason text,
  side text,
  note text,
  details jsonb not null default '{}',
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id)
);
create index referral_history_referral on referral_history (scheme_id, referral_id, id);
call secure_by_scheme('referral_history');
call append_only('referral_history');

create table referral_assignment (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  owner_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  reason text,
  assigned_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, owner_id) references membership (scheme_id, id)
);
create unique index referral_assignment_current on referral_assignment (scheme_id, referral_id) where ends_at is null;
create index referral_assignment_owner on referral_assignment (scheme_id, owner_id);
call secure_by_scheme('referral_assignment');
