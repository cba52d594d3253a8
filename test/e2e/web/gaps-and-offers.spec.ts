import { aCase } from '../../factories/caseload.js';
import { changeRow } from '../../factories/episodes.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aReferral } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const NO_ROOM = { placesFree: 0, dropIn: 0, askFirst: 0 };

describe('gaps, and what groups have to offer, at the desk', () => {
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
  const aGap = async (body: object): Promise<string> => {
    const made = await betony.inject({
      method: 'POST',
      url: '/api/v1/gaps',
      headers: mo.headers,
      payload: { why: 'nothing_like_it', ...body },
    });
    return made.json<{ id: string }>().id;
  };

  it('lists gaps by need and place, and closes one with a reason and the service that meets it', async () => {
    const id = await aGap({ need: 'food', area: 'CO15', wouldHaveHelped: 'A <hot> meal' });
    await aGap({ need: 'housing', area: 'CO16' });
    const service = await aListing(scheme, { name: 'Friday lunch', needs: ['food'], areas: ['CO16'] });
    const list = await page('/desk/gaps?need=food&area=co15&closed=');
    expect(list).toContain(`/desk/gaps/${id}`);
    expect(list).toContain('A &lt;hot&gt; meal');
    expect(list).not.toContain('CO16');
    expect(await page('/desk/gaps?need=digital')).toContain('None matches these filters.');
    const wrong = await send(`/desk/gaps/${id}/close`, { listingId: service, note: 'They began <today>' });
    expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('href="#because"')]);
    expect(wrong.body).toContain('They began &lt;today&gt;');
    expect(wrong.body).toContain(`<option value="${service}" selected>Friday lunch`);
    const right = await send(`/desk/gaps/${id}/close`, { because: 'service_started', listingId: service });
    expect([right.statusCode, right.headers.location]).toEqual([303, `/desk/gaps/${id}`]);
    expect(await page(`/desk/gaps/${id}`)).toContain(`/desk/listings/${service}`);
    expect((await send(`/desk/gaps/${id}/close`, { because: 'helped' })).statusCode).toBe(409);
    expect(await page('/desk/gaps?closed=true')).toContain('something that fits has started');
  });

  it('shows what is asked for, what is there and what is missing, as a picture, a table and a file', async () => {
    expect(await page('/desk/gaps-by-place')).toContain('No gap is open.');
    await aGap({ need: 'food', area: 'CO15' });
    await aGap({ need: 'food', area: 'CO15' });
    await aGap({ need: 'housing' });
    const group = await aProvider(scheme);
    await aListing(scheme, { needs: ['food'], areas: ['CO15'] }).by(group);
    await aListing(scheme, { needs: ['food'], areas: [] }).by(group);
    await aListing(scheme, { needs: ['food'], areas: ['CO16'] }).by(group);
    await aListing(scheme, { needs: ['food'], areas: ['CO15'] })
      .inDraft()
      .by(group);
    await aReferral(scheme);
    const body = await page('/desk/gaps-by-place');
    expect(body).toContain('3 gaps are open, 2 of them: food</h2>');
    expect(body).toContain('alt="Bars: Food 2, Housing 1."');
    expect(body).toContain('href="/desk/gaps?need=food&amp;area=CO15"');
    expect(body).toContain('0 asked, 2 services');
    expect(body).toContain('1 asked');
    expect(Buffer.byteLength(body)).toBeLessThan(100_000);
    const file = await ask('/desk/gaps-by-place.csv');
    expect(file.headers['content-disposition']).toBe('attachment; filename="gaps.csv"');
    expect(file.body).toContain(
      '\uFEFFNeed,District,Open gaps,Referrals in 365 days,Published services,Places free,Without a limit,Ask first\r\nFood,CO15,2,0,2,0,0,2\r\n',
    );
    const counts = await betony.inject({ url: '/api/v1/gaps/counts', headers: mo.headers });
    expect(counts.json()).toContainEqual({
      need: 'housing',
      area: null,
      gaps: 1,
      referrals: 0,
      services: 0,
      ...NO_ROOM,
    });
  });

  it('counts the places that are free there, and apart from them what no number is known of', async () => {
    await aGap({ need: 'food', area: 'CO15' });
    const group = await aProvider(scheme);
    const food = (details: object = {}) =>
      aListing(scheme, { needs: ['food'], areas: ['CO15'], ...details }).by(group);
    const taken = await food().counting(4);
    await changeRow(scheme, 'listing', taken, { places_taken: 1 });
    await food().counting(2);
    // Full until a day that is still to come, and a number that nobody confirmed for long.
    await changeRow(scheme, 'listing', await food().counting(7), { full_until: '2027-01-10' });
    await changeRow(scheme, 'listing', await food().counting(9), { places_confirmed_on: '2026-01-10' });
    await changeRow(scheme, 'listing', await food(), { places_kind: 'drop_in' });
    expect(await page('/desk/gaps-by-place')).toContain(
      '5 services:<br>5 places free, 1 without a limit, 1 to ask first',
    );
    const counts = await betony.inject({ url: '/api/v1/gaps/counts', headers: mo.headers });
    expect(counts.json()).toEqual([
      {
        need: 'food',
        area: 'CO15',
        gaps: 1,
        referrals: 0,
        services: 5,
        placesFree: 5,
        dropIn: 1,
        askFirst: 1,
      },
    ]);
  });

  it('counts them by language and by what people need to take part, each leading to its list', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const { referralId } = await aCase(scheme, sam)
      .person({ language: 'pl', accessNeeds: ['step_free'] })
      .begun();
    const id = await aGap({ need: 'food', referralId, why: 'language' });
    const other = await aGap({ need: 'housing' });
    const group = await aProvider(scheme);
    await aListing(scheme, { languages: ['en', 'pl'], access: ['step_free'] }).by(group);
    await aListing(scheme, { access: ['step_free'] }).by(group);
    const counts = await betony.inject({ url: '/api/v1/gaps/barriers', headers: mo.headers });
    expect(counts.json()).toEqual([
      { barrier: 'access', code: 'step_free', gaps: 1, referrals: 1, services: 2 },
      { barrier: 'language', code: 'pl', gaps: 1, referrals: 1, services: 1 },
    ]);
    const body = await page('/desk/gaps-by-place');
    for (const [query, words] of [
      ['language=pl', 'Polish'],
      ['access=step_free', 'A way in without steps'],
    ] as const) {
      expect(body).toContain(`href="/desk/gaps?${query}"`);
      const list = await page(`/desk/gaps?${query}`);
      expect(list).toContain('<title>Gaps (1)');
      expect(list).toContain(`Only for whoever needs ${words}`);
      expect(list).toContain(id);
      expect(list).not.toContain(other);
    }
    expect(await page('/desk/gaps?why=language')).toContain('<title>Gaps (1)');
    expect((await ask('/desk/gaps?access=stairs')).statusCode).toBe(422);
    const file = await ask('/desk/gaps-by-barrier.csv');
    expect(file.body).toContain('Languages that people need,Polish,1,1,1\r\n');
  });

  it('shows a link worker their own gaps alone, and nobody else how many there are', async () => {
    const sam = await aMember(scheme, 'link_worker');
    const id = await aGap({ need: 'food', area: 'CO15' });
    expect(await page('/desk/gaps', sam)).not.toContain(id);
    expect((await ask(`/desk/gaps/${id}`, sam)).statusCode).toBe(404);
    expect((await send(`/desk/gaps/${id}/close`, { because: 'helped' }, sam)).statusCode).toBe(403);
    for (const who of [sam, await aMember(scheme, 'commissioner'), await aMember(scheme, 'referrer')])
      expect((await ask('/desk/gaps-by-place', who)).statusCode).toBe(403);
    const other = await aMember(await aScheme(betony), 'scheme_manager');
    expect((await ask(`/desk/gaps/${id}`, other)).statusCode).toBe(404);
    expect(await page('/desk/gaps-by-place', other)).toContain('No gap is open.');
  });

  it('leads from what a group said to the drafts of it, is looked at once, and forgotten when they ask', async () => {
    const organisationId = await aProvider(scheme, { name: 'Marling Kitchen' });
    const link = await betony.inject({
      method: 'POST',
      url: '/api/v1/group-links',
      headers: mo.headers,
      payload: { purpose: 'survey', organisationId },
    });
    const said = await betony.inject({
      method: 'POST',
      url: new URL(link.json<{ address: string }>().address).pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        space: 'A hall <free> on Mondays',
        spaceSharing: 'tell',
        skills: 'Polish',
        skillsSharing: 'private',
        contactName: 'Rose Hall',
      }).toString(),
    });
    expect(said.statusCode).toBeLessThan(400);
    const list = await page('/desk/offers-of-groups?reviewed=false');
    const [, id = ''] = /offers-of-groups\/([0-9a-f-]{36})/.exec(list) ?? [];
    const url = `/desk/offers-of-groups/${id}`;
    const body = await page(url);
    expect(body).toContain('A hall &lt;free&gt; on Mondays');
    expect(body).toMatch(/href="\/desk\/assets\/[0-9a-f-]{36}"/);
    expect(body).toContain('Only managers and the group see it.');
    await send(`${url}/review`, {});
    expect(await page('/desk/offers-of-groups?reviewed=false')).not.toContain(id);
    expect((await send(`${url}/review`, {})).statusCode).toBe(409);
    expect(await page(`${url}/forget`)).toContain('This cannot be taken back.');
    await send(`${url}/forget`, {});
    const after = await page(url);
    expect(after).toContain('Forgotten, as they asked.');
    expect(after).not.toContain('Rose Hall');
    const rose = await aMember(scheme, 'provider_member', { organisation: organisationId });
    expect((await send(`${url}/review`, {}, rose)).statusCode).toBe(403);
    expect((await ask(url, await aMember(scheme, 'link_worker'))).statusCode).toBe(403);
  });
});
