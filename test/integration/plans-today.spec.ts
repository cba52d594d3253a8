import pg from 'pg';
import sql from 'sql-template-tag';
import { timelineStatement } from '../../src/caseload/timeline.queries.js';
import { countsStatement, todayStatement } from '../../src/caseload/today.queries.js';
import { casesStatement, supervisionStatement } from '../../src/caseload/workload.queries.js';
import { systemActor, type MemberActor } from '../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { aMember, aScheme, type TestScheme } from '../support/people.js';
import { planOf } from '../support/plans.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const WORKERS = 200;
const EACH = 50;
const NOW = new Date(TEST_NOW);

/**
 * A large team: 50 live referrals a worker, three contacts each, an appointment for one in four, a visit on which
 * the next worker is sent.
 */
async function seed(betony: TestApp, scheme: TestScheme, workers: number): Promise<void> {
  const home = await scheme.homeOf('link_worker');
  const people = workers * EACH;
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.run(sql`
      with made as (
        insert into user_account (id, email_hash, created_at)
        select gen_random_uuid(), ${scheme.id} || n, ${tx.now} from generate_series(1, ${workers}::int) n returning id
      )
      insert into membership (id, scheme_id, account_id, organisation_id, role, created_at)
      select gen_random_uuid(), ${scheme.id}, made.id, ${home}, 'link_worker', ${tx.now} from made`);
    await tx.run(sql`
      insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key, last_name_key,
        last_name_sound, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'confirmed', 'Grace', 'Number ' || n, '1950-01-01', 'grace',
        'number ' || n, 'NMPR', ${tx.now}, ${tx.now} from generate_series(1, ${people}::int) n`);
    await tx.run(sql`
      with worker as (
        select m.id, row_number() over (order by m.id) - 1 as turn from membership m
        where m.scheme_id = ${scheme.id} and m.role = 'link_worker'
      ), person as (
        select c.id, row_number() over (order by c.id) - 1 as n from client c where c.scheme_id = ${scheme.id}
      )
      insert into referral (scheme_id, id, reference, client_id, sent_client_id, route, state, owner_kind, owner_id,
        next_at, next_kind, sent_at, accepted_at, allocated_at, begun_at, told_status, told_at, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), person.id::text, person.id, person.id, 'gp', 'active', 'worker', worker.id,
        ${tx.now}::timestamptz + make_interval(days => (person.n / ${workers}::int % 40)::int - 3), 'next_contact', ${tx.now}, ${tx.now},
        ${tx.now}, ${tx.now}, 'in_touch', ${tx.now}, ${tx.now}, ${tx.now}
      from person join worker on worker.turn = person.n % ${workers}::int`);
    await tx.run(sql`
      insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id)
      select r.scheme_id, r.client_id, 'membership', r.owner_id, 'owns', r.id from referral r
      where r.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into contact (scheme_id, id, referral_id, kind, outcome, at, next_on, created_at, updated_at)
      select r.scheme_id, gen_random_uuid(), r.id, 'phone', case when n = 1 then 'reached' else 'no_answer' end,
        ${tx.now}::timestamptz - make_interval(days => 10 - n), '2026-11-30', ${tx.now}, ${tx.now}
      from referral r cross join generate_series(1, 3) n where r.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into plan (scheme_id, id, referral_id, review_on, made_at, changed_at)
      select r.scheme_id, r.id, r.id, '2026-12-01', ${tx.now}, ${tx.now} from referral r where r.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into plan_version (scheme_id, id, plan_id, number, at, content)
      select p.scheme_id, gen_random_uuid(), p.id, 1, ${tx.now}, '{"goals": []}' from plan p
      where p.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into goal (scheme_id, id, plan_id, position, words, importance, status, made_at, status_at)
      select p.scheme_id, p.id, p.id, 0, 'Company', 8, 'working_on_it', ${tx.now}, ${tx.now} from plan p
      where p.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into action (scheme_id, id, plan_id, goal_id, position, what, who, status, confidence, made_at, status_at)
      select g.scheme_id, gen_random_uuid(), g.plan_id, g.id, n, 'Ring', 'client', 'to_do', 5, ${tx.now}, ${tx.now}
      from goal g cross join generate_series(1, 2) n where g.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into referral_history (scheme_id, id, referral_id, at, action, from_state, to_state)
      select r.scheme_id, gen_random_uuid(), r.id, ${tx.now}, 'allocate', 'accepted', 'allocated'
      from referral r where r.scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, created_at, updated_at)
      select r.scheme_id, gen_random_uuid(), r.id, 'phone', 'made', r.next_at, 20, ${tx.now}, ${tx.now}
      from referral r where r.scheme_id = ${scheme.id} and right(r.id::text, 1) in ('0', '4', '8', 'c')`);
    await tx.run(sql`
      with worker as (
        select m.id, row_number() over (order by m.id) as turn, count(*) over () as team from membership m
        where m.scheme_id = ${scheme.id} and m.role = 'link_worker'
      )
      insert into home_visit (scheme_id, appointment_id, worker_id, back_by)
      select a.scheme_id, a.id, goes.id, a.starts_at + interval '1 hour'
      from appointment a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
      join worker owns on owns.id = r.owner_id join worker goes on goes.turn = owns.turn % owns.team + 1
      where a.scheme_id = ${scheme.id}`);
  });
}

describe('the plans of today', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let actor: MemberActor;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    await seed(betony, scheme, WORKERS);
    const sam = await aMember(scheme, 'link_worker');
    const [busy, other] = await betony
      .get(UnitOfWork)
      .run(systemActor(scheme.id, 'test'), (tx) =>
        tx.rows<{ owner_id: string }>(
          sql`select owner_id from referral where scheme_id = ${scheme.id} group by owner_id order by 1 limit 2`,
        ),
      );
    actor = {
      ...sam.actor,
      membershipId: busy?.owner_id ?? '',
      // Somebody who also covers a colleague.
      actsFor: [busy?.owner_id ?? '', other?.owner_id ?? ''],
    };
    const owner = new pg.Client({ connectionString: betony.database.ownerUrl });
    await owner.connect();
    await owner.query('vacuum analyze');
    await owner.end();
  }, 180_000);
  afterAll(() => betony.stop());

  it.each(
    (['custom', 'generic'] as const).flatMap((kind) => [
      { kind, name: 'today', statement: todayStatement },
      { kind, name: 'counts', statement: countsStatement },
    ]),
  )(
    '$name ($kind plan) reads one’s own caseload and what one covers, and nothing from end to end',
    async (test) => {
      const plan = await planOf(
        betony.database.url,
        scheme.id,
        test.statement(actor, actor.actsFor, NOW),
        test.kind,
      );
      expect(plan.endToEnd).toEqual([]);
      // Their own, and the day's visits of the two to people of others.
      expect(plan.looked['home_visit'] ?? 0).toBeLessThanOrEqual(6);
      expect(plan.looked['referral']).toBeGreaterThanOrEqual(2 * EACH);
      expect(plan.looked['referral']).toBeLessThanOrEqual(2 * EACH + (plan.looked['home_visit'] ?? 0));
      expect(plan.looked['appointment'] ?? 0).toBeLessThanOrEqual(2 * EACH);
      expect(plan.looked['client'] ?? 0).toBeLessThanOrEqual(2 * EACH);
      expect(plan.looked['contact'] ?? 0).toBeLessThanOrEqual(6 * EACH);
    },
  );

  it.each(['custom', 'generic'] as const)(
    'weights and supervision (%s plan) read the cases they are about, and nothing from end to end',
    async (kind) => {
      for (const [statement, owners] of [
        [casesStatement(scheme.id, actor.actsFor), 2],
        [supervisionStatement(actor, actor.membershipId, NOW), 1],
      ] as const) {
        const plan = await planOf(betony.database.url, scheme.id, statement, kind);
        expect(plan.endToEnd).toEqual([]);
        expect(plan.looked['referral']).toBe(owners * EACH);
        expect(plan.looked['plan']).toBeLessThanOrEqual(owners * EACH);
        expect(plan.looked['action']).toBeLessThanOrEqual(owners * 2 * EACH);
        expect(plan.looked['contact']).toBeLessThanOrEqual(owners * 6 * EACH);
      }
    },
  );

  it.each(['custom', 'generic'] as const)(
    'a timeline (%s plan) reads what is of one person, and nothing from end to end',
    async (kind) => {
      const [row] = await betony
        .get(UnitOfWork)
        .run(systemActor(scheme.id, 'test'), (tx) =>
          tx.rows<{ client_id: string }>(
            sql`select client_id from referral where scheme_id = ${scheme.id} and owner_id = ${actor.membershipId} limit 1`,
          ),
        );
      const statement = timelineStatement(actor, row?.client_id ?? '', NOW, { limit: 25 });
      const plan = await planOf(betony.database.url, scheme.id, statement, kind);
      expect(plan.endToEnd).toEqual([]);
      for (const table of ['contact', 'referral_history', 'plan_version', 'appointment']) {
        expect([table, (plan.looked[table] ?? 0) <= 20]).toEqual([table, true]);
      }
    },
  );
});
