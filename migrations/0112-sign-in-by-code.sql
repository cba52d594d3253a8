-- Somebody asks to come in with a code to their mailbox and no password. The same line is kept for an address that nobody
-- comes in with so: the account is null then, and nobody is written to.
create table code_entry (
  hash text primary key,
  id uuid not null unique,
  -- By it tries are counted, whoever's it is.
  email_hash text not null,
  account_id uuid references user_account,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index code_entry_account on code_entry (account_id, created_at) where account_id is not null;
create index code_entry_old on code_entry (expires_at);
