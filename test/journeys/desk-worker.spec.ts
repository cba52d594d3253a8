import type { Browser, BrowserContext, Page } from 'playwright-core';
import { MessagesService } from '../../src/reminders/messages.service.js';
import { aCase, aGroup, type TestCase, type TestGroup } from '../factories/onward.js';
import { aBrowser } from '../support/browser.js';
import { looker } from '../support/look.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { reminderDesk } from '../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const browser: Browser | null = await aBrowser();
if (!browser) process.stderr.write('No browser starts here: the journeys are skipped. Set CHROMIUM_PATH.\n');

(browser ? describe : describe.skip)('a link worker and a group', () => {
  let betony: TestApp;
  let address: string;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: TestCase;
  let lunch: TestGroup;
  let desktop: BrowserContext;
  let scripted: BrowserContext;
  let plain: BrowserContext;
  let phone: BrowserContext;
  let looks: ReturnType<typeof looker>;

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    address = await betony.app.getUrl();
    // All of them at once: in one process, a browser does not outlive the closing of one among them.
    const viewport = { width: 1200, height: 800 };
    desktop = await browser!.newContext({ viewport });
    scripted = await browser!.newContext({ viewport });
    plain = await browser!.newContext({ viewport, javaScriptEnabled: false });
    phone = await browser!.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
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
    lunch = await aGroup(scheme, {
      places: 3,
      provider: { name: 'St Mary’s', contactEmail: 'mo@example.org', answersBy: 'email' },
      listing: { name: 'Friday lunch', postcode: 'CO97 1AA' },
    });
    grace = await aCase(scheme, {
      worker: sam,
      person: { firstName: 'Grace', lastName: 'Okafor', phone: '07700 900123' },
    });
  });

  /** At work, signed in, with or without scripts. */
  const atWork = async (context: BrowserContext, who = sam): Promise<Page> => {
    const [name = '', value = ''] = who.browser.cookie.split(/=(.*)/s);
    await context.clearCookies();
    // Asked for as if by https: a secure cookie of this host, which Chromium sends to itself without it.
    await context.addCookies([{ name, value, url: address.replace('http:', 'https:') }]);
    return context.newPage();
  };
  /** The link in the message that the group is sent. */
  const mailed = async (): Promise<string> => {
    const desk = reminderDesk(scheme);
    await desk.work();
    const [message] = (await desk.messages(lunch.organisationId)).filter(({ state }) => state === 'ready');
    const claim = await betony.get(MessagesService).claim(scheme.id, message!.id);
    return `${address}${/https:\/\/[^/]+(\/reply\/\S+)/.exec(claim!.letter.text)?.[1] ?? ''}`;
  };

  it.each([
    ['without JavaScript', false],
    ['with it', true],
  ])(
    'finds, refers, hears and sees it in the record %s, within the clicks it may take',
    async (_how, scripts) => {
      const page = await atWork(scripts ? scripted : plain);
      let clicks = 0;
      const press = async (name: string) => {
        clicks += 1;
        await page.getByRole('button', { name }).first().click();
      };
      const follow = async (name: string) => {
        clicks += 1;
        await page.getByRole('link', { name }).first().click();
      };
      const look = (name: string) => (scripts ? Promise.resolve() : looks(page, `worker-${name}`));

      // Given somebody's record, a group that suits is one click away.
      await page.goto(`${address}/desk/people/${grace.clientId}`);
      await look('1-record');
      clicks += 1;
      await page.locator('main').getByRole('button', { name: 'Find a group' }).click();
      expect(await page.locator('h1').textContent()).toContain('Find a group');
      expect(clicks).toBeLessThanOrEqual(2);
      await look('2-find');

      // When it is referred to: what they agree to, what the group will see, sent. Four clicks.
      clicks = 0;
      await follow('Refer to Friday lunch');
      await look('3-refer');
      clicks += 1;
      await page.getByLabel('Yes, by phone').check();
      await press('See what they will see');
      expect(await page.locator('section[aria-labelledby=asked]').textContent()).not.toContain('Okafor');
      expect(await page.locator('section[aria-labelledby=yes]').textContent()).toContain('Grace Okafor');
      await look('4-check');
      await press('Send to St Mary’s');
      expect(clicks).toBe(4);
      expect(await page.content()).toContain('Waiting for their answer');
      await look('5-sent');

      // And the group says yes in two taps, by the link in its letter.
      const volunteer = await phone.newPage();
      await volunteer.goto(await mailed());
      await volunteer.getByRole('button', { name: 'Yes, we can help' }).click();
      await volunteer.close();

      // Then it is in the record, one click from it.
      clicks = 0;
      await page.goto(`${address}/desk/people/${grace.clientId}`);
      expect(await page.content()).toContain('The group said yes');
      await follow('Groups');
      expect(clicks).toBe(1);
      expect(await page.locator('main').textContent()).toContain('They said yes');
      await look('6-groups');
      await page.close();
    },
  );

  it('finds by place from anywhere, in two clicks and a postcode', async () => {
    const page = await atWork(plain);
    await page.goto(`${address}/desk/caseload`);
    let clicks = 0;
    let keys = 0;
    clicks += 1;
    await page.locator('nav').getByRole('link', { name: 'Find a group' }).click();
    await looks(page, 'worker-7-groups');
    // The way back from a wrong postcode is on the page.
    await page.getByLabel('Near postcode').fill('nowhere');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await page.title()).toMatch(/^Error: Find a group/);
    await looks(page, 'worker-8-groups-wrong');
    keys += 'CO971AA'.length;
    await page.getByLabel('Near postcode').fill('CO971AA');
    clicks += 1;
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await page.locator('main').textContent()).toContain('Friday lunch');
    expect({ clicks, keys }).toEqual({ clicks: 2, keys: 7 });
    await page.close();
  });

  it('asks four questions by phone in four keys and a click, then closes in five clicks', async () => {
    const page = await atWork(scripted);
    let clicks = 0;
    let keys = 0;
    const press = async (name: string) => {
      clicks += 1;
      await page.getByRole('button', { name, exact: true }).click();
    };
    const choose = async (name: string) => {
      clicks += 1;
      await page.getByLabel(name, { exact: true }).check();
    };

    // Given the questions open for reading out, each key answers one and goes on to the next.
    await page.goto(`${address}/desk/referrals/${grace.referralId}/questionnaires/ons4?how=phone`);
    for (const key of ['3', '4', 't', '7']) {
      keys += 1;
      await page.keyboard.press(key);
    }
    await press('Save');
    expect({ clicks, keys }).toEqual({ clicks: 1, keys: 4 });
    expect(await page.locator('main').textContent()).toContain('Happiness yesterday: 10 of 10');
    await looks(page, 'worker-9-questionnaires');

    // When they end, everything that closing asks is one click each.
    await page.goto(`${address}/desk/referrals/${grace.referralId}/close`);
    await looks(page, 'worker-10-close');
    clicks = 0;
    await choose('It helped');
    await choose('Done');
    await choose('They did not want to');
    await choose('Yes');
    await press('Close it');
    expect(clicks).toBe(5);
    expect(await page.locator('main').textContent()).toContain('no referral is open');
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

  it('finds somebody from any page in a click and four keys, straight to whoever has the number', async () => {
    const page = await atWork(plain);
    await page.goto(`${address}/desk/today`);
    const box = page.getByLabel('Find a person');
    await box.fill('Okaf');
    await box.press('Enter');
    expect(await page.title()).toMatch(/^Search: 1 found/);
    await looks(page, 'worker-11-search');
    expect(page.url()).toBe(`${address}/desk/search`);
    await page.getByRole('link', { name: 'OKAFOR, Grace' }).click();
    expect(page.url()).toBe(`${address}/desk/people/${grace.clientId}`);
    await page.close();
  });

  it('lets anybody find a group and ask for support on a phone, without an account', async () => {
    const page = await phone.newPage();
    await page.goto(`${address}/find/${scheme.id}`);
    await looks(page, 'public-1-find');
    await page.getByLabel('Or in your own words').fill('lunch');
    await page.getByRole('button', { name: 'Find groups' }).click();
    expect(await page.title()).toMatch(/^1 group found/);
    expect(page.url()).toBe(`${address}/find/${scheme.id}`);
    await looks(page, 'public-2-found');
    await page.getByRole('link', { name: 'Friday lunch' }).click();
    await looks(page, 'public-3-group');
    await page.getByRole('link', { name: 'Ask for support' }).click();
    await looks(page, 'public-4-ask');
    await page.getByRole('button', { name: 'Send' }).click();
    expect(await page.title()).toMatch(/^Error: Ask for support/);
    await looks(page, 'public-5-ask-wrong');
    await page.close();
  });

  it('records a safety concern in three clicks, is away in one and passes work on in four', async () => {
    const page = await atWork(plain);
    const kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
    let clicks = 0;
    const press = async (name: string) => {
      clicks += 1;
      await page.getByRole('button', { name }).click();
    };
    const choose = async (name: string) => {
      clicks += 1;
      await page.getByLabel(name, { exact: true }).check();
    };

    // What to do in an emergency is read on the way; what was seen is typed.
    await page.goto(`${address}/desk/people/${grace.clientId}/concern`);
    await page.getByLabel('What did you see or hear?').fill('No food in the house.');
    await choose('Neglect');
    await choose('Adult social care');
    await press('I have read what to do in an emergency: record it');
    expect(clicks).toBe(3);
    expect(await page.locator('main').textContent()).toContain('No food in the house.');
    await looks(page, 'worker-11-concern');

    await page.goto(`${address}/desk/away`);
    clicks = 0;
    await page.getByLabel('Who does the work?').selectOption(kim.actor.membershipId);
    clicks += 1;
    await choose('Tomorrow, Tue, 24 November 2026');
    await page.locator('[name="endsOn.day"]').fill('30');
    await page.locator('[name="endsOn.month"]').fill('11');
    await page.locator('[name="endsOn.year"]').fill('2026');
    await press('Save');
    expect(clicks).toBeLessThanOrEqual(4);
    expect(await page.locator('main').textContent()).toContain('Mon, 30 November 2026');
    clicks = 0;
    await press('I am away from today');
    expect(clicks).toBe(1);
    await looks(page, 'worker-12-away');
    await page.close();
  });
});
