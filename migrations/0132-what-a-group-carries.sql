-- What a group and each of its services carry now, read from the index alone for every service a person is matched with:
-- onward_referral_load, of a year, has a hundred times as many lines as are still live.
create index onward_referral_carried on onward_referral (scheme_id, organisation_id, listing_id)
  include (state, people, expected_weeks)
  where state in ('offered', 'waitlisted', 'accepted', 'started');
