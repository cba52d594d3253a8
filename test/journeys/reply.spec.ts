import type { Browser, BrowserContext, Page } from 'playwright-core';
import { OnwardAnswers } from '../../src/onward-referrals/onward-answers.service.js';
import { ReplyLinks } from '../../src/onward-referrals/reply-links.service.js';
import { MessagesService } from '../../src/reminders/messages.service.js';
import { aCase, aGroup, anOffer, type TestGroup } from '../factories/onward.js';
import { aBrowser } from '../support/browser.js';
import { filedMail } from '../support/mailbox.js';
import { looker } from '../support/look.js';
import { aScheme, type TestScheme } from '../support/people.js';
import { reminderDesk } from '../support/reminder-desk.js';
import { settle } from '../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const LIMIT_BYTES = 60_000;

const browser: Browser | null = await aBrowser();
if (!browser) process.stderr.write('No browser starts here: the journeys are skipped. Set CHROMIUM_PATH.\n');

(browser ? describe : describe.skip)('a volunteer with an old phone, without JavaScript', () => {
  let betony: TestApp;
  let address: string;
  let scheme: TestScheme;
  let group: TestGroup;
  let phone: BrowserContext;
  let desktop: BrowserContext;
  let page: Page;
  let looks: ReturnType<typeof looker>;
  let bytes = 0;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    address = await betony.app.getUrl();
    phone = await browser!.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
    desktop = await browser!.newContext({ viewport: { width: 1200, height: 800 } });
    looks = looker(desktop, address);
  });
  afterAll(async () => {
    await phone.close();
    await desktop.close();
    await browser!.close();
    await betony.stop();
  });

  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    group = await aGroup(scheme, {
      places: 3,
      provider: { name: 'St Mary’s lunch club', contactEmail: 'mo@example.org', answersBy: 'email' },
      listing: { name: 'Friday lunch' },
    });
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

  /** The link in the message that the group is sent. */
  const mailed = async (): Promise<string> => {
    const desk = reminderDesk(scheme);
    await desk.work();
    const [message] = (await desk.messages(group.organisationId)).filter(({ state }) => state === 'ready');
    const claim = await betony.get(MessagesService).claim(scheme.id, message!.id);
    const path = /https:\/\/[^/]+(\/reply\/\S+)/.exec(claim!.letter.text)?.[1] ?? '';
    return `${address}${path}`;
  };
  const offered = async () =>
    anOffer(
      scheme,
      await aCase(scheme, {
        person: { firstName: 'Grace', lastName: 'Okafor', knownAs: null, phone: '07700 900123' },
      }),
      group,
      { helpNote: 'Somebody to eat with on Fridays.', safetyInstructions: ['meet_in_pairs'] },
    );

  const look = (name: string) => looks(page, name);
  const heading = () => page.locator('h1').textContent();

  it('says yes in two taps, sees whom to ring, and takes it back', async () => {
    await offered();
    const link = await mailed();
    let taps = 0;
    // The link in the message.
    taps += 1;
    await page.goto(link);
    expect(await heading()).toBe('Can you help Grace?');
    expect(await page.content()).not.toContain('Okafor');
    await look('1-asked');
    taps += 1;
    await page.getByRole('button', { name: 'Yes, we can help' }).click();
    expect(await heading()).toBe('Thank you. Your group said yes');
    expect(await page.content()).toContain('Grace Okafor');
    expect(taps).toBe(2);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    await look('2-yes');
    await page.getByRole('button', { name: 'Take our answer back' }).click();
    expect(await heading()).toBe('Can you help Grace?');
    expect(elsewhere).toEqual([]);
  });

  it('says not right now, for how long, in two taps, and changes its mind', async () => {
    await offered();
    const link = await mailed();
    let taps = 0;
    taps += 1;
    await page.goto(link);
    taps += 1;
    await page.getByRole('button', { name: 'We are full for 4 weeks' }).click();
    expect(await heading()).toBe('Thank you for telling us');
    expect(taps).toBe(2);
    await page.getByRole('button', { name: 'Take our answer back' }).click();
    expect(await heading()).toBe('Can you help Grace?');
    await page.getByRole('link', { name: 'Something else, a note, or our waiting list' }).click();
    await look('3-no');
    await page.getByRole('button', { name: 'Send our answer' }).click();
    await look('4-no-error');
    await page.getByRole('link', { name: 'Select why you cannot help this time' }).click();
    await page.getByLabel('We are full').check();
    await page.getByLabel('4 weeks').check();
    await page.getByRole('button', { name: 'Send our answer' }).click();
    expect(await heading()).toBe('Thank you for telling us');
    await look('5-no-said');
    await page.getByRole('button', { name: 'Take our answer back' }).click();
    await page.getByRole('link', { name: 'Talk first' }).click();
    await look('6-talk');
    await page.getByRole('button', { name: 'Please ring us' }).click();
    await look('7-talking');
    await page.getByRole('link', { name: 'Something else, a note, or our waiting list' }).click();
    await page.getByRole('button', { name: 'Put Grace on our waiting list' }).click();
    expect(await heading()).toBe('Grace is on your waiting list');
    await look('7-waiting');
  });

  it('says who came and how it went, and that the end was seen', async () => {
    await offered();
    await page.goto(await mailed());
    await page.getByRole('button', { name: 'Yes, we can help' }).click();
    await page.getByRole('button', { name: 'Yes, we have been in touch' }).click();
    await page.getByRole('link', { name: 'Another day' }).click();
    await look('8-came');
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'They came', exact: true }).click();
    expect(await page.textContent('main')).toContain('Monday 23 November: Came');
    await look('9-started');
    await page.getByRole('link', { name: 'It has come to an end' }).click();
    await look('10-finish');
    await page.getByLabel('They carry on coming by themselves').check();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await heading()).toBe('Grace carries on with your group');
    await look('11-carries-on');
    await page.getByRole('button', { name: 'Take our answer back' }).click();
    await page.getByRole('link', { name: 'It has come to an end' }).click();
    await page.getByLabel('It came to its end as planned').check();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await heading()).toBe('Please do not contact Grace again');
    await look('11-ended');
    await page.getByRole('button', { name: 'I have seen this' }).click();
    await look('12-seen');
  });

  it('enters a code at a shared address, says that it worries, and leaves', async () => {
    group = await aGroup(scheme, {
      provider: { contactEmail: 'all@example.org', contactShared: true, answersBy: 'email' },
    });
    await offered();
    await page.goto(await mailed());
    await page.getByRole('button', { name: 'Yes, we can help' }).click();
    await look('13-code-wanted');
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByLabel('Code').fill('12');
    await page.getByRole('button', { name: 'Continue' }).click();
    await look('14-code-wrong');
    await page.getByRole('link', { name: 'Tell us you are worried' }).click();
    await look('15-worried');
    await page.getByRole('button', { name: 'I am worried. Please ring me' }).click();
    await look('16-rings-you');
    await page.getByRole('link', { name: 'I no longer help here' }).click();
    await look('17-leave');
    const link = page.url();
    await page.getByRole('button', { name: 'I no longer help here' }).click();
    await look('18-left');
    await page.goto(link);
    await look('19-gone');
    await page.getByRole('button', { name: 'Send me a new link' }).click();
    await look('20-sent');
  });

  it('looks at what people are told about the group, says that it is right, and that it is full', async () => {
    await betony.get(ReplyLinks).askFor({ channel: 'email', to: 'mo@example.org' });
    await settle(betony);
    const letter = (await filedMail(betony.config.dataDir)).at(-1)!.text!;
    await page.goto(`${address}${/https:\/\/[^/]+(\/reply\/\S+)/.exec(letter)?.[1] ?? ''}`);
    expect(await heading()).toBe('Is this still right?');
    await look('23-listing');
    await page.getByRole('button', { name: 'Yes, all correct' }).click();
    await look('24-listing-thanks');
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('link', { name: 'We are full for now' }).click();
    await look('25-listing-full');
    await page.getByRole('button', { name: 'Save' }).click();
    await look('26-listing-full-error');
    await page.getByLabel('2 weeks').check();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.content()).toContain('Full until');
    await page.goto(`${address}/reply`);
    await look('27-ask');
    await page.getByRole('button', { name: 'Send me a new link' }).click();
    await look('28-ask-error');
  });

  it('hears that the time has passed, says yes all the same, and is thanked', async () => {
    const id = await offered();
    const link = await mailed();
    betony.clock.advance({ days: 20 });
    await betony.get(OnwardAnswers).expire(scheme.id, id);
    await page.goto(link);
    expect(await heading()).toBe('We did not hear back');
    await look('21-expired');
    await page.getByRole('button', { name: 'We can still help' }).click();
    expect(await heading()).toMatch(/^Thank you, \w+ will ring$/);
    await look('22-late-yes');
  });

  it('says who came to a session, by the link about the service', async () => {
    // An address that no group of the tests before has, since whoever asks is sent the links of every one.
    group = await aGroup(scheme, {
      provider: { name: 'Saltwick walkers', contactEmail: 'walkers@example.org', answersBy: 'email' },
      listing: { name: 'Monday walk' },
    });
    await anOffer(
      scheme,
      await aCase(scheme, { person: { firstName: 'Grace', lastName: 'Okafor', knownAs: null } }),
      group,
    ).accepted();
    await betony.get(ReplyLinks).askFor({ channel: 'email', to: 'walkers@example.org' });
    await settle(betony);
    const letter = (await filedMail(betony.config.dataDir)).at(-1)!.text!;
    const links = [...letter.matchAll(/https:\/\/[^/]+(\/reply\/[\w-]{43})\n/g)];
    await page.goto(`${address}${links.at(-1)![1]!}`);
    await page.getByRole('link', { name: 'Say who came to a session' }).click();
    await look('29-session');
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await heading()).toBe('Who came?');
    bytes = 0;
    await page.reload();
    await look('30-register');
    await page.getByRole('button', { name: 'Finish' }).click();
    await look('31-register-error');
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    await page.getByLabel('Grace').selectOption('Did not come, and let us know');
    await page.getByRole('button', { name: 'Save, and go on later' }).click();
    expect(await page.content()).toContain('Saved. You can come back');
    await page.getByRole('button', { name: 'Finish' }).click();
    expect(await page.content()).toContain('This is finished');
    await look('32-register-final');
    expect(elsewhere).toEqual([]);
  });
});
