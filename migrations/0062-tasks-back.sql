-- What was asked of people about something, for when a day comes back whose task has ended.
create index if not exists task_ended on task (scheme_id, subject_id, kind) where ended_at is not null;
