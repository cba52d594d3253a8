import type { Browser, BrowserContext, Page } from 'playwright-core';
import sql, { type Sql } from 'sql-template-tag';
import { newId } from '../../src/platform/pure/ids.js';
import { inScheme, insertRow } from '../factories/episodes.js';
import { aCase, type TestCase } from '../factories/onward.js';
import { aListing } from '../factories/providers.js';
import { aBrowser } from '../support/browser.js';
import { looker } from '../support/look.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { rowsOf } from '../support/records.js';
import { eventually } from '../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const browser: Browser | null = await aBrowser();
if (!browser) process.stderr.write('No browser starts here: the journeys are skipped. Set CHROMIUM_PATH.\n');

(browser ? describe : describe.skip)('what scripts add to pages at the desk', () => {
  let betony: TestApp;
  let address: string;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: TestCase;
  let desktop: BrowserContext;
  let scripted: BrowserContext;
  let looks: ReturnType<typeof looker>;

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    address = await betony.app.getUrl();
    // All of them at once: in one process, a browser does not outlive the closing of one among them.
    const viewport = { width: 1200, height: 800 };
    desktop = await browser!.newContext({ viewport });
    scripted = await browser!.newContext({ viewport });
    // In one process, whatever a script asks for goes with the cookies of the window that loaded a page first.
    const first = await scripted.newPage();
    await first.goto(`${address}/privacy`);
    await first.close();
    looks = looker(desktop, address);
  });
  afterAll(async () => {
    // At once, with all its windows.
    await browser!.close();
    await betony.stop();
  });

  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await aCase(scheme, {
      worker: sam,
      person: { firstName: 'Grace', lastName: 'Okafor', phone: '07700 900123' },
    });
  });

  /** At work, signed in. */
  const atWork = async (context: BrowserContext, who = sam): Promise<Page> => {
    const [name = '', value = ''] = who.browser.cookie.split(/=(.*)/s);
    await context.clearCookies();
    // Asked for as if by https: a secure cookie of this host, which Chromium sends to itself without it.
    await context.addCookies([{ name, value, url: address.replace('http:', 'https:') }]);
    return context.newPage();
  };

  it('fills in a referral with what is pasted as soon as it is, beside what was typed, and keeps no word of it', async () => {
    const priya = await aMember(scheme, 'referrer', { name: 'Priya Shah' });
    const page = await atWork(scripted, priya);
    await page.goto(`${address}/desk/refer`);
    await page.getByLabel('First name').fill('Gracie');
    await page.getByText('Paste from your system').click();
    const box = page.getByLabel('What your system says about them');
    await box.evaluate((area) => {
      const one = area as unknown as { value: string; dispatchEvent(event: unknown): void };
      one.value = 'Surname: OKAFOR\nForename: Grace\nPostcode: CO3 4AB';
      one.dispatchEvent(new Event('paste'));
    });
    await page.getByText('Filled in: Last name, Postcode.').waitFor();
    expect(await page.getByLabel('Last name').inputValue()).toBe('Okafor');
    expect(await page.getByLabel('First name').inputValue()).toBe('Gracie');
    expect(await page.getByLabel('Postcode').isVisible()).toBe(true);
    expect(await box.inputValue()).toBe('');
    await page.getByText('First name is left as you typed it. In the text it is Grace.').waitFor();
    await box.fill('DOB: 02/03/48');
    await page.getByRole('button', { name: 'Fill in from this' }).click();
    await page.getByText('so the century is a guess').waitFor();
    expect(await page.getByLabel('Year').first().inputValue()).toBe('1948');
    expect(new URL(page.url()).pathname).toBe('/desk/refer');
    await page.close();
  });

  it('keeps a conversation without a click, tells a second tab, and asks before unsaved words are left', async () => {
    const page = await atWork(scripted);
    const other = await atWork(scripted);
    const url = `${address}/desk/people/${grace.clientId}/conversation`;
    /** What is typed is kept once the box is left; the page says so when it is. */
    const write = async (tab: Page, words: string, said: string): Promise<void> => {
      await tab.getByLabel('What they would like to give').fill(words);
      await tab.getByLabel('Who helped to write this').focus();
      await tab.locator('[data-autosaved]', { hasText: said }).waitFor();
    };
    await Promise.all([page.goto(url), other.goto(url)]);
    await write(page, 'Teaches knitting', 'Draft saved');
    await write(page, 'Teaches knitting on Fridays', 'Draft saved');
    // The words are the same as of the first: the second is kept once the page holds its number.
    await page.locator('input[name=_draft][value="2"]').waitFor({ state: 'attached' });
    await write(other, 'Sings', 'another tab');
    await page.reload();
    expect(await page.getByLabel('What they would like to give').inputValue()).toBe(
      'Teaches knitting on Fridays',
    );
    expect(await page.locator('main').textContent()).toContain('In another tab at 10:00: Sings');
    await looks(page, 'worker-conversation-two-tabs');
    const asked = new Promise<string>((resolve) => {
      page.on('dialog', (dialog) => {
        resolve(dialog.type());
        void dialog.accept();
      });
    });
    await page.getByLabel('What they would like to give').fill('Half a thought');
    await page.goto(`${address}/desk/today`);
    expect(await asked).toBe('beforeunload');
    await other.getByRole('button', { name: 'Save', exact: true }).click();
    await other.waitForURL(/\/plan$/);
    await page.close();
    await other.close();
  });

  it('goes by single keys once they are switched on, never while somebody types', async () => {
    const page = await atWork(scripted);
    const record = `${address}/desk/people/${grace.clientId}`;
    await page.goto(record);
    await page.keyboard.press('?');
    expect(await page.locator('dialog').count()).toBe(0);
    await page.goto(`${address}/desk/account`);
    const use = page.getByRole('button', { name: 'Use single keys' });
    expect(await use.getAttribute('aria-pressed')).toBe('false');
    await use.click();
    expect(await use.getAttribute('aria-pressed')).toBe('true');
    await looks(page, 'worker-keys-on');
    await page.goto(record);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await looks(page, 'worker-keys-list');
    await page.keyboard.press('Escape');
    // Keys pressed while the list is still there are meant for it.
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('gt?n/');
    expect(await page.getByLabel('Find a person').inputValue()).toBe('gt?n/');
    expect(page.url()).toBe(record);
    await page.locator('h1').click();
    await page.keyboard.press('n');
    await page.waitForURL(`${address}/desk/referrals/${grace.referralId}/contact`);
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL(`${address}/desk/caseload`);
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.waitForURL(`${address}/desk/today`);
    await page.goto(`${address}/desk/account`);
    await use.click();
    expect(await use.getAttribute('aria-pressed')).toBe('false');
    await page.close();
  });

  it('says how long ago something was, and exactly when under a pointer and by the keyboard, without a script', async () => {
    const page = await atWork(desktop);
    await page.goto(`${address}/desk/people/${grace.clientId}/timeline`);
    const when = page.locator('time.betony-ago').first();
    const width = () =>
      when.locator('.betony-exactly').evaluate((exactly) => exactly.getBoundingClientRect().width);
    expect(await when.textContent()).toMatch(/^Just now, Mon, 23 November 2026, 10:00$/);
    expect(await width()).toBeLessThanOrEqual(1);
    await when.focus();
    expect(await width()).toBeGreaterThan(100);
    await when.blur();
    expect(await width()).toBeLessThanOrEqual(1);
    await when.hover();
    expect(await width()).toBeGreaterThan(100);
    await page.close();
  });

  it('leads to what is wrong, and shows what belongs to an answer once it is chosen', async () => {
    const page = await atWork(scripted);
    const faults: string[] = [];
    page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
    page.on('pageerror', ({ message }) => faults.push(message));
    await page.goto(`${address}/desk/referrals/${grace.referralId}/hold`);
    const side = page.locator('.nhsuk-radios__conditional').first();
    expect(await side.isVisible()).toBe(false);
    await page.locator('input[name=reason][value=other]').check();
    expect(await side.isVisible()).toBe(true);
    await page.locator('input[name=reason]').first().check();
    expect(await side.isVisible()).toBe(false);
    await page.locator('input[name=reason][value=other]').check();
    await page.locator('main form button').last().click();
    expect(await page.title()).toMatch(/^Error: /);
    const focused = page.locator('*:focus');
    expect(await focused.getAttribute('class')).toContain('nhsuk-error-summary');
    expect(await side.isVisible()).toBe(true);
    await looks(page, 'worker-hold-wrong');
    expect(faults.filter((text) => !text.includes('422'))).toEqual([]);
    await page.close();
  });

  it('ticks all of a list at once, and says how many are', async () => {
    await aCase(scheme, { worker: sam, person: { firstName: 'Musa', lastName: 'Diallo' } });
    const page = await atWork(scripted);
    await page.goto(`${address}/desk/caseload`);
    const rows = page.locator('input[name=row]');
    const ticked = () => page.locator('input[name=row]:checked').count();
    const said = page.locator('.betony-all__count');
    const all = page.getByLabel('Choose all 2');
    await all.check();
    expect([await rows.count(), await ticked(), await said.textContent()]).toEqual([2, 2, '2 chosen']);
    await rows.first().uncheck();
    expect([await said.textContent(), await all.isChecked()]).toEqual(['1 chosen', false]);
    expect(await page.locator('#all-rows:indeterminate').count()).toBe(1);
    await rows.first().focus();
    await page.keyboard.press('Space');
    expect([await said.textContent(), await all.isChecked()]).toEqual(['2 chosen', true]);
    await looks(page, 'worker-caseload-chosen');
    await all.uncheck();
    expect([await ticked(), await said.textContent()]).toEqual([0, '']);
    await page.close();
  });

  it('says how far an import is without loading the page anew, and shows it once it is there', async () => {
    const mo = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
    const id = newId();
    await inScheme(scheme, (tx) =>
      insertRow(tx, 'import_batch', {
        scheme_id: scheme.id,
        id,
        kind: 'open-referral',
        source: 'open-referral:ours',
        state: 'fetching',
        rows: 400,
        done: 120,
        created_at: tx.now,
        worked_at: tx.now,
      }),
    );
    const change = (to: Sql) =>
      rowsOf(scheme, sql`update import_batch set ${to} where scheme_id = ${scheme.id} and id = ${id}`);
    const page = await atWork(scripted, mo);
    await page.goto(`${address}/desk/imports/${id}`);
    const shown = page.locator('[data-progress]');
    await shown.getByText('120 of 400 rows').waitFor();
    // Nothing else on the page changes meanwhile: it is the same one.
    await page.locator('h1').evaluate((heading) => {
      heading.setAttribute('data-same', '');
    });
    await looks(page, 'manager-import-going-on');
    await change(sql`done = 280`);
    await shown.getByText('280 of 400 rows').waitFor();
    expect(await shown.locator('progress').getAttribute('value')).toBe('280');
    expect(await page.locator('h1[data-same]').count()).toBe(1);
    await change(sql`state = 'checked', done = 400, added = 400, checked_at = created_at, worked_at = null`);
    await shown.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Approve it' }).waitFor();
    await page.close();
  });

  it('closes nothing by Enter in an answer: it asks for the last one, and keeps the others', async () => {
    const page = await atWork(scripted);
    await page.goto(`${address}/desk/referrals/${grace.referralId}/close`);
    await page.getByLabel('It helped', { exact: true }).check();
    await page.getByLabel('Done', { exact: true }).check();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    expect(await page.locator('.nhsuk-error-summary a').evaluateAll((all) => all.map(String))).toEqual([
      expect.stringMatching(/#mayAskAgain$/),
    ]);
    expect(await page.getByLabel('Done', { exact: true }).isChecked()).toBe(true);
    const [row] = await rowsOf<{ state: string }>(
      scheme,
      sql`select state from referral where scheme_id = ${scheme.id} and id = ${grace.referralId}`,
    );
    expect(row?.state).toBe('active');
    await page.close();
  });

  it('lets a map be moved and brought nearer, and each number opened, by the keyboard too', async () => {
    const there = { latitude: 51.8, longitude: 1.16 };
    await aListing(scheme, { name: 'A lunch', ...there });
    await aListing(scheme, { name: 'B singing', ...there, latitude: 51.9 });
    const page = await atWork(scripted);
    await page.goto(`${address}/desk/find`);
    await page.locator('#map').scrollIntoViewIfNeeded();
    const map = page.getByRole('application');
    await map.waitFor();
    // The drawing gives way to it.
    expect(await page.locator('.betony-map__picture').isVisible()).toBe(false);
    const pin = map.getByRole('button', { name: '2 B singing' });
    const above = async (): Promise<number> =>
      ((await pin.boundingBox())?.y ?? 0) - ((await map.boundingBox())?.y ?? 0);
    const before = await above();
    await map.focus();
    await page.keyboard.press('ArrowUp');
    await eventually(async () => (await above()) > before);
    const apart = async (): Promise<number> =>
      Math.abs(
        ((await map.getByRole('button', { name: '1 A lunch' }).boundingBox())?.y ?? 0) -
          ((await pin.boundingBox())?.y ?? 0),
      );
    const far = await apart();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await eventually(async () => (await apart()) > far * 1.5);
    await pin.focus();
    await page.keyboard.press('Enter');
    const link = map.getByRole('link', { name: 'B singing' });
    await link.waitFor();
    await link.click();
    expect(new URL(page.url()).hash).toMatch(/^#/);
    expect(await page.locator(new URL(page.url()).hash).textContent()).toContain('B singing');
    await page.close();
  });
});
