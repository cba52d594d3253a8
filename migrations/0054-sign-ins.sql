-- Where somebody is signed in, in words they know again.
alter table session add column door text not null default 'page' check (door in ('page', 'api'));
alter table session add column device text check (length(device) between 1 and 100);

-- Browsers and programs that somebody has signed in with, so that a new one can be told of. Of each a hash alone.
create table known_device (
  account_id uuid not null references user_account,
  hash text not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (account_id, hash)
);
create index known_device_old on known_device (last_seen);
