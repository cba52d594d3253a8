-- Whether a task that somebody finished by hand was wanted no more for a while: when its day comes back, so does the task.
alter table task add column left_at timestamptz check (left_at is null or outcome = 'finished');
