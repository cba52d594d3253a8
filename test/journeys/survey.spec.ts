import type { Browser, BrowserContext, Page } from 'playwright-core';
import { GroupLinks } from '../../src/assets/group-links.service.js';
import type { GroupLinkPurpose } from '../../src/assets/survey.types.js';
import { newId } from '../../src/platform/pure/ids.js';
import { inScheme, insertRow } from '../factories/episodes.js';
import { aProvider } from '../factories/providers.js';
import { aBrowser } from '../support/browser.js';
import { linksOf } from '../support/links.js';
import { looker } from '../support/look.js';
import { filedMail } from '../support/mailbox.js';
import { aMember, aScheme, type TestScheme } from '../support/people.js';
import { settle } from '../support/settle.js';
import { startApp, type TestApp } from '../support/start-app.js';

const LIMIT_BYTES = 60_000;

const browser: Browser | null = await aBrowser();
if (!browser) process.stderr.write('No browser starts here: the journeys are skipped. Set CHROMIUM_PATH.\n');

(browser ? describe : describe.skip)('a group with an old phone, without JavaScript', () => {
  let betony: TestApp;
  let address: string;
  let scheme: TestScheme;
  let group: string;
  let neighbourhood: string;
  let phone: BrowserContext;
  let desktop: BrowserContext;
  let page: Page;
  let look: (name: string) => Promise<void>;
  let bytes = 0;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    address = await betony.app.getUrl();
    phone = await browser!.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
    desktop = await browser!.newContext({ viewport: { width: 1200, height: 800 } });
    const looks = looker(desktop, address);
    look = (name) => looks(page, name);
    scheme = await aScheme(betony);
    group = await aProvider(scheme, { name: 'St Mary’s lunch club' });
    neighbourhood = newId();
    await inScheme(scheme, async (tx) => {
      const times = { created_at: tx.now, updated_at: tx.now };
      const place = { scheme_id: scheme.id, edition: 'test' };
      await insertRow(tx, 'neighbourhood', { ...place, id: neighbourhood, name: 'Saltwick', ...times });
    });
  });
  afterAll(async () => {
    await phone.close();
    await desktop.close();
    await browser!.close();
    await betony.stop();
  });
  beforeEach(async () => {
    page = await phone.newPage();
    bytes = 0;
    elsewhere.length = 0;
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
        elsewhere.push(request.url());
    });
    page.on('response', (response) => {
      void response.body().then(
        (body) => (bytes += body.length + JSON.stringify(response.headers()).length),
        () => undefined,
      );
    });
  });
  afterEach(() => page.close());

  const handedOut = async (purpose: GroupLinkPurpose, of: object): Promise<string> => {
    const { actor } = await aMember(scheme, 'scheme_manager');
    const links = betony.get(GroupLinks);
    const id = await links.make(actor, { purpose, ...of });
    return `${address}${new URL(links.address(id, purpose)).pathname}`;
  };
  const heading = () => page.locator('h1').textContent();

  it('says what it has to offer, and for each answer who may know', async () => {
    await page.goto(await handedOut('survey', { organisationId: group }));
    expect(await heading()).toBe('What your group has to offer');
    await look('survey-1-form');
    await page.getByLabel('Space', { exact: true }).fill('A hall with a kitchen, free on Tuesdays.');
    await page
      .getByRole('group', { name: 'Space: who may know?' })
      .getByLabel('Tell people about us')
      .check();
    await page.getByLabel('People', { exact: true }).fill('Two retired nurses.');
    await page.getByRole('button', { name: 'Send our answers' }).click();
    expect(await heading()).toBe('Thank you for telling us');
    await look('survey-2-thanks');
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    expect(elsewhere).toEqual([]);
    await page.getByRole('link', { name: 'Tell us more' }).click();
    expect(await page.getByLabel('Space', { exact: true }).inputValue()).toBe('');
  });

  it('says that a practice has read what it was sent, in one tap', async () => {
    const { received } = await linksOf(betony, 'walk@example.org');
    await page.goto(`${address}${received}`);
    expect(await heading()).toBe('Have you read our message?');
    await look('received-1-ask');
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    await page.getByRole('button', { name: 'We have read it' }).click();
    expect(await heading()).toBe('Thank you for reading it');
    await look('received-2-thanks');
    await page.goto(`${address}${received}`);
    expect(await heading()).toBe('This link does not work any more');
    await look('received-3-gone');
    expect(elsewhere).toEqual([]);
  });

  it('puts right what was forgotten, and loses nothing', async () => {
    await page.goto(await handedOut('survey', { neighbourhoodId: neighbourhood }));
    await page.getByLabel('Time', { exact: true }).fill('Early mornings.');
    await page.getByRole('group', { name: 'Time: who may know?' }).getByLabel('Send people to us').check();
    await page.getByRole('button', { name: 'Send our answers' }).click();
    await look('survey-3-error');
    await page.getByRole('link', { name: 'Enter the name of your group' }).click();
    await page.getByLabel('The name of your group').fill('Pier anglers');
    expect(await page.getByLabel('Time', { exact: true }).inputValue()).toBe('Early mornings.');
    await page.getByRole('button', { name: 'Send our answers' }).click();
    expect(await heading()).toBe('Thank you for telling us');
    await page.goto(`${address}/survey/${'A'.repeat(43)}`);
    await look('survey-4-gone');
  });

  it('counts the help it gave in four taps, naming nobody', async () => {
    await page.goto(await handedOut('tally', { organisationId: group }));
    expect(await heading()).toBe('Count the help you gave');
    await look('tally-1-form');
    await page.getByRole('button', { name: 'Count it' }).click();
    await look('tally-2-error');
    let taps = 0;
    const tap = async (act: Promise<void>) => {
      taps += 1;
      await act;
    };
    await tap(page.getByLabel('Food parcels').check());
    await tap(page.getByLabel('How many?').fill('3'));
    await tap(page.getByLabel('Saltwick').check());
    await tap(page.getByRole('button', { name: 'Count it' }).click());
    expect(taps).toBe(4);
    expect(await page.content()).toContain('Thank you. We have counted it.');
    await look('tally-3-counted');
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    expect(elsewhere).toEqual([]);
  });

  it('says that a group is theirs, proves the address, and reads what is kept of them', async () => {
    await page.goto(`${address}/claim/${scheme.id}/${group}`);
    await look('claim-1-form');
    await page.getByRole('button', { name: 'Send' }).click();
    expect(await page.title()).toMatch(/^Error: /);
    await look('claim-2-error');
    await page.getByLabel('Your name').fill('Ann Lee');
    await page.getByLabel('Your e-mail address').fill('ann@example.org');
    await page.getByLabel('What do you do in the group?').fill('I keep the keys.');
    await page.getByRole('button', { name: 'Send' }).click();
    expect(await heading()).toBe('Look at your e-mail to confirm your address');
    await look('claim-3-sent');
    await settle(betony);
    const [letter] = (await filedMail(betony.config.dataDir)).filter(
      ({ to }) => to?.[0]?.address === 'ann@example.org',
    );
    const path = /\/claim\/confirm\/[\w-]{43}/.exec(letter?.text ?? '')?.[0] ?? '';
    await page.goto(address + path);
    await look('claim-4-confirm');
    await page.getByRole('button').click();
    expect(await heading()).toBe('Thank you, your claim is here');
    await look('claim-5-thanks');
    await page.goto(address + path);
    await look('claim-6-used');
    expect((await page.goto(`${address}/claim/${scheme.id}/${newId()}`))?.status()).toBe(404);
    await look('claim-7-no-such-group');
    expect((await page.goto(`${address}/privacy`))?.status()).toBe(200);
    await look('privacy');
    expect(elsewhere).toEqual([]);
  });
});
