import pg from 'pg';
import { migrate } from '../../src/platform/database/migrate.js';
import { aSend } from '../factories/referrals.js';
import { aMember, aScheme } from '../support/people.js';
import { eventually } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { type TestDatabase, testDatabase } from '../support/test-database.js';

describe('what senders were told, filled in by 0131', () => {
  let database: TestDatabase;
  let betony: TestApp;
  let other: pg.Client;

  beforeAll(async () => {
    database = await testDatabase();
    betony = await startApp({ database });
    other = new pg.Client({ connectionString: database.superuserUrl });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await betony.stop();
    await database.drop();
  });

  it('waits for whoever is at work on a referral, who holds up no other and is not left out', async () => {
    const scheme = await aScheme(betony);
    const [practice, manager] = [await aMember(scheme, 'referrer'), await aMember(scheme, 'scheme_manager')];
    const post = (url: string, { headers }: typeof practice, payload: object) =>
      betony.inject({ method: 'POST', url: `/api/v1${url}`, headers, payload });
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      const sent = await post('/referrals', practice, aSend());
      ids.push(sent.json<{ id: string }>().id);
    }
    const [held, free, waits] = ids;
    for (const id of [held, free]) {
      const accepted = await post(`/referrals/${String(id)}/accept`, manager, {});
      expect([accepted.statusCode, accepted.body]).toEqual([
        expect.any(Number),
        expect.not.stringContaining('problems'),
      ]);
    }
    const told = async (id: string | undefined): Promise<boolean> => {
      const { rows } = await other.query<{ same: boolean | null }>(
        'select told_accepted_at = accepted_at as same from referral where id = $1',
        [id],
      );
      return rows[0]?.same === true;
    };
    await other.query('update referral set told_accepted_at = null, told_reached_at = null');
    await other.query(`delete from migration where name like 'what-senders-were-told%'`);
    const busy = new pg.Client({ connectionString: database.superuserUrl });
    await busy.connect();
    await busy.query('begin');
    await busy.query('select from referral where id = $1 for update', [held]);
    const running = migrate({ databaseUrl: database.url, databaseOwnerUrl: database.ownerUrl });
    try {
      await eventually(() => told(free));
      expect(await told(held)).toBe(false);
    } finally {
      await busy.query('rollback');
      await busy.end();
    }
    expect((await running).applied).toEqual([expect.stringContaining('what-senders-were-told')]);
    expect([await told(held), await told(free), await told(waits)]).toEqual([true, true, false]);
  });
});
