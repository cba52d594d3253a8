import sql from 'sql-template-tag';
import { aPerson } from '../../factories/clients.js';
import { inScheme } from '../../factories/episodes.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { OneTimeLinks } from '../../../src/identity/one-time-links.service.js';
import { Passwords } from '../../../src/identity/passwords.service.js';
import { without } from '../../../src/platform/pure/without.js';
import { PAGE_IDLE_MS, SESSION_MS } from '../../../src/identity/session.rules.js';

const authoritySeen = {
  'agreement.authoritySeenOn.day': '1',
  'agreement.authoritySeenOn.month': '11',
  'agreement.authoritySeenOn.year': '2026',
};

describe('the frame of the desk', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let priya: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    priya = await aMember(scheme, 'referrer', { name: 'Priya Shah' });
  });
  afterAll(() => betony.stop());

  const get = (url: string, who: TestMember | null = priya, headers: Record<string, string> = {}) =>
    betony.inject({ url, headers: { cookie: who?.browser.cookie ?? '', ...headers } });
  const post = (url: string, body: Record<string, string>, who: TestMember | null = priya) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who?.browser.cookie ?? '', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(body).toString(),
    });
  const token = () => ({ _csrf: priya.browser.formToken });
  const aForm = (changes: Record<string, string> = {}): Record<string, string> => {
    const { nhsNumber, firstName, lastName, phone } = aPerson();
    return {
      ...token(),
      couldComeToHarm: 'no',
      'client.nhsNumber': nhsNumber ?? '',
      'client.firstName': firstName,
      'client.lastName': lastName,
      'client.dateOfBirth.day': '2',
      'client.dateOfBirth.month': '3',
      'client.dateOfBirth.year': '1951',
      'client.phone': phone ?? '',
      'client.safeToCall': 'yes',
      'client.email': '',
      reasons: 'loneliness',
      noKnownRisks: 'yes',
      feedback: 'progress',
      agreed: 'in_person',
      'agreement.agreedOn.day': '23',
      'agreement.agreedOn.month': '11',
      'agreement.agreedOn.year': '2026',
      ...changes,
    };
  };
  const referrals = () =>
    rowsOf<{ state: string; reasons: string[] }>(
      scheme,
      sql`select state, reasons from referral where scheme_id = ${scheme.id}`,
    );

  describe('who is there', () => {
    it('leads to sign-in and back to where one wanted to go', async () => {
      const answer = await get('/desk/refer', null);
      expect([answer.statusCode, answer.headers.location]).toEqual([
        303,
        '/desk/sign-in?next=%2Fdesk%2Frefer',
      ]);
      expect((await get('/desk/sign-in?next=%2Fdesk%2Frefer', null)).body).toContain('value="/desk/refer"');
    });

    it.each(['https://example.org/', '//example.org', '/api/v1/me', '/desk/sign-out', 'javascript:alert(1)'])(
      'never leads on to %s',
      async (next) => {
        const { body } = await get(`/desk/sign-in?next=${encodeURIComponent(next)}`, null);
        expect(body).toContain('name="next" value="/desk"');
      },
    );

    it('signs in with a cookie that only this host gets back, and out again', async () => {
      const password = 'quiet harbour lantern';
      const hash = await betony.get(Passwords).hash(password);
      await inScheme(scheme, (tx) =>
        tx.run(sql`update user_account set password_hash = ${hash} where id = ${priya.actor.accountId}`),
      );
      const asked = await get('/desk/sign-in', null);
      const formCookie = String(asked.headers['set-cookie']).split(';', 1)[0] ?? '';
      const csrf = /name="_csrf" value="([^"]+)"/.exec(asked.body)?.[1] ?? '';
      const signIn = (given: string) =>
        betony.inject({
          method: 'POST',
          url: '/desk/sign-in',
          headers: { cookie: formCookie, 'content-type': 'application/x-www-form-urlencoded' },
          payload: new URLSearchParams({
            _csrf: csrf,
            email: given,
            password,
            next: '/desk/refer',
          }).toString(),
        });
      const wrong = await signIn('nobody.here@example.org');
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('is not right');
      expect(wrong.body).not.toContain(password);
      const right = await signIn(priya.email);
      expect([right.statusCode, right.headers.location]).toEqual([303, '/desk/refer']);
      const cookies = [right.headers['set-cookie']].flat().map(String);
      const session = cookies.find((one) => one.startsWith('__Host-betony=')) ?? '';
      expect(session).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      const cookie = session.split(';', 1)[0] ?? '';
      const page = await betony.inject({ url: '/desk/refer', headers: { cookie } });
      expect(page.statusCode).toBe(200);
      const fresh = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
      const out = await betony.inject({
        method: 'POST',
        url: '/desk/sign-out',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ _csrf: fresh }).toString(),
      });
      expect(out.headers.location).toBe('/desk/sign-in');
      expect((await betony.inject({ url: '/desk/refer', headers: { cookie } })).statusCode).toBe(303);
    });

    it('asks again after half an hour without use', async () => {
      const begun = new Date(TEST_NOW).getTime();
      const at = async (ms: number) => {
        betony.clock.set(new Date(begun + ms).toISOString());
        return (await get('/desk/refer')).statusCode;
      };
      const nearly = PAGE_IDLE_MS - 60_000;
      expect(await at(nearly)).toBe(200);
      expect(await at(2 * nearly)).toBe(200);
      expect(await at(2 * nearly + PAGE_IDLE_MS)).toBe(303);
    });

    it('asks again after a working day, whatever the use', async () => {
      await inScheme(scheme, (tx) =>
        tx.run(sql`update session set expires_at = created_at + ${`${String(SESSION_MS)} milliseconds`}::interval
          where id = ${priya.actor.sessionId}`),
      );
      const begun = new Date(TEST_NOW).getTime();
      for (let ms = 0; ms < SESSION_MS; ms += PAGE_IDLE_MS - 60_000) {
        betony.clock.set(new Date(begun + ms).toISOString());
        expect((await get('/desk/refer')).statusCode).toBe(200);
      }
      betony.clock.set(new Date(begun + SESSION_MS).toISOString());
      expect((await get('/desk/refer')).statusCode).toBe(303);
    });

    it('takes a cookie for pages only and a token for the API only', async () => {
      const api = await betony.inject({ url: '/api/v1/me', headers: { cookie: priya.browser.cookie } });
      expect(api.statusCode).toBe(401);
      const page = await betony.inject({ url: '/desk/refer', headers: priya.headers });
      expect(page.statusCode).toBe(303);
    });
  });

  describe('what a form is', () => {
    it.each([
      ['without a token', {}],
      ['with a made-up token', { _csrf: 'abcdefgh-0123456789' }],
    ])('does nothing %s', async (_what, changes) => {
      const form = { ...without(aForm(), '_csrf'), ...changes };
      expect((await post('/desk/refer', form)).statusCode).toBe(403);
      expect(await referrals()).toEqual([]);
    });

    it("does nothing with another browser's token", async () => {
      const other = await aMember(scheme, 'referrer');
      const answer = await post('/desk/refer', aForm({ _csrf: other.browser.formToken }));
      expect(answer.statusCode).toBe(403);
      expect(await referrals()).toEqual([]);
    });

    it('sends a referral once, however often it is clicked', async () => {
      const form = aForm({ _key: 'one-click' });
      const answers = await Promise.all([1, 2, 3].map(() => post('/desk/refer', form)));
      expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([303, 303, 303]);
      expect(await referrals()).toEqual([{ state: 'sent', reasons: ['loneliness'] }]);
      const sent = await get(String(answers[0]?.headers.location));
      expect(sent.body).toContain('Referral sent');
    });

    it('shows again all that was typed, with each reason beside its answer and above', async () => {
      const answer = await post(
        '/desk/refer',
        aForm({
          'client.firstName': '  ',
          'client.dateOfBirth.month': '14',
          'client.phone': '12',
          'client.lastName': '<script>alert(1)</script>',
          note: 'Likes boats & bread',
        }),
      );
      expect(answer.statusCode).toBe(422);
      expect(answer.body).toContain('href="#client.firstName"');
      expect(answer.body).toContain('href="#client.dateOfBirth"');
      expect(answer.body).toContain('Enter a UK phone number, like 07700 900 982');
      expect(answer.body).toContain('Likes boats &amp; bread');
      expect(answer.body).not.toContain('<script>alert');
      expect(answer.body).toMatch(/<title>Error: Make a referral/);
      expect(answer.body).toContain('value="14"');
      expect(await referrals()).toEqual([]);
    });

    it('stops and says what to do when somebody could come to harm', async () => {
      const host = await anOrganisation(scheme, 'host');
      await rowsOf(scheme, sql`update organisation set phone = '+441255700900' where id = ${host}`);
      // Before anything else is looked at: hardly anything is answered yet.
      const answer = await post('/desk/refer', {
        ...token(),
        couldComeToHarm: 'yes',
        'client.firstName': 'Grace <b>',
        risks: 'falls',
      });
      expect(answer.statusCode).toBe(422);
      expect(answer.body).toMatch(/<h1[^>]*>Get help now/);
      expect(answer.body).toContain('Nothing was sent');
      for (const number of ['999', '111', '116123', '+441255700900']) {
        expect(answer.body).toContain(`href="tel:${number}"`);
      }
      expect(answer.body).not.toContain('There is a problem');
      expect(answer.body).not.toContain('Grace <b>');
      expect(await referrals()).toEqual([]);
    });

    it('goes back from there to what was typed, and asks about harm again', async () => {
      const stopped = await post('/desk/refer', aForm({ couldComeToHarm: 'yes', note: 'Likes "boats"' }));
      const hidden = [...stopped.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(
        ([, name = '', value = '']): [string, string] => [name, value.replaceAll('&quot;', '"')],
      );
      const back = await post('/desk/refer', Object.fromEntries(hidden));
      expect(back.statusCode).toBe(200);
      expect(back.body).toContain('Likes &quot;boats&quot;');
      expect(back.body).toMatch(/value="loneliness" checked/);
      expect(back.body).not.toMatch(/name="couldComeToHarm"[^>]* checked/);
      expect(await referrals()).toEqual([]);
    });

    it('shows whom to ring under the Yes box', async () => {
      const { body } = await get('/desk/refer');
      expect(body).toMatch(/id="conditional-couldComeToHarm">\s*<div role="alert">[^]*?href="tel:999"/);
    });

    it('presumes nobody’s agreement, and asks for it in one question', async () => {
      const { body } = await get('/desk/refer');
      expect(body).not.toMatch(/name="(agreed|agreement\.basis|agreement\.how|feedback)"[^>]* checked/);
      const unsaid = await post('/desk/refer', aForm({ agreed: '', feedback: '' }));
      expect(unsaid.statusCode).toBe(422);
      expect(unsaid.body).toMatch(/<a href="#agreed">\s*Select yes if the person agrees to this referral/);
      expect(unsaid.body).toContain('href="#feedback"');
      expect(unsaid.body).not.toMatch(/href="#agreement/);
      expect(await referrals()).toEqual([]);
    });

    it('goes no further before they were asked', async () => {
      const answer = await post('/desk/refer', aForm({ agreed: 'no', 'client.phone': '' }));
      expect([answer.statusCode, answer.body.includes('Ask them first')]).toEqual([422, true]);
      expect(answer.body).toContain('Nothing was sent or saved');
      expect(answer.body).not.toContain('There is a problem');
      expect(await referrals()).toEqual([]);
    });

    it.each([
      ['attorney_or_deputy', '#agreement.authoritySeenOn', authoritySeen],
      ['best_interests', '#agreement.consulted', { 'agreement.consulted': 'Her daughter' }],
    ] as const)('takes what somebody else decides: %s', async (basis, missing, boxes) => {
      const form = aForm({ agreed: 'another', 'agreement.basis': basis, 'agreement.how': 'phone' });
      const asked = await post('/desk/refer', form);
      expect(asked.statusCode).toBe(422);
      for (const at of ['#agreement.decidedBy', missing]) expect(asked.body).toContain(`href="${at}"`);
      const to = await post('/desk/refer', {
        ...form,
        'agreement.decidedBy': 'Ann Osei, daughter',
        ...boxes,
      });
      expect(to.statusCode).toBe(303);
      const [kept] = await rowsOf<{ basis: string; by: string }>(
        scheme,
        sql`select distinct basis, decided_by as by from agreement where scheme_id = ${scheme.id}`,
      );
      expect(kept).toEqual({ basis, by: 'Ann Osei, daughter' });
    });

    it('leaves out what was typed of somebody else once the person agrees themselves', async () => {
      const form = aForm({ 'agreement.basis': 'best_interests', 'agreement.decidedBy': 'Ann Osei' });
      expect((await post('/desk/refer', form)).statusCode).toBe(303);
    });

    it('takes a language from a list, and what somebody needs so that they can take part', async () => {
      expect((await get('/desk/refer')).body).toMatch(/<option value="pl"[^>]*>Polish/);
      const form = aForm({ 'client.language': 'pl', 'client.accessNeeds': 'hearing_loop' });
      expect((await post('/desk/refer', form)).statusCode).toBe(303);
      const [person] = await rowsOf(
        scheme,
        sql`select language, access_needs as needs from client where scheme_id = ${scheme.id}`,
      );
      expect(person).toEqual({ language: 'pl', needs: ['hearing_loop'] });
    });

    it('asks once who decides for somebody under 18, and takes either answer', async () => {
      const young = (changes: Record<string, string> = {}) =>
        aForm({ 'client.dateOfBirth.year': '2010', ...changes });
      const asked = await post('/desk/refer', young());
      expect(asked.statusCode).toBe(422);
      expect(asked.body.match(/<li>\s*<a href="#/g)).toHaveLength(1);
      expect(asked.body).toContain('href="#client.underAgeBasis"');
      const able = young({ 'client.underAgeBasis': 'competence', 'client.underAgeNote': 'Dr Ali' });
      expect((await post('/desk/refer', able)).statusCode).toBe(303);
      const parent = young({
        agreed: 'another',
        'agreement.basis': 'parental_responsibility',
        'agreement.decidedBy': 'Ann Osei, mother',
        'agreement.how': 'in_person',
      });
      expect((await post('/desk/refer', parent)).statusCode).toBe(303);
      const people = await rowsOf<{ footing: string }>(
        scheme,
        sql`select under_age_basis as footing from client where scheme_id = ${scheme.id}`,
      );
      expect(people.map(({ footing }) => footing).sort()).toEqual(['competence', 'parental_responsibility']);
    });

    it('refuses a field that no form of ours has', async () => {
      const answer = await post('/desk/refer', aForm({ 'client.__proto__.admin': 'yes', colour: 'red' }));
      expect(answer.statusCode).toBe(422);
      expect(answer.body).toContain('We do not know this field');
    });
  });

  describe('what a page carries', () => {
    it('is one that nobody keeps, frames or feeds with scripts of their own', async () => {
      const page = await get('/desk/refer');
      const nonce = /script-src 'nonce-([^']+)'/.exec(String(page.headers['content-security-policy']))?.[1];
      expect(page.body).toContain(`nonce="${String(nonce)}"`);
      expect(page.body.match(/<script/g)).toHaveLength(1);
      expect(page.body).not.toMatch(/ on[a-z]+="|style="|https?:\/\//);
      expect(page.headers['cache-control']).toBe('no-store');
      const again = await get('/desk/refer');
      expect(again.headers['content-security-policy']).not.toBe(page.headers['content-security-policy']);
    });

    it('loads style and script that a browser keeps for a year, packed', async () => {
      const { body } = await get('/desk/refer');
      for (const address of [/href="(\/styles\/[^"]+)"/, /src="(\/scripts\/[^"]+)"/]) {
        const found = await get(address.exec(body)?.[1] ?? '', null, { 'accept-encoding': 'br' });
        expect(found.statusCode).toBe(200);
        expect(found.headers['cache-control']).toContain('immutable');
      }
    });

    it('holds nothing of the NHS: no logo, no font, no other host', async () => {
      const { body } = await get('/desk/refer');
      const css = await get(/href="(\/styles\/[^"]+)"/.exec(body)?.[1] ?? '', null);
      expect(css.body).not.toMatch(/frutiger|assets\.nhs|https?:\/\/(?!www\.w3\.org)/i);
      expect(body).not.toMatch(/nhsuk-header|nhsuk-logo/);
    });

    it('stays under 100 kB on a second visit', async () => {
      const page = await get('/desk/refer', priya, { 'accept-encoding': 'gzip' });
      expect(page.headers['content-encoding']).toBe('gzip');
      expect(page.rawPayload.length).toBeLessThan(20_000);
    });
  });
});

describe('how one gets a password', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let ada: TestMember;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    ada = await aMember(scheme, 'administrator');
  });
  afterAll(() => betony.stop());

  const NEW = 'quiet harbour lantern';
  /** A browser: it keeps what it is given and sends the form it was shown. */
  const aBrowser = () => {
    let cookie = '';
    const keep = (answer: Awaited<ReturnType<TestApp['inject']>>) => {
      const given = [answer.headers['set-cookie']].flat().filter((one) => one !== undefined);
      if (given.length > 0) cookie = given.map((one) => one.split(';', 1)[0]).join('; ');
      return answer;
    };
    return {
      open: async (url: string) => keep(await betony.inject({ url, headers: { cookie } })),
      send: async (url: string, answers: Record<string, string>) => {
        const { body } = keep(await betony.inject({ url, headers: { cookie } }));
        const token = /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
        return keep(
          await betony.inject({
            method: 'POST',
            url,
            headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
            payload: new URLSearchParams({ _csrf: token, ...answers }).toString(),
          }),
        );
      },
    };
  };
  const signIn = (email: string, password: string) =>
    aBrowser().send('/desk/sign-in', { email, password, next: '/desk' });
  const invited = async (email: string): Promise<string> => {
    const organisationId = await scheme.homeOf('link_worker');
    const answer = await betony.inject({
      method: 'POST',
      url: '/api/v1/invitations',
      headers: ada.headers,
      payload: { email, name: 'Sam Reed', organisationId, role: 'link_worker' },
    });
    expect(answer.statusCode).toBe(201);
    const [link] = await rowsOf<{ link_id: string }>(
      scheme,
      sql`select payload->>'linkId' as link_id from outbox
        where scheme_id = ${scheme.id} and payload->>'invitationId' = ${answer.json<{ id: string }>().id}`,
    );
    return new URL(betony.get(OneTimeLinks).address('invitation', link?.link_id ?? '')).pathname;
  };

  it('by an invitation, once', async () => {
    const path = await invited('sam.reed@example.org');
    expect(path).toMatch(/^\/desk\/join\//);
    expect((await betony.inject({ method: 'HEAD', url: path })).statusCode).toBe(200);
    const browser = aBrowser();
    for (const [password, because] of [
      ['short', 'at least 12 characters'],
      ['passwordpassword', 'one of the first that others would try'],
    ] as const) {
      const refused = await browser.send(path, { password, name: '' });
      expect(refused.statusCode).toBe(422);
      expect(refused.body).toContain(because);
      expect(refused.body).not.toContain(`value="${password}"`);
    }
    const joined = await browser.send(path, { password: NEW, name: 'Samantha Reed' });
    expect([joined.statusCode, joined.headers.location]).toEqual([303, '/desk/sign-in?after=joined']);
    expect((await browser.open('/desk/sign-in?after=joined')).body).toContain('Your password is set');
    expect((await signIn('sam.reed@example.org', NEW)).headers.location).toBe('/desk');
    const again = await browser.open(path);
    expect(again.statusCode).toBe(410);
    expect(again.body).toContain('does not work any more');
    expect(again.body).toContain('href="/desk/sign-in"');
  });

  it('forgotten, by a link that ran out: leads to a new one', async () => {
    const ended = await aBrowser().open(`/desk/new-password/${'a'.repeat(43)}`);
    expect(ended.statusCode).toBe(410);
    expect(ended.body).toContain('href="/desk/forgotten"');
  });

  it('forgotten: the answer is the same for an address that nobody has', async () => {
    const known = await aBrowser().send('/desk/forgotten', { email: ada.email });
    const unknown = await aBrowser().send('/desk/forgotten', { email: 'nobody@example.org' });
    expect([known.statusCode, known.headers.location]).toEqual([303, '/desk/forgotten/sent']);
    expect([unknown.statusCode, unknown.headers.location]).toEqual([303, '/desk/forgotten/sent']);
    expect((await aBrowser().send('/desk/forgotten', { email: 'no address' })).statusCode).toBe(422);
  });
});
