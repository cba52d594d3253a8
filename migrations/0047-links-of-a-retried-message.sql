-- A message that is tried again goes where the group is written to by then, and links are bound to that: what was made for
-- the address before leads nowhere there.
drop index reply_link_message;
create unique index reply_link_message on reply_link (message_id, contact_point_id, coalesce(onward_referral_id, listing_id))
  where message_id is not null;
