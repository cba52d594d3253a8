/**
 * A large team in one scheme, written in bulk: as many live referrals a worker, three contacts each, an appointment for one
 * in four, next dates from three days ago to five weeks on. Gives the ids of the workers' memberships.
 */
export async function addLiveReferrals(client, schemeId, { workers, referrals }) {
  const organisation = `(select id from organisation where scheme_id = $1 and kind = 'host' order by id limit 1)`;
  const { rows } = await client.query(
    `with made as (
       insert into user_account (id, email_hash, created_at)
       select gen_random_uuid(), 'live ' || n, now() from generate_series(1, $2::int) n returning id
     ), profile as (
       insert into user_profile (scheme_id, account_id, name, email, created_at, updated_at)
       select $1, id, 'Live ' || left(id::text, 8), left(id::text, 8) || '@example.org', now(), now() from made
     )
     insert into membership (id, scheme_id, account_id, organisation_id, role, created_at)
     select gen_random_uuid(), $1, made.id, ${organisation}, 'link_worker', now() from made returning id`,
    [schemeId, workers],
  );
  const ids = rows.map(({ id }) => id).sort();
  await client.query(
    `insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key, last_name_key,
       last_name_sound, created_at, updated_at)
     select $1, gen_random_uuid(), 'confirmed', 'Grace', 'Live ' || n, '1950-01-01', 'grace', 'live ' || n, 'LF', now(), now()
     from generate_series(1, $2::int) n`,
    [schemeId, referrals],
  );
  await client.query(
    `with worker as (select id, n - 1 as turn from unnest($2::uuid[]) with ordinality as w(id, n)),
       person as (
         select id, row_number() over (order by id) - 1 as n from client
         where scheme_id = $1 and last_name_key like 'live %')
     insert into referral (scheme_id, id, reference, client_id, sent_client_id, route, state, owner_kind, owner_id, next_at,
       next_kind, sent_at, accepted_at, allocated_at, begun_at, told_status, told_at, created_at, updated_at)
     select $1, gen_random_uuid(), person.id::text, person.id, person.id, 'gp', 'active', 'worker', worker.id,
       now() + make_interval(days => (person.n / $3::int % 40)::int - 3), 'next_contact', now(), now(), now(), now(),
       'in_touch', now(), now(), now()
     from person join worker on worker.turn = person.n % $3::int`,
    [schemeId, ids, ids.length],
  );
  const live = `from referral r where r.scheme_id = $1 and r.owner_id = any($2::uuid[])`;
  for (const statement of [
    `insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id)
     select r.scheme_id, r.client_id, 'membership', r.owner_id, 'owns', r.id ${live}`,
    `insert into contact (scheme_id, id, referral_id, kind, outcome, at, next_on, created_at, updated_at)
     select r.scheme_id, gen_random_uuid(), r.id, 'phone', case when n = 1 then 'reached' else 'no_answer' end,
       now() - make_interval(days => 10 - n), current_date + 7, now(), now()
     ${live.replace('where', 'cross join generate_series(1, 3) n where')}`,
    `insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, created_at, updated_at)
     select r.scheme_id, gen_random_uuid(), r.id, 'phone', 'made', r.next_at, 20, now(), now()
     ${live} and right(r.id::text, 1) in ('0', '4', '8', 'c')`,
  ]) {
    await client.query(statement, [schemeId, ids]);
  }
  return ids;
}
