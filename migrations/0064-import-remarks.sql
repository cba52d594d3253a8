-- What is odd about an import as a whole, such as a total that does not match what came.
alter table import_batch add column remarks text[] not null default '{}';
