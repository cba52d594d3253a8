-- Groups that are asked, and answer, by text message.
alter table provider drop constraint provider_answers_by_check;
alter table provider add constraint provider_answers_by_check check (answers_by in ('email', 'sign_in', 'phone', 'text'));

-- A point of contact is an address or a number. A number that somebody left is forgotten with them: hashes of numbers can
-- be tried out, there are not many. The address of an organisation stays, so that nobody is written to there again.
alter table contact_point alter column email_hash drop not null;
alter table contact_point add column phone_hash text;
alter table contact_point add constraint contact_point_one_way check (
  num_nonnulls(email_hash, phone_hash) = 1 or (left_at is not null and num_nonnulls(email_hash, phone_hash) = 0));
create unique index contact_point_number on contact_point (scheme_id, organisation_id, phone_hash);
create index contact_point_phone on contact_point (phone_hash) where phone_hash is not null;

-- The same by number: where a group was texted before a claim was approved.
alter table provider_claim add column before_phone text;

-- What falls due together arrives together, but never in a message that was tried before: that may have arrived.
drop index message_waiting;
create unique index message_waiting on message (scheme_id, kind, recipient_kind, channel, coalesce(client_id, organisation_id, membership_id))
  where state = 'ready' and digest_on is null and attempts = 0;

-- A text that may have arrived is not repeated to anybody: no telephone shows two as one.
alter table message drop constraint message_unconfirmed;
alter table message add constraint message_unconfirmed check (
  state <> 'unconfirmed' or recipient_kind = 'client' or channel <> 'email');
