-- $1 the scheme, $2 how many published services, eight to a group: 40 kinds of thing, 50 places, a tenth nowhere known.
with groups as (
  insert into organisation (scheme_id, id, name, kind, provides, created_at, updated_at)
  select $1::uuid, gen_random_uuid(), 'Group of friends ' || n, 'community_group', true, now(), now()
  from generate_series(1, ceil($2::int / 8.0)::int) n
  returning id),
providers as (
  insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
  select $1::uuid, id, 'community', now(), now() from groups),
numbered as (select id, row_number() over (order by id) - 1 as turn, count(*) over () as many from groups)
insert into listing (scheme_id, id, organisation_id, name, description, state, needs, schedule, languages,
  access, areas, setting, cost, latitude, longitude, places_kind, places_total, places_confirmed_on, confirmed_on, created_at,
  updated_at)
select $1::uuid, gen_random_uuid(), g.id,
  (array['Lunch','Walking','Garden','Knitting','Singing','Bereavement','Debt','Digital','Chess','Carers'])[1 + n % 10]
    || ' ' || (array['club','group','circle','morning'])[1 + n % 4] || ' ' || n,
  'Company, tea and ' || (array['soup','songs','seeds','stories','stitches','steps','sums'])[1 + n % 7]
    || ' ' || left(translate(md5(n::text), '0123456789', 'ghijklmnop'), 8),
  'published',
  array[(array['loneliness','food','bereavement','debt_and_money','digital','inactivity','housing','other'])[1 + n % 8]],
  jsonb_build_array(jsonb_build_object('day',
    (array['monday','tuesday','wednesday','thursday','friday'])[1 + n % 5], 'from', '10:00', 'to', '12:00',
    'every', 'week')),
  case when n % 20 = 0 then array['bn'] else array['en'] end,
  case when n % 3 = 0 then array['step_free'] else '{}' end, '{}', 'non_religious', (array['free','donation','paid'])[1 + n % 3],
  case when n % 10 > 0 then 51.5 + (n * 7 % 500) / 1000.0 end,
  case when n % 10 > 0 then 0.4 + (n * 13 % 800) / 1000.0 end,
  case when n % 2 = 0 then 'counted' else 'drop_in' end, case when n % 2 = 0 then n % 9 end,
  $3::date, $3::date, now(), now()
from generate_series(1, $2::int) n join numbered g on g.turn = n % g.many
