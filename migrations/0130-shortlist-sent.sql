-- What was kept in mind for a person and sent to them to think about, as it was published then, with what they said to it. A
-- message tells them that something is there; taken back before it went, this was never theirs to see.
create table shortlist_sent (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  listing_id uuid not null,
  written_message_id uuid not null,
  told jsonb not null,
  answer text check (answer in ('wanted', 'not_wanted')),
  answered_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, listing_id) references listing (scheme_id, id),
  foreign key (scheme_id, written_message_id) references written_message (scheme_id, id),
  check ((answer is null) = (answered_at is null))
);
create unique index shortlist_sent_once on shortlist_sent (scheme_id, written_message_id, listing_id);
create index shortlist_sent_referral on shortlist_sent (scheme_id, referral_id, listing_id, id);
create index shortlist_sent_listing on shortlist_sent (scheme_id, listing_id);
call secure_by_scheme('shortlist_sent');
