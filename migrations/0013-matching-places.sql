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
