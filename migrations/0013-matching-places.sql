-- How much each group carries, and how it answers: read from the index alone, for every service a person is matched with.
create index onward_referral_load on onward_referral (scheme_id, organisation_id, offered_at) include (state, people);

-- Services kept in mind for a referral, to lay side by side with the person. Nothing is sent and nobody is asked.
create table shortlist_item (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  listing_id uuid not null,
  note text,
  kept_by uuid,
  kept_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, kept_by) references membership (scheme_id, id)
);
create unique index shortlist_item_once on shortlist_item (scheme_id, referral_id, listing_id);
create index shortlist_item_listing on shortlist_item (scheme_id, listing_id);
create index shortlist_item_kept_by on shortlist_item (scheme_id, kept_by) where kept_by is not null;
call secure_by_scheme('shortlist_item');

-- A need nobody could meet. With a referral it is that person's; without, something a worker noticed. It names nobody.
create table gap (
  scheme_id uuid not null references scheme,
  id uuid not null,
  need text not null,
  -- The district of a postcode, such as CO15; null where it is not known.
  area text,
  -- Where another language than English would be needed.
  language text,
  why text not null check (why in ('nobody_eligible', 'no_capacity', 'nothing_like_it', 'too_far', 'wrong_time', 'not_accessible', 'language', 'cost', 'setting', 'other')),
  would_have_helped text,
  referral_id uuid,
  -- Null where the product opened it.
  opened_by uuid,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_because text check (closed_because in ('service_started', 'helped', 'no_longer_needed', 'recorded_in_error')),
  closed_by uuid,
  closed_note text,
  -- The service that met it.
  listing_id uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, opened_by) references membership (scheme_id, id),
  foreign key (scheme_id, closed_by) references membership (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  check ((closed_at is null) = (closed_because is null)),
  check (closed_at is not null or (closed_by is null and closed_note is null and listing_id is null))
);
create unique index gap_open on gap (scheme_id, referral_id, need) where closed_at is null;
create index gap_open_need on gap (scheme_id, need, id) where closed_at is null;
create index gap_open_list on gap (scheme_id, id) where closed_at is null;
create index gap_referral on gap (scheme_id, referral_id) where referral_id is not null;
create index gap_opened_by on gap (scheme_id, opened_by, id) where opened_by is not null;
create index gap_closed_by on gap (scheme_id, closed_by) where closed_by is not null;
create index gap_listing on gap (scheme_id, listing_id) where listing_id is not null;
call secure_by_scheme('gap');
