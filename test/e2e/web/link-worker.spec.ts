import sql from 'sql-template-tag';
import { aCase } from '../../factories/caseload.js';
import { aPerson } from '../../factories/clients.js';
import { aReferral, theManager } from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('the pages of a link worker', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro', triages: true });
  });
  afterAll(() => betony.stop());

  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await betony.inject({ url, headers: { cookie: who.browser.cookie } });
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body;
  };
  const status = async (url: string, who = sam): Promise<number> =>
    (await betony.inject({ url, headers: { cookie: who.browser.cookie } })).statusCode;
  const send = (url: string, body: Record<string, string>, who = sam) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
  const stateOf = async (id: string) =>
    (
      await rowsOf<{ state: string; owner_id: string | null; client_id: string }>(
        scheme,
        sql`select state, owner_id, client_id from referral where scheme_id = ${scheme.id} and id = ${id}`,
      )
    )[0];
  const namesIn = (body: string): string[] =>
    [...body.matchAll(/<a href="\/desk\/[a-z]+\/[0-9a-f-]{36}">([^<]+)<\/a>/g)].map(
      (found) => found[1] ?? '',
    );

  describe('the caseload', () => {
    it('counts each tab, shows the next date first and says in words what is late', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' }).due('2026-12-04');
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' }).begun().due('2026-11-19');
      await aCase(scheme, sam).person({ firstName: 'Cy', lastName: 'Away' }).onHold();
      const body = await page('/desk/caseload');
      expect(body).toMatch(/<title>Caseload \(3\)/);
      expect(body).toContain('3 of at most 40');
      expect(namesIn(body)).toEqual(['Ben Talks', 'Ada Waits', 'Cy Away']);
      expect(body).toContain('4 days late');
      expect(body.replace(/\s+/g, ' ')).toContain('Waiting for first contact (1)');
      const waiting = await page('/desk/caseload?state=allocated');
      expect(namesIn(waiting)).toEqual(['Ada Waits']);
      expect(waiting).toMatch(/href="\/desk\/caseload\?state=allocated" aria-current="true"/);
    });

    it('can be narrowed by what people want help with and by lateness, and says so when nobody is left', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' }).begun().due('2026-11-19');
      expect(namesIn(await page('/desk/caseload?reason=loneliness&overdue=true&state='))).toEqual([
        'Ben Talks',
      ]);
      const none = await page('/desk/caseload?reason=housing');
      expect(none).toContain('No one matches these filters');
      expect(none).toContain('<option value="housing" selected>');
      expect(await status('/desk/caseload?reason=money')).toBe(422);
    });

    it('leads to a next page under the same filters', async () => {
      for (let n = 0; n < 3; n++) await aCase(scheme, sam);
      const first = await page('/desk/caseload?limit=2&reason=loneliness');
      const next = /<a href="([^"]+)">Next page/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect(next).toContain('reason=loneliness');
      expect(namesIn(await page(next))).toHaveLength(1);
    });

    it('is empty with a way on, and of a colleague out of reach', async () => {
      expect(await page('/desk/caseload')).toContain('Nobody is in this caseload yet');
      const kim = await aMember(scheme, 'link_worker');
      expect(await status(`/desk/caseload?worker=${kim.actor.membershipId}`)).toBe(404);
    });

    it('shows a manager everybody’s, and whose each is', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const body = await page('/desk/caseload', await theManager(scheme));
      expect(namesIn(body)).toEqual(['Ada Waits']);
      expect(body).toContain('Sam Okoro');
    });
  });

  describe('new referrals', () => {
    it('shows who waits, how long and from where, and nothing to those who do not triage', async () => {
      betony.clock.set('2026-11-20T10:00:00Z');
      const { id } = await aReferral(scheme).about({ firstName: 'Ada', lastName: 'Waits' });
      betony.clock.set(TEST_NOW);
      const body = await page('/desk/triage');
      expect(namesIn(body)).toEqual(['Ada Waits']);
      expect(body).toContain('3 days');
      expect(body).toContain(`/desk/triage/${id}`);
      const kim = await aMember(scheme, 'link_worker');
      expect(await page('/desk/triage', kim)).toContain('those who work the triage queue');
      expect(await status(`/desk/triage/${id}`, kim)).toBe(404);
      expect(await page('/desk/triage?state=accepted')).toContain('Clear filters');
    });

    it('is taken on in one click and given in another', async () => {
      const { id } = await aReferral(scheme);
      const accepted = await send(`/desk/triage/${id}/accept`, {});
      expect([accepted.statusCode, accepted.headers.location]).toEqual([303, `/desk/triage/${id}`]);
      const body = await page(`/desk/triage/${id}`);
      expect(body).toContain('Sam Okoro: room for 40');
      const given = await send(`/desk/triage/${id}/allocate`, { workerId: sam.actor.membershipId });
      expect(given.headers.location).toBe('/desk/triage');
      expect(await stateOf(id)).toMatchObject({ state: 'allocated', owner_id: sam.actor.membershipId });
    });

    it('shows side by side who it may be, and joins it to them or keeps them apart', async () => {
      const person = aPerson();
      const { lastName, firstName, dateOfBirth } = person;
      const known = await aReferral(scheme).about(person).accepted().allocatedTo(sam).closed();
      const hospice = await aMember(scheme, 'referrer', {
        organisation: await anOrganisation(scheme, 'hospice'),
      });
      const like = { lastName, firstName, dateOfBirth, nhsNumber: null };
      const first = await aReferral(scheme).from(hospice).about(like);
      const body = await page(`/desk/triage/${first.id}`);
      expect(body).toContain('Likely the same person');
      expect(body).toContain('I have looked, and these are other people');
      const hasty = await send(`/desk/triage/${first.id}/accept`, {});
      expect(hasty.statusCode).toBe(409);
      expect(hasty.body).toContain('That was not done');
      expect((await stateOf(first.id))?.state).toBe('sent');
      await send(`/desk/triage/${first.id}/accept`, { sameAs: known.clientId });
      expect(await stateOf(first.id)).toMatchObject({ state: 'accepted', client_id: known.clientId });

      const second = await aReferral(scheme).from(hospice).about(like).saying({ differentPerson: true });
      const open = await send(`/desk/triage/${second.id}/accept`, { sameAs: known.clientId });
      expect(open.statusCode).toBe(409);
      expect(open.body).toContain('Join it to their open referral');
      await send(`/desk/triage/${second.id}/join`, { into: first.id });
      expect((await stateOf(second.id))?.state).toBe('joined');

      const third = await aReferral(scheme).from(hospice).about(like).saying({ differentPerson: true });
      await send(`/desk/triage/${third.id}/accept`, { notTheSameAs: known.clientId });
      expect(await stateOf(third.id)).toMatchObject({ state: 'accepted', client_id: third.clientId });
    });

    it('goes back with what is missing, keeping what was typed until it can', async () => {
      const { id } = await aReferral(scheme);
      expect(await page(`/desk/triage/${id}/return`)).toContain('What should they do?');
      const wrong = await send(`/desk/triage/${id}/return`, { message: 'Which <number>?' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('Which &lt;number&gt;?');
      expect(wrong.body).toContain('href="#missing"');
      const answer = await send(`/desk/triage/${id}/return`, {
        missing: 'contact_details',
        message: 'A number',
      });
      expect(answer.statusCode).toBe(303);
      expect(await page(`/desk/triage/${id}`)).toContain('How to reach them: A number');
    });

    it('is declined with a reason, and for another one with whose side it was on', async () => {
      const { id } = await aReferral(scheme);
      const wrong = await send(`/desk/triage/${id}/decline`, { reason: 'other', note: 'Kept' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#side"');
      expect(wrong.body).toContain('Kept');
      await send(`/desk/triage/${id}/decline`, { reason: 'other', side: 'scheme' });
      expect((await stateOf(id))?.state).toBe('declined');
    });
  });
});
