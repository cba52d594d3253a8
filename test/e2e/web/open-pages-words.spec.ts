import sql from 'sql-template-tag';
import { aListing } from '../../factories/providers.js';
import { isPage, isStaffPage } from '../../../src/platform/http/pages.js';
import { RouteCheck } from '../../../src/permissions/route-check.js';
import { OWN_NAMES } from '../../../src/web/words/languages.js';
import { wordsFile } from '../../../src/web/words/speech.js';
import { unmarked } from '../../support/marked-pages.js';
import { PageCrawl } from '../../support/page-crawl.js';
import { aWorld, type World } from '../../support/route-samples.js';
import { startApp, type TestApp } from '../../support/start-app.js';
import { rowsOf } from '../../support/records.js';
import { markTheirs } from '../../support/their-words.js';

const IN_ARABIC = 'betony-language=ar';

/** Files, and what answers nobody with a page of its own. */
const NO_PAGE = /^\/(?:styles|scripts|fonts)\/|\/calendar$|\.pdf$/;
/** English on purpose: it says neither what this site is nor in which language it was read. */
const NEUTRAL = /^\/bank-holidays/;
/** By a form alone, or of what a person has: not opened here. */
const BY_A_FORM = [
  '/my/code/:ask',
  '/my/change/:id',
  '/my/leave',
  '/my/appointments/:id',
  '/my/told/:id',
  '/my/supporters/:id',
];

/** What the Arabic words themselves say in Latin letters: names, numbers and examples. */
const OURS = new Set(
  JSON.stringify({ ...wordsFile('ar'), file: null })
    .replace(/"\w+":|\{\{\w+\}\}/g, ' ')
    .match(/\p{Script=Latin}+/gu),
);
const AS_IT_IS = new Set([...OURS, 'Betony', ...Object.values(OWN_NAMES), 'ico', 'org', 'uk']);
/** Questions stand as they were published and tested; these names are given by tests. */
const NOT_OURS = [/^\/questions\/[\w-]+\/\d+$/];
const GIVEN = /\b(?:Scheme|Group) \d+|\bSP-[0-9B-Z-]+/g;

/** What is read in Latin letters, and was written neither by people nor for this language. */
const english = (html: string): string[] =>
  unmarked(html).filter((said) =>
    (said.replace(GIVEN, '').match(/\p{Script=Latin}+/gu) ?? []).some((word) => !AS_IT_IS.has(word)),
  );

describe('every page that is open without signing in', () => {
  let betony: TestApp;
  let world: World;
  let crawl: PageCrawl;
  let claim: string;

  beforeAll(async () => {
    betony = await startApp();
    world = await aWorld(betony);
    const before = new PageCrawl(betony);
    const { scheme } = await before.ofAnybody();
    await before.onward(3);
    const [group] = await rowsOf<{ id: string }>(
      scheme,
      sql`select organisation_id as id from provider where scheme_id = ${scheme.id} limit 1`,
    );
    claim = `/claim/${scheme.id}/${group?.id ?? ''}`;
    await before.open({ who: 'anybody', cookie: '' }, claim);
    const service = await aListing(scheme, {
      ...{ name: 'Lunch', publishable: true, needs: ['food'], access: ['step_free'], languages: ['pl'] },
      ...{
        cost: 'donation',
        forWhom: 'women',
        schedule: [{ day: 'monday', from: '10:00', to: '12:00', every: 'month' }],
      },
    });
    await before.open({ who: 'anybody', cookie: '' }, `/find/${scheme.id}/services/${service}`);
    await markTheirs(betony.database, world.scheme.id);
    expect(await markTheirs(betony.database, scheme.id)).toBeGreaterThan(20);
    crawl = new PageCrawl(betony);
    for (const { url, who, cookie, html } of before.visits)
      if (html !== '' && isPage(url) && !isStaffPage(url) && !url.includes('lang='))
        await crawl.open({ who, cookie: [cookie, IN_ARABIC].filter(Boolean).join('; ') }, url);
  }, 300_000);
  afterAll(() => betony.stop());

  const spoken = () => crawl.visits.filter(({ url }) => ![NEUTRAL, ...NOT_OURS].some((one) => one.test(url)));

  it('is opened here, whichever the router has', () => {
    const opened = new Set(crawl.visits.map(({ route }) => route.replace('GET ', '')));
    const all = betony
      .get(RouteCheck)
      .routes()
      .filter(({ method, path }) => method === 'GET' && isPage(path) && !isStaffPage(path))
      .map(({ path }) => path)
      .filter((path) => !NO_PAGE.test(path) && !BY_A_FORM.includes(path));
    expect(all.filter((path) => !opened.has(path))).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });

  it('says nothing in English to somebody who reads Arabic', () => {
    const faults = spoken().flatMap(({ url, html }) => english(html).map((said) => [said, url] as const));
    expect([...new Map(faults)]).toEqual([]);
  });

  it('would be seen to, in English', async () => {
    const { body } = await betony.inject({ url: '/privacy' });
    expect(english(body)).toEqual(expect.arrayContaining(['How long', 'Skip to main content']));
  });

  it('offers the other languages, and runs from right to left', () => {
    for (const { url, html } of spoken()) {
      expect([url, html.includes('dir="rtl"')]).toEqual([url, true]);
      expect([url, html.includes('hreflang="bn"')]).toEqual([url, true]);
    }
  });

  it('says what is wrong with a form in the same language', async () => {
    const { id } = world.scheme;
    const [survey, tally] = [linked('survey'), linked('tally')];
    const forms: [string, Record<string, string>][] = [
      [`/self-referral/${id}`, { 'client.phone': '12', 'client.email': 'x', 'client.postcode': 'nowhere' }],
      [`/self-referral/${id}`, { 'client.nhsNumber': '1', 'client.firstName': 'x'.repeat(101) }],
      [`/self-referral/${id}`, { couldComeToHarm: 'yes' }],
      [`/find/${id}`, { withinMiles: '5' }],
      [survey, { contactEmail: 'x', contactPhone: '1' }],
      [tally, { quantity: '0', householdMembers: '99' }],
      [claim, { name: '' }],
    ];
    for (const [url, fields] of forms) {
      const { body, statusCode } = await betony.inject({
        method: 'POST',
        url,
        headers: { cookie: IN_ARABIC, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      });
      const typed = Object.values(fields).filter(Boolean);
      expect([url, statusCode]).toEqual([url, 422]);
      expect([url, english(body).filter((said) => !typed.includes(said))]).toEqual([url, []]);
    }
  });

  const linked = (start: string): string =>
    crawl.visits.find(({ url }) => new RegExp(`^/${start}/[\\w-]{43}$`).test(url))?.url ?? '';
});
