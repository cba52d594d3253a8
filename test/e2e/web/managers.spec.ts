import { aCase } from '../../factories/caseload.js';
import { aReferral } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('the pages of those who run a scheme', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let mo: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    mo = await aMember(scheme, 'scheme_manager', { name: 'Mo Rahman' });
  });
  afterAll(() => betony.stop());

  const ask = (url: string, who = mo) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who = mo): Promise<string> => {
    const answer = await ask(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  /** What a card of the overview says: its number and its words. */
  const card = (body: string, title: string): string[] => {
    const [, rest = ''] = body.split(new RegExp(`<h2 class="betony-figures__title">(?:<a [^>]+>)?${title}<`));
    return [...(rest.split('</li>')[0] ?? '').matchAll(/<p [^>]+>([^<]*)</g)].map(([, text = '']) =>
      text.trim(),
    );
  };

  describe('the overview', () => {
    it('is where managers and commissioners begin', async () => {
      const clare = await aMember(scheme, 'commissioner');
      for (const who of [mo, clare]) {
        const answer = await ask('/desk', who);
        expect([answer.statusCode, answer.headers.location]).toEqual([303, '/desk/overview']);
      }
    });

    it('says in words what each number means, and leads a manager to those it counts', async () => {
      const sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      betony.clock.set('2026-11-02T10:00:00Z');
      await aReferral(scheme);
      betony.clock.set(TEST_NOW);
      await aReferral(scheme);
      await aCase(scheme, sam).begun();
      const body = await page('/desk/overview');
      expect(card(body, 'Referrals received')).toEqual(['3', '3 more than in the time before.']);
      expect(card(body, 'Waiting now')).toEqual(['2', '1 of them for more than 10 days.']);
      expect(card(body, 'Days to first contact')).toEqual(['–', 'Nobody has been reached yet.']);
      expect(card(body, 'Open now')).toEqual(['3', '1 in touch with a link worker, or on hold.']);
      expect(body).toContain('href="/desk/triage">Waiting now');
      expect(body).toContain(`href="/desk/caseload?worker=${sam.actor.membershipId}">Sam Okoro`);
      expect(body).toContain('aria-current="true">Since 1 October 2026');
      for (const [, href = ''] of body.matchAll(/__title"><a href="([^"]+)"/g)) await page(href);
    });

    it('shows a commissioner whole quarters, no small number and nobody', async () => {
      const clare = await aMember(scheme, 'commissioner');
      await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
      await aReferral(scheme);
      const body = await page('/desk/overview', clare);
      expect(body).toContain('aria-current="true">July to September 2026');
      expect(card(body, 'Waiting now')).toEqual([
        'Not shown',
        'So few that somebody could be worked out from it.',
      ]);
      expect(body).not.toContain('Sam Okoro');
      expect(body).not.toContain('/desk/triage');
      expect((await ask('/desk/overview?from=2026-10-01&to=2026-11-23', clare)).statusCode).toBe(422);
    });

    it('has nothing to say of a scheme that begins, and says so', async () => {
      const body = await page('/desk/overview');
      expect(card(body, 'Waiting now')).toEqual(['0', 'Nobody is waiting.']);
      expect(card(body, 'Days to first contact')).toEqual(['–', 'Nobody has been reached yet.']);
      expect(body).toContain('There is no link worker yet.');
      expect(await page('/desk/with-groups')).toContain('Nobody is with a group at the moment.');
    });
  });
});
