create table referral (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  -- What people quote on the telephone. Never a name or a number of the person.
  reference text not null,
  client_id uuid,
  -- The person as this sender described them: all that the sender is ever shown, whoever triage finds them to be.
  sent_client_id uuid,
  -- The sender's own earlier referral of the same person, as it said: a hint for triage, never a fact.
  same_person_as uuid,
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
  returned_at timestamptz,
  returned_because text,
  returned_missing text[] not null default '{}' check (returned_missing <@ array['agreement', 'contact_details', 'reasons', 'risks', 'nhs_number', 'gp_practice', 'wrong_person', 'other']),
  accepted_at timestamptz,
  allocated_at timestamptz,
  begun_at timestamptz,
  ended_at timestamptz,
  end_reason text check (end_reason in ('done', 'person_said_no', 'no_longer_needed', 'could_not_reach', 'moved_away', 'handed_to_another_scheme', 'too_unwell', 'outside_area', 'not_eligible', 'needs_another_service', 'no_capacity', 'nothing_suitable', 'sent_in_error', 'duplicate', 'other', 'died', 'agreement_withdrawn', 'wrong_person', 'entered_twice', 'test')),
  end_side text check (end_side in ('client', 'provider', 'scheme', 'referrer')),
  end_note text,
  result text check (result in ('helped', 'partly_helped', 'not_helped', 'not_known', 'died')),
  may_ask_again boolean,
  -- The first closing, kept when a referral is reopened.
  original_closing jsonb,
  joined_into uuid,
  -- What its own sender said, kept when a joined referral adds reasons or risks: nobody is shown another's words.
  as_sent jsonb,
  -- What the sender is told, kept with every move, so that reading it takes the same time and shows the same bytes
  -- whatever triage found.
  told_status text not null check (told_status in ('draft', 'sent', 'returned', 'taken_on', 'in_touch', 'not_taken_on', 'closed', 'withdrawn', 'entered_in_error')),
  told_at timestamptz not null,
  told_why text check (told_why in ('person_said_no', 'could_not_take', 'sent_in_error', 'moved', 'could_not_reach', 'done', 'died', 'other')),
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
  foreign key (scheme_id, same_person_as) references referral (scheme_id, id),
  -- P1: every open referral has exactly one owner and one next date; anything else cannot be written.
  constraint referral_owner_and_date check (
    case
      when state in ('sent', 'returned', 'accepted')
        then owner_kind = 'triage' and owner_id is null and next_at is not null
          and next_kind = case state when 'sent' then 'triage' when 'returned' then 'return' else 'allocate' end
      when state in ('allocated', 'active', 'on_hold')
        then owner_kind = 'worker' and owner_id is not null and next_at is not null
          and next_kind = case state when 'allocated' then 'first_contact' when 'active' then 'next_contact' else 'resume' end
      else owner_kind is null and owner_id is null and next_at is null and next_kind is null
    end is true),
  constraint referral_has_client check (state in ('draft', 'entered_in_error') or client_id is not null),
  constraint referral_draft check ((state = 'draft') = (draft is not null)),
  constraint referral_held check ((state = 'on_hold') = (held_from is not null)),
  constraint referral_joined check ((state = 'joined') = (joined_into is not null)),
  constraint referral_ended check ((state in ('joined', 'declined', 'closed', 'withdrawn', 'entered_in_error')) = (ended_at is not null)),
  constraint referral_reason check (state not in ('declined', 'closed', 'withdrawn') or (end_reason is not null and end_side is not null)),
  constraint referral_result check (state <> 'closed' or result is not null)
);
-- P2: one open referral per client and scheme.
create unique index referral_open_client on referral (scheme_id, client_id)
  where state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold');
create unique index referral_reference on referral (scheme_id, reference);
create unique index referral_external on referral (scheme_id, organisation_id, external_id) where external_id is not null;
-- The worklists: a worker's caseload, every worker's, the triage queue oldest first, a practice's own.
create index referral_caseload on referral (scheme_id, owner_id, next_at, id) where owner_kind = 'worker';
create index referral_next on referral (scheme_id, next_at, id) where owner_kind is not null;
create index referral_triage on referral (scheme_id, sent_at, id) where owner_kind = 'triage';
create index referral_organisation on referral (scheme_id, organisation_id, id);
create index referral_client on referral (scheme_id, client_id, id);
create index referral_sent_client on referral (scheme_id, sent_client_id);
create index referral_author on referral (scheme_id, author_id, id);
create index referral_joined_into on referral (scheme_id, joined_into) where joined_into is not null;
create index referral_same_person on referral (scheme_id, same_person_as) where same_person_as is not null;
create index referral_agreement on referral (scheme_id, agreement_id);
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
  -- No foreign key to the referral: the history of a discarded draft outlives it.
  primary key (scheme_id, id)
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
create index referral_assignment_referral on referral_assignment (scheme_id, referral_id, starts_at);
create index referral_assignment_owner on referral_assignment (scheme_id, owner_id);
call secure_by_scheme('referral_assignment');
