-- What is due, when, to whom. Made, changed and dropped in the same transaction as the move of what it is about. No
-- foreign keys to subjects or clients, on purpose: these rows are derived from theirs, and a key would lock the subject
-- after them, in the opposite order of every verb.
create table reminder (
  scheme_id uuid not null references scheme,
  id uuid not null,
  kind text not null,
  step smallint not null check (step > 0),
  subject_kind text not null check (subject_kind in ('referral', 'onward_referral', 'appointment')),
  subject_id uuid not null,
  referral_id uuid not null,
  client_id uuid,
  -- The moment it counts from: a kind and step is told once for each.
  occasion timestamptz not null,
  due_at timestamptz not null,
  -- Done by the product itself, in a transaction of its own.
  by_product boolean not null default false,
  state text not null check (state in ('waiting', 'done', 'dropped')),
  outcome text check (outcome in ('task', 'message', 'done_by_product', 'told_before', 'moved_on', 'superseded', 'too_late', 'nobody_to_tell')),
  message_id uuid,
  created_at timestamptz not null,
  done_at timestamptz,
  primary key (scheme_id, id),
  check ((state = 'waiting') = (outcome is null)),
  check ((state = 'waiting') = (done_at is null)),
  check ((outcome = 'message') is not distinct from (message_id is not null) or outcome is null)
);
create unique index reminder_occasion on reminder (scheme_id, subject_id, kind, step, occasion);
create unique index reminder_waiting on reminder (scheme_id, subject_id, kind, step) where state = 'waiting';
create index reminder_due on reminder (scheme_id, due_at, id) where state = 'waiting';
create index reminder_client on reminder (scheme_id, client_id) where state = 'waiting';
call secure_by_scheme('reminder');

-- The ledger of what was written to whom. Addresses and words are read when a message is sent and kept nowhere.
create table message (
  scheme_id uuid not null references scheme,
  id uuid not null,
  kind text not null check (kind in ('client', 'group', 'referrer', 'inbox', 'digest')),
  channel text not null check (channel in ('email')),
  recipient_kind text not null check (recipient_kind in ('client', 'provider', 'referrer', 'staff')),
  client_id uuid,
  organisation_id uuid,
  membership_id uuid,
  -- The working day of a digest.
  digest_on date,
  -- Fixed here, so that a repeat is seen to be one.
  message_id text not null,
  state text not null check (state in ('ready', 'sending', 'sent', 'failed', 'unconfirmed', 'cancelled')),
  -- Why it was cancelled, failed or has to be tried again.
  because text,
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null,
  claimed_at timestamptz,
  sent_at timestamptz,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id),
  -- P7: one recipient.
  constraint message_recipient check (
    case recipient_kind
      when 'client' then client_id is not null and organisation_id is null and membership_id is null
      when 'provider' then client_id is null and organisation_id is not null and membership_id is null
      when 'staff' then client_id is null and organisation_id is null and membership_id is not null
      else client_id is null and num_nonnulls(organisation_id, membership_id) = 1
    end),
  constraint message_claimed check ((state = 'sending') = (claimed_at is not null)),
  constraint message_sent check ((state = 'sent') = (sent_at is not null)),
  constraint message_settled check ((state in ('ready', 'sending')) = (settled_at is null)),
  -- P6: at most once. A client's message is never repeated where nobody knows what became of it.
  constraint message_unconfirmed check (state <> 'unconfirmed' or recipient_kind = 'client')
);
alter table reminder add foreign key (scheme_id, message_id) references message (scheme_id, id);
create index reminder_message on reminder (scheme_id, message_id) where message_id is not null;
-- What falls due for somebody who has a message waiting goes into that one.
create unique index message_waiting on message (scheme_id, kind, recipient_kind, coalesce(client_id, organisation_id, membership_id))
  where state = 'ready' and digest_on is null;
create unique index message_digest on message (scheme_id, kind, coalesce(organisation_id, membership_id), digest_on) where digest_on is not null;
create unique index message_header on message (scheme_id, message_id);
create index message_ready on message (scheme_id, next_attempt_at, id) where state = 'ready';
create index message_sending on message (scheme_id, claimed_at, id) where state = 'sending';
create index message_client on message (scheme_id, client_id, id) where client_id is not null;
create index message_organisation on message (scheme_id, organisation_id, id) where organisation_id is not null;
create index message_membership on message (scheme_id, membership_id, id) where membership_id is not null;
call secure_by_scheme('message');

-- What a person is asked to do. It ends when they say so, or by itself when what it is about moves on.
create table task (
  scheme_id uuid not null references scheme,
  id uuid not null,
  kind text not null,
  audience text not null check (audience in ('membership', 'triage', 'managers', 'organisation')),
  audience_id uuid,
  -- `late`: asked before, and nothing happened.
  late boolean not null default false,
  subject_kind text not null check (subject_kind in ('referral', 'onward_referral', 'appointment', 'message')),
  subject_id uuid not null,
  referral_id uuid,
  client_id uuid,
  -- Of the reminder it came from; null for what the ledger asks.
  step smallint,
  occasion timestamptz,
  due_at timestamptz not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  outcome text check (outcome in ('finished', 'moved_on')),
  primary key (scheme_id, id),
  foreign key (scheme_id, ended_by) references membership (scheme_id, id),
  check ((audience in ('membership', 'organisation')) = (audience_id is not null)),
  check ((ended_at is null) = (outcome is null)),
  check (ended_by is null or ended_at is not null)
);
-- One open task a subject, kind and list: what is asked again turns late.
create unique index task_open on task (scheme_id, subject_id, kind, audience) where ended_at is null;
create index task_list on task (scheme_id, audience_id, due_at, id) where ended_at is null;
create index task_audience on task (scheme_id, audience, due_at, id) where ended_at is null;
create index task_waiting on task (scheme_id, due_at, id) where ended_at is null;
create index task_referral on task (scheme_id, referral_id) where ended_at is null;
create index task_client on task (scheme_id, client_id) where ended_at is null;
create index task_ended_by on task (scheme_id, ended_by) where ended_by is not null;
call secure_by_scheme('task');

-- Which days' digests were made: one a person and working day, however many workers look.
create table digest_day (
  scheme_id uuid not null references scheme,
  day date not null,
  made_at timestamptz not null,
  primary key (scheme_id, day)
);
call secure_by_scheme('digest_day');
