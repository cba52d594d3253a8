import sql from 'sql-template-tag';
import { aCase } from '../../factories/caseload.js';
import { aReferral, theManager } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

type Answers = Record<string, string | string[]>;

describe('work across people', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let mo: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro', triages: true });
    mo = await theManager(scheme);
  });
  afterAll(() => betony.stop());

  const ask = (url: string, who = sam) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await ask(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = async (url: string, answers: Answers = {}, who = sam) => {
    const pairs = Object.entries({ _csrf: who.browser.formToken, ...answers }).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(pairs).toString(),
    });
    return { status: answer.statusCode, to: answer.headers.location, body: answer.body.replace(/\s+/g, ' ') };
  };
  /** The boxes of a page, by the name beside each. */
  const boxes = (body: string): Record<string, string> =>
    Object.fromEntries(
      [...body.matchAll(/name="row" value="([^"]+)"[^>]*> <label[^>]*><span[^>]*>([^<]+)</g)].map(
        ([, value = '', name = '']) => [name, value],
      ),
    );
  /** What the page of results says of each: "Ada Waits: Done". */
  const outcomes = (body: string): string[] =>
    [
      ...body.matchAll(
        /<a href="\/desk\/people\/[^"]+">([^<]+)<\/a>.*?<strong[^>]*>\s*(Done|Not done)\s*<\/strong>\s*(?:<br>([^<]*))?/g,
      ),
    ].map(([, name = '', what = '', because = '']) =>
      [name, what, because.trim()].filter(Boolean).join(': '),
    );
  const owners = async (): Promise<Record<string, string | null>> =>
    Object.fromEntries(
      (
        await rowsOf<{ id: string; owner_id: string | null }>(
          scheme,
          sql`select id, owner_id from referral where scheme_id = ${scheme.id}`,
        )
      ).map(({ id, owner_id: owner }) => [id, owner]),
    );
  const historyOf = async (id: string): Promise<string[]> =>
    (
      await rowsOf<{ action: string }>(
        scheme,
        sql`select action from referral_history where scheme_id = ${scheme.id} and referral_id = ${id} order by id`,
      )
    ).map(({ action }) => action);

  describe('a caseload', () => {
    it('gives those ticked a next date, and says what became of each', async () => {
      const ada = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const ben = await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' }).begun();
      await aCase(scheme, sam).person({ firstName: 'Cy', lastName: 'Stays' });
      const rows = boxes(await page('/desk/caseload'));
      expect(Object.keys(rows).sort()).toEqual(['Ada Waits', 'Ben Talks', 'Cy Stays']);
      const answer = await send('/desk/caseload/next', {
        row: [rows['Ada Waits'] ?? '', rows['Ben Talks'] ?? ''],
        nextOn: '2026-12-07',
        workerId: '',
      });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('Next contact Mon, 7 December 2026: 2 of 2');
      expect(outcomes(answer.body)).toEqual(['Ada Waits: Done', 'Ben Talks: Done']);
      const dates = await rowsOf<{ id: string; on: string }>(
        scheme,
        sql`select id, next_at::date::text as on from referral where scheme_id = ${scheme.id} and next_at::date = '2026-12-07'`,
      );
      expect(dates.map(({ id }) => id).sort()).toEqual([ada.referralId, ben.referralId].sort());
    });

    it('keeps ticks and answers where something is wrong, and does nothing then', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const { 'Ada Waits': ada = '' } = boxes(await page('/desk/caseload'));
      const past = await send('/desk/caseload/next', {
        row: ada,
        nextOn: '',
        'nextOn.day': '31',
        'nextOn.month': '2',
        'nextOn.year': '2027',
      });
      expect(past.status).toBe(422);
      expect(past.body).toContain('href="#nextOn"');
      expect(past.body).toMatch(new RegExp(`value="${ada}" checked`));
      expect(past.body).toContain('value="31"');
      const nobody = await send('/desk/caseload/next', { nextOn: '2026-12-07' });
      expect([nobody.status, nobody.body.includes('Tick at least one person')]).toEqual([422, true]);
      const made = await send('/desk/caseload/next', { row: 'someone', nextOn: '2026-12-07' });
      expect([made.status, made.body.includes('Tick people in the list')]).toEqual([422, true]);
    });

    it('names who was changed meanwhile and by whom, refuses each for its own reason, and does the others', async () => {
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Reed' });
      const ada = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const ben = await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' });
      const cy = await aCase(scheme, kim).person({ firstName: 'Cy', lastName: 'Kims' });
      const rows = boxes(await page('/desk/caseload', mo));
      await send(`/desk/caseload/next`, { row: rows['Ada Waits'] ?? '', nextOn: '2026-12-01' });
      const answer = await send(
        '/desk/caseload/give',
        { row: Object.values(rows), workerId: kim.actor.membershipId },
        mo,
      );
      expect(answer.body).toContain('Given to Kim Reed: 1 of 3');
      expect(outcomes(answer.body).sort()).toEqual([
        'Ada Waits: Not done: Sam Okoro changed this at 10:00, after you saw the list.',
        'Ben Talks: Done',
        'Cy Kims: Not done: This link worker has it already.',
      ]);
      expect(await owners()).toEqual({
        [ada.referralId]: sam.actor.membershipId,
        [ben.referralId]: kim.actor.membershipId,
        [cy.referralId]: kim.actor.membershipId,
      });
    });

    it('writes nothing twice, however often it is sent', async () => {
      const { referralId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const body = await page('/desk/caseload');
      const [, key = ''] = /data-select.*?name="_key" value="([^"]+)"/.exec(body) ?? [];
      const form = { _key: key, row: Object.values(boxes(body)), nextOn: '2026-12-07' };
      const before = await historyOf(referralId);
      const [first, second] = await Promise.all([
        send('/desk/caseload/next', form),
        send('/desk/caseload/next', form),
      ]);
      const third = await send('/desk/caseload/next', form);
      for (const { body: said } of [first, second, third])
        expect(outcomes(said)).toEqual(['Ada Waits: Done']);
      expect((await historyOf(referralId)).slice(before.length)).toEqual(['setNext']);
    });

    it('can be everybody under the same filters, on all pages', async () => {
      for (let n = 0; n < 3; n += 1) await aCase(scheme, sam);
      await aCase(scheme, sam).onHold();
      const body = await page('/desk/caseload?limit=2&state=allocated');
      expect(body).toContain('All 3 in this list, not only those on this page');
      const answer = await send('/desk/caseload/next?limit=2&state=allocated', {
        everybody: 'yes',
        nextOn: '2026-12-07',
      });
      expect(answer.body).toContain(': 3 of 3');
    });

    it('goes on paper, those chosen alone', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' });
      const rows = boxes(await page('/desk/caseload'));
      const { body } = await send('/desk/caseload/print', { row: rows['Ada Waits'] ?? '', nextOn: '' });
      expect(body).toContain('class="betony-print"');
      expect(body).toContain('Ada Waits');
      expect(body).not.toContain('Ben Talks');
    });

    it('is out of reach of colleagues, of senders and of groups', async () => {
      const { referralId } = await aCase(scheme, sam);
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Reed' });
      const form = { row: `${referralId}.1`, nextOn: '2026-12-07' };
      expect((await send('/desk/caseload/next', form, kim)).status).toBe(404);
      for (const role of ['referrer', 'provider_member', 'commissioner', 'administrator'] as const)
        expect((await send('/desk/caseload/next', form, await aMember(scheme, role))).status).toBe(403);
      const { body } = await send('/desk/caseload/next', {
        ...form,
        row: [`${referralId}.1`, `${(await aCase(scheme, kim)).referralId}.1`],
      });
      expect(body).toContain('One that you chose is no longer in your reach');
    });
  });

  describe('new referrals', () => {
    it('are taken on together, but for those who may be somebody known, and given together', async () => {
      const ada = await aReferral(scheme).about({ firstName: 'Ada', lastName: 'Waits' });
      const ben = await aReferral(scheme).about({ firstName: 'Ben', lastName: 'Talks' });
      const rows = boxes(await page('/desk/triage'));
      const taken = await send('/desk/triage/take-on', { row: Object.values(rows) });
      expect(taken.body).toContain('Taken on: 2 of 2');
      const body = await page('/desk/triage?state=accepted');
      const given = await send('/desk/triage/give?state=accepted', {
        row: Object.values(boxes(body)),
        workerId: sam.actor.membershipId,
      });
      expect(given.body).toContain('Given to Sam Okoro: 2 of 2');
      expect(await owners()).toEqual({
        [ada.id]: sam.actor.membershipId,
        [ben.id]: sam.actor.membershipId,
      });
      expect((await send('/desk/triage/give', { row: `${ada.id}.1`, workerId: '' })).status).toBe(422);
    });

    it('fill a worker up to their limit and no further', async () => {
      const rows = await Promise.all([aReferral(scheme).accepted(), aReferral(scheme).accepted()]);
      const limit = await betony.inject({
        url: `/api/v1/link-workers/${sam.actor.membershipId}`,
        headers: mo.headers,
      });
      await betony.inject({
        method: 'PATCH',
        url: `/api/v1/link-workers/${sam.actor.membershipId}`,
        headers: { ...mo.headers, 'if-match': String(limit.headers['etag']) },
        payload: { caseloadLimit: 1 },
      });
      const answer = await send('/desk/triage/give', {
        row: Object.values(boxes(await page('/desk/triage?state=accepted'))),
        workerId: sam.actor.membershipId,
      });
      expect(answer.body).toContain(`Given to Sam Okoro: 1 of ${String(rows.length)}`);
      expect(answer.body).toContain('This link worker has no room. Choose another, or ask a manager.');
    });
  });

  describe('the team', () => {
    it('says who has most room, and gives those whom nobody has from the same page', async () => {
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Reed' });
      for (let n = 0; n < 2; n += 1) await aCase(scheme, sam);
      const { id } = await aReferral(scheme).accepted();
      const body = await page('/desk/team', mo);
      expect(body).toMatch(/Most room by weight: Kim Reed \(0% full, room for 40\), Sam Okoro/);
      const answer = await send(
        '/desk/triage/give?state=accepted',
        { row: Object.values(boxes(body)), workerId: kim.actor.membershipId },
        mo,
      );
      expect(answer.body).toContain('Given to Kim Reed: 1 of 1');
      expect((await owners())[id]).toBe(kim.actor.membershipId);
    });
  });
});
