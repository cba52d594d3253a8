-- The register of a session, kept by link.
alter table reply_link add column register_id uuid;
alter table reply_link add foreign key (scheme_id, register_id) references register (scheme_id, id);
create index reply_link_register on reply_link (scheme_id, register_id) where register_id is not null;
alter table reply_link drop constraint reply_link_purpose_check;
alter table reply_link add constraint reply_link_purpose_check
  check (purpose in ('answer', 'in_touch', 'how_did_it_go', 'ended', 'again', 'listing_check', 'register'));
alter table reply_link drop constraint reply_link_check;
alter table reply_link add constraint reply_link_check check (num_nonnulls(onward_referral_id, listing_id, register_id) = 1);
