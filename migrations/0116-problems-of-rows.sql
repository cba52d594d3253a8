-- Everything that is wrong with a row of a list, each with its column; before, only the first. Whoever serves meanwhile still
-- writes the one reason; its two columns go once nobody does.
alter table import_row add column problems jsonb not null default '[]';
alter table import_row no force row level security;
update import_row set problems = jsonb_build_array(jsonb_build_object('column', column_name, 'reason', reason))
where reason is not null;
alter table import_row force row level security;
alter table import_row drop constraint import_row_check;
alter table import_row add constraint import_row_refused
  check ((outcome = 'refused') = (problems <> '[]' or reason is not null));
