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

-- Whom an organisation's own sign-in means by a subject. Made once, by an address that both know; from then on the subject
-- alone counts, so that an address given to somebody else there opens nothing here.
create table organisation_identity (
  issuer text not null check (length(issuer) between 1 and 500),
  subject text not null check (length(subject) between 1 and 255),
  account_id uuid not null references user_account,
  created_at timestamptz not null,
  primary key (issuer, subject),
  unique (account_id, issuer)
);
alter table session drop constraint session_factor_check;
alter table session add constraint session_factor_check check (factor in ('totp', 'recovery', 'mail', 'organisation'));

-- What somebody was typing when their session ended, until they go on with it. Encrypted, since it may be about anybody;
-- gone after a week.
create table kept_form (
  scheme_id uuid not null references scheme,
  id uuid not null,
  membership_id uuid not null,
  -- Where the form was going.
  path text not null check (length(path) between 1 and 500),
  answers text not null,
  kept_at timestamptz not null,
  primary key (scheme_id, id),
  unique (scheme_id, membership_id, path),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id)
);
create index kept_form_old on kept_form (scheme_id, kept_at);
call secure_by_scheme('kept_form');
