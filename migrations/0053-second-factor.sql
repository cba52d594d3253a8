-- What somebody shows beside a password. Of the account, so installation-wide like it; the secret is encrypted with a key
-- that is kept apart from the database.
create table second_factor (
  account_id uuid primary key references user_account,
  kind text not null check (kind in ('totp', 'mail')),
  secret text,
  -- The newest time step of which a code was shown: a code is good once.
  used_step bigint,
  since timestamptz not null,
  check ((kind = 'totp') = (secret is not null)),
  check ((kind = 'totp') = (used_step is not null))
);

create table recovery_code (
  account_id uuid not null references second_factor on delete cascade,
  hash text not null,
  used_at timestamptz,
  primary key (account_id, hash)
);

-- A secret that is shown to be scanned, until a code made from it comes back. It belongs to one session or one unfinished
-- sign-in: nobody else can have it confirmed.
create table second_factor_offer (
  holder_id uuid primary key,
  account_id uuid not null references user_account,
  secret text not null,
  expires_at timestamptz not null
);
create index second_factor_offer_account on second_factor_offer (account_id);

-- Whose password was right and who has more to show. Good for one sign-in, at the door where it began.
create table sign_in_challenge (
  hash text primary key,
  id uuid not null unique,
  account_id uuid not null references user_account,
  scheme_id uuid not null references scheme,
  door text not null check (door in ('page', 'api')),
  asks text not null check (asks in ('totp', 'mail', 'set_up')),
  -- After the code from the mailbox an app has to be set up.
  sets_up boolean not null,
  -- How often the code was sent.
  sent smallint not null default 0 check (sent between 0 and 3),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  check (asks <> 'totp' or not sets_up)
);
create index sign_in_challenge_account on sign_in_challenge (account_id, created_at);
create index sign_in_challenge_scheme on sign_in_challenge (scheme_id);
create index sign_in_challenge_old on sign_in_challenge (expires_at);

-- What was shown beside the password when the session began.
alter table session add column factor text check (factor in ('totp', 'recovery', 'mail'));
