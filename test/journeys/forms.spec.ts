import type { Browser } from 'playwright-core';
import { PAGE_IDLE_MS } from '../../src/identity/session.rules.js';
import { reachOf } from '../../src/permissions/permission.table.js';
import { RouteCheck } from '../../src/permissions/route-check.js';
import { ROLES } from '../../src/platform/actor/actor.types.js';
import { isStaffPage } from '../../src/platform/http/pages.js';
import { newId } from '../../src/platform/pure/ids.js';
import { aBrowser } from '../support/browser.js';
import { PageCrawl, type Visitor } from '../support/page-crawl.js';
import { formPosts, faultsOfAgain, formsIn, type PageForm } from '../support/page-forms.js';
import { type Answered, PageLook } from '../support/page-look.js';
import { aWorld, SAMPLES, type World } from '../support/route-samples.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';
import { watchWrites, type WriteWatch } from '../support/write-watch.js';

type Answers = Record<string, string>;

interface Found extends Visitor {
  route: string;
  form: PageForm;
}

/** What reads, and what counts tries, writes also when nothing is done. */
const READING = ['audit_entry', 'idempotency_key', 'sign_in_throttle'];
/**
 * What must be agreed to is asked for once the rest is right: until then nobody knows it. A message that was not let be may
 * stand further down than the part of its list that is shown again.
 */
const EXCUSED = /^nothing (?:is called|names) (agreement\.scope|because-[\w-]{36})$/;
/** Never shown again. */
const SECRET = /password|code$/i;
/** Without a key, since done twice it is as if done once; the second answer may say that it is done already. */
const ONCE_ANYWAY = [
  '/desk/account/messages',
  '/desk/account/sessions/:id/end',
  '/desk/kept/:id/drop',
  '/desk/referrals/:id/shortlist',
  '/desk/referrals/:id/shortlist/:listingId/drop',
];
/** Sends a link again to whoever asks again; each link ends the one before. */
const AGAIN = ['/desk/users/:id/reset'];
/** Saved by a script while somebody writes, each time with the number of the last: its own journey tries it. */
const BY_SCRIPT = /\/(conversation\/draft|kept)$/;

/** Nothing but a code. */
const ONE_CODE = ['/desk/account/second-factor/set-up'];
/** After these somebody else is there, or nobody. */
const LEAVING = ['/desk/sign-out', '/desk/account/switch', '/desk/account/sessions/end-others'];

/** What stands in these boxes is a suggestion for something new, or was chosen a page before: it is kept nowhere yet. */
const SUGGESTED: readonly string[] = [
  '/desk/away',
  '/desk/bulk-refer/:id/check',
  // The first of them; every later one begins from the one before.
  '/desk/covenants',
  '/desk/group/tally',
  '/desk/group/times',
  '/desk/groups/:id/links',
  '/desk/groups/:id/services/new',
  '/desk/groups/:id/tally',
  '/desk/groups/new',
  '/desk/groups/volunteer-data',
  '/desk/onward/:id/along',
  '/desk/onward/:id/attendance',
  '/desk/own-questionnaires/new',
  '/desk/people',
  '/desk/people/:id/close-to-them/supporter',
  '/desk/people/:id/concern',
  '/desk/people/:id/help',
  '/desk/people/:id/said',
  '/desk/people/:id/sharing/:agreementId/renew',
  '/desk/people/:id/sharing/new',
  '/desk/people/:id/stories',
  '/desk/programs/:id/keys/new',
  '/desk/programs/new',
  '/desk/refer',
  '/desk/referrals/:id/appointment',
  '/desk/referrals/:id/contact',
  '/desk/referrals/:id/questionnaires/:measure',
  '/desk/referrals/:id/refer/:listingId/check',
  '/desk/referrals/:id/shortlist/send',
  '/desk/referrals/:id/signpost',
  '/desk/referrals/:id/transfer',
  '/desk/referrals/:id/worry',
  '/desk/stories/:id/consent',
  '/desk/transfers/:id/receipt',
];
/** Each mark is a fact of its own about one person: what a group says last of somebody holds. */
const MARKS = ['/desk/group/registers/:id/:verb'];
/** They carry a version and only add, or look once more before anything is written. */
const ADDING = [
  '/desk/people/:id/death/check',
  '/desk/people/:id/plan/goal',
  '/desk/people/:id/plan/goals/:goalId/step',
];
/** These show nothing in a box, and still put something in the place of what the page says. */
const INSTEAD = [
  '/desk/referrals/:id/close',
  '/desk/referrals/:id/hold',
  '/desk/referrals/:id/next',
  '/desk/referrals/:id/reopen',
  '/desk/referrals/:id/resume',
  '/desk/referrals/:id/risks',
  '/desk/referrals/:id/void',
  '/desk/appointments/:id/cancel',
  '/desk/people/:id/death/check',
  '/desk/people/:id/never-offer/:organisationId/remove',
  '/desk/people/:id/plan/agree',
  '/desk/people/:id/plan/give',
  '/desk/people/:id/safety-note',
];

/** `npm run crawl` looks at every form that comes again, in the browser; else at each third. */
const EVERY = process.env['CRAWL'] === 'whole' ? 1 : 3;
const browser: Browser | null = await aBrowser();

const LONG = `long ${'y'.repeat(10_000)}`;
const MOST_TYPED = 200_000;
const WRONG = 'zz <"\'&> top';

describe('every form', () => {
  let betony: TestApp;
  let world: World;
  let watch: WriteWatch;
  const forms = new Map<string, Found>();
  let post: ReturnType<typeof formPosts>;
  /** As they come again where something is wrong. */
  const refused = new Map<string, Answered>();

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    world = await aWorld(betony);
    const crawl = new PageCrawl(betony);
    await crawl.ofStaff(world);
    const routes = betony
      .get(RouteCheck)
      .routes()
      .filter(({ method, path }) => method === 'POST' && isStaffPage(path))
      .map(({ path }) => ({ path, matches: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`) }))
      .sort((one, other) => one.path.split(':').length - other.path.split(':').length);
    for (const { html, url, who, cookie } of crawl.visits) {
      for (const form of formsIn(html, url).filter(({ method }) => method === 'POST')) {
        const path = new URL(form.action, `http://here${url}`).pathname;
        const route = routes.find(({ matches }) => matches.test(path))?.path ?? `nowhere: ${form.action}`;
        const one = { who, cookie, route, form: { ...form, action: path } };
        const known = forms.get(route);
        // Of several that lead to one route, the one that asks for most. Those of a route of verbs are of different things.
        const fuller = known && !route.endsWith(':verb') && form.names.length > known.form.names.length;
        if (!known || fuller) forms.set(route, one);
      }
    }
    watch = await watchWrites(betony.database);
    post = formPosts(betony, '10.3');
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await watch.stop();
    await betony.stop();
  });

  const done = async (): Promise<string[]> =>
    Object.keys(await watch.written()).filter((table) => !READING.includes(table));
  const kept = (answers: Answers): Answers =>
    Object.fromEntries(Object.entries(answers).filter(([name]) => !SECRET.test(name)));

  it('leads to a route of ours, with what proves that we showed it and that a second click is the first', () => {
    expect([...forms.keys()].filter((name) => name.startsWith('nowhere'))).toEqual([]);
    const bare = [...forms.values()].filter(({ form }) => !('_csrf' in form.anyway));
    expect(bare.map(({ route }) => route)).toEqual([]);
    expect(forms.size).toBeGreaterThan(90);
  });

  it('that shows what is kept says at which version, so that the later of two people cannot undo the first unseen', () => {
    const blind = [...forms.values()]
      .filter(({ form }) => !(Number(form.anyway['_version']) > 0))
      .filter(({ route, form }) => form.filled.length > 0 || INSTEAD.includes(route))
      .map(({ route }) => route);
    expect(blind.filter((route) => ![...SUGGESTED, ...MARKS].includes(route))).toEqual([]);
    expect(INSTEAD.filter((route) => !forms.has(route))).toEqual([]);
  });

  it('says why above and beside, keeps what was typed and writes nothing, whatever is wrong with it', async () => {
    const wrong: string[] = [];
    let again = 0;
    for (const { route, form, cookie } of forms.values()) {
      if (ONE_CODE.includes(route) || LEAVING.includes(route)) continue;
      // All that is typed together stays within what a request may carry.
      const long = LONG.slice(0, Math.floor(MOST_TYPED / Math.max(1, form.written.length)));
      for (const value of [long, WRONG, '']) {
        const typed = Object.fromEntries(form.written.map((name) => [name, value]));
        await done();
        const answer = await post(form.action, cookie, { ...form.anyway, ...typed, _key: newId() });
        const { statusCode: status, headers, body } = answer;
        if (String(headers.location).startsWith('/desk/sign-in')) wrong.push(`${route}: nobody is signed in`);
        // It asks for nothing, so it was done, and is not there to be done again.
        if ([200, 303].includes(status)) break;
        const wrote = await done();
        if (wrote.length > 0) wrong.push(`${route} writes ${wrote.join()}`);
        // Somebody was here before, which the page says.
        if ([409, 412].includes(status)) continue;
        if (body.includes(WRONG)) wrong.push(`${route} shows it as markup`);
        if (status === 422) refused.set(route, answer);
        const faults = status === 422 ? faultsOfAgain(body, kept(typed)) : [String(status)];
        wrong.push(...faults.filter((fault) => !EXCUSED.test(fault)).map((fault) => `${route}: ${fault}`));
        again += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(again).toBeGreaterThan(90);
  });

  (browser ? it : it.skip)(
    'is sound also where something is wrong: in large letters, on a phone, in own colours',
    async () => {
      const look = new PageLook(await browser!.newContext(), await betony.app.getUrl());
      const looked = [...refused].filter((_one, at) => at % EVERY === 0);
      expect(await look.answered(looked)).toEqual([]);
      expect(looked.length).toBeGreaterThan(EVERY === 1 ? 90 : 30);
    },
    600_000,
  );

  it('sent twice is done once, and not at all with other answers, or from what was there before', async () => {
    const wrong: string[] = [];
    let twice = 0;
    const routes = betony
      .get(RouteCheck)
      .routes()
      .filter(({ method, path }) => method === 'POST' && isStaffPage(path) && !BY_SCRIPT.test(path));
    for (const { path, action } of routes) {
      const sample = SAMPLES[`POST ${path}`];
      const role = ROLES.find(
        (one) => action !== null && reachOf(action, one) !== 'none' && !sample?.nothingFor?.includes(one),
      );
      if (!sample || !role || LEAVING.includes(path)) continue;
      const member = (await sample.as?.(world, role)) ?? world.people[role];
      const target = (await sample.at?.(world, member)) ?? {};
      const url = path.replace(/:(\w+)/g, (_text, key: string) => target[key] ?? `no-${key}`);
      const keyed = '_key' in (forms.get(path)?.form.anyway ?? { _key: '' });
      const body = {
        ...(sample.body?.(target, world, member) as Answers | undefined),
        _csrf: member.browser.formToken,
        ...(keyed ? { _key: newId() } : {}),
      };
      await done();
      if (Number(forms.get(path)?.form.anyway['_version']) > 0 && !ADDING.includes(path)) {
        const stale = { ...body, _version: '999999', ...(keyed ? { _key: newId() } : {}) };
        const { statusCode } = await post(url, member.browser.cookie, stale);
        const wrote = await done();
        if (statusCode !== 412 || wrote.length > 0)
          wrong.push(`${path} of another version ${String(statusCode)} writes ${wrote.join()}`);
      }
      const one = await post(url, member.browser.cookie, body);
      // Refused here: the state of the sample forbids it, or it answers with a page.
      if (one.statusCode !== 303 || (await done()).length === 0) continue;
      twice += 1;
      const other = await post(url, member.browser.cookie, body);
      const wrote = await done();
      const same = other.statusCode === 303 && other.headers.location === one.headers.location;
      if (AGAIN.includes(path)) continue;
      const fine = ONCE_ANYWAY.includes(path)
        ? [303, 404].includes(other.statusCode)
        : same && wrote.length === 0;
      if (!fine) wrong.push(`${path} ${String(other.statusCode)} writes ${wrote.join()}`);
      if (!keyed || ONCE_ANYWAY.includes(path)) continue;
      const changed = await post(url, member.browser.cookie, { ...body, changed: 'after going back' });
      const more = await done();
      if (changed.statusCode < 400 || more.length > 0)
        wrong.push(`${path} with other answers ${String(changed.statusCode)} writes ${more.join()}`);
    }
    expect(wrong).toEqual([]);
    expect(twice).toBeGreaterThan(90);
  });

  it('keeps what was typed when its session has run out, and does nothing', async () => {
    const wrong: string[] = [];
    await done();
    betony.clock.set(new Date(new Date(TEST_NOW).getTime() + PAGE_IDLE_MS + 60_000).toISOString());
    for (const { route, form, cookie } of forms.values()) {
      if (form.written.length === 0) continue;
      const typed = Object.fromEntries(form.written.map((name) => [name, 'Typed before']));
      const { statusCode, headers } = await post(form.action, cookie, { ...form.anyway, ...typed });
      const wrote = await done();
      const leads = statusCode === 303 && String(headers.location).startsWith('/desk/sign-in');
      // Secrets are never kept.
      const keeps = form.written.every((name) => SECRET.test(name)) ? [] : ['kept_form'];
      if (!leads || wrote.join() !== keeps.join())
        wrong.push(`${route} ${String(statusCode)} ${wrote.join()}`);
    }
    betony.clock.set(TEST_NOW);
    expect(wrong).toEqual([]);
  });
});
