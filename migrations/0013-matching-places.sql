-- How much each group carries, and how it answers: read from the index alone, for every service a person is matched with.
create index onward_referral_load on onward_referral (scheme_id, organisation_id, offered_at) include (state, people);
