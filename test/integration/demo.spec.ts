import sql from 'sql-template-tag';
import { DEMO_SIZE, DemoSeeder, type DemoResult } from '../../src/demo/demo.seeder.js';
import { ONWARD_LIFECYCLE } from '../../src/onward-referrals/onward.lifecycle.js';
import { move } from '../../src/platform/pure/lifecycle.js';
import { Database } from '../../src/platform/database/database.js';
import { moveReferral } from '../../src/referrals/referral.lifecycle.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe.each([
  ['on a winter Monday', '2026-11-23T10:00:00Z'],
  ['on the night the clocks go back', '2026-10-25T01:30:00Z'],
])('demo data made %s', (_when, now) => {
  let test: TestApp;
  let demo: DemoResult;
  beforeAll(async () => {
    test = await startApp({ now });
    demo = await test.get(DemoSeeder).seed('a password for the demo');
  }, 180_000);
  afterAll(() => test.stop());

  const rows = <Row extends Record<string, unknown>>(statement: ReturnType<typeof sql>): Promise<Row[]> =>
    test.get(Database).read<Row>(demo.schemeId, statement);
  const value = async (statement: ReturnType<typeof sql>): Promise<number> =>
    Number(Object.values((await rows(statement))[0]!)[0]);

  it('has practices, groups and referrals as many as a real scheme', async () => {
    const [counts] = await rows(sql`
      select (select count(*) from referral)::int as referrals,
        (select count(*) from organisation where kind = 'gp_practice')::int as practices,
        (select count(*) from provider)::int as groups,
        (select count(*) from provider where sector = 'faith')::int as faith`);
    expect(counts).toEqual({ referrals: DEMO_SIZE.referrals, practices: 6, groups: 72, faith: 14 });
  });

  it('has a group that closed for good, and one that somebody says is theirs', async () => {
    const apart = await rows<{ line: string }>(sql`
      select concat_ws(' ', o.name, c.reason, k.state, l.state, t.kind) as line from organisation o
      join listing l on l.organisation_id = o.id
      left join provider_closure c on c.organisation_id = o.id
      left join provider_claim k on k.organisation_id = o.id
      left join task t on t.subject_id = o.id
      where c.id is not null or k.id is not null order by o.name`);
    expect(apart.map(({ line }) => line)).toEqual([
      'Marlings Knit and Natter proved in_review group_claimed',
      'Saltwick Pier Singers nobody_to_run_it closed',
    ]);
  });

  it('has stories at each stage, somebody close, a concern, a visit and words for the managers, with what they ask of people', async () => {
    const [counts] = await rows(sql`
      select (select string_agg(state, ' ' order by id) from story) as stories,
        (select count(*) from story_printing)::int as printed, (select count(*) from supporter)::int as supporters,
        (select count(*) from client_link)::int as links, (select count(*) from safeguarding)::int as concerns,
        (select count(*) from lone_worker_flag)::int as flags, (select count(*) from home_visit)::int as visits,
        (select count(*) from appointment where interpreter is not null)::int as interpreters,
        (select count(*) from client_feedback)::int as feedback,
        (select count(*) > 2 from measure_response where measure = 'ucla3' and occasion = 'review') as lonely,
        (select string_agg(kind, ' ' order by kind) from reminder where due_at <= ${now} and state = 'waiting'
          and kind in ('story_waiting', 'client_feedback', 'escalation', 'safeguarding')) as due`);
    expect(counts).toEqual({
      stories: 'approved waiting draft',
      printed: 1,
      supporters: 3,
      links: 1,
      concerns: 1,
      flags: 1,
      visits: 1,
      interpreters: 1,
      feedback: 1,
      lonely: true,
      due: 'client_feedback escalation safeguarding story_waiting',
    });
  });

  it('has somebody who changed practice, two who leave the area, one handed over and one whose practice was written to', async () => {
    const [counts] = await rows(sql`
      select (select count(*) from practice_move where decided_at is null)::int as practices,
        (select string_agg(state, ' ' order by state) from area_move) as areas,
        (select string_agg(state || ' ' || how, ' ') from transfer) as transfers,
        (select count(*) from safety_message where read_through = 'link')::int as answered,
        (select string_agg(kind, ' ' order by kind) from reminder where state = 'waiting' and step = 1
          and kind in ('practice_moved', 'area_move', 'area_move_kept', 'transfer_wanted')) as waiting`);
    expect(counts).toEqual({
      practices: 1,
      areas: 'kept open',
      transfers: 'offered document',
      answered: 1,
      waiting: 'area_move area_move_kept practice_moved transfer_wanted',
    });
  });

  it('gives every link worker 35 to 45 live cases', async () => {
    const caseloads = await rows<{ n: number }>(
      sql`select count(*)::int as n from referral where owner_kind = 'worker' group by owner_id`,
    );
    expect(caseloads).toHaveLength(4);
    for (const { n } of caseloads) expect(n >= 35 && n <= 45).toBe(true);
  });

  it('reaches nine in ten, offers twice a person, and hears no in one answer of eight', async () => {
    const reached = await value(sql`
      select avg((begun_at is not null)::int) from referral
      where accepted_at is not null and state not in ('accepted', 'allocated')`);
    expect(reached).toBeGreaterThan(0.87);
    const offers = await value(sql`
      select (select count(*) from onward_referral)::float / count(*) from referral where begun_at is not null`);
    expect(offers).toBeGreaterThan(1.4);
    expect(offers).toBeLessThan(2.4);
    const declined = await value(sql`select avg((state = 'declined')::int) from onward_referral`);
    expect(declined).toBeGreaterThan(0.08);
    expect(declined).toBeLessThan(0.16);
  });

  it('has something to answer by link for the groups of the start screen', async () => {
    const waiting = await rows<{ email: string; offers: number }>(sql`
      select g.email, (select count(*)::int from onward_referral o
        where o.organisation_id = g.id and o.state = 'offered' and o.answer_by > ${now}) as offers
      from organisation g
      join contact_point p on p.organisation_id = g.id
      where g.email in ('faith1@example.org', 'group1@example.org') order by g.email`);
    expect(waiting.map(({ email }) => email)).toEqual(['faith1@example.org', 'group1@example.org']);
    for (const { offers } of waiting) expect(offers).toBeGreaterThan(0);
    expect(waiting[0]!.offers).toBeGreaterThan(2);
  });

  it('has plans whose goals stand as their latest version says, and a team that asks and hands over', async () => {
    const [counts] = await rows<{
      plans: number;
      changed: number;
      sections: number;
      wrong: number;
      ahead: number;
    }>(sql`
      select (select count(*)::int from plan) as plans, (select count(*)::int from plan where version > 1) as changed,
        (select count(*)::int from contact_section) as sections,
        (select count(*)::int from goal g
          join plan p on p.id = g.plan_id
          join plan_version v on v.plan_id = p.id and v.number = p.version
          where not exists (select 1 from jsonb_array_elements(v.content->'goals') said
            where (said->>'id')::uuid = g.id and said->>'status' = g.status and said->>'words' = g.words)) as wrong,
        (select count(*)::int from plan_version where at > ${now}) as ahead`);
    expect(counts?.plans).toBeGreaterThan(50);
    expect(counts?.changed).toBeGreaterThan(10);
    expect(counts?.sections).toBeGreaterThan(5);
    expect(counts).toMatchObject({ wrong: 0, ahead: 0 });
    expect(await value(sql`select count(*) from escalation where acknowledged_at is null`)).toBe(1);
    expect(await value(sql`select count(*) from handover_item where outcome = 'waiting'`)).toBe(3);
  });

  it('publishes services that are found', async () => {
    const found = await value(sql`
      select count(*) from listing_search where scheme_id = ${demo.schemeId} and words @@ to_tsquery('betony', 'lunch')`);
    expect(found).toBeGreaterThan(0);
  });

  it('maps what is strong, counts help, and has volunteer roles', async () => {
    const [found] = await rows(sql`
      select (select count(*) from neighbourhood)::int as neighbourhoods,
        (select count(distinct neighbourhood_id) from asset where state = 'published')::int as mapped,
        (select count(*) from practical_help where client_id is null)::int as tallies,
        (select count(*) > 0 from listing where volunteer_role and state = 'published') as roles,
        (select count(*) from lsoa_deprivation d where lsoa like 'E0199%' and not exists (
          select 1 from neighbourhood_area a where a.code = d.lsoa))::int as nowhere`);
    expect(found).toEqual({ neighbourhoods: 3, mapped: 3, tallies: 75, roles: true, nowhere: 0 });
  });

  it('holds exactly the places that its offers hold', async () => {
    const wrong = await value(sql`
      select count(*) from listing l where places_taken <>
        (select coalesce(sum(places_held), 0) from onward_referral o where o.listing_id = l.id)`);
    expect(wrong).toBe(0);
    expect(await value(sql`select sum(places_taken) from listing`)).toBeGreaterThan(10);
  });

  it('tells no move that the lifecycles refuse, and each ends where its row stands', async () => {
    const moves = await rows<{ kind: string; action: string; from: string | null; to: string }>(sql`
      select distinct 'referral' as kind, action, from_state as "from", to_state as "to" from referral_history
      union select distinct 'onward', action, from_state, to_state from onward_referral_history`);
    expect(moves.length).toBeGreaterThan(15);
    for (const { kind, action, from, to } of moves) {
      const made = action === 'send' && from === null;
      const answer = made
        ? { ok: true, to: 'sent' }
        : kind === 'referral'
          ? moveReferral(action as never, from as never)
          : move(ONWARD_LIFECYCLE, action as never, from as never);
      expect({ kind, action, from, answer }).toEqual({ kind, action, from, answer: { ok: true, to } });
    }
    const astray = await value(sql`
      select count(*) from referral r where state <> (select to_state from referral_history h
        where h.referral_id = r.id order by at desc, id desc limit 1)`);
    expect(astray).toBe(0);
  });

  it('happens in order and not in the future', async () => {
    const future = await value(sql`
      select (select count(*) from referral_history where at > ${now}::timestamptz)
        + (select count(*) from contact where at > ${now}::timestamptz)
        + (select count(*) from onward_referral_history where at > ${now}::timestamptz)
        + (select count(*) from attendance where session_on > ${now}::date)`);
    expect(future).toBe(0);
    const backwards = await value(sql`
      select count(*) from referral where sent_at > coalesce(accepted_at, 'infinity')
        or accepted_at > allocated_at or allocated_at > begun_at or begun_at > ended_at`);
    expect(backwards).toBe(0);
  });

  it('has told what fell due before, and plans what is to come', async () => {
    // What the product does by itself, such as noting that no answer came, it does at its first tick.
    // What somebody is to do today becomes their task then, too.
    const untold = sql`select count(*) from reminder where state = 'waiting' and due_at <= ${now} and not by_product
      and kind not in ('story_waiting', 'client_feedback', 'escalation', 'safeguarding', 'practice_moved', 'area_move')`;
    expect(await value(untold)).toBe(0);
    expect(await value(sql`select count(*) from reminder where state = 'waiting'`)).toBeGreaterThan(150);
    expect(await value(sql`select count(*) from reminder where state = 'done'`)).toBeGreaterThan(50);
    expect(await value(sql`select count(*) from message`)).toBe(0);
  });

  it('leaves every open case held by whoever owns it, and nobody else by a worker', async () => {
    const unheld = await value(sql`
      select count(*) from referral r where owner_kind is not null and not exists (
        select 1 from client_reach h where h.client_id = r.client_id and h.source_id = r.id
          and h.holder_id = coalesce(r.owner_id, r.scheme_id))`);
    expect(unheld).toBe(0);
  });
});
