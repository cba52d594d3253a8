import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext } from 'playwright-core';
import { aBrowser } from '../support/browser.js';
import { PageCrawl, type Visit } from '../support/page-crawl.js';
import { BROKEN, PageLook } from '../support/page-look.js';
import { aWorld, type World } from '../support/route-samples.js';
import type { TestScheme } from '../support/people.js';
import { plantScripts, RAN, SCRIPTS } from '../support/scripts.js';
import { isStaffPage } from '../../src/platform/http/pages.js';
import { startApp, type TestApp } from '../support/start-app.js';

/** `npm run crawl` looks at every page as every role in the browser, and follows more of each kind of link. */
const WHOLE = process.env['CRAWL'] === 'whole';
/** Which rounds of scripts the whole takes: all of the sixty, or, to share them among evenings, `ROUNDS=20-39`. */
const [FIRST_ROUND = 0, LAST_ROUND = SCRIPTS.length - 1] = (process.env['ROUNDS']?.split('-') ?? []).map(
  Number,
);

const MOST_QUERIES = 6;
/** What asks more often, and why: docs/decisions/pages-at-the-desk.md. */
const ASKS_MORE = ['GET /desk/health', 'GET /reply/:token/:form my-data', 'GET /desk/group/my-data'];
const STAFF_BYTES = 100_000;
const LINK_BYTES = 60_000;

/** One page at two addresses, for those who know which scheme or come by a link, and for others. */
const SAME_PAGE: Record<string, string> = {
  'GET /find/:scheme': 'GET /find',
  'GET /self-referral/:scheme': 'GET /self-referral',
  'GET /privacy/people/:scheme': 'GET /privacy/people',
  'GET /my/link/:token': 'GET /my/enter',
};
/** Opened by what only a message holds, or on the way through a form: their own tests open them. */
const BY_OTHERS = [
  'GET /desk/join/:token',
  'GET /desk/new-password/:token',
  'GET /desk/sign-in/code',
  'GET /desk/sign-in/organisation',
  'GET /desk/sign-in/organisation/back',
  'GET /desk/sign-in/set-up',
  'GET /claim/:scheme/:organisation',
  'GET /find/:scheme/services/:id',
  'GET /my/appointments/:id',
  'GET /my/appointments/:id/calendar',
  'GET /my/change/:id',
  'GET /my/code/:ask',
  'GET /my/leave',
  'GET /my/plan.pdf',
  'GET /my/supporters/:id',
  'GET /my/told/:id',
];

const RAW =
  />[^<]*\b(?:dates|frame|common|failed|wrong|my|reply|slip|byLink|ours|finder|selfReferral|groups|ownData|privacy|schemes|service)\.[a-z]\w+[^<]*</;
const UNFILLED = /undefined|\{\{|\[object |\bNaN\b|>null</;

const browser: Browser | null = await aBrowser();
if (!browser) process.stderr.write('No browser starts here: pages are not looked at. Set CHROMIUM_PATH.\n');

/** In the browser at every change; the others are searched for what was not made harmless. */
const EVERY = 3;

const titleOf = ({ html }: Visit): string => /<title>([^]*?)<\/title>/.exec(html)?.[1]?.trim() ?? '';
const wordsOf = (markup: string): string =>
  markup
    .replaceAll(/<(script|style)\b[^]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
const headingOf = ({ html }: Visit): string => wordsOf(/<h1\b[^]*?<\/h1>/.exec(html)?.[0] ?? '');
/** What people know by that name and ask one another for, and whose a questionnaire is. */
const CALLED_SO = /NHS (?:numbers?|organisations|111|Health Scotland)\b/g;
/** What is the NHS's own on a page, and not ours to take. */
const takenIn = (html: string): string[] =>
  [
    wordsOf(html)
      .replaceAll(CALLED_SO, '')
      .matchAll(/.{0,30}\bNHS\b.{0,20}/g),
    html.matchAll(/.{0,30}(?:nhsuk-header__logo|nhsuk-logo|nhs-logo|frutiger).{0,20}/gi),
  ].flatMap((found) => [...found].map(([at]) => at));
const kindOf = ({ route, url }: Visit): string =>
  route.endsWith('/:form') ? `${route} ${url.split('?', 1)[0]?.split('/').at(-1) ?? ''}` : route;

/** What is wrong with a page as it is sent. */
function faultsOf(visit: Visit): string[] {
  const { route, status, headers, html, queries } = visit;
  const faults: string[] = [];
  const held = (fine: boolean, fault: string): void => {
    if (!fine) faults.push(fault);
  };
  const policy = headers['content-security-policy'] ?? '';
  held(headers['cache-control'] === 'no-store', `cache-control: ${headers['cache-control'] ?? 'none'}`);
  held(headers['x-content-type-options'] === 'nosniff', 'may be taken for another type');
  held(policy.startsWith("default-src 'none'") && !policy.includes('unsafe'), `policy: ${policy}`);
  held(
    queries.length <= MOST_QUERIES || ASKS_MORE.includes(kindOf(visit)),
    `${String(queries.length)} queries`,
  );
  if (html === '') return faults;
  held(headers['referrer-policy'] === 'no-referrer', 'tells where it came from');
  held(/noindex/.test(headers['x-robots-tag'] ?? ''), 'may be found by searching');
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  for (const [script] of html.matchAll(/<script\b[^>]*>/g))
    held(nonce !== undefined && script.includes(`nonce="${nonce}"`), `a script of its own: ${script}`);
  held(!/<style\b|\sstyle="|\son[a-z]+="|href="javascript:/i.test(html), 'something inline');
  for (const [, to = ''] of html.matchAll(/\s(?:src|srcset|action|formaction)="([^"]*)"/g))
    held(/^(\/(?!\/)|\?|$|data:)/.test(to), `from elsewhere: ${to}`);
  held(/^\s*<!DOCTYPE html>\s*<html lang="[a-z]{2}(-[A-Z]{2})?"( dir="rtl")?>/.test(html), 'no language');
  held(html.match(/<h1\b/g)?.length === 1, `${String(html.match(/<h1\b/g)?.length ?? 0)} h1`);
  held(/^\S.* – Betony$/.test(titleOf(visit)) || route === 'GET /bank-holidays', `title: ${titleOf(visit)}`);
  held(!RAW.test(html), `a key: ${RAW.exec(html)?.[0] ?? ''}`);
  held(!UNFILLED.test(html), `nothing filled in: ${UNFILLED.exec(html)?.[0] ?? ''}`);
  const size = gzipSync(html).length;
  held(size <= STAFF_BYTES, `${String(size)} bytes`);
  held(status === 200 || status === 410, String(status));
  return faults;
}

describe('every page', () => {
  let betony: TestApp;
  let world: World;
  let crawl: PageCrawl;
  /** Of those who do not sign in. */
  let theirs: TestScheme;
  /** As they were opened first, before links were followed. */
  let first: number;

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    world = await aWorld(betony);
    crawl = new PageCrawl(betony);
    await crawl.ofStaff(world);
    theirs = (await crawl.ofAnybody()).scheme;
    first = crawl.visits.length;
    await crawl.onward(WHOLE ? 20 : 1);
  }, 600_000);
  afterAll(async () => {
    // With its contexts: in one process, a browser does not outlive the closing of one among them.
    await browser?.close();
    await betony.stop();
  });

  const pages = () =>
    crawl.visits.filter(
      ({ html, route, status }) => html !== '' && route !== 'GET /docs' && [200, 410].includes(status),
    );

  describe('as it is sent', () => {
    it('is opened here, as every role that may', () => {
      const opened = new Set(crawl.visits.map(({ route }) => route));
      expect(crawl.pageRoutes.filter((name) => !opened.has(name) && !BY_OTHERS.includes(name))).toEqual([]);
      expect(first).toBeGreaterThan(250);
    });

    it('leads nowhere but to pages that open', () => {
      const dead = crawl.visits
        .slice(first)
        .filter(({ status }) => ![200, 204, 303].includes(status))
        .map(({ who, url, status }) => `${who} ${url} ${String(status)}`);
      expect(dead).toEqual([]);
      expect(crawl.visits.length - first).toBeGreaterThan(150);
    });

    it('is kept by nobody, loads nothing from elsewhere, says what it is in its own language and asks little', () => {
      const faults = crawl.visits
        .filter(({ route, status }) => route !== 'GET /docs' && ![204, 303, 409].includes(status))
        .flatMap((visit) => faultsOf(visit).map((fault) => `${visit.who} ${visit.url}: ${fault}`));
      expect(faults).toEqual([]);
    });

    /** What different pages say alike to one visitor; one page at several addresses says it once. */
    const shared = (what: (visit: Visit) => string): string[][] => {
      const found = new Map<string, Set<string>>();
      for (const visit of pages()) {
        const said = `${visit.who} ${what(visit)}`;
        const kind = kindOf(visit);
        found.set(said, (found.get(said) ?? new Set()).add(SAME_PAGE[kind] ?? kind));
      }
      return [...found].filter(([, kinds]) => kinds.size > 1).map(([said, kinds]) => [said, ...kinds]);
    };

    it('has a title that no other page has', () => {
      expect(shared(titleOf)).toEqual([]);
    });

    // Whom it is about stands in the caption of the heading: a title stays in the browser's history and names nobody.
    it('has a heading, with its caption, that no other page has', () => {
      expect(shared(headingOf)).toEqual([]);
    });

    it('takes nothing that is the NHS’s own: not its name, but for what is called by it, nor its logo or font', async () => {
      expect(takenIn('<p>Betony, an NHS service: NHS number</p><svg class="nhsuk-logo"></svg>')).toHaveLength(
        2,
      );
      expect([...new Set(pages().flatMap(({ html }) => takenIn(html)))]).toEqual([]);
      const sheets = new Set(
        pages().flatMap(({ html }) =>
          [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, to = '']) => to),
        ),
      );
      expect(sheets.size).toBeGreaterThan(1);
      for (const url of sheets) {
        const { body } = await betony.inject({ url });
        expect([url, body.includes('font-family'), takenIn(body)]).toEqual([url, true, []]);
      }
    });

    it('comes by a link, or to somebody of a group, in less than 60 kB, with all that it loads', async () => {
      const loaded = new Map<string, number>();
      const sizeOf = async (url: string): Promise<number> => {
        const known = loaded.get(url);
        if (known !== undefined) return known;
        const { body, rawPayload } = await betony.inject({ url });
        const isText = !url.startsWith('/fonts/');
        const inner = isText ? [...body.matchAll(/url\('([^']+)'\)/g)].map(([, to = '']) => to) : [];
        let size = isText ? gzipSync(body).length : rawPayload.length;
        for (const to of inner) size += await sizeOf(to);
        loaded.set(url, size);
        return size;
      };
      const large: string[] = [];
      const forPhones = pages().filter(
        ({ route }) => !route.startsWith('GET /desk') || /^GET \/desk\/group(\/|$)/.test(route),
      );
      expect(forPhones.filter(({ who }) => who === 'provider_member').length).toBeGreaterThan(10);
      for (const { html, url } of forPhones) {
        let bytes = gzipSync(html).length;
        for (const [, to = ''] of html.matchAll(/<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"/g))
          bytes += await sizeOf(to);
        if (bytes >= LINK_BYTES) large.push(`${url} ${String(bytes)}`);
      }
      expect(large).toEqual([]);
    });
  });

  (browser ? describe : describe.skip)('in a browser', () => {
    let context: BrowserContext;
    let look: PageLook;

    beforeAll(async () => {
      context = await browser!.newContext();
      look = new PageLook(context, await betony.app.getUrl());
    });

    it('is looked at so that faults are seen', async () => {
      expect(await look.made(BROKEN)).toEqual([
        expect.stringMatching(/^console: .*Content Security Policy/),
        expect.stringMatching(/^image-alt /),
        expect.stringMatching(/^label /),
        expect.stringMatching(/^does not grow: /),
        expect.stringMatching(/^is cut off: /),
        expect.stringMatching(/^at 320 px: scrolls sideways/),
        expect.stringMatching(/^own colours: focus is not seen: /),
      ]);
    });

    it('has no fault of a script, is sound, and loses nothing on a phone, in large letters or own colours', async () => {
      const seen = new Set<string>();
      const faults: string[] = [];
      for (const visit of pages()) {
        const { url, cookie, who } = visit;
        const one = WHOLE ? `${kindOf(visit)} ${who}` : kindOf(visit);
        if (seen.has(one)) continue;
        seen.add(one);
        faults.push(...(await look.at(url, cookie)).map((fault) => `${who} ${url}: ${fault}`));
      }
      expect(faults).toEqual([]);
      expect(seen.size).toBeGreaterThan(WHOLE ? 250 : 140);
    }, 3_600_000);
  });

  (browser ? describe : describe.skip)('with a script in every text that somebody may have written', () => {
    let context: BrowserContext;
    let look: PageLook;

    beforeAll(async () => {
      // Without the policy that would stop it, so that a text that becomes a script runs.
      context = await browser!.newContext({ bypassCSP: true });
      await context.addInitScript(`window.${RAN} = () => console.error('${RAN}')`);
      look = new PageLook(context, await betony.app.getUrl());
    });

    it('would be heard', async () => {
      expect(SCRIPTS).toHaveLength(60);
      expect(new Set(SCRIPTS).size).toBe(60);
      const heard = await look.ranIn(
        `<!DOCTYPE html><title>Made</title><p>${SCRIPTS[0] ?? ''}</p><p>${SCRIPTS[18] ?? ''}</p><p>1337zq1337</p>`,
      );
      expect(heard.filter((line) => line === `console: ${RAN}`)).toHaveLength(2);
      expect(heard.filter((line) => line.startsWith('markup: '))).toHaveLength(2);
      expect(heard).toContain('worked out: 7 * 191');
    });

    it('shows it as it was written, and runs nothing', async () => {
      const faults: string[] = [];
      let shown = 0;
      const before = pages();
      // Each text has another of the sixty in each round; the whole has each of them in every text.
      for (let round = FIRST_ROUND; round <= (WHOLE ? LAST_ROUND : FIRST_ROUND); round += 1) {
        const planted = await plantScripts(betony.database, world.scheme.id, round);
        expect([planted.texts > 2_000, planted.columns > 60]).toEqual([true, true]);
        expect((await plantScripts(betony.database, theirs.id, round)).texts).toBeGreaterThan(50);
        const seen = new Set<string>();
        for (const visit of before) {
          const { url, cookie, who } = visit;
          if (seen.has(kindOf(visit))) continue;
          seen.add(kindOf(visit));
          const { html, status } = await crawl.open(visit, url);
          if (status !== visit.status) faults.push(`${who} ${url}: ${String(status)}`);
          if (!html.includes(RAN)) continue;
          const raw = SCRIPTS.find((one) => /["<]/.test(one) && html.includes(one));
          if (raw !== undefined) faults.push(`${who} ${url} shows as it is: ${raw}`);
          shown += 1;
          if (!WHOLE && isStaffPage(url) && shown % EVERY !== 0) continue;
          faults.push(...(await look.ran(url, cookie)).map((fault) => `${who} ${url}: ${fault}`));
        }
        if (WHOLE)
          process.stderr.write(
            `round ${String(round)}: ${String(shown)} pages, ${String(faults.length)} faults\n`,
          );
      }
      expect(faults).toEqual([]);
      expect(shown).toBeGreaterThan(120);
    }, 21_600_000);
  });
});
