-- People with records of their own who belong together: one row a pair. `relation` says what the other is to the client.
create table client_link (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  other_id uuid not null,
  relation text not null check (relation in ('household', 'partner', 'parent', 'child', 'carer', 'cared_for', 'other')),
  seen_together boolean not null default false,
  note text,
  linked_by uuid,
  linked_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, other_id) references client (scheme_id, id),
  check (client_id <> other_id)
);
create unique index client_link_pair
  on client_link (scheme_id, least(client_id, other_id), greatest(client_id, other_id)) where ended_at is null;
create index client_link_client on client_link (scheme_id, client_id);
create index client_link_other on client_link (scheme_id, other_id);
call secure_by_scheme('client_link');

-- Whom a person names: a carer, an advocate, a friend. Nothing is shared with them until it is named item by item.
create table supporter (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  client_id uuid not null,
  name text not null,
  role text not null check (role in ('carer', 'advocate', 'attorney', 'parent', 'family', 'friend', 'other')),
  phone text,
  email text,
  may_contact boolean not null default false,
  shares text[] not null default '{}' check (shares <@ array['plan', 'appointments', 'questionnaires', 'messages']),
  agreed_on date,
  note text,
  named_by uuid,
  named_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  check (cardinality(shares) = 0 or agreed_on is not null)
);
create index supporter_client on supporter (scheme_id, client_id);
call secure_by_scheme('supporter');
