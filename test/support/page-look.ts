import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MADE_POLICY = "default-src 'none'; img-src data:; style-src 'nonce-made'; script-src 'self'";
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 320, height: 640 };

/** What axe does not try of itself, with what it does: WCAG 2.2 at AA and what its makers call good practice. */
const SOUND = `axe.run(document, {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: { 'target-size': { enabled: true } },
}).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 200)))`;

const SIDEWAYS = `(() => {
  const most = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= most) return [];
  const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > most + 1);
  return ['scrolls sideways to ' + document.documentElement.scrollWidth + ': ' + (wide.at(-1) ?? document.body).outerHTML.slice(0, 160)];
})()`;

/**
 * Twice the letters: all of them grow, and nothing is cut off. What only a screen reader is told, and the exact moment until it is asked for, is small on purpose, and
 * a picture grows as a picture: what is written in it stands in the text beside it.
 */
const TWICE = `(() => {
  const texts = [...document.querySelectorAll('main *, header *, nav *, footer *')].filter((one) =>
    [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '') && one.checkVisibility());
  const sizes = texts.map((one) => parseFloat(getComputedStyle(one).fontSize));
  document.documentElement.style.fontSize = '200%';
  const faults = [];
  texts.forEach((one, at) => {
    const style = getComputedStyle(one);
    if (one.closest('.nhsuk-u-visually-hidden, .betony-hidden, .betony-exactly, option, svg[role=img]')) return;
    if (parseFloat(style.fontSize) < sizes[at] * 1.9) faults.push('does not grow: ' + one.outerHTML.slice(0, 120));
    const cut = style.overflow !== 'visible' && (one.scrollWidth > one.clientWidth + 2 || one.scrollHeight > one.clientHeight + 2);
    if (cut && !one.matches('textarea, select, input')) faults.push('is cut off: ' + one.outerHTML.slice(0, 120));
  });
  return faults.slice(0, 3);
})()`;
const ONCE = `document.documentElement.style.fontSize = ''`;

/** Where the keyboard is must be seen also by those who choose all colours themselves. */
const FOCUS = `(() => {
  const seen = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const faults = [];
  for (const one of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (!one.checkVisibility() || one.disabled) continue;
    one.focus({ preventScroll: true });
    if (document.activeElement !== one) { faults.push('takes no focus: ' + one.outerHTML.slice(0, 120)); continue; }
    const beside = one.nextElementSibling;
    const marks = [getComputedStyle(one), ...(beside ? [getComputedStyle(beside, '::before')] : [])];
    if (!marks.some(seen)) faults.push('focus is not seen: ' + one.outerHTML.slice(0, 120));
  }
  return faults.slice(0, 3);
})()`;

/** One fault of each kind, to see that they are seen. */
export const BROKEN = `<!DOCTYPE html><html lang="en"><head><title>Broken</title><meta name="viewport" content="width=device-width">
<style nonce="made">.wide { width: 700px } .small { font-size: 12px } .cut { overflow: hidden; width: 9rem; height: 20px; line-height: 20px; font-size: 1rem }
.bare { outline: none }</style></head><body><main><h1>Broken</h1><p class="wide">Wide</p><p class="small">Small</p><p class="cut">Cut</p>
<img src="data:,"><a class="bare" href="/">Bare</a><input name="nameless"><script>document.title = 'ran'</script></main></body></html>`;

export interface Answered {
  body: string;
  headers: Record<string, unknown>;
}

/** What text can become that got out of its place: nothing of the kind is in any page of ours. */
const MARKUP = `[...document.querySelectorAll('*')].filter((one) =>
  one.matches('script:not([nonce]), iframe, object, embed, base, style, video, audio, marquee, math, template') ||
  [...one.attributes].some(({ name, value }) => name.startsWith('on') ||
    (/href|src|action|content/.test(name) && /^(0;url=)?\\s*javascript:/i.test(value)))
).slice(0, 3).map((one) => 'markup: ' + one.outerHTML.slice(0, 160)).concat(
  /1337zq|zq1337/.test(document.documentElement.textContent) ? ['worked out: 7 * 191'] : [])`;

/**
 * Looks at pages in one browser: no fault of a script, nothing from anywhere else, sound to a screen reader, and
 * nothing lost on a phone, in twice the letters, or in colours of the reader's own.
 */
export class PageLook {
  private page: Page | undefined;
  private heard: string[] = [];

  constructor(
    private readonly context: BrowserContext,
    private readonly address: string,
  ) {}

  private async open(): Promise<Page> {
    return (this.page ??= await this.listening());
  }

  private async listening(): Promise<Page> {
    const page = await this.context.newPage();
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') this.heard.push(`console: ${line.text()}`);
    });
    page.on('pageerror', ({ message }) => this.heard.push(`script: ${message}`));
    page.on('dialog', (dialog) => {
      this.heard.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(this.address) && !/^(data|about):/.test(request.url()))
        this.heard.push(`asks elsewhere: ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400 && response.url() !== page.url())
        this.heard.push(`${String(response.status())} of ${response.url()}`);
    });
    return page;
  }

  private async become(cookie: string): Promise<void> {
    await this.context.clearCookies();
    const [name = '', value = ''] = cookie.split(/=(.*)/s);
    // Asked for as if by https: a secure cookie of this host, which Chromium sends to itself without it.
    if (name) await this.context.addCookies([{ name, value, url: this.address.replace('http:', 'https:') }]);
  }

  /** What is wrong with one page, shown to whoever holds the cookie. */
  async at(url: string, cookie: string): Promise<string[]> {
    const page = await this.open();
    await this.become(cookie);
    this.heard = [];
    await page.setViewportSize(DESK);
    await page.goto(this.address + url);
    return this.shown();
  }

  /** Whether anything of what is shown to whoever holds the cookie became more than text. */
  async ran(url: string, cookie: string): Promise<string[]> {
    const page = await this.open();
    await this.become(cookie);
    this.heard = [];
    await page.goto(this.address + url);
    const markup = await page.evaluate<string[]>(MARKUP);
    return [...markup, ...this.heard];
  }

  /** The same of a page made up for it. */
  async ranIn(body: string): Promise<string[]> {
    const page = await this.open();
    const url = '/desk/made';
    await page.route(this.address + url, (route) =>
      route.fulfill({ body, headers: { 'content-type': 'text/html; charset=utf-8' } }),
    );
    const heard = await this.ran(url, '');
    await page.unroute(this.address + url);
    return heard;
  }

  /** The same of an answer that no address has, such as one to a form. */
  async made(
    body: string,
    headers: Record<string, string> = { 'content-security-policy': MADE_POLICY },
  ): Promise<string[]> {
    const page = await this.open();
    const url = `${this.address}/desk/made`;
    await page.route(url, (route) =>
      route.fulfill({ body, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } }),
    );
    this.heard = [];
    await page.setViewportSize(DESK);
    await page.goto(url);
    const faults = await this.shown();
    await page.unroute(url);
    return faults;
  }

  /** The same of what forms were answered with, by the form; and that a fault would be seen there. */
  async answered(answers: Iterable<[form: string, Answered]>): Promise<string[]> {
    const broken = await this.made(BROKEN);
    const faults = broken.some((fault) => fault.startsWith('label ')) ? [] : ['a fault is not seen'];
    for (const [form, { body, headers }] of answers) {
      const policy = { 'content-security-policy': String(headers['content-security-policy']) };
      faults.push(...(await this.made(body, policy)).map((fault) => `${form}: ${fault}`));
    }
    return faults;
  }

  private async shown(): Promise<string[]> {
    const page = await this.open();
    await page.evaluate(AXE);
    const faults = await page.evaluate<string[]>(SOUND);
    faults.push(...(await page.evaluate<string[]>(TWICE)));
    faults.push(...(await page.evaluate<string[]>(SIDEWAYS)).map((one) => `twice the letters: ${one}`));
    await page.evaluate(ONCE);
    await page.setViewportSize(PHONE);
    faults.push(...(await page.evaluate<string[]>(SIDEWAYS)).map((one) => `at 320 px: ${one}`));
    await page.setViewportSize(DESK);
    await page.emulateMedia({ forcedColors: 'active' });
    faults.push(...(await page.evaluate<string[]>(FOCUS)).map((one) => `own colours: ${one}`));
    await page.emulateMedia({ forcedColors: 'none' });
    return [...this.heard, ...faults];
  }
}
