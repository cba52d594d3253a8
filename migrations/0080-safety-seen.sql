-- What keeps a group safe changed while it was with somebody: until it is known that the group has read it.
alter table onward_referral
  add column safety_set_at timestamptz,
  add column safety_seen_at timestamptz check (safety_set_at is not null or safety_seen_at is null),
  add column safety_seen_by uuid check (safety_seen_at is not null or safety_seen_by is null),
  -- Who in the group was told by telephone, and when.
  add column safety_told_to text check (safety_told_to is null or (length(safety_told_to) between 1 and 100 and safety_seen_by is not null)),
  add foreign key (scheme_id, safety_seen_by) references membership (scheme_id, id);
create index onward_referral_safety_seen_by on onward_referral (scheme_id, safety_seen_by)
  where safety_seen_by is not null;

alter table reply_link drop constraint reply_link_purpose_check;
alter table reply_link add constraint reply_link_purpose_check
  check (purpose in ('answer', 'in_touch', 'how_did_it_go', 'safety', 'ended', 'again', 'listing_check', 'register'));
