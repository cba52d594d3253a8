-- Forms by a link left its whole token beside their key. From now on a token stands there as its hash; those that stand
-- already are of forms sent within a week, which nobody sends a second time any more. Scheme by
-- scheme behind its wall: to take the wall down would make every write wait.
do $$
declare
  of_scheme uuid;
begin
  for of_scheme in select id from scheme loop
    perform set_config('app.scheme_id', of_scheme::text, true);
    delete from idempotency_key where route ~ '(^|[^A-Za-z0-9_-])[A-Za-z0-9_-]{43}([^A-Za-z0-9_-]|$)';
  end loop;
  perform set_config('app.scheme_id', '', true);
end $$;
