-- Where a program is told what happens. What signs it is derived from its id and number, and kept nowhere.
create table webhook (
  scheme_id uuid not null references scheme,
  id uuid not null,
  membership_id uuid not null,
  url text not null check (length(url) <= 500),
  events text[] not null check (cardinality(events) > 0),
  version integer not null default 1,
  secret_number integer not null default 1,
  -- Until then the secret before it signs as well.
  old_secret_until timestamptz,
  created_by uuid,
  created_at timestamptz not null,
  -- Since when nothing has been taken; null while it is, or nothing was told yet.
  failing_since timestamptz,
  -- Whoever tells it something now; somebody else may once this is over.
  telling_until timestamptz,
  off_at timestamptz,
  off_because text check (off_because in ('by_hand', 'failing', 'gone')),
  primary key (scheme_id, id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id),
  foreign key (scheme_id, created_by) references membership (scheme_id, id),
  check ((off_at is null) = (off_because is null))
);
create index webhook_membership on webhook (scheme_id, membership_id, id);
create index webhook_maker on webhook (scheme_id, created_by) where created_by is not null;
call secure_by_scheme('webhook');

-- One thing told to one webhook: the queue only hurries, this is what counts.
create table webhook_delivery (
  scheme_id uuid not null references scheme,
  id uuid not null,
  webhook_id uuid not null,
  -- The place in the outbox of the line it comes from; null of a test.
  seq bigint,
  happened_at timestamptz not null,
  event text not null,
  subject_id uuid,
  reference text,
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'failed', 'kept_back')),
  tries integer not null default 0,
  due_at timestamptz not null,
  give_up_at timestamptz not null,
  told_at timestamptz,
  status integer,
  because text,
  answer text check (length(answer) <= 500),
  created_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, webhook_id) references webhook (scheme_id, id)
);
-- Of several lines of one moment that tell the same, one is told.
create unique index webhook_delivery_once on webhook_delivery (scheme_id, webhook_id, subject_id, event, happened_at) where subject_id is not null;
create index webhook_delivery_log on webhook_delivery (scheme_id, webhook_id, id);
create index webhook_delivery_due on webhook_delivery (scheme_id, webhook_id, due_at) where state = 'waiting';
create index webhook_delivery_age on webhook_delivery (scheme_id, created_at);
call secure_by_scheme('webhook_delivery');
