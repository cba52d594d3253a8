import pg from 'pg';
import sql from 'sql-template-tag';
import { systemActor } from '../../src/platform/actor/actor.types.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { digestOf } from '../../src/audit/seal.queries.js';
import { organisationsPage } from '../../src/identity/organisations.queries.js';
import { actorStatement } from '../../src/identity/session.queries.js';
import { usersPage } from '../../src/identity/users.queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { planOf } from '../support/plans.js';
import { startApp, type TestApp } from '../support/start-app.js';

const PEOPLE = 5000;
const ENTRIES = 20_000;

/** A scheme with thousands of everybody, and a worker who was away for a day every other day for twenty years. */
async function seed(betony: TestApp, scheme: TestScheme, worker: TestMember): Promise<void> {
  const { membershipId, organisationId } = worker.actor;
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.run(sql`
      insert into organisation (scheme_id, id, name, kind, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'Surgery ' || n, 'gp_practice', ${tx.now}, ${tx.now}
      from generate_series(1, ${PEOPLE}::int) n`);
    await tx.run(sql`
      insert into user_account (id, email_hash, created_at)
      select gen_random_uuid(), 'hash ' || n, ${tx.now} from generate_series(1, ${PEOPLE}::int) n`);
    await tx.run(sql`
      insert into user_profile (scheme_id, account_id, name, email, created_at, updated_at)
      select ${scheme.id}, id, 'Person ' || email_hash, email_hash, ${tx.now}, ${tx.now}
      from user_account where email_hash like 'hash %'`);
    await tx.run(sql`
      insert into membership (id, scheme_id, account_id, organisation_id, role, created_at)
      select gen_random_uuid(), ${scheme.id}, id, ${organisationId}, 'referrer', ${tx.now}
      from user_account where email_hash like 'hash %'`);
    await tx.run(sql`
      insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at)
      select gen_random_uuid(), account_id, id, ${tx.now}, ${tx.now}, ${tx.now} from membership
      where scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into cover (scheme_id, id, worker_id, cover_id, reason, starts_on, ends_on, created_by, created_at)
      select ${scheme.id}, gen_random_uuid(), ${membershipId}, null, 'leave', date '2004-01-01' + n * 2,
        date '2004-01-01' + n * 2, ${membershipId}, ${tx.now}
      from generate_series(1, 4500) n where date '2004-01-01' + n * 2 < date '2026-12-01'`);
    await tx.run(sql`
      insert into audit_entry (scheme_id, at, actor_kind, action)
      select ${scheme.id}, ${tx.now}, 'system', 'bulk.write' from generate_series(1, ${ENTRIES}::int)`);
  });
}

describe('at size, as the application', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let worker: TestMember;
  let manager: TestMember;
  let deepOrganisation: string;
  let deepUser: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    worker = await aMember(scheme, 'link_worker', { triages: true });
    manager = await aMember(scheme, 'scheme_manager');
    await seed(betony, scheme, worker);
    const read = async (statement: ReturnType<typeof sql>) =>
      (await betony.get(Database).read<{ id: string }>(scheme.id, statement))[0]!.id;
    deepOrganisation = await read(sql`select id from organisation where name = 'Surgery 4000'`);
    deepUser = await read(sql`select account_id as id from user_profile where name = 'Person hash 4000'`);
    const owner = new pg.Client({ connectionString: betony.database.superuserUrl });
    await owner.connect();
    await owner.query('analyze');
    await owner.end();
  }, 120_000);
  afterAll(() => betony.stop());

  const claims = ({ actor }: TestMember) => ({
    sub: actor.accountId,
    sid: actor.sessionId,
    mid: actor.membershipId,
    sch: actor.schemeId,
    iat: 0,
    exp: 0,
  });
  const plan = (statement: ReturnType<typeof sql>, kind: 'custom' | 'generic') =>
    planOf(betony.database.url, scheme.id, statement, kind);

  describe.each(['custom', 'generic'] as const)('with a %s plan', (kind) => {
    it('who is asking is found by keys, whatever the past holds', async () => {
      for (const member of [worker, manager]) {
        const { endToEnd, looked } = await plan(actorStatement(claims(member), betony.clock.now()), kind);
        expect(endToEnd).toEqual([]);
        expect(looked['session']).toBeLessThan(3);
        expect(looked['cover'] ?? 0).toBeLessThan(30);
      }
    });

    it('a page of organisations, deep in the list, is read through its index', async () => {
      const { endToEnd, looked } = await plan(
        organisationsPage(manager.actor, {}, deepOrganisation, 25),
        kind,
      );
      expect(endToEnd).toEqual([]);
      expect(looked['organisation']).toBeLessThan(60);
    });

    it('a page of users, deep in the list, is read through its index', async () => {
      const { endToEnd, looked } = await plan(usersPage(manager.actor, {}, deepUser, 25), kind);
      // Memberships of 26 people among 5,000 are as soon read whole as looked up one by one.
      expect(endToEnd).not.toContain('user_profile');
      expect(looked['user_profile']).toBeLessThan(60);
    });

    it('entries to be sealed are found through their index', async () => {
      const { endToEnd, looked } = await plan(
        digestOf(scheme.id, '18446744073709551000', '18446744073709551001'),
        kind,
      );
      expect(endToEnd).toEqual([]);
      expect(looked['audit_entry'] ?? 0).toBe(0);
    });
  });
});
