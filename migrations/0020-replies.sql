-- Whoever reads a group's address may ask there for a link before anything was sent to it: services keep the points of
-- contact from here on, and this makes those of the groups that are there already. Under FORCE the owner reads nothing,
-- so it is lifted for this one statement.
alter table provider no force row level security;
alter table organisation no force row level security;
insert into contact_point (scheme_id, id, organisation_id, email_hash, created_at)
select p.scheme_id, gen_random_uuid(), p.organisation_id,
  encode(sha256(convert_to('email:' || lower(btrim(normalize(coalesce(p.contact_email, o.email)))), 'UTF8')), 'hex'), now()
from provider p join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
where coalesce(p.contact_email, o.email) is not null
on conflict (scheme_id, organisation_id, email_hash) do nothing;
alter table provider force row level security;
alter table organisation force row level security;

-- Other numbers for a session or a part of the year: "Tuesdays", "Winter". What is held is held in one of them, and the
-- places of the service itself are then what those that run come to.
create table place_period (
  scheme_id uuid not null,
  id uuid not null,
  listing_id uuid not null,
  name text not null check (length(name) between 1 and 60),
  -- Both days count; null: from the beginning, or without an end.
  from_on date,
  until_on date,
  state text not null check (state in ('coming', 'running', 'ended')),
  places_total integer not null check (places_total between 0 and 10000),
  places_taken integer not null default 0,
  entered_at timestamptz not null,
  ended_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  -- P3 here as well.
  constraint place_period_places check (places_taken between 0 and places_total),
  check (until_on >= from_on),
  check ((state = 'ended') = (ended_at is not null))
);
create unique index place_period_name on place_period (scheme_id, listing_id, lower(name)) where state <> 'ended';
create index place_period_listing on place_period (scheme_id, listing_id);
create index place_period_turning on place_period (scheme_id, id) where state <> 'ended';
call secure_by_scheme('place_period');

-- While periods run they say how many places there are; this is what was said before, and counts again afterwards.
alter table listing add column places_by_period boolean not null default false;
alter table listing add column places_otherwise integer check (places_otherwise between 0 and 10000);

alter table onward_referral add column period_id uuid;
alter table onward_referral add foreign key (scheme_id, period_id) references place_period (scheme_id, id);
create index onward_referral_period on onward_referral (scheme_id, period_id) where period_id is not null;
