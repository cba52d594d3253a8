import type { Browser, BrowserContext, Page } from 'playwright-core';
import { HandoversService } from '../../src/caseload/handovers.service.js';
import { PlansService } from '../../src/caseload/plans.service.js';
import { aCase, aGroup, anOffer, type TestCase } from '../factories/onward.js';
import { aReferral } from '../factories/referrals.js';
import { aBrowser } from '../support/browser.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const browser: Browser | null = await aBrowser();
if (!browser) process.stderr.write('No browser starts here: paper is skipped. Set CHROMIUM_PATH.\n');

/** A4 between margins of 1 cm, in the pixels of a page: 19 cm. */
const WIDE = 718;

const MARGIN = { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' };

/** What reaches beyond the paper, and boxes that hold more than they show. */
const LOST = `[...document.querySelectorAll('main *')].filter((one) => one.checkVisibility()).flatMap((one) => {
  const { right, width } = one.getBoundingClientRect();
  const hidden = one.closest('.nhsuk-u-visually-hidden, thead');
  if (hidden || width === 0) return [];
  const cut = getComputedStyle(one).overflow !== 'visible' && one.scrollWidth > one.clientWidth + 2;
  return right > document.documentElement.clientWidth + 1 || cut ? [one.outerHTML.slice(0, 160)] : [];
})`;

(browser ? describe : describe.skip)('on paper', () => {
  let betony: TestApp;
  let address: string;
  let scheme: TestScheme;
  let sam: TestMember;
  let mo: TestMember;
  let priya: TestMember;
  let grace: TestCase;
  let sent: string;
  let handover: string;
  let rose: TestMember;
  let context: BrowserContext;

  beforeAll(async () => {
    betony = await startApp();
    await betony.app.listen(0, '127.0.0.1');
    address = await betony.app.getUrl();
    context = await browser!.newContext({
      viewport: { width: WIDE, height: 1000 },
      javaScriptEnabled: false,
    });
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    mo = await aMember(scheme, 'scheme_manager');
    priya = await aMember(scheme, 'referrer');
    grace = await aCase(scheme, {
      worker: sam,
      person: { firstName: 'Grace', lastName: 'Okafor-Featherstonehaugh', phone: '07700 900123' },
    });
    sent = (await aReferral(scheme).from(priya)).id;
    const kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
    const made = await betony.get(HandoversService).make(mo.actor, {
      fromId: sam.actor.membershipId,
      effectiveOn: '2026-11-30',
      referrals: [{ referralId: grace.referralId, toId: kim.actor.membershipId }],
    });
    handover = `/desk/handovers/${made}`;
    const goals = [
      { words: 'Singing again in Zusammengehörigkeitsgefühl, as every Friday', importance: 8 },
      { words: 'To sleep through', importance: 6 },
    ];
    await betony.get(PlansService).make(sam.actor, grace.referralId, { goals });
    const group = await aGroup(scheme);
    rose = group.member;
    await anOffer(scheme, grace, group);
  });
  afterAll(async () => {
    await browser!.close();
    await betony.stop();
  });

  const windowOf = async (who: TestMember): Promise<Page> => {
    const [name = '', value = ''] = who.browser.cookie.split(/=(.*)/s);
    await context.clearCookies();
    await context.addCookies([{ name, value, url: address.replace('http:', 'https:') }]);
    return context.newPage();
  };

  /** Nothing cut off, on so many pages at most. */
  const fits = async (page: Page, most: number): Promise<void> => {
    expect(await page.evaluate(LOST)).toEqual([]);
    const file = (await page.pdf({ format: 'A4', margin: MARGIN })).toString('latin1');
    const pages = file.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(0);
    expect(pages).toBeLessThanOrEqual(most);
  };

  it.each<[string, () => TestMember, () => string, number]>([
    ['the slip for a person', () => priya, () => `/desk/referrals/${sent}/slip`, 1],
    ['the slip, right to left', () => priya, () => `/desk/referrals/${sent}/slip?lang=ar`, 1],
    ['our referrals', () => priya, () => '/desk/referrals?print=1', 1],
    ['the plan in large type', () => sam, () => `/desk/people/${grace.clientId}/plan?print=1`, 1],
    ['what matters, written', () => sam, () => `/desk/people/${grace.clientId}/conversation?print=1`, 4],
    [
      'what matters, a blank sheet',
      () => sam,
      () => `/desk/people/${grace.clientId}/conversation?print=blank`,
      4,
    ],
    ['groups kept in mind', () => sam, () => `/desk/referrals/${grace.referralId}/shortlist?print=1`, 1],
    ['a caseload', () => sam, () => '/desk/caseload?print=1', 1],
    [
      'a caseload for whoever covers',
      () => mo,
      () => `/desk/caseload/sheet?worker=${sam.actor.membershipId}`,
      1,
    ],
    ['those who are handed over', () => mo, () => `${handover}/sheet`, 1],
    ['the day', () => sam, () => '/desk/today?print=1', 1],
    ['questionnaires', () => sam, () => `/desk/people/${grace.clientId}/questionnaires?print=1`, 2],
    ['the calendar', () => sam, () => '/desk/calendar?print=1', 1],
    ['who takes over', () => mo, () => '/desk/handovers?print=1', 1],
    ['a manager’s report', () => mo, () => '/desk/overview?print=1', 6],
    [
      'a questionnaire to fill in',
      () => sam,
      () => `/desk/referrals/${grace.referralId}/questionnaires/ons4?print=1`,
      2,
    ],
    ['the plan in their language', () => sam, () => `/desk/people/${grace.clientId}/plan/copy?lang=pl`, 1],
    [
      'the plan in their language, right to left',
      () => sam,
      () => `/desk/people/${grace.clientId}/plan/copy?lang=ur`,
      1,
    ],
    ['a group’s folder', () => rose, () => '/desk/group/folder?names=first', 1],
  ])('%s fits A4, with nothing cut off', async (_what, who, url, most) => {
    const page = await windowOf(who());
    await page.emulateMedia({ media: 'print' });
    const answer = await page.goto(address + url());
    expect([url(), answer?.status()]).toEqual([url(), 200]);
    await fits(page, most);
    // No way through the product is of use on paper.
    expect(await page.locator('.betony-nav, .betony-header__who').filter({ visible: true }).count()).toBe(0);
    await page.close();
  });

  it('those who are chosen fit A4, a page each at most', async () => {
    const page = await windowOf(sam);
    await page.goto(`${address}/desk/caseload`);
    await page.locator('input[name=row]').first().check();
    await page.getByRole('button', { name: 'Print those chosen' }).click();
    await page.emulateMedia({ media: 'print' });
    expect(await page.title()).toContain('Caseload: 1 chosen');
    expect(await page.locator('main').textContent()).toContain('Okafor-Featherstonehaugh');
    await fits(page, 1);
    await page.close();
  });
});
