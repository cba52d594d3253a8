import pg from 'pg';
import { aSend } from '../factories/referrals.js';
import { aMember, aScheme, type TestMember } from '../support/people.js';
import { startApp, type TestApp } from '../support/start-app.js';

const AT_ONCE = 12;

describe('a column that a migration adds beside a build that knows nothing of it', () => {
  let betony: TestApp;
  let client: pg.Client;
  let practice: TestMember;
  let manager: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    client = new pg.Client({ connectionString: betony.database.superuserUrl });
    await client.connect();
    const scheme = await aScheme(betony);
    [practice, manager] = [await aMember(scheme, 'referrer'), await aMember(scheme, 'scheme_manager')];
  });
  afterAll(async () => {
    await client.end();
    await betony.stop();
  });

  const send = async (): Promise<{ status: number; id: string }> => {
    const { statusCode, ...answer } = await betony.inject({
      method: 'POST',
      url: '/api/v1/referrals',
      headers: practice.headers,
      payload: aSend(),
    });
    return { status: statusCode, id: answer.json<{ id: string }>().id };
  };
  const read = async (id: string): Promise<number> =>
    (await betony.inject({ url: `/api/v1/referrals/${id}`, headers: practice.headers })).statusCode;
  const list = async (): Promise<number> =>
    (await betony.inject({ url: '/api/v1/triage', headers: manager.headers })).statusCode;
  const withdraw = async (id: string): Promise<number> =>
    (
      await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${id}/withdraw`,
        headers: practice.headers,
        payload: { reason: 'sent_in_error' },
      })
    ).statusCode;
  /** On every connection there is, so that each has prepared what it asks. */
  const work = async (): Promise<number[]> => {
    const sent = await Promise.all(Array.from({ length: AT_ONCE }, send));
    const reads = await Promise.all(sent.map(({ id }) => read(id)));
    const lists = await Promise.all(Array.from({ length: AT_ONCE }, list));
    const withdrawn = await Promise.all(sent.map(({ id }) => withdraw(id)));
    return [...sent.map(({ status }) => status), ...reads, ...lists, ...withdrawn];
  };

  it('costs nobody an answer, and no write is done twice', async () => {
    const before = await work();
    expect(new Set(before)).toEqual(new Set([200, 201]));
    for (const table of ['referral', 'client', 'organisation', 'membership', 'session'])
      await client.query(`alter table ${table} add column from_a_later_build text`);
    expect(new Set(await work())).toEqual(new Set([200, 201]));
    expect((await client.query('select count(*)::int as n from referral')).rows).toEqual([
      { n: 2 * AT_ONCE },
    ]);
    expect(
      (await client.query(`select count(*)::int as n from audit_entry where action = 'referral.send'`)).rows,
    ).toEqual([{ n: 2 * AT_ONCE }]);
  });
});
