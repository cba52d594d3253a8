-- Whether what the sender is told of was its own doing: that is theirs to see whatever was agreed. The side of a reason
-- says whose matter it was, not who did it.
alter table referral add column told_own boolean not null default false;
-- The result as the sender may be told it: kept with the rest of what it is told, so that the sender of a joined referral
-- is told the same as everybody else.
alter table referral add column told_result text
  check (told_result in ('helped', 'partly_helped', 'not_helped', 'not_known', 'died'));

do $$
declare
  each uuid;
begin
  for each in select id from scheme loop
    perform set_config('app.scheme_id', each::text, true);
    update referral r set told_own = true
      from referral_history h join membership m on m.id = h.actor_id
      where r.state = 'withdrawn' and h.scheme_id = r.scheme_id and h.referral_id = r.id and h.action = 'withdraw'
        and m.role = 'referrer' and m.organisation_id = r.organisation_id;
    update referral r set told_result = into_.result
      from referral into_
      where into_.scheme_id = r.scheme_id and into_.id = coalesce(r.joined_into, r.id) and into_.state = 'closed'
        and r.state in ('closed', 'joined');
  end loop;
  perform set_config('app.scheme_id', '', true);
end $$;
