-- Forms by a link left its whole token beside their key. From now on a token stands there as its hash; those that stand
-- already are of forms sent within a week, which nobody sends a second time any more.
alter table idempotency_key no force row level security;
delete from idempotency_key where route ~ '(^|[^A-Za-z0-9_-])[A-Za-z0-9_-]{43}([^A-Za-z0-9_-]|$)';
alter table idempotency_key force row level security;
