import sql from 'sql-template-tag';
import { anNhsNumber } from '../../factories/clients.js';
import { inScheme } from '../../factories/onward.js';
import { aListing, aPostcode, aProvider } from '../../factories/providers.js';
import { statementsOf } from '../../support/count-queries.js';
import { aPageBrowser, type PageBrowser } from '../../support/pages.js';
import { anOrganisation, aScheme, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const THURSDAY = [{ day: 'thursday', from: '12:00', to: '14:00', every: 'week' }] as const;

describe('pages for anybody', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let visitor: PageBrowser;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    visitor = aPageBrowser(betony);
  });
  afterAll(() => betony.stop());

  describe('finding a group', () => {
    const find = async (answers: Record<string, string>) => {
      const answer = await visitor.send(`/find/${scheme.id}`, answers);
      return {
        status: answer.statusCode,
        body: answer.body,
        names: [...answer.body.matchAll(/services\/[\w-]{36}">([^<]+)</g)].map(([, name = '']) => name),
      };
    };

    it('shows what is published for everybody, and nothing else', async () => {
      const organisation = await aProvider(scheme, { name: 'St Mary’s' });
      const listing = (name: string, more: object = {}) =>
        aListing(scheme, { name, publishable: true, ...more }).by(organisation);
      await listing('Friday lunch', { needs: ['food'], cost: 'free' });
      await listing('Thursday singing', { needs: ['loneliness'], schedule: [...THURSDAY], cost: 'paid' });
      await listing('Not yet').inDraft();
      await listing('Gone').closed();
      await listing('Resting', { cost: 'paid' }).paused();
      await aListing(scheme, { name: 'Kept to ourselves', publishable: false }).by(organisation);
      await listing('A refuge', { needs: ['housing', 'domestic_difficulty'] });
      await listing('Helper wanted', { volunteerRole: true });
      await aListing(await aScheme(betony), { name: 'Elsewhere', publishable: true });

      expect((await find({})).names).toEqual(['Friday lunch', 'Resting', 'Thursday singing']);
      expect((await find({ need: 'food' })).names).toEqual(['Friday lunch']);
      expect((await find({ day: 'thursday' })).names).toEqual(['Thursday singing']);
      expect((await find({ only: 'free' })).names).toEqual(['Friday lunch']);
      expect((await find({ text: 'singing' })).names).toEqual(['Thursday singing']);
      const none = await find({ text: 'skydiving' });
      expect([none.status, none.names, none.body.includes('No groups found')]).toEqual([200, [], true]);
    });

    it('forgives spelling, by the words of what is public alone', async () => {
      await aListing(scheme, { name: 'Lunch club', publishable: true, needs: ['food'] });
      await aListing(scheme, { name: 'Gardening', publishable: true });
      await aListing(scheme, { name: 'Pottery', publishable: false });
      expect((await find({ text: 'lunhc' })).names).toEqual(['Lunch club']);
      const garden = await find({ text: 'gardning' });
      expect([garden.names, garden.body.includes('Shown for “gardening”')]).toEqual([['Gardening'], true]);
      expect((await find({ text: 'gardning', need: 'food' })).names).toEqual([]);
      const secret = await find({ text: 'potery' });
      expect([secret.names, secret.body.includes('pottery')]).toEqual([[], false]);
    });

    it('puts the nearest first, and tells no place that is withheld', async () => {
      await aPostcode(scheme, 'CO97 9ZZ', 51.79, 1.15);
      const near = { publishable: true, postcode: 'CO97 9ZZ', latitude: 51.79, longitude: 1.15 };
      await aListing(scheme, { name: 'B far', ...near, latitude: 51.86 });
      await aListing(scheme, { name: 'C near', ...near });
      const kept = await aListing(scheme, {
        name: 'A withheld',
        ...near,
        address: '1 Hidden Lane',
        withholdLocation: true,
      });
      const found = await find({ postcode: 'co979zz' });
      expect(found.names).toEqual(['C near', 'B far', 'A withheld']);
      expect(found.body.match(/Miles away: [\d.]+/g)).toEqual(['Miles away: 0', 'Miles away: 4.8']);
      // What keeps its place to itself is not told to be within so many miles either.
      expect((await find({ postcode: 'co979zz', withinMiles: '2' })).names).toEqual(['C near']);
      expect((await find({ withinMiles: '2' })).body).toContain('href="#postcode"');
      const { body, statusCode } = await visitor.open(`/find/${scheme.id}/services/${kept}`);
      expect([statusCode, body.includes('A withheld')]).toEqual([200, true]);
      expect(body).not.toMatch(/Hidden Lane|CO97/);
    });

    it('finds by what it takes to come: places, a way in, language, whom it is for', async () => {
      const listing = (name: string, more: object) => aListing(scheme, { name, publishable: true, ...more });
      await listing('Come along', { placesKind: 'drop_in', access: ['step_free'], languages: ['pl'] });
      const full = await listing('Full', { placesKind: 'drop_in', forWhom: 'women', setting: 'religious' });
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update listing set full_until = '2027-01-08' where scheme_id = ${scheme.id} and id = ${full}`),
      );
      const all = await find({});
      expect(all.names).toEqual(['Come along', 'Full']);
      expect(all.body).toContain('<strong>Just come along</strong>');
      expect(all.body).toContain('How to join: Just come along');
      expect(all.body).toContain('<strong>Full until 8 January 2027</strong> · For women only');
      expect((await find({ only: 'hasPlaces' })).names).toEqual(['Come along']);
      expect((await find({ access: 'step_free' })).names).toEqual(['Come along']);
      expect((await find({ language: 'pl' })).names).toEqual(['Come along']);
      expect((await find({ forWhom: 'women' })).names).toEqual(['Full']);
      expect((await find({ setting: 'religious' })).names).toEqual(['Full']);
    });

    it('tells nobody of one that is not for everybody', async () => {
      const secret = await aListing(scheme, { publishable: false });
      const closed = await aListing(scheme, { publishable: true }).closed();
      const open = await aListing(await aScheme(betony), { publishable: true });
      for (const id of [secret, closed, open]) {
        expect((await visitor.open(`/find/${scheme.id}/services/${id}`)).statusCode).toBe(404);
      }
      expect((await visitor.open('/find/no-such-scheme')).statusCode).toBe(404);
    });

    it('says what is wrong with a postcode, and keeps the rest', async () => {
      const answer = await find({ postcode: 'nowhere', text: '<b>tea' });
      expect(answer.status).toBe(422);
      expect(answer.body).toContain('href="#postcode"');
      expect(answer.body).toContain('&lt;b&gt;tea');
      expect(answer.body).not.toContain('<b>tea');
    });

    it('is small, asks little, runs nothing and stands in no index', async () => {
      for (let n = 0; n < 22; n += 1) {
        await aListing(scheme, { name: `Group ${String(n).padStart(2, '0')}`, publishable: true });
      }
      const first = await visitor.open(`/find/${scheme.id}`);
      expect(first.body).not.toContain('[object');
      const css = /href="(\/styles\/[^"]+)"/.exec(first.body)?.[1] ?? '';
      const style = await visitor.open(css);
      const answer = await visitor.send(`/find/${scheme.id}`, { need: 'loneliness' });
      expect(answer.body).toContain('Groups found: 22');
      expect(answer.body).toContain('Page 1 of 2');
      const second = await find({ need: 'loneliness', page: '2' });
      expect([second.names, second.body.includes('name="page" value="1"')]).toEqual([
        ['Group 20', 'Group 21'],
        true,
      ]);
      expect(answer.body).not.toContain('<script');
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(answer.rawPayload.length + style.rawPayload.length).toBeLessThan(60_000);
      const queries = await statementsOf(() =>
        betony.inject({
          method: 'POST',
          url: `/find/${scheme.id}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: 'need=loneliness',
        }),
      );
      expect(queries.length).toBeLessThanOrEqual(3);
    });
  });

  describe('asking for support', () => {
    const answers = (changes: Record<string, string> = {}): Record<string, string> => ({
      couldComeToHarm: 'no',
      'client.firstName': 'Grace',
      'client.lastName': 'Okafor',
      'client.dateOfBirth.day': '2',
      'client.dateOfBirth.month': '3',
      'client.dateOfBirth.year': '1951',
      'client.nhsNumber': '',
      'client.phone': '07700 900123',
      'client.safeToCall': 'yes',
      reasons: 'loneliness',
      note: 'I would like to sing again',
      agreed: 'yes',
      ...changes,
    });
    const send = (changes: Record<string, string> = {}) =>
      visitor.send(`/self-referral/${scheme.id}`, answers(changes));
    const sentOnes = () =>
      rowsOf<{ state: string; route: string }>(
        scheme,
        sql`select state, route from referral where scheme_id = ${scheme.id}`,
      );

    it('is heard once, however often it is clicked, and gives a reference', async () => {
      const said = {
        _key: 'one-click',
        'client.interpreter': 'professional',
        'client.accessNeeds': 'step_free',
        'client.accessNote': 'A chair with arms',
      };
      const [one, two] = [await send(said), await send(said)];
      expect([one.statusCode, two.headers.location]).toEqual([303, one.headers.location]);
      expect(await sentOnes()).toEqual([{ state: 'sent', route: 'self' }]);
      const [person] = await rowsOf(
        scheme,
        sql`select interpreter, access_needs as needs, access_note as note from client where scheme_id = ${scheme.id}`,
      );
      expect(person).toEqual({
        interpreter: 'professional',
        needs: ['step_free'],
        note: 'A chair with arms',
      });
      const { body } = await visitor.open(String(one.headers.location));
      expect(body).toMatch(/Your reference is <strong>[0-9B-Z]{4}-[0-9B-Z]{4}</);
    });

    it('stops where somebody could come to harm, and keeps what was typed', async () => {
      // Whatever else is missing: this comes first.
      const answer = await send({ couldComeToHarm: 'yes', 'client.lastName': '', agreed: '' });
      expect([answer.statusCode, answer.body.includes('Get help now')]).toEqual([422, true]);
      for (const number of ['999', '111', '116123']) expect(answer.body).toContain(`href="tel:${number}"`);
      expect(answer.body).not.toContain('There is a problem');
      expect(answer.body).toContain('name="note" value="I would like to sing again"');
      const back = await visitor.send(`/self-referral/${scheme.id}`, { ...answers(), _again: 'yes' });
      expect([back.statusCode, back.body.includes('I would like to sing again')]).toEqual([200, true]);
      expect(await sentOnes()).toEqual([]);
    });

    it('counts nobody as having sent who was stopped, or went back to what they typed', async () => {
      const from = (body: Record<string, string>) =>
        betony.inject({
          method: 'POST',
          url: `/self-referral/${scheme.id}`,
          remoteAddress: '192.0.2.19',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: new URLSearchParams(body).toString(),
        });
      for (let time = 0; time < 11; time += 1) {
        expect([time, (await from(answers({ couldComeToHarm: 'yes' }))).statusCode]).toEqual([time, 422]);
        expect([time, (await from({ ...answers(), _again: 'yes' })).statusCode]).toEqual([time, 200]);
      }
      for (let time = 0; time < 10; time += 1) {
        expect([time, (await from(answers({ agreed: '' }))).statusCode]).toEqual([time, 422]);
      }
      expect((await from(answers({ agreed: '' }))).statusCode).toBe(429);
    });

    it.each([
      ['no agreement', { agreed: '', couldComeToHarm: '' }, '#agreed'],
      ['no way to reach them', { 'client.phone': '' }, '#client.phone'],
      ['nothing that would help', { reasons: '' }, '#reasons'],
      ['no month', { 'client.dateOfBirth.month': '14' }, '#client.dateOfBirth'],
      ['a wrong NHS number', { 'client.nhsNumber': `${anNhsNumber().slice(0, 9)}x` }, '#client.nhsNumber'],
    ])('with %s says so and sends nothing', async (_what, changes, at) => {
      const answer = await send(changes);
      expect([answer.statusCode, answer.body.includes(`href="${at}"`)]).toEqual([422, true]);
      expect(answer.body).toContain('Okafor');
      expect(answer.body).not.toMatch(/true or false|Enter text|Give a list|2026-11-21/);
      expect(await sentOnes()).toEqual([]);
    });

    it('tells somebody under 18 where to turn, and takes a parent’s word for them', async () => {
      // Ten an hour may come from one address, and the others have used them.
      const sendFrom = (changes: Record<string, string>) =>
        betony.inject({
          method: 'POST',
          url: `/self-referral/${scheme.id}`,
          remoteAddress: '192.0.2.18',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: new URLSearchParams(answers(changes)).toString(),
        });
      const young = { 'client.dateOfBirth.year': '2011' };
      const alone = await sendFrom(young);
      expect(alone.statusCode).toBe(422);
      expect(alone.body).toContain('You cannot ask alone before you are 18');
      expect(alone.body).toContain('href="tel:08001111"');
      expect(alone.body).not.toContain('competent');
      const parent = { ...young, 'client.underAgeBasis': 'parental_responsibility' };
      const unnamed = await sendFrom(parent);
      expect([unnamed.statusCode, unnamed.body.includes('href="#typedBy"')]).toEqual([422, true]);
      expect(await sentOnes()).toEqual([]);
      expect((await sendFrom({ ...parent, typedBy: 'Ann Okafor' })).statusCode).toBe(303);
      const [kept] = await rowsOf(
        scheme,
        sql`select basis, decided_by as by from agreement where scheme_id = ${scheme.id}`,
      );
      expect(kept).toEqual({ basis: 'parental_responsibility', by: 'Ann Okafor' });
    });

    it('is not there where a scheme has switched it off, nor offered by its finder', async () => {
      scheme = await aScheme(betony, { selfReferral: false });
      expect((await visitor.open(`/self-referral/${scheme.id}`)).statusCode).toBe(404);
      expect((await visitor.open(`/find/${scheme.id}`)).body).not.toContain('/self-referral');
      expect((await send()).statusCode).toBe(404);
    });
  });

  describe('what is kept of people', () => {
    const notice = async (address: string) => {
      const { body, statusCode } = await visitor.open(address);
      return { statusCode, text: body.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ') };
    };

    it('is told by each scheme for itself: whom to ask, and for how many years', async () => {
      scheme = await aScheme(betony, { retentionYears: 11 });
      const host = await anOrganisation(scheme, 'host');
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update organisation set phone = '+441632960100' where scheme_id = ${scheme.id} and id = ${host}`),
      );
      const { statusCode, text } = await notice(`/privacy/people/${scheme.id}`);
      expect(statusCode).toBe(200);
      expect(text).toContain('after the last thing that happened with you: 11.');
      expect(text).toContain('or ring us on 01632 960100');
      expect(text).toMatch(/articles 6\(1\)\(e\) and 9\(2\)\(h\).*Object to what we do.*ico\.org\.uk/);
      expect((await notice('/privacy/people/no-such-scheme')).statusCode).toBe(404);
    });

    it('stands before the agreement it belongs to, and on a person’s own page', async () => {
      const { body } = await visitor.open(`/self-referral/${scheme.id}`);
      expect(body.indexOf(`/privacy/people/${scheme.id}`)).toBeGreaterThan(0);
      expect(body.indexOf(`/privacy/people/${scheme.id}`)).toBeLessThan(body.indexOf('name="agreed"'));
      expect((await visitor.open('/my/enter')).body).toContain('href="/privacy/people"');
    });
  });

  it('ask whose they are where there are several schemes, and are one click from the front page', async () => {
    const { body } = await visitor.open('/desk/sign-in');
    expect((await visitor.open('/privacy/people')).body).toContain('href="/privacy/people/');
    for (const address of ['/find', '/self-referral']) {
      expect(body).toContain(`href="${address}"`);
      const answer = await visitor.open(address);
      expect([answer.statusCode, answer.body.includes(`href="${address}/`)]).toEqual([200, true]);
    }
  });
});
