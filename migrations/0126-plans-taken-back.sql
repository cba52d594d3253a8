-- Plans that organisations were given, where the agreement it was given by was taken back: agreeing again, or having agreed again
-- since, opens none of them. Whoever agreed again is given it again.
alter table plan_share no force row level security;
alter table plan no force row level security;
alter table referral no force row level security;
alter table agreement no force row level security;
update plan_share s set ended_at = now()
from plan p
join referral r on r.scheme_id = p.scheme_id and r.id = p.referral_id
where p.scheme_id = s.scheme_id and p.id = s.plan_id and s.recipient = 'organisation' and s.ended_at is null
  and not exists (
    select 1 from agreement a
    where a.scheme_id = s.scheme_id and a.client_id = r.client_id and a.organisation_id = s.organisation_id
      and a.withdrawn_at is null and 'plan' = any(a.scope) and a.recorded_at <= s.shared_at);
alter table plan_share force row level security;
alter table plan force row level security;
alter table referral force row level security;
alter table agreement force row level security;
