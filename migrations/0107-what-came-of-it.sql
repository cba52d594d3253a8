-- What a sender is told beside where a referral stands: kept with it, so that one that was joined looks like any other.
alter table referral add column told_accepted_at timestamptz;
alter table referral add column told_reached_at timestamptz;
-- Whether they took part in a group, and what they answered at the start and at the end.
-- Not tied to where it stands: a process of the build before moves that on and knows nothing of this.
alter table referral add column told_outcome jsonb
  check (told_outcome is null or jsonb_typeof(told_outcome) = 'object');
