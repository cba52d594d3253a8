import type { Browser } from 'playwright-core';
import { RouteCheck } from '../../src/permissions/route-check.js';
import { IDLE_MINUTES } from '../../src/client-page/page.rules.js';
import { isStaffPage } from '../../src/platform/http/pages.js';
import { newId } from '../../src/platform/pure/ids.js';
import { aBrowser } from '../support/browser.js';
import type { Links } from '../support/links.js';
import { PageCrawl, type Visitor } from '../support/page-crawl.js';
import { formPosts, faultsOfAgain, formsIn, type PageForm } from '../support/page-forms.js';
import { type Answered, PageLook } from '../support/page-look.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';
import { watchWrites, type WriteWatch } from '../support/write-watch.js';

type Answers = Record<string, string>;

interface Found extends Visitor {
  form: PageForm;
}

/** What reads, and what counts tries, writes also when nothing is done. */
const READING = ['audit_entry', 'idempotency_key', 'page_session'];
/** Written down again as it is: the same answer to the same question. */
const AGAIN = ['measure_half_filled'];
/** Never shown again, and never kept. */
const SECRET = /^(password|newPassword|code)$/;
/** A date of birth that opens a page is a secret there. */
const BORN = /^\/my\/link\//;
/** So that the page stays in the language that its faults are looked for in. */
const IN_ENGLISH = { language: 'en' };

/** `npm run crawl` looks at every form that comes again, in the browser; else at each third. */
const EVERY = process.env['CRAWL'] === 'whole' ? 1 : 3;
const browser: Browser | null = await aBrowser();

const WRONG = `zz <"'&> ${'y'.repeat(3_000)}`;
const INSTEAD_OF_A_TOKEN = /[\w-]{43}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const called = (address: string): string => address.replaceAll(INSTEAD_OF_A_TOKEN, ':id');

/** Pages of everybody who does not sign in: by a link, on a page of their own, or open to anybody. */
describe('every form of those who do not sign in', () => {
  let betony: TestApp;
  let links: Links;
  let watch: WriteWatch;
  const forms = new Map<string, Found>();
  let person: string;
  let post: ReturnType<typeof formPosts>;
  /** As they come again where something is wrong. */
  const refused = new Map<string, Answered>();

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    const crawl = new PageCrawl(betony);
    links = await crawl.ofAnybody();
    await crawl.onward(1);
    for (const { html, url, who, cookie } of crawl.visits) {
      if (isStaffPage(url)) continue;
      if (who === 'person') person = cookie;
      for (const form of formsIn(html, url).filter(({ method }) => method === 'POST')) {
        const path = new URL(form.action, `http://here${url}`).pathname;
        const name = `${called(path)} ${form.written.join()}`;
        if (!forms.has(name)) forms.set(name, { who, cookie, form: { ...form, action: path } });
      }
    }
    watch = await watchWrites(betony.database);
    post = formPosts(betony, '10.5');
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await watch.stop();
    await betony.stop();
  });

  const done = async (): Promise<string[]> =>
    Object.keys(await watch.written()).filter((table) => !READING.includes(table));

  it('leads to a route of ours', () => {
    const routes = betony
      .get(RouteCheck)
      .routes()
      .filter(({ method, path }) => method === 'POST' && !isStaffPage(path))
      .map(({ path }) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`));
    const nowhere = [...forms.values()].filter(
      ({ form }) => !routes.some((route) => route.test(form.action)),
    );
    expect(nowhere.map(({ form }) => form.action)).toEqual([]);
    expect(forms.size).toBeGreaterThan(30);
  });

  it('says why above and beside, keeps what was typed and writes nothing, whatever is wrong with it', async () => {
    const wrong: string[] = [];
    let again = 0;
    for (const [name, { form, cookie }] of forms) {
      if (form.written.length === 0) continue;
      for (const value of [WRONG, '']) {
        const typed = Object.fromEntries(form.written.map((box) => [box, value]));
        await done();
        const answer = await post(form.action, cookie, {
          ...form.anyway,
          ...('language' in form.anyway ? IN_ENGLISH : {}),
          ...typed,
        });
        const { statusCode: status, body } = answer;
        const wrote = await done();
        // It asks for nothing, so it was done.
        if (value === '' && [200, 303].includes(status)) continue;
        if (wrote.length > 0) wrong.push(`${name} writes ${wrote.join()}`);
        // Somebody was here before, which the page says.
        if ([409, 412].includes(status)) continue;
        if (body.includes('<"')) wrong.push(`${name} shows it as markup`);
        const kept = Object.fromEntries(
          Object.entries(typed).filter(([box]) => !SECRET.test(box) && !BORN.test(form.action)),
        );
        if (status === 422) refused.set(name, answer);
        const faults = status === 422 ? faultsOfAgain(body, kept) : [String(status)];
        wrong.push(...faults.map((fault) => `${name}: ${fault}`));
        again += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(again).toBeGreaterThan(20);
  });

  (browser ? it : it.skip)(
    'is sound also where something is wrong: in large letters, on a phone, in own colours',
    async () => {
      const look = new PageLook(await browser!.newContext(), await betony.app.getUrl());
      const looked = [...refused].filter((_one, at) => at % EVERY === 0);
      expect(await look.answered(looked)).toEqual([]);
      expect(looked.length).toBeGreaterThan(EVERY === 1 ? 15 : 5);
    },
    600_000,
  );

  it('from what was there before, puts nothing away', async () => {
    const wrong: string[] = [];
    let stale = 0;
    for (const [name, { form, cookie }] of forms) {
      if (!(Number(form.anyway['_version']) > 0)) continue;
      const typed = Object.fromEntries(form.written.map((box) => [box, 'Another word']));
      await done();
      const answers = { ...form.anyway, ...typed, _version: '999999', _key: newId() };
      const { statusCode } = await post(form.action, cookie, answers);
      const wrote = await done();
      stale += 1;
      // What changes nothing came late to nothing.
      if (![303, 412, 422].includes(statusCode) || wrote.length > 0)
        wrong.push(`${name} ${String(statusCode)} writes ${wrote.join()}`);
    }
    expect(wrong).toEqual([]);
    expect(stale).toBeGreaterThan(3);
  });

  it('keeps what was typed on a page of one’s own that has closed, and does nothing', async () => {
    const wrong: string[] = [];
    await done();
    betony.clock.set(new Date(new Date(TEST_NOW).getTime() + (IDLE_MINUTES + 1) * 60_000).toISOString());
    for (const [name, { form, cookie, who }] of forms) {
      if (who !== 'person') continue;
      const typed = Object.fromEntries(form.written.map((box) => [box, 'Typed before']));
      const { statusCode } = await post(form.action, cookie, { ...form.anyway, ...typed });
      const wrote = await done();
      const keeps = form.written.some((box) => !SECRET.test(box)) ? ['page_kept_form'] : [];
      if (statusCode !== 401 || wrote.join() !== keeps.join())
        wrong.push(`${name} ${String(statusCode)} writes ${wrote.join()}`);
    }
    betony.clock.set(TEST_NOW);
    expect(wrong).toEqual([]);
  });

  it('sent twice is done once', async () => {
    const { reply, listing, survey, tally, questions, received, claim, scheme } = links;
    /** In the order in which one leads to the next: where the form stands, where it goes, what is answered. */
    const steps: [string, string, Answers?][] = [
      [`${reply}/worried`, `${reply}/worried`],
      [`${reply}/talk`, `${reply}/talk`, { note: 'After six' }],
      [reply, `${reply}/undo-talk`],
      [`${reply}/no`, `${reply}/no`, { reason: 'not_suitable', note: 'Sorry' }],
      [reply, `${reply}/undo`],
      [reply, `${reply}/yes`],
      [reply, `${reply}/in-touch`, { reached: 'yes' }],
      [reply, `${reply}/came`, { result: 'attended' }],
      [`${reply}/finish`, `${reply}/finish`, { result: 'came_once' }],
      [reply, `${reply}/seen`],
      [listing, `${listing}/right`],
      [`${listing}/cost`, `${listing}/cost`, { cost: 'paid', costNote: 'Three pounds for lunch' }],
      [`${listing}/full`, `${listing}/full`, { until: '14' }],
      [survey, survey, { people: 'Our treasurer speaks Farsi' }],
      [tally, tally, { kind: 'transport', quantity: '5', day: '20', month: '11', year: '2026' }],
      [claim, claim],
      [received, received],
      [
        `/self-referral/${scheme.id}`,
        `/self-referral/${scheme.id}`,
        {
          couldComeToHarm: 'no',
          'client.firstName': 'Grace',
          'client.lastName': 'Okafor',
          'client.dateOfBirth.day': '2',
          'client.dateOfBirth.month': '3',
          'client.dateOfBirth.year': '1951',
          'client.phone': '07700 900123',
          'client.safeToCall': 'yes',
          reasons: 'loneliness',
          agreed: 'yes',
        },
      ],
      [`${questions}/1`, `${questions}/1`, { answer: '7' }],
      [`${questions}/2`, `${questions}/2`, { answer: '7' }],
      [`${questions}/3`, `${questions}/3`, { answer: '7' }],
      // Kept without being sent, as after going back.
      [`${questions}/4`, `${questions}/4`, { answer: '7', send: '' }],
      [`${questions}/check`, `${questions}/send`],
      ['/my/message', '/my/message', { words: 'Could we meet?' }],
      ['/my/feedback', '/my/feedback', { kind: 'concern', about: 'worker', words: 'Late twice' }],
      ['/my/contact', '/my/change', { to: 'grace@example.org' }],
      ['/my/contact', '/my/contact', { reachNote: 'Only mornings', language: 'en' }],
      ['/my/stop', '/my/stop'],
    ];
    const wrong: string[] = [];
    for (const [page, action, answers = {}] of steps) {
      const cookie = page.startsWith('/my') ? person : '';
      const { body } = await betony.inject({ url: page, headers: { cookie } });
      const form = formsIn(body, page).find((one) => one.action === action);
      if (!form) {
        wrong.push(`${called(page)} has no form to ${called(action)}`);
        continue;
      }
      await done();
      const sent = { ...form.anyway, ...answers };
      const one = await post(action, cookie, sent);
      const first = await done();
      const other = await post(action, cookie, sent);
      const wrote = await done();
      if (one.statusCode !== 303 || first.length === 0)
        wrong.push(`${called(action)} is not done: ${String(one.statusCode)} ${first.join()}`);
      // What is used up says so; what was done leads where it led before.
      const same = other.statusCode === 303 && other.headers.location === one.headers.location;
      const more = wrote.filter((table) => !AGAIN.includes(table));
      if ((!same && ![409, 410].includes(other.statusCode)) || more.length > 0)
        wrong.push(`${called(action)} a second time ${String(other.statusCode)} writes ${more.join()}`);
    }
    expect(wrong).toEqual([]);
  });
});
