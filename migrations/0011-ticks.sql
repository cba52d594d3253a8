-- When each periodic task is due next, for each scheme or (all zeros) the installation.
create table tick (
  name text not null,
  scheme_id uuid not null,
  due_at timestamptz not null,
  primary key (name, scheme_id)
);
create index tick_due on tick (due_at);
-- Old lines are forgotten oldest first.
create index outbox_finished on outbox (finished_at) where finished_at is not null;
