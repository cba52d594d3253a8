import type { Locator, Page, Response } from 'playwright-core';
import { eventually } from './settle.js';

/** How somebody works: with a mouse or a finger, the same where no script runs, or without either of them. */
export type Way = 'mouse' | 'no scripts' | 'keyboard';
export const WAYS: readonly Way[] = ['mouse', 'no scripts', 'keyboard'];

/** What a job took somebody who knows the page. Each thing that is answered, followed or pressed is decided first. */
export interface Spent {
  clicks: number;
  keys: number;
  decisions: number;
}

const SECONDS: Record<keyof Spent, number> = { clicks: 1.3, keys: 0.2, decisions: 1.35 };

/** By the keystroke-level model: nothing is measured, so that a slow machine changes nothing. */
export const secondsOf = (spent: Spent): number =>
  spent.clicks * SECONDS.clicks + spent.keys * SECONDS.keys + spent.decisions * SECONDS.decisions;

/** A page as it came, to be looked at later. */
export interface SeenPage {
  kind: string;
  body: string;
  headers: Record<string, string>;
}

const LONGEST_WALK = 400;

/** Where the keyboard is by now: at what is wanted, and seen there by whoever looks. Run in the page, which keeps `aim`. */
const WALK = `(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return { at: 'nowhere' };
  const what = one.outerHTML.slice(0, 160);
  const box = one.getBoundingClientRect();
  const beside = one.nextElementSibling;
  const shown = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const marks = [getComputedStyle(one), ...(beside ? [getComputedStyle(beside, '::before')] : [])];
  // Of a box for a day or a time, the browser marks the part that is in use.
  const inParts = one.type === 'date' || one.type === 'time';
  const seen = (inParts || marks.some(shown)) && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const sameList = one.type === 'radio' && window.aim.type === 'radio' && one.name === window.aim.name;
  return {
    at: one === window.aim ? 'aim' : sameList ? 'list' : one.classList.contains('nhsuk-skip-link') ? 'skip' : 'other',
    fault: seen ? null : 'the focus is not seen: ' + what,
  };
})()`;

interface Step {
  at: 'aim' | 'list' | 'skip' | 'other' | 'nowhere';
  fault?: string | null;
}

/** What a page has, as far as it is asked here: these run there. */
declare const document: { activeElement: unknown };
declare const window: { aim: unknown };
const isInFocus = (one: unknown): boolean => one === document.activeElement;
const isInMain = (one: { closest(selector: string): unknown }): boolean => one.closest('main') !== null;
const aimAt = (one: unknown): void => {
  window.aim = one;
};

const TITLE_OF_WRONG = /^Error: /;

/**
 * Somebody at work on pages, one way or another, and what it costs them. A box is reached by Tab from the one before it,
 * else by a click; a list is opened and its entry named by a letter, or on a phone tapped; everything else is one click.
 */
export class Hand {
  readonly spent: Spent = { clicks: 0, keys: 0, decisions: 0 };
  readonly faults: string[] = [];
  readonly seen: SeenPage[] = [];
  private counting = true;
  private arriving: Promise<unknown> = Promise.resolve();

  constructor(
    readonly page: Page,
    readonly way: Way,
    private readonly address: string,
    private readonly onPhone: boolean,
  ) {}

  /** Listens to the page for as long as one journey lasts. */
  listen(): () => void {
    const heard = (response: Response): void => {
      const request = response.request();
      if (!request.isNavigationRequest() || response.status() === 303) return;
      this.arriving = Promise.all([this.arriving, this.keep(response)]);
    };
    this.page.on('response', heard);
    return () => this.page.off('response', heard);
  }

  private async keep(response: Response): Promise<void> {
    const headers = response.headers();
    if (!(headers['content-type'] ?? '').startsWith('text/html')) return;
    const body = await response.text();
    const path = new URL(response.url()).pathname;
    const kind = path.replace(/[\w-]{36,43}/g, ':id');
    const policy = headers['content-security-policy'] ?? '';
    this.seen.push({
      kind: `${kind} ${String(response.status())} ${/<title>([^]*?)<\/title>/.exec(body)?.[1]?.replace(/\d+|[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'n') ?? ''}`,
      body,
      headers: { 'content-security-policy': policy },
    });
  }

  /** Where they are to begin with. */
  async at(path: string): Promise<void> {
    await this.page.goto(path.startsWith('/') ? this.address + path : path);
    await this.arrived();
  }
  /** A link in a letter, which is a tap like any other. */
  async open(path: string): Promise<void> {
    this.spend({ clicks: 1, decisions: 1 });
    await this.at(path);
  }

  private async arrived(): Promise<void> {
    await this.arriving;
    if (this.way !== 'no scripts') return;
    const wide = await this.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (wide > 0) this.faults.push(`${this.page.url()} scrolls sideways by ${String(wide)}`);
  }

  get title(): Promise<string> {
    return this.page.title();
  }
  get main(): Locator {
    return this.page.locator('main');
  }

  link(name: string | RegExp, within: Locator = this.page.locator('body')): Locator {
    return within.getByRole('link', { name, exact: true }).first();
  }
  button(name: string | RegExp, within: Locator = this.page.locator('body')): Locator {
    return within.getByRole('button', { name, exact: true }).first();
  }

  private within(group: string | RegExp | undefined): Locator {
    return group === undefined
      ? this.page.locator('body')
      : this.page.getByRole('group', { name: group }).first();
  }

  /** Goes where a link leads. */
  async follow(name: string | RegExp, within?: Locator): Promise<void> {
    await this.leave(this.link(name, within));
  }
  /** Sends what stands on the page. */
  async press(name: string | RegExp, within?: Locator): Promise<void> {
    await this.leave(this.button(name, within));
  }
  /** A link to ring by, a part that opens, a button that changes only what is shown. */
  async touch(target: Locator): Promise<void> {
    this.spend({ decisions: 1 });
    await this.hit(target);
  }

  private async leave(target: Locator): Promise<void> {
    this.spend({ decisions: 1 });
    if (this.way === 'keyboard') await this.walkTo(target);
    await Promise.all([this.page.waitForEvent('domcontentloaded'), this.hit(target)]);
    await this.arrived();
  }

  private async hit(target: Locator): Promise<void> {
    if (this.way === 'keyboard') {
      await this.walkTo(target);
      await this.key('Enter');
      return;
    }
    this.spend({ clicks: 1 });
    await target.click();
  }

  /** One of a list, or a box to tick. */
  async choose(name: string | RegExp, group?: string | RegExp): Promise<void> {
    const target = this.within(group).getByLabel(name, { exact: true }).first();
    this.spend({ decisions: 1 });
    if (this.way !== 'keyboard') {
      this.spend({ clicks: 1 });
      await target.click();
    } else {
      await this.walkTo(target);
      await this.arrowTo(target);
    }
    expect(await target.isChecked()).toBe(true);
  }

  /** From where a list was entered to its entry, by arrows; a box is ticked by the space bar. */
  private async arrowTo(target: Locator): Promise<void> {
    for (let n = 0; n < LONGEST_WALK && !(await target.isChecked()); n += 1)
      await this.key((await target.evaluate(isInFocus)) ? 'Space' : 'ArrowDown');
  }

  /** An entry of a list that opens. */
  async pick(label: string | RegExp, entry: string | RegExp, group?: string | RegExp): Promise<void> {
    const target = this.within(group).getByLabel(label, { exact: true }).first();
    this.spend({ decisions: 1 });
    const entries = await target.locator('option').all();
    const texts = await Promise.all(entries.map((one) => one.textContent()));
    const values = await Promise.all(entries.map((one) => one.getAttribute('value')));
    const found = texts.findIndex((one) =>
      typeof entry === 'string' ? one?.trim() === entry : entry.test(one ?? ''),
    );
    expect([entry, found >= 0]).toEqual([entry, true]);
    if (this.way !== 'keyboard') {
      this.spend(this.onPhone ? { clicks: 2 } : { clicks: 1, keys: 1 });
      await target.selectOption({ index: found });
      return;
    }
    await this.walkTo(target);
    const chosen = async (): Promise<number> => values.indexOf(await target.inputValue());
    for (let n = 0; n <= entries.length && (await chosen()) !== found; n += 1)
      await this.key((await chosen()) < found ? 'ArrowDown' : 'ArrowUp');
    expect(await chosen()).toBe(found);
  }

  /** What a box says, in place of what it said. */
  async type(label: string | RegExp, text: string, group?: string | RegExp): Promise<void> {
    await this.typeInto(this.within(group).getByLabel(label, { exact: true }).first(), text);
  }
  /** A day in its three boxes: `2 3 1951`. One thing to think of. */
  async date(group: string | RegExp, text: string): Promise<void> {
    const { decisions } = this.spent;
    for (const [at, part] of text.split(' ').entries())
      await this.type(['Day', 'Month', 'Year'][at] ?? '', part, group);
    if (this.counting) this.spent.decisions = decisions + 1;
  }

  private async typeInto(target: Locator, text: string): Promise<void> {
    this.spend({ decisions: 1 });
    await this.enter(target);
    if ((await target.inputValue()) !== '') await this.key('ControlOrMeta+a');
    this.spend({ keys: text.length });
    await this.page.keyboard.type(text);
    expect(await target.inputValue()).toBe(text);
  }

  private async enter(target: Locator): Promise<void> {
    if (this.way === 'keyboard') return this.walkTo(target);
    if (await target.evaluate(isInFocus)) return;
    // On the keys of a phone it is called "next".
    await this.page.keyboard.press('Tab');
    if (await target.evaluate(isInFocus)) {
      this.spend({ keys: 1 });
      return;
    }
    this.spend({ clicks: 1 });
    await target.click();
  }

  /** A key that means something to the page. */
  async strike(key: string): Promise<void> {
    this.spend({ decisions: 1 });
    await this.key(key);
  }
  /** Enter in a box sends the form it stands in. */
  async send(): Promise<void> {
    this.spend({ decisions: 1 });
    await Promise.all([this.page.waitForEvent('domcontentloaded'), this.key('Enter')]);
    await this.arrived();
  }

  private async key(key: string): Promise<void> {
    this.spend({ keys: 1 });
    await this.page.keyboard.press(key);
  }

  /** By Tab alone, past the head of the page where the page offers that. Never stuck, and always seen. */
  private async walkTo(target: Locator): Promise<void> {
    if (await target.evaluate(isInFocus)) return;
    await target.evaluate(aimAt);
    const inMain = await target.evaluate(isInMain);
    for (let steps = 0; steps < LONGEST_WALK; steps += 1) {
      await this.key('Tab');
      const { at, fault } = await this.page.evaluate<Step>(WALK);
      if (fault) this.faults.push(`${this.page.url()}: ${fault}`);
      if (at === 'aim' || at === 'list') return;
      if (at === 'skip' && inMain) await this.key('Enter');
    }
    throw new Error(`The keyboard does not reach ${target.toString()} on ${this.page.url()}`);
  }

  /**
   * Sends a form with nothing in it: the page comes again and says so first, the keyboard stands there, and the first
   * line leads to an answer. Then it is opened afresh; none of this is part of the job.
   */
  async wrong(name: string | RegExp): Promise<void> {
    const { page } = this;
    const shown = page.url();
    await this.aside(() => this.refused(name));
    await page.goto(shown);
    await this.arrived();
  }

  private async refused(name: string | RegExp): Promise<void> {
    const { page } = this;
    const shown = page.url();
    await this.press(name, this.main);
    expect(await page.title()).toMatch(TITLE_OF_WRONG);
    const summary = page.locator('.nhsuk-error-summary').first();
    // A browser sees to autofocus once it has drawn the page.
    await eventually(() => summary.evaluate(isInFocus));
    await this.touch(summary.getByRole('link').first());
    const answers = page.locator('input:focus, select:focus, textarea:focus');
    expect([shown, await answers.count()]).toEqual([shown, 1]);
  }

  /** What has to be there first, and is no part of the job. */
  async aside(work: () => Promise<void>): Promise<void> {
    this.counting = false;
    await work();
    this.counting = true;
  }

  async sees(...texts: (string | RegExp)[]): Promise<void> {
    const text = ((await this.page.locator('body').textContent()) ?? '').replaceAll(/\s+/g, ' ');
    for (const one of texts) {
      if (typeof one === 'string') expect(text).toContain(one);
      else expect(text).toMatch(one);
    }
  }

  private spend(more: Partial<Spent>): void {
    if (!this.counting) return;
    for (const part of ['clicks', 'keys', 'decisions'] as const) this.spent[part] += more[part] ?? 0;
  }
}
