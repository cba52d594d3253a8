-- Since when an import goes on, so that whoever waits for a long one is told once it is over.
alter table import_batch add column went_at timestamptz;
alter table import_batch no force row level security;
update import_batch set went_at = coalesce(approved_at, created_at) where state in ('fetching', 'approved', 'undoing');
alter table import_batch force row level security;
create index import_batch_old on import_batch (scheme_id, created_at) where rows_deleted_at is null;

-- What a task may be about grows by name, whatever stands in the list already.
do $$
declare
  said text;
begin
  select pg_get_constraintdef(oid) into said from pg_constraint
  where conrelid = 'task'::regclass and conname = 'task_subject_kind_check';
  alter table task drop constraint task_subject_kind_check;
  execute format('alter table task add constraint task_subject_kind_check %s',
    replace(said, 'ARRAY[', format('ARRAY[%L::text, ', 'job')));
end $$;
