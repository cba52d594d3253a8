-- What a sender is told beside where a referral stands: kept with it, so that one that was joined looks like any other.
alter table referral add column told_accepted_at timestamptz;
alter table referral add column told_reached_at timestamptz;
-- Whether they took part in a group, and what they answered at the start and at the end.
-- Not tied to where it stands: a process of the build before moves that on and knows nothing of this.
alter table referral add column told_outcome jsonb
  check (told_outcome is null or jsonb_typeof(told_outcome) = 'object');

-- Of what ended before, no outcome is kept: it was not told then. When the person of a joined one was reached is known only
-- where that is what it is told now.
alter table referral no force row level security;
update referral set told_accepted_at = accepted_at,
  told_reached_at = case when state <> 'joined' then begun_at when told_status = 'in_touch' then told_at end
where state not in ('draft', 'sent', 'returned') and accepted_at is not null;
alter table referral force row level security;
