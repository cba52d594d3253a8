-- A person's own page. Whoever enters it, the person or somebody they named, is a visitor; with a safety flag there is no
-- page unless the person asked for one, which is what `asked_on` says, with the channel that was tried with them.
create table page_visitor (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  supporter_id uuid,
  created_at timestamptz not null,
  asked_on date,
  asked_channel text check (asked_channel in ('text', 'email')),
  asked_by uuid,
  asked_at timestamptz,
  -- Nobody enters any more until it is opened again. Without a member's name it was the person.
  closed_at timestamptz,
  closed_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, supporter_id) references supporter (scheme_id, id),
  foreign key (scheme_id, asked_by) references membership (scheme_id, id),
  foreign key (scheme_id, closed_by) references membership (scheme_id, id),
  check (num_nonnulls(asked_on, asked_channel, asked_at) in (0, 3)),
  check (asked_on is null or supporter_id is null)
);
create unique index page_visitor_one on page_visitor (scheme_id, client_id, supporter_id) nulls not distinct;
create index page_visitor_supporter on page_visitor (scheme_id, supporter_id) where supporter_id is not null;
create index page_visitor_asked_by on page_visitor (scheme_id, asked_by) where asked_by is not null;
create index page_visitor_closed_by on page_visitor (scheme_id, closed_by) where closed_by is not null;
call secure_by_scheme('page_visitor');

-- Keys to a page are looked up before a scheme is known: ids and hashes only, without policy.
create table page_link (
  hash text primary key,
  id uuid not null unique,
  scheme_id uuid not null references scheme,
  visitor_id uuid not null,
  made_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Wrong dates of birth; the last one ends the link.
  tries smallint not null default 0 check (tries between 0 and 5),
  revoked_at timestamptz,
  foreign key (scheme_id, visitor_id) references page_visitor (scheme_id, id),
  foreign key (scheme_id, made_by) references membership (scheme_id, id)
);
create index page_link_visitor on page_link (scheme_id, visitor_id);
create index page_link_made_by on page_link (scheme_id, made_by) where made_by is not null;

-- Written whether or not anybody has the address, so that neither the answer nor the time it takes says so. Of the
-- address there is a keyed hash alone, by which tries are counted.
create table page_code (
  id uuid primary key,
  scheme_id uuid not null references scheme,
  visitor_id uuid,
  address_hash text not null,
  channel text not null check (channel in ('text', 'email')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  tries smallint not null default 0 check (tries between 0 and 5),
  entered_at timestamptz,
  foreign key (scheme_id, visitor_id) references page_visitor (scheme_id, id)
);
create index page_code_address on page_code (address_hash, created_at);
create index page_code_visitor on page_code (scheme_id, visitor_id) where visitor_id is not null;

create table page_session (
  hash text primary key,
  id uuid not null unique,
  scheme_id uuid not null references scheme,
  visitor_id uuid not null,
  entered_by text not null check (entered_by in ('code', 'link')),
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  foreign key (scheme_id, visitor_id) references page_visitor (scheme_id, id)
);
create index page_session_visitor on page_session (scheme_id, visitor_id) where ended_at is null;
create index page_session_old on page_session (expires_at);
create index page_code_old on page_code (expires_at);

-- Found by equality, which alone reaches an index under row security.
alter table client add column email_key text generated always as (lower(email)) stored;
create index client_email on client (scheme_id, email_key) where email_key is not null;
alter table supporter add column email_key text generated always as (lower(email)) stored;
create index supporter_email on supporter (scheme_id, email_key) where email_key is not null and ended_at is null;
create index supporter_phone on supporter (scheme_id, phone) where phone is not null and ended_at is null;

alter table audit_entry drop constraint audit_entry_actor_kind_check;
alter table audit_entry add constraint audit_entry_actor_kind_check check (actor_kind in ('member', 'system', 'link', 'client'));

-- What somebody wrote on the page to whoever works with them.
create table page_message (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  supporter_id uuid,
  words text not null check (length(words) between 1 and 2000),
  sent_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, supporter_id) references supporter (scheme_id, id)
);
create index page_message_client on page_message (scheme_id, client_id, id);
create index page_message_supporter on page_message (scheme_id, supporter_id) where supporter_id is not null;
call secure_by_scheme('page_message');

-- What tasks may be about grows by name, whatever stands in the list already.
do $$
declare
  said text := (select pg_get_constraintdef(oid) from pg_constraint where conname = 'task_subject_kind_check');
begin
  alter table task drop constraint task_subject_kind_check;
  execute format('alter table task add constraint task_subject_kind_check %s',
    replace(said, 'ARRAY[', 'ARRAY[''page_message''::text, ''client''::text, '));
end $$;

-- A new number or address, until the code that went there comes back. Forgotten two days later either way.
create table page_change (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  channel text not null check (channel in ('text', 'email')),
  address text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  tries smallint not null default 0 check (tries between 0 and 5),
  done_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id)
);
create index page_change_client on page_change (scheme_id, client_id, created_at);
create index page_change_old on page_change (scheme_id, expires_at);
call secure_by_scheme('page_change');
