-- What nobody has said of a service is not known, and not "free, not religious, for everybody here".
-- Null is not known. Districts of none, without a radius, are the whole scheme.
alter table listing alter column setting drop not null, alter column setting drop default;
alter table listing alter column cost drop not null, alter column cost drop default;
alter table listing alter column areas drop not null, alter column areas drop default;
-- When it was last published: that is not yet saying that it is right, which is confirmed_on.
alter table listing add column published_on date;

-- The wall between schemes is down for the owner while every scheme's rows are mended.
alter table listing no force row level security;
update listing set published_on = coalesce(confirmed_on, updated_at::date)
where confirmed_on is not null or state in ('published', 'paused');
-- From a directory, and nobody here has said anything of them since: what they say was our guess.
update listing set setting = null, cost = case when cost <> 'free' then cost end, areas = nullif(areas, '{}')
where source is not null and state = 'in_review' and version = 1;
alter table listing force row level security;

-- An import that was undone leaves nothing to be seen: history keeps the rows from being deleted, this takes them out of
-- every list and page.
alter table organisation add column taken_back_at timestamptz;
alter table listing add column taken_back_at timestamptz;
alter table asset add column taken_back_at timestamptz;
create index organisation_taken_back on organisation (scheme_id, id) where taken_back_at is not null;
-- Why an undo left what this row had brought.
alter table import_row add column kept_because text;

-- When somebody first answered by a link that went there: from then on somebody answers for the group.
alter table contact_point add column answered_at timestamptz;

-- What of a row was left out, value by value with the reason, and which of its fields we have no place for.
alter table import_row add column warnings jsonb not null default '[]';
alter table import_row add column not_kept text[] not null default '{}';
alter table import_batch add column warned integer not null default 0;
-- [{ field, rows }], most rows first.
alter table import_batch add column not_kept jsonb not null default '[]';
