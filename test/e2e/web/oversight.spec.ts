import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { Retention } from '../../../src/records/retention.service.js';
import { speechIn } from '../../../src/web/words/speech.js';
import { aCase } from '../../factories/caseload.js';
import { aClient } from '../../factories/clients.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { statementsOf } from '../../support/count-queries.js';
import { filedMail } from '../../support/mailbox.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const MOST_QUERIES = 6;

describe('what those who run a scheme keep an eye on', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let mo: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    mo = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
  });
  afterAll(() => betony.stop());

  const ask = (url: string, who = mo) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const send = (url: string, body: Record<string, string>, who = mo) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
  const page = async (url: string, who = mo): Promise<string> => {
    const answer = await ask(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  /** How many statements each page sends, of those that send too many. */
  const tooMany = async (...urls: string[]): Promise<[string, number][]> => {
    const counts: [string, number][] = [];
    for (const url of urls) {
      await page(url);
      counts.push([url, (await statementsOf(() => page(url))).length]);
    }
    return counts.filter(([, count]) => count > MOST_QUERIES);
  };

  describe('system health', () => {
    const aMessage = async (about: Record<string, unknown>): Promise<string> => {
      const sam = await aMember(scheme, 'link_worker');
      const { clientId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Unreached' });
      const id = newId();
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'message', {
          scheme_id: scheme.id,
          id,
          kind: 'client',
          channel: 'text',
          recipient_kind: 'client',
          client_id: clientId,
          message_id: `${id}@betony.example.org`,
          attempts: 1,
          next_attempt_at: tx.now,
          created_at: tx.now,
          ...about,
        }),
      );
      return id;
    };
    const stuck = async (): Promise<string> => {
      const id = newId();
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'outbox', {
          id,
          scheme_id: scheme.id,
          event: 'referral.sent',
          payload: '{}',
          created_at: '2026-11-01T09:00:00Z',
          published_at: '2026-11-01T09:00:00Z',
        }),
      );
      return id;
    };

    it('says that all goes out, and is not for those who run nothing', async () => {
      const body = await page('/desk/messages');
      expect(body).toContain('Every message went where it was meant to go.');
      expect(body).toContain('Nothing is stuck.');
      const sam = await aMember(scheme, 'link_worker');
      for (const url of ['/desk/messages', '/desk/health'])
        expect((await ask(url, sam)).statusCode).toBe(403);
      expect((await ask('/desk/messages?state=lost')).statusCode).toBe(422);
    });

    it('counts what failed, waits or is stuck in this scheme, by the way it should have gone', async () => {
      await aMessage({ state: 'failed', because: '400 EADDRESS', settled_at: betony.clock.now() });
      await aMessage({ state: 'ready', channel: 'email' });
      await aMessage({ state: 'sent', channel: 'email', settled_at: TEST_NOW, sent_at: TEST_NOW });
      await stuck();
      await inScheme(await aScheme(betony), (tx) =>
        insertRow(tx, 'outbox', {
          id: newId(),
          scheme_id: tx.schemeId,
          event: 'referral.sent',
          payload: '{}',
          created_at: '2026-11-01T09:00:00Z',
        }),
      );
      const answer = await betony.inject({ url: '/api/v1/system-health', headers: mo.headers });
      expect(answer.json()).toMatchObject({
        checks: { database: expect.any(String) as string, migrations: expect.any(String) as string },
        stuckEvents: 1,
        channels: [
          {
            channel: 'email',
            goesTo: 'files',
            waiting: 1,
            toLookAt: 0,
            lastSentAt: expect.any(String) as string,
          },
          { channel: 'text', waiting: 0, toLookAt: 1, lastSentAt: null },
          { channel: 'letter', waiting: 0, toLookAt: 0 },
        ],
      });
      const body = await page('/desk/health');
      expect(body).toContain('Some of this needs a person.');
      expect(body).toContain('1 stuck');
      expect(body).toContain('href="/desk/messages?channel=text">1');
      // Health asks each part in that part's own words.
      expect(await tooMany('/desk/messages')).toEqual([]);
    });

    it('lets a message be only with a reason, asked for beside it, and sends another again', async () => {
      const settled = { state: 'failed', because: '400 EADDRESS', settled_at: betony.clock.now() };
      const first = await aMessage(settled);
      const second = await aMessage(settled);
      const without = await send(`/desk/messages/${first}/drop`, { because: '' });
      expect([without.statusCode, without.body]).toEqual([
        422,
        expect.stringContaining(`href="#because-${first}"`),
      ]);
      expect(without.body.match(/nhsuk-select--error/g)).toHaveLength(1);
      expect((await send(`/desk/messages/${first}/drop`, { because: 'done_another_way' })).statusCode).toBe(
        303,
      );
      expect((await send(`/desk/messages/${second}/retry`, {})).statusCode).toBe(303);
      expect(await page('/desk/messages')).toContain('Every message went where it was meant to go.');
      expect(await page('/desk/messages?dropped=true')).toContain('Let be: done another way');
      expect((await send(`/desk/messages/${first}/retry`, {})).statusCode).toBe(409);
    });

    it('sends what may have arrived only on the word of somebody who asked', async () => {
      const id = await aMessage({
        state: 'unconfirmed',
        because: 'ETIMEDOUT',
        settled_at: betony.clock.now(),
      });
      expect(await page('/desk/messages')).toContain('I asked: it did not arrive. Send it again');
      const unasked = await send(`/desk/messages/${id}/retry`, {});
      expect([unasked.statusCode, unasked.body]).toEqual([
        422,
        expect.stringContaining('Ask the person first'),
      ]);
      expect((await send(`/desk/messages/${id}/retry`, { notReceived: 'yes' })).statusCode).toBe(303);
    });

    it('tries what is stuck again, or lets it be', async () => {
      const one = await stuck();
      const other = await stuck();
      expect(await page('/desk/messages')).toContain('referral.sent');
      await send(`/desk/stuck-events/${one}/drop`, { because: 'no_longer_wanted' });
      expect((await send(`/desk/stuck-events/${one}/retry`, {})).statusCode).toBe(404);
      expect((await send(`/desk/stuck-events/${other}/retry`, {})).statusCode).toBe(303);
    });
  });

  describe('who looked at what', () => {
    const read = (clientId: string, who: TestMember) =>
      betony.inject({ url: `/api/v1/clients/${clientId}`, headers: who.headers });

    it('says of one person who looked, when and how often, and of nobody else', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const { clientId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Seen' }).begun();
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Other' }).begun();
      await read(clientId, sam);
      await read(clientId, sam);
      await betony.inject({ url: '/api/v1/clients', headers: sam.headers });
      const body = await page(`/desk/audit?clientId=${clientId}`);
      expect(body).toContain('Who looked at the record of Ada Seen');
      expect(body).toContain('Sam Okoro');
      expect(body).toContain('Looked at a person’s record');
      expect(body).toContain('Ada Seen and 1 other');
      expect(body).not.toContain('Ben Other');
      const answer = await betony.inject({
        url: `/api/v1/clients/${clientId}/who-looked`,
        headers: mo.headers,
      });
      const rows = answer.json<{ who: string; looked: number }[]>();
      expect(rows.find(({ who }) => who === 'Sam Okoro')).toMatchObject({ looked: 3, role: 'link_worker' });
    });

    it('keeps who asked', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const { clientId } = await aCase(scheme, sam).begun();
      await page(`/desk/audit?clientId=${clientId}`);
      const body = await page(`/desk/audit?clientId=${clientId}`);
      expect(body).toContain('Looked at who looked at what');
      expect(body).toContain('Mo Rahman');
    });

    it('says what one user did in some days, and nothing of other days or schemes', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const { clientId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Seen' }).begun();
      await read(clientId, sam);
      const of = `/desk/audit?userId=${sam.actor.accountId}`;
      const body = await page(of);
      expect(body).toContain('what Sam Okoro did');
      expect(body).toContain(`href="/desk/audit?clientId=${clientId}`);
      expect(await page(`${of}&from=2026-01-01&to=2026-01-31`)).toContain('None matches these filters.');
      const elsewhere = await aMember(await aScheme(betony), 'scheme_manager');
      expect(await page(of, elsewhere)).toContain('None matches these filters.');
      const there = `/api/v1/clients/${clientId}/who-looked`;
      expect((await betony.inject({ url: there, headers: elsewhere.headers })).statusCode).toBe(404);
    });

    it('reads on from page to page without leaving anything out', async () => {
      const sam = await aMember(scheme, 'link_worker');
      const { clientId } = await aCase(scheme, sam).begun();
      for (let reads = 0; reads < 5; reads++) await read(clientId, sam);
      const seen: string[] = [];
      let after = '';
      do {
        const url = `/api/v1/audit?userId=${sam.actor.accountId}&limit=2${after && `&after=${after}`}`;
        const { items, next } = (await betony.inject({ url, headers: mo.headers })).json<{
          items: { id: string }[];
          next: string | null;
        }>();
        seen.push(...items.map(({ id }) => id));
        after = next ?? '';
      } while (after !== '');
      expect(seen.length).toBeGreaterThanOrEqual(5);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => Number(b) - Number(a)));
    });

    it('finds whose record by name or NHS number, and says so where it is nobody or several', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const ada = { firstName: 'Ada', lastName: 'Soughtafter', nhsNumber: '9990000018' };
      const { clientId } = await aCase(scheme, sam).person(ada).begun();
      const look = (person: string) => send('/desk/audit/person', { person });
      for (const typed of ['soughtafter', 'Ada Soughtafter', '999 000 0018'])
        expect([typed, (await look(typed)).headers.location]).toEqual([
          typed,
          `/desk/audit?clientId=${clientId}`,
        ]);
      const ben = await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Soughtafter' }).begun();
      const two = await look('Soughtafter');
      expect([two.statusCode, two.body]).toEqual([200, expect.stringContaining('Whose record? 2 found')]);
      expect(two.body).toContain(`href="/desk/audit?clientId=${ben.clientId}">SOUGHTAFTER, Ben</a>`);
      expect((await look('Nobodyatall')).body).toContain('Whose record? Nobody found');
      const wrong = await look('999 000 0019');
      expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('href="#person"')]);
      expect(wrong.body).toContain('value="999 000 0019"');
    });

    it('asks by what it was about and whether anything was done, with how many in the title', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const { clientId, referralId } = await aCase(scheme, sam).begun();
      await read(clientId, sam);
      await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${referralId}/contacts`,
        headers: sam.headers,
        payload: { kind: 'phone', outcome: 'no_answer', nextOn: '2026-12-01' },
      });
      const of = `/desk/audit?userId=${sam.actor.accountId}`;
      const looked = await page(`${of}&did=looked&about=people`);
      expect(looked).toContain('<title>Who looked at what (1)');
      expect(looked).toContain('Looked at a person’s record');
      const did = await page(`${of}&did=wrote`);
      expect(did).not.toContain('Looked at');
      expect(did).toContain('Logged a contact');
      expect(await page(`${of}&about=messages`)).toContain('None matches these filters.');
      expect((await ask('/desk/audit?about=everything')).statusCode).toBe(422);
    });

    it('is put in order from its end and saved as a file, which is on record too', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: '=Sam()' });
      const { clientId } = await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Filed' }).begun();
      await read(clientId, sam);
      const of = `/desk/audit?userId=${sam.actor.accountId}`;
      const cells = async (query: string): Promise<string[]> =>
        [...(await page(`${of}&about=people${query}`)).matchAll(/What <\/span><span>([^<]+)/g)].map(
          ([, text = '']) => text,
        );
      await betony.inject({ url: '/api/v1/clients', headers: sam.headers });
      const newest = await cells('');
      expect(newest.length).toBeGreaterThan(1);
      expect(await cells('&sort=at')).toEqual([...newest].reverse());
      const file = await ask(`${of}&file=1`);
      expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(file.body).toContain('Looked at a person’s record');
      expect(file.body).toContain("'=Sam()");
      expect(file.body).toContain('Ada Filed');
      expect(await page(`/desk/audit?userId=${mo.actor.accountId}&about=records`)).toContain('Ada Filed');
    });

    it('asks for days that make sense, keeps what was typed, and takes 6 queries', async () => {
      const sam = await aMember(scheme, 'link_worker');
      const { clientId } = await aCase(scheme, sam).begun();
      for (const days of ['from=2020-01-01&to=2026-01-01', 'from=2026-02-01&to=2026-01-01', 'from=soon']) {
        const wrong = await ask(`/desk/audit?${days}`);
        expect([days, wrong.statusCode, wrong.body]).toEqual([
          days,
          422,
          expect.stringContaining('href="#from"'),
        ]);
        expect((await betony.inject({ url: `/api/v1/audit?${days}`, headers: mo.headers })).statusCode).toBe(
          422,
        );
      }
      for (const bad of ['after=x', 'clientId=x', 'limit=0', 'who=me'])
        expect((await betony.inject({ url: `/api/v1/audit?${bad}`, headers: mo.headers })).statusCode).toBe(
          422,
        );
      expect(await tooMany('/desk/audit', `/desk/audit?clientId=${clientId}`)).toEqual([]);
    });
  });

  describe('records kept long enough', () => {
    const LATER = '2036-01-07T10:00:00Z';
    /** Somebody with whom nothing has happened since, and a manager of that later day. */
    const anOldRecord = async (): Promise<string> => {
      const id = await aClient(scheme, { firstName: 'Ada', lastName: 'Long', dateOfBirth: '1950-03-01' });
      betony.clock.set(LATER);
      mo = await aMember(scheme, 'scheme_manager', { name: 'Mo Later' });
      return id;
    };

    it('are listed for managers, and decided about with what was typed kept', async () => {
      expect(await page('/desk/retention')).toContain('No record has been kept long enough.');
      expect(await page('/desk/retention/decisions')).toContain('Nothing has been decided yet.');
      expect((await ask('/desk/retention', await aMember(scheme, 'link_worker'))).statusCode).toBe(403);
      const id = await anOldRecord();
      const url = `/desk/people/${id}/keeping`;
      expect(await page('/desk/retention')).toContain(`href="${url}">Ada Long`);
      const wrong = await send(url, { decision: 'keep', because: 'inquiry' });
      expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('href="#keepUntil"')]);
      expect(wrong.body).toContain('<option value="inquiry" selected>');
      const until = { 'keepUntil.day': '1', 'keepUntil.month': '2', 'keepUntil.year': '2038' };
      const kept = await send(url, { decision: 'keep', because: 'inquiry', ...until });
      expect([kept.statusCode, kept.headers.location]).toEqual([303, '/desk/retention/decisions']);
      expect(await page('/desk/retention/decisions')).toContain('For an inquiry, to be asked again on');
      expect(await page(url)).toContain('It has to be kept');
    });

    it('are destroyed after second thoughts, with a certificate, unless it is taken back', async () => {
      const id = await anOldRecord();
      const url = `/desk/people/${id}/keeping`;
      await send(url, { decision: 'destroy' });
      const [, first = ''] =
        /decisions\/([0-9a-f-]{36})\/cancel/.exec(await page('/desk/retention/decisions')) ?? [];
      await send(`/desk/retention/decisions/${first}/cancel`, {});
      expect(await page('/desk/retention/decisions')).toContain('Taken back');
      const twice = await send(`/desk/retention/decisions/${first}/cancel`, {});
      expect([twice.statusCode, twice.body]).toEqual([409, expect.stringContaining('That was not done')]);
      await send(url, { decision: 'destroy' });
      betony.clock.set('2036-01-21T10:00:00Z');
      await betony.get(Retention).destroyDue(systemActor(scheme.id, 'test'));
      mo = await aMember(scheme, 'scheme_manager');
      const body = await page('/desk/retention/decisions?destroyed=true');
      expect(body).toContain('Certificate: destroyed');
      expect(body).toMatch(/1 of client\b/);
      expect((await ask(url)).statusCode).toBe(404);
      expect(await page(`/desk/audit?clientId=${id}`)).toContain('Destroyed a record kept long enough');
    });

    it('are held for an inquiry, and let go with a reason', async () => {
      const id = await anOldRecord();
      const url = `/desk/people/${id}/keeping`;
      expect((await send(`/desk/people/${id}/holds`, { reason: '' })).statusCode).toBe(422);
      await send(`/desk/people/${id}/holds`, { reason: 'The inquiry of 2035' });
      const body = await page(url);
      expect(body).toContain('It has to be kept');
      const [, lift = ''] = /href="([^"]+\/lift)"/.exec(body) ?? [];
      expect(await page(lift)).toContain('It was placed because: The inquiry of 2035');
      expect((await send(lift, {})).statusCode).toBe(422);
      await send(lift, { reason: 'It is over' });
      expect(await page(url)).toContain('It is over');
      expect(await tooMany('/desk/retention', '/desk/retention/decisions', url)).toEqual([]);
    });
  });

  describe('copies that people asked for', () => {
    const SECRET = 'Her sister Joan must not know';
    const asked = async (): Promise<{ url: string; clientId: string; sam: TestMember }> => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      const { clientId, referralId } = await aCase(scheme, sam)
        .person({ firstName: 'Ada', lastName: 'Asks', language: 'ur' })
        .begun();
      await betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${referralId}/contacts`,
        headers: sam.headers,
        payload: {
          kind: 'phone',
          outcome: 'reached',
          note: 'She rang about her neighbour',
          sections: [{ kind: 'restricted', words: SECRET }],
          nextOn: '2026-11-30',
        },
      });
      const answer = await send(`/desk/people/${clientId}/copy`, {
        askedBy: 'person',
        identityChecked: 'Known to her worker',
      });
      expect([answer.statusCode, answer.headers.location]).toEqual([
        303,
        expect.stringContaining('/desk/jobs/'),
      ]);
      const url = String(answer.headers.location).replace('/desk/jobs/', '/desk/copies/');
      return { url, clientId, sam };
    };

    it('are asked for by whoever is with the person, who keep what they typed', async () => {
      expect(await page('/desk/copies')).toContain('Nobody is waiting for a copy.');
      const { url, clientId, sam } = await asked();
      expect(await page(url)).toContain('It is being collected.');
      expect(await page('/desk/copies')).toContain(`href="${url}">Ada Asks`);
      const wrong = await send(`/desk/people/${clientId}/copy`, {
        askedBy: 'representative',
        identityChecked: 'ID seen',
      });
      expect([wrong.statusCode, wrong.body]).toEqual([
        422,
        expect.stringContaining('href="#representative"'),
      ]);
      expect(wrong.body).toContain('value="ID seen"');
      const again = await send(`/desk/people/${clientId}/copy`, {
        askedBy: 'person',
        identityChecked: 'ID seen',
      });
      expect([again.statusCode, again.body]).toEqual([
        409,
        expect.stringContaining('being prepared already'),
      ]);
      const { clientId: other } = await aCase(scheme, sam).begun();
      const mine = await send(
        `/desk/people/${other}/copy`,
        { askedBy: 'person', identityChecked: 'Known' },
        sam,
      );
      expect(mine.headers.location).toBe(`/desk/people/${other}`);
      expect((await ask('/desk/copies', sam)).statusCode).toBe(403);
    });

    it('show nothing that is restricted until it is opened with a reason, are decided about, given and kept no longer', async () => {
      const { url } = await asked();
      await settle(betony);
      const closed = await page(url);
      expect(closed).toContain('Restricted: open it below first');
      expect(closed).not.toContain(SECRET);
      const early = await ask(`${url}/document`);
      expect([early.statusCode, early.body]).toEqual([409, expect.stringContaining('That was not done')]);
      const [, openBy = ''] = /name="openBy"[^>]+value="([^"]+)"/.exec(closed) ?? [];
      expect((await send(`${url}/open`, { openBy, reason: 'short' })).body).toContain('href="#reason"');
      expect(
        (await send(`${url}/open`, { openBy: 'contacts/1', reason: 'To read the copy' })).statusCode,
      ).toBe(422);
      await send(`${url}/open`, { openBy, reason: 'To read the copy she asked for' });
      const open = await page(url);
      expect(open).toContain(SECRET);
      const fields = [
        ...open.matchAll(/name="item" value="([^"]+)"><input type="hidden" name="field" value="([^"]+)"/g),
      ];
      const [, item = '', field = ''] =
        fields.find(([, id, name]) => id?.startsWith('contact_section') && name === 'words') ?? [];
      await send(`${url}/review`, { item, field, choice: 'somebody_else' });
      expect(await page(url)).toContain('<option value="somebody_else" selected>');
      await send(`${url}/review`, { showTheRest: 'yes' });
      expect(await page(url)).toContain('Everything is decided.');
      const given = await ask(`${url}/document`);
      expect([given.statusCode, given.headers['content-disposition']]).toEqual([
        200,
        expect.stringContaining('attachment'),
      ]);
      expect(given.body).toContain('<html lang="ur" dir="rtl">');
      expect(given.body).toContain(speechIn('ur').t('copy.title'));
      expect(given.body).toContain('She rang about her neighbour');
      expect(given.body).not.toContain(SECRET);
      expect((await send(`${url}/release`, {})).statusCode).toBe(422);
      expect(await tooMany('/desk/copies', url)).toEqual([]);
      await send(`${url}/release`, { how: 'post' });
      expect(await page('/desk/copies?settled=true')).toContain('Given');
      expect((await send(`${url}/refuse`, { because: 'They changed their mind' })).statusCode).toBe(409);
    });

    it('are refused with a reason', async () => {
      const { url } = await asked();
      const short = await send(`${url}/refuse`, { because: 'No' });
      expect([short.statusCode, short.body]).toEqual([422, expect.stringContaining('>No</textarea>')]);
      await send(`${url}/refuse`, { because: 'Somebody else asked in her name' });
      expect(await page(url)).toContain('Somebody else asked in her name');
    });
  });

  describe('messages as they read', () => {
    it('are listed in each language and shown with made-up words', async () => {
      expect(await page('/desk/templates')).toContain('Can you help somebody?');
      expect(await page('/desk/templates?language=pl')).toContain('name=client.appointment"');
      const one = await page('/desk/templates/one?language=en&name=client.appointment.text');
      expect(one).toContain('Hello. We arranged to meet or talk on Tuesday 24 November at 2pm.');
      expect((await ask('/desk/templates/one?language=en&name=nothing')).statusCode).toBe(404);
      expect((await ask('/desk/templates/one?language=en')).statusCode).toBe(422);
      expect((await ask('/desk/templates', await aMember(scheme, 'link_worker'))).statusCode).toBe(403);
      expect(await tooMany('/desk/templates', '/desk/templates/one?language=en&name=digest')).toEqual([]);
    });

    it('are sent as a test to whoever asks, at their own address and nowhere else', async () => {
      const before = (await filedMail(betony.config.dataDir)).length;
      const answer = await send('/desk/templates/test', { language: 'en', name: 'client.appointment.text' });
      expect(answer.statusCode).toBe(303);
      expect(await page(String(answer.headers.location))).toContain('on its way to your own address');
      await settle(betony);
      const mail = (await filedMail(betony.config.dataDir)).slice(before);
      expect(mail.map(({ to, subject }) => [to?.map(({ address }) => address), subject])).toEqual([
        [[mo.email], 'Test: client.appointment.text'],
      ]);
      expect(mail[0]?.text).toContain('We arranged to meet or talk');
      for (const payload of [{ language: 'en', name: 'nothing' }, { language: 'en' }, { name: 'digest' }]) {
        const url = '/api/v1/message-templates/send-test';
        const wrong = await betony.inject({ method: 'POST', url, headers: mo.headers, payload });
        expect(wrong.statusCode).toBe(422);
      }
    });
  });

  describe('what is strong in a neighbourhood', () => {
    const place = async (): Promise<string> => {
      const id = newId();
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'neighbourhood', {
          scheme_id: scheme.id,
          id,
          name: 'Harbourside',
          edition: 'made up',
          created_at: tx.now,
          updated_at: tx.now,
        }),
      );
      return id;
    };
    const BENCH = { name: 'The bench', description: 'In the sun.', kind: 'places' };

    it('is written down with what was typed kept, looked at, put on the map and taken off', async () => {
      expect(await page('/desk/assets')).toContain('Nothing is written down yet.');
      const neighbourhoodId = await place();
      const wrong = await send('/desk/assets/new', { name: 'The bench', description: '', neighbourhoodId });
      expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('href="#description"')]);
      expect(wrong.body).toContain('value="The bench"');
      expect(wrong.body).toContain(`<option value="${neighbourhoodId}" selected>`);
      const made = await send('/desk/assets/new', {
        ...BENCH,
        neighbourhoodId,
        forReview: 'yes',
        domains: 'age_well',
      });
      const url = String(made.headers.location);
      expect(await page(url)).toContain('To be looked at');
      const back = await send(`${url}/return`, { reason: '' });
      expect([back.statusCode, back.body]).toEqual([422, expect.stringContaining('href="#reason"')]);
      await send(`${url}/publish`, {});
      expect(await page('/desk/assets?state=published')).toContain('The bench');
      expect(await page('/desk/assets?kind=culture')).toContain('None matches these filters.');
      await send(`${url}/confirm`, {});
      expect(await page(url)).not.toContain('Never');
      const there = await page(`/desk/neighbourhoods/${neighbourhoodId}`);
      expect(there).toContain('1 on the map');
      expect(there).toContain('Age well, end of life and bereavement');
      expect(there).toContain('Nobody who lives there was referred.');
      expect(await page('/desk/neighbourhoods')).toContain('Harbourside');
      expect(
        await tooMany(
          '/desk/assets',
          url,
          `${url}/change`,
          '/desk/assets/new',
          '/desk/neighbourhoods',
          `/desk/neighbourhoods/${neighbourhoodId}`,
        ),
      ).toEqual([]);
      await send(`${url}/retire`, { reason: 'It rotted' });
      expect(await page(url)).toContain('Taken off');
      expect((await send(`${url}/publish`, {})).statusCode).toBe(409);
    });

    it('is changed once; whoever comes second sees both', async () => {
      const made = await send('/desk/assets/new', { ...BENCH, community: 'Walkers', domains: 'be_well' });
      const url = String(made.headers.location);
      const form = { ...BENCH, community: 'Walkers', takesReferrals: 'no', domains: '', _version: '1' };
      expect((await send(`${url}/change`, { ...form, name: 'The long bench' })).statusCode).toBe(303);
      expect(await page(url)).not.toContain('Be well');
      const late = await send(`${url}/change`, { ...form, name: 'The old bench' });
      expect([late.statusCode, late.body]).toEqual([412, expect.stringContaining('Name: The long bench')]);
      expect(late.body).toContain('value="The old bench"');
    });

    it('shows a commissioner figures of a place and no row, in as few questions', async () => {
      const id = await place();
      const clare = await aMember(scheme, 'commissioner');
      expect(await page('/desk/overview', clare)).toContain('href="/desk/neighbourhoods"');
      await page(`/desk/neighbourhoods/${id}`, clare);
      expect(await page(`/desk/neighbourhoods/${id}`, clare)).not.toContain('/desk/assets');
      expect((await ask('/desk/assets', clare)).statusCode).toBe(403);
      const asked = await statementsOf(() => page(`/desk/neighbourhoods/${id}`, clare));
      expect(asked.length).toBeLessThanOrEqual(MOST_QUERIES);
      expect((await ask(`/desk/neighbourhoods/${newId()}`)).statusCode).toBe(404);
    });
  });

  it('takes 6 queries at most on every other page of managers', async () => {
    const sam = await aMember(scheme, 'link_worker');
    await aCase(scheme, sam).begun();
    const group = await aProvider(scheme);
    const listingId = await aListing(scheme).by(group);
    expect(
      await tooMany(
        '/desk/overview',
        '/desk/manage',
        '/desk/with-groups',
        '/desk/users',
        `/desk/users/${sam.actor.accountId}`,
        '/desk/organisations',
        '/desk/groups',
        `/desk/groups/${group}`,
        `/desk/groups/${group}/checks`,
        `/desk/groups/${group}/agreement`,
        `/desk/groups/${group}/contact`,
        `/desk/groups/${group}/pause`,
        `/desk/groups/${group}/close`,
        '/desk/listings',
        `/desk/listings/${listingId}`,
        '/desk/claims',
        '/desk/concerns',
        '/desk/covenants',
        '/desk/imports',
        '/desk/imports/new',
        '/desk/team',
        `/desk/team/${sam.actor.membershipId}/hand-over`,
        '/desk/handovers',
      ),
    ).toEqual([]);
  });
});
