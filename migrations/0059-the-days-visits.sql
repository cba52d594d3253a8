-- The day's visits of whoever was sent, among all they ever made.
create index home_visit_day on home_visit (scheme_id, worker_id, back_by);
drop index home_visit_worker;
