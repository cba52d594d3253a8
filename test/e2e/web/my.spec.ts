import sql from 'sql-template-tag';
import { Ticks } from '../../../src/platform/jobs/ticks.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { aCase, type Case } from '../../factories/caseload.js';
import { changeRow } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { decoded, formsIn } from '../../support/page-forms.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const BORN = 'day=2&month=3&year=1948';
const WORDS = 'I would like to <b>stop</b> & talk, please';

describe('what a person writes on their own page', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let calls = 0;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const somebody = async (details: object = {}): Promise<Case> =>
    aCase(scheme, sam)
      .begun()
      .person({ firstName: 'Grace', lastName: 'Adeyemi', dateOfBirth: '1948-03-02', ...details });
  const work = async (path: string, payload: object, status = 201) => {
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/${path}`,
      headers: sam.headers,
      payload,
    });
    expect([path, answer.statusCode]).toEqual([path, status]);
    return answer.json<{ id: string; address: string }>();
  };
  const send = (url: string, payload: string, cookie = '') =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      // Another house each time: what is counted by network address is not what is tried here.
      remoteAddress: `10.4.${String(Math.floor(++calls / 200))}.${String(calls % 200)}`,
      payload,
    });
  const linkTo = async ({ clientId }: Case, payload: object = {}): Promise<string> =>
    new URL((await work(`clients/${clientId}/page/links`, payload)).address).pathname;
  /** Somebody on the page: the cookie of their session, and where they were led. */
  const enter = async (link: string) => {
    const { headers, statusCode } = await send(link, BORN);
    expect(statusCode).toBe(303);
    return { cookie: String(headers['set-cookie']).split(';')[0] ?? '', led: headers.location };
  };
  const open = async (url: string, cookie: string) =>
    decoded((await betony.inject({ url, headers: { cookie } })).body);
  /** What a browser sends of the form that goes to `url` beside what is typed. */
  const hiddenOn = async (page: string, cookie: string, url = page) => {
    const { body } = await betony.inject({ url: page, headers: { cookie } });
    const form = formsIn(body, page).find(({ action }) => action === url);
    if (!form) throw new Error(`No form goes to ${url}`);
    return form.anyway;
  };
  const sends = (url: string, cookie: string, answers: Record<string, string>) =>
    send(url, new URLSearchParams(answers).toString(), cookie);
  const messagesOf = ({ clientId }: Case) =>
    rowsOf<{ words: string }>(
      scheme,
      sql`select words from page_message where scheme_id = ${scheme.id} and client_id = ${clientId} order by id`,
    );
  const keptRows = () =>
    rowsOf<{ path: string; row: string }>(
      scheme,
      sql`select path, k::text as row from page_kept_form k where scheme_id = ${scheme.id} order by path`,
    );
  const over = () => {
    betony.clock.advance({ minutes: 21 });
  };

  describe('when the page closed by itself meanwhile', () => {
    it('is given back after entering again, sent once, and gone', async () => {
      const grace = await somebody();
      const link = await linkTo(grace);
      const { cookie, led } = await enter(link);
      expect(led).toBe('/my');
      const hidden = await hiddenOn('/my/message', cookie);
      over();
      const late = await sends('/my/message', cookie, { ...hidden, words: WORDS });
      expect(late.statusCode).toBe(401);
      expect(decoded(late.body)).toContain('What you wrote is not sent yet. It is kept for you alone');
      const [kept] = await keptRows();
      expect(kept?.path).toBe('/my/message');
      expect(kept?.row).not.toMatch(/stop|talk/);
      expect(await messagesOf(grace)).toEqual([]);

      const again = await enter(link);
      expect(again.led).toBe('/my/message');
      const page = await open('/my/message', again.cookie);
      expect(page).toContain('Nothing of it is saved yet');
      expect(page).toContain(WORDS);
      const wrong = await sends('/my/message', again.cookie, {
        ...(await hiddenOn('/my/message', again.cookie)),
        words: ' ',
      });
      expect(wrong.statusCode).toBe(422);
      expect(await keptRows()).toHaveLength(1);
      const done = await sends('/my/message', again.cookie, {
        ...(await hiddenOn('/my/message', again.cookie)),
        words: WORDS,
      });
      expect(done.headers.location).toBe('/my/message?sent=yes');
      expect(await messagesOf(grace)).toEqual([{ words: WORDS }]);
      expect(await keptRows()).toEqual([]);
      expect((await enter(link)).led).toBe('/my');
    });

    it.each([
      ['/my/feedback', '/my/feedback', { kind: 'concern', about: 'worker', words: WORDS }, [WORDS]],
      ['/my/contact', '/my/contact', { reachNote: WORDS, 'off-text': 'yes', language: 'pl' }, [WORDS]],
      ['/my/contact', '/my/change', { to: 'grace@example.org ' }, ['grace@example.org']],
    ])('on %s, sent to %s, as well', async (page, url, answers: Record<string, string>, shown) => {
      const link = await linkTo(await somebody({ phone: '+447700900123', safeToText: 'yes' }));
      const { cookie } = await enter(link);
      const hidden = await hiddenOn(page, cookie, url);
      over();
      expect((await sends(url, cookie, { ...hidden, ...answers })).statusCode).toBe(401);
      const again = await enter(link);
      expect(again.led).toBe(page);
      const given = await open(page, again.cookie);
      for (const text of shown) expect(given).toContain(text);
      if ('off-text' in answers) {
        expect(given).toMatch(/name="off-text"[^>]* checked/);
        expect(given).toMatch(/value="pl" selected/);
      }
      await betony.inject({ url: '/my/leave', headers: { cookie: again.cookie } });
    });

    it('is nobody else’s: not a supporter’s, not of whoever uses the same telephone', async () => {
      const grace = await somebody();
      const femi = await work(`clients/${grace.clientId}/supporters`, {
        name: 'Femi Adeyemi',
        role: 'carer',
        shares: ['messages'],
        agreedOn: '2026-11-20',
      });
      const [own, supporters, others] = [
        await linkTo(grace),
        await linkTo(grace, { supporterId: femi.id }),
        await linkTo(await somebody()),
      ];
      const { cookie } = await enter(own);
      const hidden = await hiddenOn('/my/message', cookie);
      over();
      await sends('/my/message', cookie, { ...hidden, words: WORDS });
      for (const link of [supporters, others]) {
        const other = await enter(link);
        expect(other.led).toBe('/my');
        expect(await open('/my/message', other.cookie)).not.toContain('please');
      }
      expect((await enter(own)).led).toBe('/my/message');
    });

    it('is not kept of whoever left, from another site, or of somebody who may not enter', async () => {
      const before = (await keptRows()).length;
      const grace = await somebody();
      const link = await linkTo(grace);
      const tried = async (meanwhile: (cookie: string) => Promise<unknown>, key?: string) => {
        const { cookie } = await enter(link);
        const hidden = await hiddenOn('/my/message', cookie);
        await meanwhile(cookie);
        over();
        const late = await sends('/my/message', cookie, { ...hidden, ...(key && { key }), words: WORDS });
        expect([late.statusCode, late.body.includes('Nothing was sent')]).toEqual([401, true]);
        expect(late.body).not.toContain('please');
        expect(await keptRows()).toHaveLength(before);
      };
      await tried((cookie) => betony.inject({ url: '/my/leave', headers: { cookie } }));
      await tried(() => Promise.resolve(), 'a'.repeat(43));
      await tried(() =>
        changeRow(scheme, 'client', grace.clientId, { death_recorded_at: new Date(TEST_NOW) }),
      );
    });

    it('goes at once when the page that says so is left, without entering again', async () => {
      const before = (await keptRows()).length;
      const { cookie } = await enter(await linkTo(await somebody()));
      const hidden = await hiddenOn('/my/feedback', cookie);
      over();
      const answers = { kind: 'concern', about: 'worker', words: WORDS };
      const late = await sends('/my/feedback', cookie, { ...hidden, ...answers });
      expect(late.body).toContain('href="/my/leave"');
      expect(await keptRows()).toHaveLength(before + 1);
      const ahead = { cookie, 'sec-purpose': 'prefetch' };
      await betony.inject({ url: '/my/leave', headers: ahead });
      expect(await keptRows()).toHaveLength(before + 1);
      await betony.inject({ url: '/my/leave', headers: { cookie } });
      expect(await keptRows()).toHaveLength(before);
      // And what the same tab sends after that is kept no more.
      await sends('/my/feedback', cookie, { ...hidden, ...answers });
      expect(await keptRows()).toHaveLength(before);
    });

    it('is told once where its appointment has begun meanwhile, and the way leads on', async () => {
      const grace = await somebody();
      const before = (await keptRows()).length;
      const { id } = await work(`referrals/${grace.referralId}/appointments`, {
        kind: 'phone',
        on: '2026-11-23',
        time: '10:10',
        minutes: 30,
      });
      const link = await linkTo(grace);
      const { cookie } = await enter(link);
      const at = `/my/appointments/${id}`;
      const hidden = await hiddenOn(at, cookie);
      over();
      await sends(at, cookie, { ...hidden, reason: 'ill', note: WORDS });
      expect(await keptRows()).toHaveLength(before + 1);
      const again = await enter(link);
      expect(again.led).toBe(at);
      const told = await betony.inject({ url: at, headers: { cookie: again.cookie } });
      expect(told.statusCode).toBe(410);
      expect(told.body).toContain('The appointment has begun or is over.');
      expect(told.body).toContain('href="/my"');
      expect(await keptRows()).toHaveLength(before);
      expect((await enter(link)).led).toBe('/my');
      expect((await betony.inject({ url: at, headers: { cookie: again.cookie } })).statusCode).toBe(404);
    });

    it('is shown again where it was sent from a tab that was open before they entered again', async () => {
      const grace = await somebody();
      const link = await linkTo(grace);
      const first = await enter(link);
      const hidden = await hiddenOn('/my/message', first.cookie);
      over();
      const { cookie } = await enter(link);
      const late = await sends('/my/message', cookie, { ...hidden, words: WORDS });
      expect([late.statusCode, late.headers.location]).toEqual([303, '/my/message']);
      expect(await messagesOf(grace)).toEqual([]);
      const page = await open('/my/message', cookie);
      expect(page).toContain(WORDS);
      expect(page).toContain('Nothing of it is saved yet');
      await sends('/my/message', cookie, { ...(await hiddenOn('/my/message', cookie)), words: WORDS });
      expect(await messagesOf(grace)).toEqual([{ words: WORDS }]);
    });

    it('is taken from no tab of somebody else, or of a visit that was left', async () => {
      const before = (await keptRows()).length;
      const [grace, ann] = [await linkTo(await somebody()), await linkTo(await somebody())];
      const theirs = await hiddenOn('/my/message', (await enter(ann)).cookie);
      const left = await enter(grace);
      const ours = await hiddenOn('/my/message', left.cookie);
      await betony.inject({ url: '/my/leave', headers: { cookie: left.cookie } });
      const { cookie } = await enter(grace);
      for (const hidden of [theirs, ours]) {
        const late = await sends('/my/message', cookie, { ...hidden, words: WORDS });
        expect(late.statusCode).toBe(403);
      }
      expect(await keptRows()).toHaveLength(before);
    });

    it('keeps both where two forms of one page were sent, each until it is sent itself', async () => {
      const grace = await somebody({ phone: '+447700900125', safeToText: 'yes' });
      const link = await linkTo(grace);
      const { cookie } = await enter(link);
      const note = await hiddenOn('/my/contact', cookie);
      const number = await hiddenOn('/my/contact', cookie, '/my/change');
      over();
      await sends('/my/contact', cookie, { ...note, reachNote: WORDS, language: 'en' });
      await sends('/my/change', cookie, { ...number, to: 'grace@example.org' });
      const again = await enter(link);
      expect(again.led).toBe('/my/contact');
      const both = await open('/my/contact', again.cookie);
      expect(both).toContain(WORDS);
      expect(both).toContain('grace@example.org');
      const now = await hiddenOn('/my/contact', again.cookie, '/my/change');
      const asked = await sends('/my/change', again.cookie, { ...now, to: 'grace@example.org' });
      expect(asked.headers.location).toMatch(/^\/my\/change\//);
      const after = await open('/my/contact', again.cookie);
      expect(after).toContain(WORDS);
      expect(after).not.toContain('grace@example.org');
    });

    it('goes when the page is left or closed, and after a day', async () => {
      const typedLate = async (): Promise<string> => {
        const link = await linkTo(await somebody());
        const { cookie } = await enter(link);
        const hidden = await hiddenOn('/my/message', cookie);
        over();
        await sends('/my/message', cookie, { ...hidden, words: WORDS });
        return link;
      };
      const before = (await keptRows()).length;
      const { cookie } = await enter(await typedLate());
      expect(await keptRows()).toHaveLength(before + 1);
      await betony.inject({ url: '/my/leave', headers: { cookie } });
      expect(await keptRows()).toHaveLength(before);
      const again = await enter(await typedLate());
      await sends('/my/close', again.cookie, await hiddenOn('/my/close', again.cookie));
      expect(await keptRows()).toHaveLength(before);
      await typedLate();
      betony.clock.advance({ hours: 23 });
      await betony.get(Ticks).runDue();
      expect((await keptRows()).length).toBeGreaterThan(before);
      betony.clock.advance({ hours: 2 });
      await betony.get(Ticks).runDue();
      expect(await keptRows()).toEqual([]);
    });
  });

  describe('tapped twice', () => {
    it('is one message, one task, and one of the ten a day', async () => {
      const grace = await somebody();
      const { cookie } = await enter(await linkTo(grace));
      const form = { ...(await hiddenOn('/my/message', cookie)), words: WORDS };
      const both = await Promise.all([
        sends('/my/message', cookie, form),
        sends('/my/message', cookie, form),
      ]);
      expect(both.map(({ headers }) => headers.location)).toEqual(Array(2).fill('/my/message?sent=yes'));
      expect(await messagesOf(grace)).toHaveLength(1);
      const tasks = await rowsOf(
        scheme,
        sql`select 1 from task where scheme_id = ${scheme.id} and client_id = ${grace.clientId} and kind = 'page_message'`,
      );
      expect(tasks).toHaveLength(1);

      // Gone back, and written something else.
      const other = await sends('/my/message', cookie, { ...form, words: 'And on Tuesday' });
      expect(other.statusCode).toBe(422);
      expect(decoded(other.body)).toContain('This was sent already, as you wrote it before.');
      expect(other.body).toContain('And on Tuesday');
      expect(await messagesOf(grace)).toHaveLength(1);
      const [again] = formsIn(other.body, '/my/message').filter(({ action }) => action === '/my/message');
      await sends('/my/message', cookie, { ...again?.anyway, words: 'And on Tuesday' });
      expect((await messagesOf(grace)).map(({ words }) => words)).toEqual([WORDS, 'And on Tuesday']);
    });

    it('is said once to those who run the service', async () => {
      const grace = await somebody();
      const { cookie } = await enter(await linkTo(grace));
      const form = {
        ...(await hiddenOn('/my/feedback', cookie)),
        kind: 'concern',
        about: 'worker',
        words: WORDS,
      };
      const both = [await sends('/my/feedback', cookie, form), await sends('/my/feedback', cookie, form)];
      expect(both.map(({ headers }) => headers.location)).toEqual(Array(2).fill('/my/feedback?sent=yes'));
      const told = await rowsOf(
        scheme,
        sql`select 1 from client_feedback where scheme_id = ${scheme.id} and client_id = ${grace.clientId}`,
      );
      expect(told).toHaveLength(1);
    });

    it('is taken back once, whatever the second tap says', async () => {
      const grace = await somebody();
      const { cookie } = await enter(await linkTo(grace));
      const page = await open('/my/sharing', cookie);
      const at = /\/my\/sharing\/[\w-]{36}/.exec(page)?.[0] ?? '';
      const form = await hiddenOn(at, cookie);
      const both = [await sends(at, cookie, form), await sends(at, cookie, form)];
      expect(both.map(({ headers }) => headers.location)).toEqual(['/my/sharing', '/my/sharing']);
    });

    it('is no other person’s key', async () => {
      const [grace, ann] = [await somebody(), await somebody()];
      const once = newId();
      for (const who of [grace, ann]) {
        const { cookie } = await enter(await linkTo(who));
        const form = { ...(await hiddenOn('/my/message', cookie)), _key: once, words: WORDS };
        expect((await sends('/my/message', cookie, form)).statusCode).toBe(303);
        expect(await messagesOf(who)).toHaveLength(1);
      }
    });
  });

  describe('about how they are reached', () => {
    it('puts away nothing that a worker wrote meanwhile, unless they have seen it', async () => {
      const grace = await somebody({
        reachNote: 'Only mornings',
        phone: '+447700900126',
        safeToCall: 'yes',
        safeToText: 'yes',
      });
      const { cookie } = await enter(await linkTo(grace));
      const hidden = await hiddenOn('/my/contact', cookie);
      expect(Number(hidden['_version'])).toBeGreaterThan(0);
      const now = await betony.inject({ url: `/api/v1/clients/${grace.clientId}`, headers: sam.headers });
      const changed = await betony.inject({
        method: 'PATCH',
        url: `/api/v1/clients/${grace.clientId}`,
        headers: { ...sam.headers, 'if-match': String(now.headers['etag']) },
        payload: { reachNote: 'Never say who you are to her son' },
      });
      expect(changed.statusCode).toBe(200);
      const typed = { ...hidden, language: 'en', reachNote: 'Only mornings, after nine' };
      const late = await sends('/my/contact', cookie, { ...typed, 'off-call': 'yes' });
      expect(late.statusCode).toBe(412);
      const page = decoded(late.body);
      expect(page).toContain('Never say who you are to her son');
      expect(page).toContain('Only mornings, after nine');
      const note = () =>
        rowsOf<{ note: string }>(
          scheme,
          sql`select reach_note as note from client where scheme_id = ${scheme.id} and id = ${grace.clientId}`,
        );
      expect(await note()).toEqual([{ note: 'Never say who you are to her son' }]);
      // What makes safer is not refused with it, and only that.
      const safe = await rowsOf(
        scheme,
        sql`
          select safe_to_call as call, safe_to_text as text from client
          where scheme_id = ${scheme.id} and id = ${grace.clientId}`,
      );
      expect(safe).toEqual([{ call: 'no', text: 'yes' }]);
      expect(page).not.toContain('name="off-call"');
      const again = await sends('/my/contact', cookie, { ...typed, 'off-call': 'yes' });
      expect(again.statusCode).toBe(412);
      const [form] = formsIn(late.body, '/my/contact').filter(({ action }) => action === '/my/contact');
      const done = await sends('/my/contact', cookie, { ...typed, ...form?.anyway, language: 'en' });
      expect(done.headers.location).toBe('/my/contact?saved=yes');
      expect(await note()).toEqual([{ note: 'Only mornings, after nine' }]);
    });

    it('switches off what nobody should do any more, whatever else was changed meanwhile', async () => {
      const grace = await somebody({ safeToText: 'yes', phone: '+447700900124' });
      const { cookie } = await enter(await linkTo(grace));
      const hidden = await hiddenOn('/my/contact', cookie);
      const now = await betony.inject({ url: `/api/v1/clients/${grace.clientId}`, headers: sam.headers });
      await betony.inject({
        method: 'PATCH',
        url: `/api/v1/clients/${grace.clientId}`,
        headers: { ...sam.headers, 'if-match': String(now.headers['etag']) },
        payload: { knownAs: 'Gracie' },
      });
      const done = await sends('/my/contact', cookie, {
        ...hidden,
        language: 'en',
        reachNote: '',
        'off-text': 'yes',
      });
      expect(done.headers.location).toBe('/my/contact?saved=yes');
      const [row] = await rowsOf<{ safe: string }>(
        scheme,
        sql`select safe_to_text as safe from client where scheme_id = ${scheme.id} and id = ${grace.clientId}`,
      );
      expect(row?.safe).toBe('no');
    });
  });
});
