-- Answering without an account. A contact point is an address a group is written to; a link is bound to one of them.
-- Both are looked up before a scheme is known, so they have no policy and hold ids and hashes only: the address itself
-- stays with the group's own record, and a link works only while it is still there.
create table contact_point (
  scheme_id uuid not null references scheme,
  id uuid not null,
  organisation_id uuid not null,
  email_hash text not null,
  created_at timestamptz not null,
  -- "I no longer help here."
  left_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id)
);
create unique index contact_point_address on contact_point (scheme_id, organisation_id, email_hash);
create index contact_point_email on contact_point (email_hash);

create table reply_link (
  hash text primary key,
  id uuid not null unique,
  scheme_id uuid not null references scheme,
  purpose text not null check (purpose in ('answer', 'in_touch', 'how_did_it_go', 'ended', 'again', 'listing_check')),
  onward_referral_id uuid,
  listing_id uuid,
  organisation_id uuid not null,
  contact_point_id uuid not null,
  -- The message it went out in: sent again, that carries the same link.
  message_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- One link, one thing to answer for.
  check (num_nonnulls(onward_referral_id, listing_id) = 1),
  foreign key (scheme_id, onward_referral_id) references onward_referral (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, contact_point_id) references contact_point (scheme_id, id)
);
create unique index reply_link_message on reply_link (message_id, coalesce(onward_referral_id, listing_id)) where message_id is not null;
create index reply_link_onward on reply_link (scheme_id, onward_referral_id) where onward_referral_id is not null;
create index reply_link_listing on reply_link (scheme_id, listing_id) where listing_id is not null;
create index reply_link_organisation on reply_link (scheme_id, organisation_id);
create index reply_link_point on reply_link (scheme_id, contact_point_id, created_at);

-- The six digits sent to a shared address. The code is derived from the id and the installation's key, and kept nowhere.
create table reply_code (
  scheme_id uuid not null references scheme,
  id uuid not null,
  link_id uuid not null references reply_link (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  tries smallint not null default 0 check (tries between 0 and 5),
  -- Whoever entered it holds the key to this hash for a while, in a cookie.
  passed_hash text,
  passed_until timestamptz,
  primary key (scheme_id, id),
  check ((passed_hash is null) = (passed_until is null))
);
create index reply_code_link on reply_code (link_id, created_at);
call secure_by_scheme('reply_code');

-- "Did you get in touch?" is answered, or somebody says that they could not.
alter table onward_referral add column in_touch_at timestamptz;
alter table onward_referral drop constraint onward_referral_to_act_check;
alter table onward_referral add constraint onward_referral_to_act_check
  check (to_act in ('ring', 'talk', 'declined', 'expired', 'late_yes', 'not_in_touch', 'ended_by_group'));
