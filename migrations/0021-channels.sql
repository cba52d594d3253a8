-- Messages to clients also go as texts and letters.
alter table message drop constraint message_channel_check;
alter table message add constraint message_channel_check check (channel in ('email', 'text', 'letter'));
-- The language it was written in, and the one it should have been where nobody has put our words into that yet.
alter table message add column language text;
alter table message add column language_missing text;
-- What whoever carries it calls it, and what they said later of whether it arrived.
alter table message add column carrier_id text;
alter table message add column asked_at timestamptz;
alter table message add column receipt text check (receipt in ('delivered', 'wrong_address', 'not_delivered'));
alter table message add column receipt_at timestamptz;
-- A person had it sent again when this many attempts had been made: the next ones are counted from there.
alter table message add column attempts_before integer not null default 0;
-- Somebody looked at one that failed or could not be confirmed, and let it be.
alter table message add column dropped_at timestamptz;
alter table message add column dropped_by uuid;
alter table message add column dropped_because text check (dropped_because in ('done_another_way', 'no_longer_wanted', 'cannot_be_done'));
alter table message add constraint message_dropped_by_fkey foreign key (scheme_id, dropped_by) references membership (scheme_id, id);
alter table message add constraint message_receipt_at check ((receipt is null) = (receipt_at is null));
alter table message add constraint message_dropped check (
  (dropped_at is null) = (dropped_because is null) and (dropped_at is null or state in ('failed', 'unconfirmed')));
create index message_dropped_by on message (scheme_id, dropped_by) where dropped_by is not null;
create index message_dead on message (scheme_id, created_at, id) where state in ('failed', 'unconfirmed');
create index message_receipt on message (scheme_id, asked_at nulls first, id)
  where channel <> 'email' and receipt is null and state in ('sent', 'unconfirmed');
drop index message_waiting;
create unique index message_waiting on message (scheme_id, kind, recipient_kind, channel, coalesce(client_id, organisation_id, membership_id))
  where state = 'ready' and digest_on is null;

-- What is not to be sent: for everybody in the scheme, to one person who works here, or to one client. A row is an off.
create table message_switch (
  scheme_id uuid not null references scheme,
  id uuid not null,
  membership_id uuid,
  client_id uuid,
  kind text not null,
  channel text not null check (channel in ('email', 'text', 'letter')),
  switched_off_at timestamptz not null,
  switched_off_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, membership_id) references membership (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, switched_off_by) references membership (scheme_id, id),
  check (membership_id is null or client_id is null)
);
create unique index message_switch_once on message_switch (scheme_id, membership_id, client_id, kind, channel) nulls not distinct;
create index message_switch_client on message_switch (scheme_id, client_id) where client_id is not null;
create index message_switch_by on message_switch (scheme_id, switched_off_by) where switched_off_by is not null;
call secure_by_scheme('message_switch');
