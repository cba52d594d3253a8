-- One reminder of a kind and step waits for a subject at a time; but what somebody agreed to for a story runs out on a day of
-- its own for each use, and each is told of. Nulls not distinct: for all other kinds the day makes no difference, as before.
drop index reminder_waiting;
create unique index reminder_waiting on reminder
  (scheme_id, subject_id, kind, step, (case when kind = 'story_expiring' then occasion end)) nulls not distinct
  where state = 'waiting';
