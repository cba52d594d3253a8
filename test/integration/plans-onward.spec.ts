import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { listed, onwardOrder, onwardPage } from '../../src/onward-referrals/onward.queries.js';
import { onwardWithin } from '../../src/onward-referrals/onward.reach.js';
import { lockStatement } from '../../src/onward-referrals/onward-moves.service.js';
import { offerSubject } from '../../src/onward-referrals/onward-facts.queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { planOf } from '../support/plans.js';
import { startApp, type TestApp } from '../support/start-app.js';

const OFFERS = 20_000;
const REFERRALS = OFFERS / 2;
const GROUPS = 400;
const CASELOAD = 40;
const AT = new Date('2026-11-23T10:00:00Z');

/** Ids that can be counted: the nth of its kind. */
const nth = (kind: string): Sql => sql`md5(${kind} || n)::uuid`;

/** Ten thousand people, each offered twice, to four hundred groups with a service each. One in ten still waits. */
async function seed(betony: TestApp, scheme: TestScheme, worker: string): Promise<void> {
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    const kind = (name: string): Sql => nth(scheme.id + name);
    await tx.run(sql`
      insert into organisation (scheme_id, id, name, kind, provides, created_at, updated_at)
      select ${scheme.id}, ${kind('group')}, 'Group ' || n, 'community_group', true, ${tx.now}, ${tx.now}
      from generate_series(0, ${GROUPS - 1}::int) n`);
    await tx.run(sql`
      insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
      select ${scheme.id}, ${kind('group')}, 'community', ${tx.now}, ${tx.now}
      from generate_series(0, ${GROUPS - 1}::int) n`);
    await tx.run(sql`
      insert into listing (scheme_id, id, organisation_id, name, description, state, created_at, updated_at)
      select ${scheme.id}, ${kind('listing')}, ${kind('group')}, 'Service ' || n, 'Tea', 'published', ${tx.now}, ${tx.now}
      from generate_series(0, ${GROUPS - 1}::int) n`);
    await tx.run(sql`
      insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key, last_name_key,
        last_name_sound, created_at, updated_at)
      select ${scheme.id}, ${kind('client')}, 'confirmed', 'A', 'B', '1951-03-02', 'a', 'b', 'b', ${tx.now}, ${tx.now}
      from generate_series(0, ${REFERRALS - 1}::int) n`);
    await tx.run(sql`
      insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id)
      select ${scheme.id}, ${kind('client')}, 'membership',
        case when n % ${REFERRALS / CASELOAD} = 0 then ${worker}::uuid else md5((n / ${CASELOAD})::text)::uuid end,
        'owns', ${kind('referral')}
      from generate_series(0, ${REFERRALS - 1}::int) n`);
    await tx.run(sql`
      insert into referral (scheme_id, id, reference, client_id, route, state, owner_kind, owner_id, next_at, next_kind,
        told_status, told_at, created_at, updated_at)
      select ${scheme.id}, ${kind('referral')}, n::text, ${kind('client')}, 'gp', 'active', 'worker', ${worker}, ${tx.now},
        'next_contact', 'in_touch', ${tx.now}, ${tx.now}, ${tx.now}
      from generate_series(0, ${REFERRALS - 1}::int) n`);
    await tx.run(sql`
      insert into agreement (scheme_id, id, client_id, recipient_kind, organisation_id, scope, basis, agreed_on, how,
        recorded_at)
      select ${scheme.id}, ${kind('agreement')}, md5(${`${scheme.id}client`} || n / 2)::uuid, 'organisation',
        md5(${`${scheme.id}group`} || n * 7 % ${GROUPS})::uuid, '{needs,contact_details}', 'agreed', '2026-11-01', 'phone',
        ${tx.now}
      from generate_series(0, ${OFFERS - 1}::int) n`);
    await tx.run(sql`
      insert into onward_referral (scheme_id, id, referral_id, client_id, listing_id, organisation_id, state, called_by,
        contact_route, needs, how_soon, agreement_id, offered_at, clock_started_at, answer_by, ended_at, end_reason,
        end_side, to_act, created_at, updated_at)
      select ${scheme.id}, ${kind('offer')}, md5(${`${scheme.id}referral`} || n / 2)::uuid,
        md5(${`${scheme.id}client`} || n / 2)::uuid, md5(${`${scheme.id}listing`} || n * 7 % ${GROUPS})::uuid,
        md5(${`${scheme.id}group`} || n * 7 % ${GROUPS})::uuid,
        case when n % 10 = 0 then 'offered' else 'declined' end, 'first_name', 'phone', '{loneliness}', 'no_hurry',
        ${kind('agreement')}, ${tx.now}, case when n % 10 = 0 then ${tx.now}::timestamptz end,
        case when n % 10 = 0 then ${tx.now}::timestamptz + make_interval(mins => n) end,
        case when n % 10 > 0 then ${tx.now}::timestamptz end, case when n % 10 > 0 then 'full' end,
        case when n % 10 > 0 then 'provider' end, case when n % 100 = 1 then 'declined' end, ${tx.now}, ${tx.now}
      from generate_series(0, ${OFFERS - 1}::int) n`);
  });
}

describe('the plans of onward referrals', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let group: TestMember;
  let manager: TestMember;
  let offer: { id: string; referral_id: string; listing_id: string };
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    manager = await aMember(scheme, 'scheme_manager');
    await seed(betony, scheme, sam.actor.membershipId);
    const other = await aScheme(betony);
    await seed(betony, other, (await aMember(other, 'link_worker')).actor.membershipId);
    offer = await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
      tx.one(sql`
          select id, referral_id, listing_id, organisation_id from onward_referral where state = 'offered' limit 1`),
    );
    const { organisation_id: organisation } = offer as unknown as { organisation_id: string };
    group = await aMember(scheme, 'provider_member', { organisation });
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    await owner.query('analyze');
    await owner.end();
  }, 240_000);
  afterAll(() => betony.stop());

  const list = (who: TestMember, query: Parameters<typeof listed>[1]) => {
    const { order, after } = onwardOrder(who.actor, query);
    return onwardPage(who.actor, sql`${listed(who.actor, query)} and ${after}`, 25, AT, order);
  };
  const mine = (who: TestMember, reach: 'assigned' | 'organisation') => onwardWithin(who.actor, reach, AT);

  /** With how many onward referrals at most may be looked at. */
  const cases: [string, () => Sql, number][] = [
    ["a group's inbox", () => list(group, {}), 200],
    ["a group's open offers", () => list(group, { state: ['offered'] }), 300],
    ["a worker's own", () => list(sam, {}), 6 * CASELOAD],
    ['what waits for a worker', () => list(sam, { toAct: true }), 6 * CASELOAD],
    ["a manager's first page", () => list(manager, {}), 200],
    ['one, by its group', () => onwardPage(group.actor, sql`o.id = ${offer.id}`, 1, AT), 5],
    ['one, by its worker', () => onwardPage(sam.actor, sql`o.id = ${offer.id}`, 1, AT), 5],
    [
      'all of a referral',
      () => onwardPage(manager.actor, sql`o.referral_id = ${offer.referral_id}`, 200, AT),
      10,
    ],
    [
      'locking one to answer it',
      () => lockStatement(scheme.id, offer.id, offer.referral_id, mine(group, 'organisation'), true),
      10,
    ],
    [
      'locking one to record an answer',
      () => lockStatement(scheme.id, offer.id, offer.referral_id, mine(sam, 'assigned'), false),
      10,
    ],
    [
      'asking before an offer',
      () => offerSubject(systemActor(scheme.id, 'test'), offer.referral_id, offer.listing_id, sql`true`),
      10,
    ],
    [
      'what the clock ends',
      () => sql`
        select id from onward_referral
        where scheme_id = ${scheme.id} and answer_by <= ${new Date('2026-11-23T12:00:00Z')}
        order by answer_by, id limit 100`,
      100,
    ],
  ];

  it.each(
    cases.flatMap(([name, make, most]) =>
      (['custom', 'generic'] as const).map((kind) => ({ name, make, most, kind })),
    ),
  )('$name ($kind plan) read no table from end to end', async ({ make, most, kind }) => {
    const plan = await planOf(betony.database.url, scheme.id, make(), kind);
    expect(plan.endToEnd).toEqual([]);
    expect(plan.looked['onward_referral']).toBeLessThanOrEqual(most);
  });
});
