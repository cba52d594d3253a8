-- Plans that organisations were given, where the agreement it was given by was taken back: agreeing again, or having agreed again
-- since, opens none of them. Whoever agreed again is given it again. Scheme by scheme behind its wall: to take the walls
-- down would make everybody wait who reads a referral.
do $$
declare
  of_scheme uuid;
begin
  for of_scheme in select id from scheme loop
    perform set_config('app.scheme_id', of_scheme::text, true);
    update plan_share s set ended_at = now()
    from plan p
    join referral r on r.scheme_id = p.scheme_id and r.id = p.referral_id
    where p.scheme_id = s.scheme_id and p.id = s.plan_id and s.recipient = 'organisation' and s.ended_at is null
      and not exists (
        select 1 from agreement a
        where a.scheme_id = s.scheme_id and a.client_id = r.client_id and a.organisation_id = s.organisation_id
          and a.withdrawn_at is null and 'plan' = any(a.scope) and a.recorded_at <= s.shared_at);
  end loop;
  perform set_config('app.scheme_id', '', true);
end $$;
