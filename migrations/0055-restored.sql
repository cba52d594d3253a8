-- A database restored from a backup does not know what was sent after the moment that it was restored to.

-- The server's histories (PostgreSQL calls them timelines) from which may be sent. A restore begins another, and so does
-- a replica that takes over.
create table timeline (
  number bigint primary key,
  known_at timestamptz not null
);

-- It may have been sent already, and whoever gets it twice would see it twice: passed on only at a person's word.
alter table outbox add column kept_back boolean not null default false;

-- Nor is anything repeated to a group where the Message-ID that it went under was lost with the rest.
alter table message drop constraint message_unconfirmed;
alter table message add constraint message_unconfirmed check (
  state <> 'unconfirmed' or recipient_kind = 'client' or channel <> 'email' or because = 'restored');
