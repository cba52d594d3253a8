-- A sender finds people, and is refused, by what it wrote itself. Of each correction: whether it changed what people are looked
-- for by, and the number and birth date before it. Columns of their own, since under row security no index is reached through JSON.
alter table client_history
  add column renamed boolean not null
    generated always as (changes ?| array['firstName', 'lastName', 'dateOfBirth', 'nhsNumber']) stored,
  add column was_number text generated always as (changes #>> '{nhsNumber,from}') stored,
  add column was_born text generated always as (changes #>> '{dateOfBirth,from}') stored;
create index client_history_renamed on client_history (scheme_id, client_id, id) where renamed;
create index client_history_was_number on client_history (scheme_id, was_number) where was_number is not null;
create index client_history_was_born on client_history (scheme_id, was_born) where was_born is not null;

-- An empty queue says when the last referral came.
create index referral_received on referral (scheme_id, sent_at) where sent_at is not null;
