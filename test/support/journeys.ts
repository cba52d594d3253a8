import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { aBrowser } from './browser.js';
import { Hand, type SeenPage, secondsOf, type Spent, type Way, WAYS } from './hand.js';
import { type Budget, type Group, type Job, JOBS } from './jobs.js';
import { PageLook } from './page-look.js';
import { aScheme, type TestMember, type TestScheme } from './people.js';
import { startApp, TEST_NOW, type TestApp } from './start-app.js';

const TABLE = fileURLToPath(new URL('../../docs/journeys.md', import.meta.url));
/** Until something that never comes is given up. */
const PATIENCE_MS = 15_000;
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 320, height: 640 };

export interface Stage {
  betony: TestApp;
  scheme: TestScheme;
}

interface Begun {
  /** Where they are to begin with. */
  at: string;
  /** Who is signed in, if anybody is. */
  who?: TestMember;
}

/** One job done from its beginning to what comes of it. What `when` does is counted, and nothing else. */
interface Journey<Given extends Begun> {
  given: (stage: Stage) => Promise<Given>;
  when: (hand: Hand, given: Given) => Promise<void>;
  then: (hand: Hand, given: Given, stage: Stage) => Promise<void>;
  /** Where it cannot be done in another way at all. */
  ways?: readonly Way[];
}

export const journey = <Given extends Begun>(one: Journey<Given>): Journey<Begun> =>
  one as unknown as Journey<Begun>;

/** Plays every job of a group in every way, holds it to its budget, looks at every page on the way, and keeps the table true. */
export async function play<Name extends Group>(
  name: Name,
  journeys: Record<keyof (typeof JOBS)[Name] & string, Journey<Begun>>,
  { onPhone = false }: { onPhone?: boolean } = {},
): Promise<void> {
  const jobs: Record<string, Job> = JOBS[name];
  const browser: Browser | null = await aBrowser();
  if (!browser)
    process.stderr.write('No browser starts here: the journeys are skipped. Set CHROMIUM_PATH.\n');

  (browser ? describe : describe.skip)(`every job of ${name}`, () => {
    let betony: TestApp;
    let address: string;
    let scripted: Page;
    let plain: Page;
    let look: PageLook;
    const spent = new Map<string, Spent>();
    const plainly = new Map<string, Spent>();
    const seen = new Map<string, SeenPage>();
    const heard: string[] = [];

    beforeAll(async () => {
      betony = await startApp();
      await betony.app.listen(0, '127.0.0.1');
      address = await betony.app.getUrl();
      const context = async (javaScriptEnabled: boolean): Promise<BrowserContext> => {
        const one = await browser!.newContext({ javaScriptEnabled, viewport: PHONE });
        one.setDefaultTimeout(PATIENCE_MS);
        await one.grantPermissions(['clipboard-read', 'clipboard-write']);
        return one;
      };
      scripted = await (await context(true)).newPage();
      plain = await (await context(false)).newPage();
      look = new PageLook(await context(true), address);
      // A page that is refused is one of ours; everything else that a script says is a fault.
      scripted.on('console', (line) => {
        if (line.type() === 'error' && !/status of 4(09|10|12|22)/.test(line.text())) heard.push(line.text());
      });
      // What was typed and not sent asks whether to stay: nobody does.
      scripted.on('dialog', (dialog) => void dialog.accept());
      scripted.on('pageerror', ({ message }) => heard.push(message));
    });
    afterAll(async () => {
      // At once, with all its windows.
      await browser!.close();
      await betony.stop();
    });

    const signIn = async (page: Page, who: TestMember | undefined): Promise<void> => {
      const context = page.context();
      await context.clearCookies();
      const [cookie = '', value = ''] = who?.browser.cookie.split(/=(.*)/s) ?? [];
      // Asked for as if by https: a secure cookie of this host, which Chromium sends to itself without it.
      if (who) await context.addCookies([{ name: cookie, value, url: address.replace('http:', 'https:') }]);
    };

    describe.each(Object.entries<Journey<Begun>>(journeys))('%s', (id, { given, when, then, ways }) => {
      it.each(ways ?? WAYS)(`${jobs[id]?.job ?? id}, by %s`, async (way) => {
        betony.clock.set(TEST_NOW);
        heard.length = 0;
        const stage: Stage = { betony, scheme: await aScheme(betony) };
        const begun = await given(stage);
        const page = way === 'no scripts' ? plain : scripted;
        await signIn(page, begun.who);
        await page.bringToFront();
        await page.setViewportSize(way === 'no scripts' || onPhone ? PHONE : DESK);
        const hand = new Hand(page, way, address, onPhone);
        const stop = hand.listen();
        try {
          await hand.at(begun.at);
          await when(hand, begun);
          const cost = { ...hand.spent };
          await then(hand, begun, stage);
          expect([...hand.faults, ...heard]).toEqual([]);
          if (way === 'keyboard') return;
          const { missed, plain, ...set } = jobs[id] ?? {};
          const held = (way === 'no scripts' && plain) || (missed ?? set);
          expect([cost, overdrawn(cost, held)]).toEqual([cost, []]);
          // What is said to be missed is, or it is not said for long.
          if (missed && way === 'mouse') expect([cost, overdrawn(cost, set)]).not.toEqual([cost, []]);
          (way === 'mouse' ? spent : plainly).set(id, cost);
          for (const one of hand.seen) seen.set(one.kind, one);
        } finally {
          stop();
          await page.goto('about:blank');
        }
      });
    });

    it('is sound on every page on the way, also where something is wrong, in large letters and own colours', async () => {
      const faults: string[] = [];
      for (const { kind, body, headers } of seen.values())
        faults.push(...(await look.made(body, headers)).map((fault) => `${kind}: ${fault}`));
      expect(faults).toEqual([]);
    });

    it('costs what docs/journeys.md says (UPDATE_JOURNEYS=1 writes it)', () => {
      const part = new RegExp(`(<!-- ${name} -->\n)([^]*?)(\n<!-- /${name} -->)`);
      const text = readFileSync(TABLE, 'utf8');
      const rows = Object.entries(jobs).map(([id, job]) => {
        const cost = spent.get(id);
        if (cost) return rowOf(id, job, cost, plainly.get(id));
        // Not among those that were asked for.
        return text.split('\n').find((line) => line.startsWith(`| ${id} |`)) ?? `| ${id} | not played |`;
      });
      const table = ['| | Job | May cost | Costs | |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
      if (process.env['UPDATE_JOURNEYS']) writeFileSync(TABLE, text.replace(part, `$1${table}$3`));
      else expect(table).toBe(part.exec(text)?.[2]);
    });
  });
}

/** Where a job took more than it may. */
function overdrawn(spent: Spent, { clicks, keys, seconds }: Budget): string[] {
  const faults: string[] = [];
  const held = (what: string, most: number | undefined, took: number): void => {
    if (most !== undefined && took > most)
      faults.push(`${String(took)} ${what}, and may take ${String(most)}`);
  };
  held('clicks', clicks, spent.clicks);
  held('keys', keys, spent.keys);
  held('seconds', seconds, Math.round(secondsOf(spent)));
  return faults;
}

function rowOf(
  id: string,
  { job, missed, remark = '', ...budget }: Job,
  spent: Spent,
  plainly?: Spent,
): string {
  const words = ({ clicks, keys, seconds }: Budget): string =>
    Object.entries({ c: clicks, k: keys, s: seconds })
      .filter(([, most]) => most !== undefined)
      .map(([unit, most]) => `${String(most)} ${unit}`)
      .join(', ');
  const cost = (one: Spent): string => words({ ...one, seconds: Math.round(secondsOf(one)) });
  const took = cost(spent);
  const without = plainly && cost(plainly) !== took ? `Without scripts ${cost(plainly)}. ` : '';
  const over = missed ? '**Missed.** ' : '';
  return `| ${id} | ${job} | ${words(budget) || '–'} | ${took} | ${(over + without + remark).trim()} |`;
}
