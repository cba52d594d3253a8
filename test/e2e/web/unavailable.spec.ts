import { jest } from '@jest/globals';
import pg from 'pg';
import { newId } from '../../../src/platform/pure/ids.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { aReferral } from '../../factories/referrals.js';
import { aScheme, aMember, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('when we are not here', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let priya: TestMember;
  let owner: pg.Client;
  let database: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    priya = await aMember(scheme, 'referrer');
    owner = new pg.Client({ connectionString: betony.database.superuserUrl });
    await owner.connect();
    database = new URL(betony.database.superuserUrl).pathname.slice(1);
  });
  afterAll(async () => {
    await owner.end();
    await betony.stop();
  });

  const get = (url: string) => betony.inject({ url, headers: { cookie: priya.browser.cookie } });
  const post = (url: string, body: Record<string, string>) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: priya.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: priya.browser.formToken, ...body }).toString(),
    });
  /** All that a page would send again. */
  const fieldsOf = (body: string): Record<string, string> =>
    Object.fromEntries(
      [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(
        ([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')],
      ),
    );

  const unreachable = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await owner.query(`alter database "${database}" connection limit 0`);
    await owner.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    try {
      return await work();
    } finally {
      await owner.query(`alter database "${database}" connection limit -1`);
    }
  };
  const inMaintenance = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    Object.assign(betony.config, { maintenance: true });
    try {
      return await work();
    } finally {
      Object.assign(betony.config, { maintenance: false });
    }
  };

  describe.each([
    ['the database cannot be reached', unreachable],
    ['the operator looks after the system', inMaintenance],
  ])('because %s', (_why, during) => {
    it('pages say so kindly, and programs are told when to come back', async () => {
      const [page, api] = await during(async () => [
        await get('/desk/refer'),
        await betony.inject({ url: '/api/v1/referrals', headers: priya.headers }),
      ]);
      expect([page.statusCode, page.headers['retry-after']]).toEqual([503, '60']);
      expect(page.body).toContain('We are not here for a moment');
      expect(page.body).not.toMatch(/database|connection|<form/i);
      expect([api.statusCode, api.headers['retry-after'], api.headers['content-type']]).toEqual([
        503,
        '60',
        'application/problem+json; charset=utf-8',
      ]);
      expect(api.json()).toMatchObject({ title: 'unavailable', status: 503 });
    });

    it('nothing that was typed is lost: the page sends it once more', async () => {
      const typed = { firstName: 'Grace "G" <b>', note: 'two\nlines', reasons: 'loneliness' };
      const refused = await during(() => post('/desk/refer', typed));
      expect(refused.statusCode).toBe(503);
      expect(refused.body).toContain('action="/desk/refer"');
      expect(refused.body).not.toContain('<b>');
      const again = fieldsOf(refused.body);
      expect(again).toMatchObject({ _csrf: priya.browser.formToken, reasons: 'loneliness' });
      expect(again['note']).toMatch(/^two\s+lines$/);
      // Back again, the form is taken, and asks for what is missing as ever.
      const later = await post('/desk/refer', typed);
      expect(later.statusCode).toBe(422);
    });

    it('a password is never shown back', async () => {
      const answer = await during(() =>
        post('/desk/sign-in', { email: 'a@example.org', password: 'quiet harbour lantern' }),
      );
      expect(answer.body).not.toContain('quiet harbour');
      expect(answer.body).not.toContain('Send it again');
    });
  });

  it('a fault of ours loses nothing that was typed, and is told with a number to read out', async () => {
    const fault = jest
      .spyOn(betony.get(ReferralsService), 'note')
      .mockRejectedValueOnce(new Error('a fault of ours'));
    const { id } = await aReferral(scheme).from(priya);
    const at = `/desk/referrals/${id}/note`;
    const typed = { note: 'Her daughter "is" back', _key: newId() };
    const broken = await post(at, typed);
    fault.mockRestore();
    expect(broken.statusCode).toBe(500);
    expect(broken.body).toContain('Sorry, something went wrong');
    expect(broken.body).toMatch(/reference <strong>[\dA-Z]{6}<\/strong>/);
    expect(broken.body).toContain(`action="${at}"`);
    const again = fieldsOf(broken.body);
    expect(again).toMatchObject({ ...typed, _csrf: priya.browser.formToken });
    const sent = await post(at, again);
    const twice = await post(at, again);
    expect([sent.headers.location, twice.headers.location]).toEqual([
      `/desk/referrals/${id}?done=note`,
      `/desk/referrals/${id}?done=note`,
    ]);
    const page = (await get(`/desk/referrals/${id}`)).body;
    expect(page.split('Her daughter').length - 1).toBe(1);
  });

  it('a person’s own page says so in their language', async () => {
    const answer = await inMaintenance(() => betony.inject({ url: '/my?lang=pl' }));
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('Przez chwilę nas nie ma');
  });

  it('health is answered as ever', async () => {
    const [live, ready] = await inMaintenance(async () => [
      await betony.inject({ url: '/health/live' }),
      await betony.inject({ url: '/health/ready' }),
    ]);
    expect([live.statusCode, ready.statusCode]).toEqual([200, 200]);
    expect((await unreachable(() => betony.inject({ url: '/health/live' }))).statusCode).toBe(200);
  });
});
