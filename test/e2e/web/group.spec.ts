import sql from 'sql-template-tag';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { codeOf } from '../../../src/onward-referrals/reply-link.rules.js';
import { Config } from '../../../src/platform/config/config.js';
import { aCase, aGroup, anOffer, inScheme, type TestCase, type TestGroup } from '../../factories/onward.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { theManager } from '../../factories/referrals.js';
import { codeOf as appCode, PASSWORD, withPassword } from '../../factories/second-factors.js';
import { LANGUAGES } from '../../../src/web/words/languages.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { type Key, speechIn } from '../../../src/web/words/speech.js';
import { replyLink } from '../../support/links.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const PHONE = '+447700900123';

describe('the pages of a group that signs in', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: TestGroup;
  let mo: TestMember;
  let of: TestCase;
  let offer: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    group = await aGroup(scheme, {
      places: 2,
      provider: { contactEmail: 'mo@example.org', answersBy: 'email' },
    });
    mo = group.member;
    of = await aCase(scheme, {
      person: { firstName: 'Grace', lastName: 'Okafor', knownAs: null, phone: PHONE },
    });
    offer = await anOffer(scheme, of, group);
  });
  afterAll(() => betony.stop());

  const get = (url: string, who: TestMember = mo, headers: Record<string, string> = {}) =>
    betony.inject({ url, headers: { cookie: who.browser.cookie, ...headers } });
  const post = (url: string, body: Record<string, string> = {}, who: TestMember = mo) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
  const here = (rest = '') => `/desk/group/referrals/${offer}${rest}`;
  const state = async () => {
    const [row] = await rowsOf<{ state: string; through: string | null }>(
      scheme,
      sql`select state, answered_through as through from onward_referral where id = ${offer}`,
    );
    return row;
  };
  const titleOf = (body: string) => /<title>([^<]*)/.exec(body)?.[1];
  const lastCode = async () => {
    const [row] = await rowsOf<{ id: string }>(
      scheme,
      sql`select id from reply_code where scheme_id = ${scheme.id} order by created_at desc, id desc limit 1`,
    );
    return codeOf(betony.get(Config).tokenKey, row?.id ?? '');
  };

  it('begin with what waits for an answer, each with its next question', async () => {
    expect((await get('/desk')).headers.location).toBe('/desk/group/referrals');
    const { body } = await get('/desk/group/referrals');
    expect(titleOf(body)).toBe('Our referrals – Betony');
    expect(body).toContain(`<a href="/desk/group/referrals/${offer}">Can you help Grace?</a>`);
    expect(body).toMatch(/Please answer by \w+ \d+ December/);
    expect(body).not.toMatch(/Okafor|7700|<script/);
    // Whoever ends is said so first, and asked once.
    await anOffer(scheme, of, await aGroup(scheme));
    await post(here('/yes'));
    expect((await get('/desk/group/referrals')).body).toContain('Have you been in touch with Grace?');
    await post(here('/in-touch'), { reached: 'yes' });
    expect((await get('/desk/group/referrals')).body).toContain('How is it going with Grace?');
    const told = { safetyInstructions: ['meet_in_pairs' as const] };
    await betony.get(OnwardAnswers).setSafety(of.worker.actor, offer, told);
    expect((await get('/desk/group/referrals')).body).toContain('safe with Grace has changed');
    const changed = /name="changed" value="([^"]+)"/.exec((await get(here())).body)?.[1] ?? '';
    await post(here('/seen-safety'), { changed });
    expect((await get('/desk/group/referrals')).body).toContain('How is it going with Grace?');
  });

  it('say yes in two taps, and show the surname and the number then and not before', async () => {
    const before = (await get(here())).body;
    expect(titleOf(before)).toBe('Can your group help? – Betony');
    expect(before).not.toMatch(/Okafor|7700/);
    expect((await post(here('/yes'))).headers.location).toBe(here());
    expect(await state()).toEqual({ state: 'accepted', through: 'sign_in' });
    const after = (await get(here())).body;
    expect(after).toContain('Grace Okafor');
    expect(after).toContain('href="tel:+447700900123"');
    // Again from another tab, it was said before and is no fault.
    const again = await post(here('/yes'));
    expect([again.statusCode, again.body.includes('There is a problem')]).toEqual([200, false]);
    await post(here('/undo'));
    expect((await state())?.state).toBe('offered');
  });

  it('ask for a code, sent to the group itself, before they show how to reach somebody with a safety flag', async () => {
    await inScheme(scheme, (tx) =>
      tx.run(
        sql`update client set safety_flag = true where scheme_id = ${scheme.id} and id = ${of.clientId}`,
      ),
    );
    await post(here('/yes'));
    const hidden = (await get(here())).body;
    expect(hidden).toContain('Send me a code');
    expect(hidden).not.toMatch(/Okafor|7700/);
    expect((await post(here('/code'))).headers.location).toBe(here('?code=sent'));
    const [code] = await rowsOf<{ session: string; own: boolean }>(
      scheme,
      sql`select c.session_id as session, p.organisation_id = ${group.organisationId} as own
        from reply_code c join contact_point p on p.id = c.contact_point_id where c.scheme_id = ${scheme.id}`,
    );
    expect(code).toEqual({ session: mo.actor.sessionId, own: true });
    const right = await lastCode();
    const wrong = await post(here('/open'), { code: right === '000000' ? '000001' : '000000' });
    expect([wrong.statusCode, wrong.body.includes('That is not the code')]).toEqual([422, true]);
    expect((await post(here('/open'), { code: right })).headers.location).toBe(here());
    expect((await get(here())).body).toContain('Grace Okafor');
    // Of this session alone, and for half an hour.
    const colleague = await aMember(scheme, 'provider_member', { organisation: group.organisationId });
    expect((await get(here(), colleague)).body).not.toMatch(/Okafor|7700/);
    betony.clock.advance({ minutes: 20 });
    expect((await get(here())).body).toContain('Grace Okafor');
    betony.clock.advance({ minutes: 11 });
    expect((await get(here())).body).not.toMatch(/Okafor|7700/);
  });

  it('keep what was typed where an answer is refused, and say what is wrong beside it', async () => {
    const long = await post(here('/no'), { reason: 'other', note: 'x'.repeat(501) });
    expect(long.statusCode).toBe(422);
    expect(titleOf(long.body)).toMatch(/^Error: /);
    expect(long.body).toContain('x'.repeat(501));
    expect(long.body).toContain('value="other" checked');
    const none = await post(here('/no'), { reason: 'because' });
    expect(none.body).toContain('Select why you cannot help this time');
    expect((await state())?.state).toBe('offered');
    await post(here('/no'), { no: 'full_28' });
    expect((await state())?.state).toBe('declined');
    const late = await post(here('/talk'), { note: 'After six' });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Your group has said no already');
  });

  it('take who came and how it ended', async () => {
    await post(here('/yes'));
    const came = { result: 'attended', day: '23', month: '11', year: '2026' };
    const wrong = await post(here('/came'), { ...came, day: '31' });
    expect([wrong.statusCode, wrong.body.includes('value="31"')]).toEqual([422, true]);
    expect((await post(here('/came'), came)).headers.location).toBe(here('?saved=signed'));
    expect((await get(here('?saved=signed'))).body).toContain('Saved.');
    expect((await state())?.state).toBe('started');
    await post(here('/finish'), { result: 'finished_as_planned' });
    expect((await state())?.state).toBe('completed');
    expect((await get('/desk/group/referrals')).body).toContain('Please do not contact Grace again');
    await post(here('/seen'));
    expect((await get('/desk/group/referrals')).body).toContain('Nobody waits for your group just now');
  });

  it('take that somebody has died from whoever signs in, and from nobody who only holds a link', async () => {
    await post(here('/yes'));
    expect((await get(here())).body).toContain(`href="${here('/died')}"`);
    const form = (await get(here('/died'))).body;
    expect(titleOf(form)).toBe('They have died – Betony');
    expect(form).toContain('Tell us that Grace has died');
    const wrong = await post(here('/died'), { day: '31', month: '2', year: '2026' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain('href="#day"');
    expect(wrong.body).toContain('href="#toldBy"');
    const early = await post(here('/died'), { day: '1', month: '1', year: '2027', toldBy: 'Her son' });
    expect([early.statusCode, early.body.includes('value="Her son"')]).toEqual([422, true]);
    const link = await replyLink(scheme, group.organisationId, 'mo@example.org', {
      purpose: 'answer',
      about: { kind: 'onward_referral', id: offer },
    });
    expect((await betony.inject({ url: link })).body).not.toContain('/died');
    const byLink = await betony.inject({
      method: 'POST',
      url: `${link}/died`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'toldBy=Her+son',
    });
    expect(byLink.statusCode).toBe(404);
    expect((await post(here('/died'), { toldBy: 'Her son' })).headers.location).toBe(here('?saved=signed'));
    const [client] = await rowsOf<{ at: Date | null }>(
      scheme,
      sql`select death_recorded_at as at from client where id = ${of.clientId}`,
    );
    expect(client?.at).not.toBeNull();
    expect((await get(here())).body).toContain('Please do not contact Grace again');
  });

  it('never show another group’s, and are for groups alone', async () => {
    const other = (await aGroup(scheme)).member;
    expect((await get('/desk/group/referrals', other)).body).not.toContain(offer);
    expect((await get('/desk/group/folder?names=first', other)).body).not.toContain('Grace');
    const service = `/desk/group/services/${group.listingId}`;
    for (const url of [here(), here('/no'), service, `${service}/places`]) {
      expect([url, (await get(url, other)).statusCode]).toEqual([url, 404]);
    }
    for (const [verb, body] of Object.entries<Record<string, string>>({
      yes: {},
      no: { no: 'wrong_area' },
      came: { result: 'attended', day: '23', month: '11', year: '2026' },
      worried: {},
      code: {},
      toString: {},
    })) {
      expect([verb, (await post(here(`/${verb}`), body, other)).statusCode]).toEqual([verb, 404]);
    }
    expect((await state())?.state).toBe('offered');
    for (const role of [
      'referrer',
      'link_worker',
      'scheme_manager',
      'commissioner',
      'administrator',
    ] as const) {
      const member = await aMember(scheme, role);
      expect([role, (await get('/desk/group/referrals', member)).statusCode]).toEqual([role, 403]);
      expect([role, (await post(here('/yes'), {}, member)).statusCode]).toEqual([role, 403]);
    }
  });

  it('refuse a form that was not shown by us', async () => {
    const answer = await betony.inject({
      method: 'POST',
      url: here('/yes'),
      headers: { cookie: mo.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: '',
    });
    expect(answer.statusCode).toBe(403);
    expect((await state())?.state).toBe('offered');
  });

  it('are kept for the folder by initials, and by first name for whoever asks', async () => {
    const initials = (await get('/desk/group/folder')).body;
    expect(initials).toContain('Can you help G.?');
    expect(initials).not.toMatch(/Grace|Okafor/);
    expect((await get('/desk/group/folder?names=first')).body).toContain('Can you help Grace?');
  });

  it('say that a service is right, how many places it has, and until when it is full', async () => {
    const service = `/desk/group/services/${group.listingId}`;
    expect((await get('/desk/group/services')).body).toContain(`href="${service}"`);
    const row = async () => {
      const [found] = await rowsOf(
        scheme,
        sql`select confirmed_on::text as confirmed, places_total as places, full_until::text as until
          from listing where id = ${group.listingId}`,
      );
      return found;
    };
    expect((await post(`${service}/right`)).headers.location).toBe(`${service}/thanks`);
    expect(await row()).toMatchObject({ confirmed: '2026-11-23', places: 2 });
    const wrong = await post(`${service}/places`, { kind: 'counted', total: 'many' });
    expect([wrong.statusCode, wrong.body.includes('value="many"')]).toEqual([422, true]);
    expect((await post(`${service}/places`, {})).body).toContain('Select how it works');
    await post(`${service}/places`, { kind: 'counted', total: '7' });
    expect((await post(`${service}/full`, {})).statusCode).toBe(422);
    await post(`${service}/full`, { until: '28' });
    expect(await row()).toMatchObject({ places: 7, until: '2026-12-21' });
    expect((await get('/desk/group/services')).body).toContain('Full until');
    expect((await get(service)).body).toContain(`href="${service}/join"`);
    await post(`${service}/room`);
    expect(await row()).toMatchObject({ until: null });
  });

  const versionOf = (body: string): string => /name="_version" value="(\d+)"/.exec(body)?.[1] ?? '';
  const kept = async (id: string) => {
    const [row] = await rowsOf<Record<string, unknown>>(
      scheme,
      sql`select state, name, needs, areas, radius_miles::float8 as miles, for_whom as "forWhom", minimum_age as "from",
          excludes, present, level, setting, languages, volunteer_role as volunteers, publishable,
          withhold_location as withheld from listing where id = ${id}`,
    );
    return row;
  };

  it.each<[string, Record<string, string>, Record<string, unknown>]>([
    ['what', { name: 'Lunch', description: 'Soup', needs: 'food' }, { name: 'Lunch', needs: ['food'] }],
    [
      'who',
      { from: 'some', areas: 'co15 CO16', forWhom: 'women', minimumAge: '18' },
      { areas: ['CO15', 'CO16'], forWhom: 'women', from: 18 },
    ],
    ['limits', { excludes: 'falls', present: 'animals' }, { excludes: ['falls'], present: ['animals'] }],
    [
      'how',
      { level: 'open_door', setting: 'religious', languages: 'ur', volunteerRole: 'yes' },
      { setting: 'religious', languages: ['ur'], volunteers: true },
    ],
    ['shown', { publishable: 'no', withholdLocation: 'yes' }, { publishable: false, withheld: true }],
  ])('change what people are told, part by part: %s', async (part, form, then) => {
    const at = `/desk/group/services/${group.listingId}`;
    const before = await kept(group.listingId);
    const _version = versionOf((await get(`${at}/${part}`)).body);
    expect((await post(`${at}/${part}`, { ...form, _version })).headers.location).toBe(`${at}?saved=part`);
    expect(await kept(group.listingId)).toEqual({ ...before, ...then });
    const late = await post(`${at}/${part}`, {
      ...form,
      name: 'Later',
      setting: '',
      forWhom: 'men',
      excludes: '',
      publishable: 'yes',
      _version,
    });
    expect(late.statusCode).toBe(412);
    expect(late.body).toContain('Somebody else changed this meanwhile');
    if (part === 'what') expect(late.body).toMatch(/It now says: [^<]*Lunch[^<]*Soup/);
  });

  it('take districts that were written for some, though nobody said so above them', async () => {
    const at = `/desk/group/services/${group.listingId}/who`;
    const _version = versionOf((await get(at)).body);
    await post(at, { from: 'unknown', areas: 'CO15', forWhom: 'everyone', _version });
    expect(await kept(group.listingId)).toMatchObject({ areas: ['CO15'] });
  });

  it('leave to the scheme how close a service comes to a person, once people are sent to it', async () => {
    const at = `/desk/group/services/${group.listingId}/how`;
    const level =
      (await kept(group.listingId))?.['level'] === 'open_door' ? 'alone_or_vulnerable' : 'open_door';
    const late = await post(at, { level, volunteerRole: 'no', _version: versionOf((await get(at)).body) });
    expect([late.statusCode, late.body.includes('Ask the scheme to change this')]).toEqual([422, true]);
  });

  it('keep a new service as a draft, show it as link workers see it, and say where it stands until people are sent to it', async () => {
    const nothing = await post('/desk/group/services/new', { description: 'Soup and company' });
    expect([nothing.statusCode, nothing.body.includes('Soup and company')]).toEqual([422, true]);
    const made = await post('/desk/group/services/new', { name: 'Tuesday walk', description: 'Two miles' });
    const at = String(made.headers.location);
    const id = at.split('/').at(-1) ?? '';
    expect(await kept(id)).toMatchObject({ state: 'draft', name: 'Tuesday walk' });
    expect((await get(at)).body).toContain('It is kept here as a draft');
    expect((await get(`${at}/preview`)).body).not.toContain('Send it to be looked at');
    const what = { name: 'Tuesday walk', description: 'Two miles', needs: 'inactivity' };
    const saved = await post(`${at}/what`, { ...what, _version: versionOf((await get(`${at}/what`)).body) });
    const after = (await get(String(saved.headers.location))).body;
    expect([after.includes('Saved.'), after.includes('People are told')]).toEqual([true, false]);
    const preview = (await get(`${at}/preview`)).body;
    expect(preview).toContain('Send it to be looked at');
    // The same words in the same card as where link workers look for a group.
    const worker = await aMember(scheme, 'link_worker');
    const theirs = (await get(`/desk/listings/${id}/preview`, worker)).body;
    const card = /<div class="betony-narrow">[^]*?<\/details>/;
    expect(card.exec(preview)?.[0]).toContain('Two miles');
    expect(card.exec(preview)?.[0]).toBe(card.exec(theirs)?.[0]);
    expect((await post(`${at}/submit`)).headers.location).toBe(at);
    expect((await get(at)).body).toContain('Somebody of the scheme looks at it first');
    const { actor } = await theManager(scheme);
    await betony.get(ListingsService).return(actor, id, { reason: 'Where does it start?' });
    expect((await get(at)).body).toContain('The scheme sent it back, and writes: Where does it start?');
    await post(`${at}/submit`);
    expect((await get(at)).body).not.toContain('Where does it start?');
    await betony.get(ListingsService).publish(actor, id);
    expect((await get(at)).body).toContain('Link workers find it');
    const twice = await post(`${at}/submit`);
    expect(twice.statusCode).toBe(409);
    for (const lang of ['cy', 'pl', 'ro', 'bn', 'ne', 'ur', 'ar']) {
      for (const page of [
        '/desk/group/services/new',
        at,
        ...['what', 'who', 'limits', 'how', 'shown', 'times', 'preview'].map((one) => `${at}/${one}`),
      ]) {
        const { body, statusCode } = await get(`${page}?lang=${lang}`);
        expect([page, lang, statusCode, body.includes(`<html lang="${lang}"`)]).toEqual([
          page,
          lang,
          200,
          true,
        ]);
      }
    }
  });

  it('keep the register of a session', async () => {
    await post(here('/yes'));
    const session = `/desk/group/services/${group.listingId}/session`;
    expect((await post(session, { day: '24', month: '11', year: '2026' })).statusCode).toBe(422);
    const opened = await post(session, { day: '23', month: '11', year: '2026' });
    const register = String(opened.headers.location);
    expect(register).toMatch(/^\/desk\/group\/registers\//);
    expect((await get(register)).body).toContain('Grace');
    const unmarked = await post(`${register}/done`, { walkIns: '2' });
    expect([unmarked.statusCode, unmarked.body.includes('Select whether Grace came')]).toEqual([422, true]);
    expect(unmarked.body).toContain('value="2"');
    const _version = versionOf((await get(register)).body);
    await post(`${register}/save`, { [`w-${offer}`]: 'attended', walkIns: '1', _version });
    // Somebody else has the page of before: what they say otherwise is theirs to decide on, and the same is no clash.
    const late = await post(`${register}/done`, {
      [`w-${offer}`]: 'absent_acceptable',
      walkIns: '2',
      _version,
    });
    expect([late.statusCode, late.body]).toEqual([412, expect.stringContaining('Grace: ')]);
    expect(late.body).toContain('value="2"');
    const off = await post(`${register}/off`, { _version });
    expect(off.statusCode).toBe(412);
    const same = await post(`${register}/save`, { [`w-${offer}`]: 'attended', walkIns: '1', _version });
    expect(same.statusCode).toBe(303);
    const now = versionOf((await get(register)).body);
    await post(`${register}/done`, { [`w-${offer}`]: 'attended', walkIns: '2', _version: now });
    expect((await get(register)).body).toContain('This is finished');
    expect((await state())?.state).toBe('started');
    const other = (await aGroup(scheme)).member;
    expect((await get(register, other)).statusCode).toBe(404);
  });

  it('give whoever is signed in what is held on them, and on nobody else', async () => {
    expect((await get('/desk/group/my-data')).body).toContain('How you sign in');
    const answer = await get('/desk/group/my-data?file=json');
    expect(answer.headers['content-disposition']).toContain('attachment');
    const held = answer.json<{ signIn: { email: string }[]; contactFor: object[] }>();
    expect(held.signIn.map(({ email }) => email)).toEqual([mo.email]);
    const asked = await betony.inject({
      method: 'POST',
      url: '/api/v1/volunteers/data',
      headers: mo.headers,
      payload: { email: 'mo@example.org' },
    });
    expect(asked.statusCode).toBe(422);
  });

  it('are in eight languages, and small enough for an old phone', async () => {
    const { body } = await get('/desk/group/referrals?lang=pl');
    expect(body).toContain('<html lang="pl"');
    expect(body).toContain('Nasze skierowania');
    const page = await get(here(), mo, { 'accept-encoding': 'gzip' });
    const sheet = /href="(\/styles\/[^"]+)"/.exec(body)?.[1] ?? '';
    const style = await get(sheet, mo, { 'accept-encoding': 'gzip' });
    expect(page.rawPayload.length + style.rawPayload.length).toBeLessThan(60_000);
  });

  it('say when they are away, in their own language, and are there again by one tap', async () => {
    const at = '/desk/group/times';
    expect((await get('/desk/group/services')).body).toContain(`href="${at}"`);
    const first = (await get(at)).body;
    expect([titleOf(first), first.includes('value="23"')]).toEqual([
      'Times when we are away or do more – Betony',
      true,
    ]);
    expect(first).toContain(`href="/desk/group/services/${group.listingId}/times"`);
    const days = (from: string, until: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries({ from, until }).flatMap(([name, date]) => {
          const [year = '', month = '', day = ''] = date.split('-');
          return [
            [`${name}.day`, day],
            [`${name}.month`, month],
            [`${name}.year`, year],
          ];
        }),
      );
    const away = { kind: 'closed', name: 'Our <rest>', ...days('2026-11-23', '2026-12-04') };
    const urdu = speechIn('ur').t;
    const wrong = await post(`${at}?lang=ur`, { ...away, ...days('2026-11-23', '2026-11-02') });
    expect([wrong.statusCode, wrong.body.includes(urdu('ours.times.wrong.order'))]).toEqual([422, true]);
    expect(wrong.body).toContain('value="Our &lt;rest&gt;"');
    const _key = newId();
    for (let click = 0; click < 2; click += 1)
      expect((await post(at, { ...away, _key })).headers.location).toBe(`${at}?saved=signed`);
    const said = () =>
      rowsOf<{ kind: string; until: string }>(
        scheme,
        sql`select kind, until_on::text as until from provider_period where organisation_id = ${group.organisationId}`,
      );
    expect(await said()).toEqual([{ kind: 'closed', until: '2026-12-04' }]);
    const polish = speechIn('pl').t;
    const shared = await post(`${at}?lang=pl`, { ...away, name: 'Twice' });
    const words = shared.body.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    expect([shared.statusCode, words]).toEqual([
      422,
      expect.stringContaining(polish('ours.times.wrong.shared', { name: 'Our <rest>' })),
    ]);
    // Nobody writes to them meanwhile.
    const { headers } = await aMember(scheme, 'scheme_manager');
    const url = `/api/v1/providers/${group.organisationId}/rhythm`;
    const { mayBeWrittenTo } = (await betony.inject({ url, headers })).json<{ mayBeWrittenTo: string }>();
    expect(mayBeWrittenTo > '2026-12-05').toBe(true);
    const back = (await get(`${at}?saved=signed`)).body;
    expect(back).toContain('Saved.');
    expect(back).toContain('We are there again');
    const end = /action="(\/desk\/group\/times\/[^"]+\/end)"/.exec(back)?.[1] ?? '';
    const others = await aGroup(scheme);
    expect((await post(end, {}, others.member)).statusCode).toBe(404);
    // The days that have been stay closed: nobody is asked who came on them.
    betony.clock.advance({ days: 3 });
    mo = await aMember(scheme, 'provider_member', { organisation: group.organisationId });
    expect((await post(end)).headers.location).toBe(`${at}?saved=signed`);
    expect((await post(end)).headers.location).toBe(`${at}?saved=signed`);
    expect(await said()).toEqual([{ kind: 'closed', until: '2026-11-25' }]);
    expect((await get(at)).body).toContain('Nothing is entered: you meet as usual.');
    // What has not begun is taken away.
    await post(at, { ...away, kind: 'extra', ...days('2026-12-10', '2026-12-11') });
    const coming = (await get(at)).body;
    expect(coming).toContain('Take it away');
    await post(/action="(\/desk\/group\/times\/[^"]+\/end)"/.exec(coming)?.[1] ?? '');
    expect(await said()).toHaveLength(1);
  });

  it('count the help they gave and name nobody, the next of the same by one tap', async () => {
    const at = '/desk/group/tally';
    expect((await get('/desk/group/services')).body).toContain(`href="${at}"`);
    const given = {
      quantity: '4',
      householdMembers: '',
      'givenOn.day': '20',
      'givenOn.month': '11',
      'givenOn.year': '2026',
    };
    const { t } = speechIn('pl');
    const wrong = await post(`${at}?lang=pl`, { ...given, quantity: '0' });
    expect(wrong.statusCode).toBe(422);
    expect(wrong.body).toContain(t('wrong.number', { least: '1', most: '1000' }));
    expect(wrong.body).toContain('href="#kind"');
    const _key = newId();
    for (let tap = 0; tap < 2; tap += 1)
      expect((await post(at, { ...given, kind: 'food_parcel', _key })).headers.location).toBe(
        `${at}?counted=food_parcel`,
      );
    const next = (await get(`${at}?counted=food_parcel`)).body;
    expect(next).toContain('Thank you. We have counted it.');
    expect(next).toMatch(/value="food_parcel" checked/);
    expect(next).toContain('value="23"');
    expect(
      await rowsOf(
        scheme,
        sql`select kind, quantity, given_on::text as day, client_id, organisation_id = ${group.organisationId} as ours
          from practical_help where scheme_id = ${scheme.id}`,
      ),
    ).toEqual([{ kind: 'food_parcel', quantity: 4, day: '2026-11-20', client_id: null, ours: true }]);
  });

  describe('of their own account', () => {
    const PAGES: readonly (readonly [string, Key])[] = [
      ['/desk/account', 'ours.nav.account'],
      ['/desk/account/password', 'account.password.title'],
      ['/desk/account/second-factor', 'account.second.title'],
      ['/desk/account/sessions', 'account.sessions.title'],
      ['/desk/kept', 'account.kept.title'],
      ['/desk/group/contact', 'account.contact.title'],
    ];

    beforeEach(async () => {
      mo = await withPassword(scheme, 'provider_member', { organisation: group.organisationId });
    });

    it.each(LANGUAGES)('are whole in the language they were asked for in: %s', async (language) => {
      const { t, tag, direction } = speechIn(language);
      for (const [url, title] of PAGES) {
        const { body, statusCode } = await get(`${url}?lang=${language}`);
        expect([url, statusCode, titleOf(body)]).toEqual([url, 200, `${t(title)} – Betony`]);
        expect(body).toContain(`<html lang="${tag}"${direction === 'rtl' ? ' dir="rtl"' : ''}>`);
        expect(body).toContain(`<a href="/desk/account"`);
        expect(body).not.toContain('<script');
        const said = body.replace(/<head>[^]*<\/head>|<[^>]*>/g, ' ');
        if (language !== 'en') expect(said).not.toMatch(/\b(?:you|your|the|Save|Back|Password|Error)\b/);
      }
    });

    it('lead to each other, and to no list of things to do that nobody ever asks of a group', async () => {
      const { body } = await get('/desk/account');
      for (const [url] of PAGES) expect(body).toContain(`href="${url}"`);
      expect(body).not.toContain('/desk/tasks');
      const service = (await get(`/desk/group/services/${group.listingId}`)).body;
      expect(service).toContain('href="/desk/group/contact"');
    });

    it('change the password, and say in their own language what is wrong with one', async () => {
      const at = '/desk/account/password';
      const urdu = speechIn('ur').t;
      const wrong = await post(`${at}?lang=ur`, { password: 'not that one', newPassword: 'short' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('dir="rtl"');
      expect(wrong.body).toContain(urdu('account.wrong.password'));
      expect(wrong.body).not.toMatch(/not that one|value="short"/);
      const welsh = await post(`${at}?lang=cy`, { password: PASSWORD, newPassword: 'short' });
      expect(welsh.body).toContain(speechIn('cy').t('account.wrong.short'));
      const done = await post(at, { password: PASSWORD, newPassword: 'three random words here' });
      expect(done.headers.location).toBe(`${at}?done=password`);
      expect((await get(`${at}?done=password&lang=ur`)).body).toContain(urdu('account.password.done'));
    });

    it('set up an app for codes, and show the recovery codes once', async () => {
      const at = '/desk/account/second-factor';
      expect((await get(at)).body).toContain('Set up an app for codes');
      const nothing = await post(at, {});
      expect([nothing.statusCode, nothing.body.includes('href="#change"')]).toEqual([422, true]);
      const begun = await post(at, { change: 'app', password: PASSWORD });
      expect(begun.headers.location).toBe(`${at}/set-up`);
      const { body } = await get(`${at}/set-up?lang=ar`);
      expect(body).toContain(speechIn('ar').t('account.app.title'));
      const secret = /class="betony-key" dir="ltr">([A-Z2-7 ]+)</.exec(body)?.[1] ?? '';
      const code = appCode(betony, secret.replaceAll(' ', ''));
      const codes = await post(`${at}/set-up`, { code });
      expect([codes.statusCode, titleOf(codes.body)]).toEqual([200, 'Your recovery codes – Betony']);
      expect(codes.body.match(/class="betony-key"/g)).toHaveLength(10);
      expect((await get(at)).body).toContain('You have 10 of 10 recovery codes left.');
    });

    it('say what went wrong in the language of whoever reads it, and nobody else’s at the desk', async () => {
      const { t } = speechIn('ur');
      const gone = await get(`/desk/group/referrals/${newId()}?lang=ur`);
      expect([gone.statusCode, gone.body.includes(t('failed.404.text'))]).toEqual([404, true]);
      expect(gone.body).toContain('dir="rtl"');
      const nobodys = await post('/desk/kept?lang=ur', {});
      expect([nobodys.statusCode, nobodys.body.includes(t('failed.404.text'))]).toEqual([404, true]);
      const worker = await aMember(scheme, 'link_worker');
      const staff = await get(`/desk/referrals/${newId()}?lang=ur`, worker);
      expect([staff.statusCode, staff.body.includes('lang="en-GB"')]).toEqual([404, true]);
    });

    it('say whom we write to, kept by the group and put beside what somebody else wrote meanwhile', async () => {
      const at = '/desk/group/contact';
      const before = (await get(at)).body;
      expect(before).toContain('value="mo@example.org"');
      const _version = versionOf(before);
      const asked = {
        contactName: 'Aisha <Begum>',
        contactEmail: 'aisha@example.org',
        contactPhone: '07700 900 321',
        answersBy: 'email',
        contactShared: 'no',
        replyWithinDays: '4',
        howToWorkWithUs: '',
      };
      const wrong = await post(`${at}?lang=ur`, { ...asked, contactEmail: 'aisha', _version });
      expect([wrong.statusCode, wrong.body.includes(speechIn('ur').t('wrong.email'))]).toEqual([422, true]);
      expect(wrong.body).toContain('Aisha &lt;Begum&gt;');
      const saved = await post(at, { ...asked, _version });
      expect(saved.headers.location).toBe(`${at}?saved=signed`);
      const now = (await get(`${at}?saved=signed`)).body;
      expect(now).toContain('Saved.');
      expect(now).toContain('value="07700 900321"');
      const late = await post(at, { ...asked, contactName: 'Somebody', contactShared: 'yes', _version });
      expect(late.statusCode).toBe(412);
      expect(late.body.replace(/<\/?bdi[^>]*>|[\u2066-\u2069]/g, '')).toContain(
        'It now says: Who answers for the group – Aisha &lt;Begum&gt;; Do others read or answer this address or number too? – No. What',
      );
      expect(late.body).toContain('value="Somebody"');
    });

    it('are those of a group alone: everybody else has theirs at the desk', async () => {
      const worker = await aMember(scheme, 'link_worker');
      expect((await get('/desk/group/contact', worker)).statusCode).toBe(403);
      expect((await get('/desk/account', worker)).body).toContain('What you are e-mailed about');
    });
  });

  it('ring whoever is worried', async () => {
    expect((await get(here('/worried'))).body).toContain('I am worried. Please ring me');
    expect((await post(here('/worried'))).headers.location).toBe(here('/rings-you'));
    const tasks = await inScheme(scheme, (tx) =>
      tx.rows(sql`select kind from task where scheme_id = ${scheme.id} and kind = 'group_worried'`),
    );
    expect(tasks.length).toBeGreaterThan(0);
  });

  it('ring whoever is worried from the page of a service and of a register as well', async () => {
    const service = `/desk/group/services/${group.listingId}`;
    const register = String(
      (await post(`${service}/session`, { day: '23', month: '11', year: '2026' })).headers.location,
    );
    for (const at of [service, register]) {
      expect((await get(at)).body).toContain(`href="${at}/worried"`);
      expect((await get(`${at}/worried`)).body).toContain('I am worried. Please ring me');
      expect((await post(`${at}/worried`)).headers.location).toBe(`${at}/rings-you`);
      expect((await get(`${at}/rings-you`)).statusCode).toBe(200);
    }
    const tasks = await inScheme(scheme, (tx) =>
      tx.rows<{ subject: string }>(
        sql`select subject_kind as subject from task where scheme_id = ${scheme.id} and kind = 'group_worried'`,
      ),
    );
    expect(tasks.map(({ subject }) => subject).sort()).toEqual(['listing', 'register']);
  });
});
