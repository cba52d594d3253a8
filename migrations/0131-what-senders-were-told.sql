-- no transaction: each part is its own, so that nobody waits for more than a thousand referrals.
-- What 0107 made room for, filled in for whoever was taken on before. Of what ended before, no outcome is kept: it was not told
-- then. When the person of a joined one was reached is known only where that is what it is told now. Changes nothing where it was
-- filled in already, by an earlier 0107 or by a run that was cut off.
do $$
declare
  of_scheme uuid;
  last uuid;
  part uuid[];
  left_out boolean;
begin
  for of_scheme in select id from scheme loop
    last := '00000000-0000-0000-0000-000000000000';
    loop
      perform set_config('app.scheme_id', of_scheme::text, true);
      select array_agg(id order by id) into part
        from (select id from referral where scheme_id = of_scheme and id > last order by id limit 1000) one;
      exit when part is null;
      last := part[cardinality(part)];
      -- Who is being worked on just now is not waited for, since they may be waiting for another of these: they come a moment later.
      loop
        perform set_config('app.scheme_id', of_scheme::text, true);
        update referral set told_accepted_at = accepted_at,
          told_reached_at = coalesce(told_reached_at,
            case when state <> 'joined' then begun_at when told_status = 'in_touch' then told_at end)
        where scheme_id = of_scheme and id in (
          select id from referral
          where scheme_id = of_scheme and id = any(part) and accepted_at is not null and told_accepted_at is null
            and told_status not in ('draft', 'sent', 'returned')
          for update skip locked);
        left_out := exists (
          select from referral
          where scheme_id = of_scheme and id = any(part) and accepted_at is not null and told_accepted_at is null
            and told_status not in ('draft', 'sent', 'returned'));
        commit;
        exit when not left_out;
        perform pg_sleep(0.05);
      end loop;
    end loop;
  end loop;
end $$;
