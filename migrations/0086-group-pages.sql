-- Somebody of a group who is signed in enters the same code as whoever holds a link, before they see how to reach a person
-- with a safety flag: it goes where the group is written to, and holds for the session that asked for it.
alter table reply_code
  alter column link_id drop not null,
  add column session_id uuid references session on delete cascade,
  add column contact_point_id uuid,
  add foreign key (scheme_id, contact_point_id) references contact_point (scheme_id, id) on delete cascade,
  add check (num_nonnulls(link_id, session_id) = 1),
  add check ((session_id is null) = (contact_point_id is null));
create index reply_code_session on reply_code (session_id, created_at) where session_id is not null;
create index reply_code_point on reply_code (scheme_id, contact_point_id, created_at) where contact_point_id is not null;
