import sql from 'sql-template-tag';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { aCase, aGroup, agreement, anOffer, type TestCase, type TestGroup } from '../../factories/onward.js';
import { changeRow, inScheme } from '../../factories/episodes.js';
import { aListing, aPostcode } from '../../factories/providers.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;

describe('finding a group and referring to it', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: TestCase;
  let lunch: TestGroup;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    lunch = await aGroup(scheme, {
      places: 3,
      provider: { name: 'St Mary’s' },
      listing: { name: 'Warm lunch', howToJoin: 'Ring the bell', cost: 'free' },
    });
    grace = await aCase(scheme, {
      worker: sam,
      person: { firstName: 'Grace', lastName: 'Obi', phone: '07700900982', accessNeeds: ['step_free'] },
    });
  });
  afterAll(() => betony.stop());

  const get = (url: string, who = sam) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await get(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = (url: string, body: Record<string, string> = {}, who = sam) =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
  const done = async (url: string, body: Record<string, string> = {}): Promise<string> => {
    const answer = await send(url, body);
    expect([answer.statusCode, answer.statusCode === 303 ? '' : answer.body]).toEqual([303, '']);
    return String(answer.headers.location);
  };
  const find = (query = '') => page(`/desk/referrals/${grace.referralId}/find${query}`);
  const refer = () => `/desk/referrals/${grace.referralId}/refer/${lunch.listingId}`;
  const AGREED = {
    agreed: 'phone',
    'agreement.agreedOn.day': '23',
    'agreement.agreedOn.month': '11',
    'agreement.agreedOn.year': '2026',
  };
  const WISH = {
    needs: 'loneliness',
    helpNote: 'Likes <b>boats</b>',
    howSoon: 'this_week',
    contactRoute: 'phone',
    sharesAccess: 'yes',
  };
  const OFFER = { ...WISH, ...AGREED };
  const offers = () =>
    rowsOf<{ id: string; state: string; help_note: string | null; answered_through: string | null }>(
      scheme,
      sql`select id, state, help_note, answered_through from onward_referral where scheme_id = ${scheme.id} order by id`,
    );

  describe('the search for somebody', () => {
    it('says of each what it offers, how fresh that is, and why it suits', async () => {
      expect(await find()).toContain('Never confirmed');
      await betony.get(ListingsService).confirm(systemActor(scheme.id, 'test'), lunch.listingId);
      const body = await find();
      expect(body).toContain('Warm lunch');
      expect(body).toContain('St Mary’s');
      expect(body).toContain('Has places: 3 left');
      expect(body).toContain('Ring the bell');
      expect(body).toContain('Confirmed today');
      expect(body).toContain('Why this one');
      expect(body).toContain(refer());
      expect(body).toContain('OBI, Grace');
    });

    it('shows what does not suit with each reason, when asked', async () => {
      await aListing(scheme, { name: 'Young parents', maximumAge: 30, needs: ['loneliness'] }).by(
        lunch.organisationId,
      );
      expect(await find()).not.toContain('Young parents');
      const body = await find('?unsuitable=true');
      expect(body).toContain('Young parents');
      expect(body).toContain('Does not suit');
      expect(body).toContain('Why not');
    });

    it('folds away on a telephone all but the first facts of each, here and in the directory', async () => {
      for (const body of [await find(), await page('/desk/find')]) {
        const [, wide = '', narrow = ''] = body.split(/<div class="betony-(?:wide|narrow)">/);
        for (const fact of ['How to join', 'Languages', 'Access']) expect(wide).toContain(`<dt>${fact}</dt>`);
        const [first = '', folded = ''] = narrow.split('<details');
        expect(first).toContain('Has places: 3 left');
        expect(first).not.toContain('Ring the bell');
        expect(folded).toContain('What it is<span class="nhsuk-u-visually-hidden">: Warm lunch</span>');
        expect(folded).toContain('Ring the bell');
      }
    });

    it('finds what is like misspelt words, here and in the directory, and says so', async () => {
      for (const search of [find, (query: string) => page(`/desk/find${query}`)]) {
        const near = await search('?text=Wram+lnuch');
        expect(near).toContain('Nothing has those words. Shown for “warm lunch”.');
        expect(near).toContain('St Mary’s');
        const any = await search('?text=lunch+submarine');
        expect(any).toContain(
          'Nothing has all of those words. Shown is what has any of them: “lunch or submarine”.',
        );
        expect(any).toContain('St Mary’s');
        expect(await search('?text=lunch')).not.toContain('Nothing has');
        expect(await search('?text=submarine')).toContain('No groups found');
      }
    });

    it('looks from a postcode for somebody whose home is not known, and says what is wrong with one', async () => {
      await changeRow(scheme, 'client', grace.clientId, { postcode: null, latitude: null, longitude: null });
      const unknown = await find();
      expect(unknown).toContain('Enter a postcode above to look from there.');
      expect(unknown).not.toContain(' miles</span>');
      await aPostcode(scheme, 'CO96 1AA', 51.8, 1.15);
      await aGroup(scheme, { listing: { name: 'Near walks', postcode: 'CO96 1AA' } });
      const from = await find('?near=co961aa');
      expect(from).toContain('0 miles</span>');
      expect(from).toContain('value="co961aa"');
      const within = await find('?near=co961aa&withinMiles=2');
      expect(within).toContain('Near walks');
      expect(within).not.toContain('Warm lunch');
      expect((await get(`/desk/referrals/${grace.referralId}/find?withinMiles=2`)).body).toContain(
        'We do not know where they live. Say where to look from',
      );
      expect(await find('?near=CO89+9ZZ')).toContain('We do not know where that postcode is');
      const wrong = await get(`/desk/referrals/${grace.referralId}/find?near=nowhere`);
      expect([wrong.statusCode, wrong.body.includes('href="#near"')]).toEqual([422, true]);
      expect(wrong.body).toContain('value="nowhere"');
    });

    it('says how long those who wait were told it takes, where somebody was', async () => {
      expect(await find()).not.toContain('Wait: ');
      const other = await aCase(scheme);
      const id = await anOffer(scheme, other, lunch);
      await betony.get(OnwardAnswers).waitlist(lunch.member.actor, id, { expectedWeeks: 3 });
      expect(await find()).toContain('Wait: about 3 weeks');
    });

    it('says what is wrong with a filter beside it, and keeps the others', async () => {
      const answer = await get(`/desk/referrals/${grace.referralId}/find?withinMiles=900&cost=free`);
      expect(answer.statusCode).toBe(422);
      expect(answer.body).toContain('href="#withinMiles"');
      expect(answer.body).toMatch(/<option value="free" selected>/);
    });

    it('leads from nothing found to a gap, told in three clicks', async () => {
      const none = await find('?needs=housing');
      expect(none).toContain('No groups found.');
      const href = /href="(\/desk\/gap[^"]+)"/.exec(none)?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect(await page(href)).toMatch(/<option value="housing" selected>/);
      const wrong = await send('/desk/gap', { need: 'housing', referralId: grace.referralId });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('Select an answer');
      const to = await done('/desk/gap', { need: 'housing', why: 'too_far', referralId: grace.referralId });
      expect(await page(to)).toContain('Managers see it among the gaps');
      const gaps = await rowsOf(scheme, sql`select need, why from gap where scheme_id = ${scheme.id}`);
      expect(gaps).toEqual([{ need: 'housing', why: 'too_far' }]);
    });

    it('keeps some in mind side by side, and lets go of them', async () => {
      const { listingId } = lunch;
      const back = await done(`/desk/referrals/${grace.referralId}/shortlist`, {
        listingId,
        _back: '?cost=free&unsuitable=true',
      });
      expect(back).toBe(`/desk/referrals/${grace.referralId}/find?cost=free&unsuitable=true`);
      expect(await page(back)).toContain('Kept in mind</span>');
      const away = { listingId, _back: '//example.org' };
      expect(await done(`/desk/referrals/${grace.referralId}/shortlist`, away)).toBe(
        `/desk/referrals/${grace.referralId}/find`,
      );
      const list = `/desk/referrals/${grace.referralId}/shortlist`;
      expect(await page(list)).toContain('Side by side, best first (1)');
      await done(`${list}/${listingId}/drop`);
      expect(await page(list)).toContain('Nothing is kept in mind yet');
    });
  });

  describe('the directory on its own', () => {
    it('finds by need, words and place, and says so when nothing is there', async () => {
      expect(await page('/desk/find?need=loneliness&text=lunch')).toContain('Warm lunch');
      expect(await page('/desk/find?need=housing')).toContain('No groups found.');
      const wrong = await get('/desk/find?near=nowhere&text=lunch');
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#near"');
      expect(wrong.body).toContain('value="lunch"');
    });
  });

  describe('referring', () => {
    it('asks for what they must still agree to, shows exactly what the group will see, and only then sends', async () => {
      const form = await page(refer());
      expect(form).toContain('has not yet agreed');
      expect(form).toMatch(/value="phone" checked/);
      expect(form).toContain('They have 10 working days to answer');
      const seen = await send(`${refer()}/check`, OFFER);
      expect(seen.statusCode).toBe(200);
      const [asked = '', afterYes = ''] = seen.body.split('After they say yes');
      expect(asked).toContain('Likes &lt;b&gt;boats&lt;/b&gt;');
      expect(asked).toContain('a way in without steps');
      expect(asked.split('When they are asked')[1]).not.toMatch(/Obi|07700/);
      expect(afterYes).toContain('Grace Obi');
      expect(afterYes).toContain('07700900982');
      expect(await offers()).toEqual([]);
      const back = await send(`${refer()}/check`, { ...OFFER, _change: 'yes' });
      expect(back.body).toContain('Likes &lt;b&gt;boats&lt;/b&gt;');
      const to = await done(refer(), { ...OFFER, _key: 'one-click' });
      expect(await done(refer(), { ...OFFER, _key: 'one-click' })).toBe(to);
      expect(await offers()).toMatchObject([{ state: 'offered', help_note: 'Likes <b>boats</b>' }]);
      expect(await page(to)).toContain('Waiting for their answer');
      expect(await page(`/desk/people/${grace.clientId}/groups`)).toContain('Referred to (1)');
      expect(await page(`/desk/people/${grace.clientId}`)).toContain(
        '<strong>Referred to a group</strong>: Warm lunch',
      );
    });

    it('asks nothing again of what was agreed before, and says what stands in the way', async () => {
      const agreed = await aCase(scheme, { worker: sam, agreedWith: [lunch.organisationId] });
      const url = `/desk/referrals/${agreed.referralId}/refer/${lunch.listingId}`;
      const form = await page(url);
      expect(form).toContain('agreed before to what is shared');
      expect(form).not.toContain('name="agreed"');
      await anOffer(scheme, agreed, lunch);
      const again = await send(`${url}/check`, WISH);
      expect(again.statusCode).toBe(409);
      expect(again.body).toContain('This person is with this service already.');
      expect(again.body).toContain('Likes &lt;b&gt;boats');
      const sentTwice = await send(url, OFFER);
      expect(sentTwice.statusCode).toBe(409);
      expect(sentTwice.body).toContain('Likes &lt;b&gt;boats');
    });

    it('keeps what was typed and names what is missing', async () => {
      const answer = await send(`${refer()}/check`, {
        ...OFFER,
        needs: '',
        people: 'two',
        agreed: '',
      });
      expect(answer.statusCode).toBe(422);
      for (const field of ['needs', 'people', 'agreed']) {
        expect(answer.body).toContain(`href="#${field}"`);
      }
      expect(answer.body).toContain('value="two"');
      expect(answer.body).toContain('Likes &lt;b&gt;boats');
      expect(answer.body).not.toContain('in_person, phone');
      expect(await offers()).toEqual([]);
    });

    it('can also be only telling them about it', async () => {
      const url = `/desk/referrals/${grace.referralId}/signpost`;
      expect(await page(`${url}?listingId=${lunch.listingId}`)).toContain('value="Warm lunch"');
      const told = { listingId: lunch.listingId, toldAbout: 'Warm lunch', how: 'phone' };
      const wrong = await send(url, told);
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#toldOn"');
      await done(url, { ...told, 'toldOn.day': '23', 'toldOn.month': '11', 'toldOn.year': '2026' });
      expect(await page(`/desk/people/${grace.clientId}/groups`)).toContain('Told about (1)');
      expect(await offers()).toEqual([]);
    });
  });

  describe('what becomes of it', () => {
    const offered = () => anOffer(scheme, grace, lunch, { agreement: agreement() });

    it('tells the managers, and not the group, of pressure or unequal treatment there, naming the person or not', async () => {
      const id = await offered();
      const at = `/desk/onward/${id}/concern`;
      expect(await page(`/desk/onward/${id}`)).toContain(`href="${at}"`);
      const wrong = await send(at, { what: 'Asked three times to stay' });
      expect(wrong.statusCode).toBe(422);
      for (const field of ['kind', 'toldBy', 'names']) expect(wrong.body).toContain(`href="#${field}"`);
      expect(wrong.body).toContain('Asked three times to stay</textarea>');
      const told = { kind: 'religious_pressure', toldBy: 'client', what: 'Asked three times to stay' };
      const concern = await done(at, { ...told, names: 'no' });
      expect(await page(concern)).toContain('Religious pressure');
      await done(at, { ...told, names: 'yes' });
      const kept = await rowsOf<{ about: string; who: string | null }>(
        scheme,
        sql`
          select organisation_id as about, client_id as who from concern where scheme_id = ${scheme.id} order by id`,
      );
      expect(kept).toEqual([
        { about: lunch.organisationId, who: null },
        { about: lunch.organisationId, who: grace.clientId },
      ]);
      const mo = await aMember(scheme, 'scheme_manager');
      expect(await page('/desk/concerns?reviewed=false', mo)).toContain('St Mary’s');
      const group = await get(`/desk/group/referrals/${id}`, lunch.member);
      expect(group.body).not.toMatch(/Asked three times|ressure/);
    });

    it('is recorded from the phone as if the group had answered itself, and can be undone', async () => {
      const id = await offered();
      expect(await page(`/desk/onward/${id}`)).toContain('Record their answer');
      const wrong = await send(`/desk/onward/${id}/answer`, { heard: 'decline', note: 'Kept' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#reason"');
      expect(wrong.body).toContain('Kept');
      const none = await send(`/desk/onward/${id}/answer`, {});
      expect(none.body).toContain('Select what they said');
      await done(`/desk/onward/${id}/answer`, { heard: 'accept', reason: '', 'inTouchBy.day': '' });
      expect(await offers()).toMatchObject([{ state: 'accepted', answered_through: 'phone' }]);
      const body = await page(`/desk/onward/${id}`);
      expect(body).toContain('They said yes');
      expect(body).toContain('Undo their answer');
      await done(`/desk/onward/${id}/undo`);
      expect(await offers()).toMatchObject([{ state: 'offered' }]);
    });

    it('is rung about with the group’s number at hand, from today to writing down the answer', async () => {
      const id = await offered();
      await inScheme(scheme, async (tx) => {
        await tx.run(sql`
          update provider set contact_name = 'Ruth', contact_phone = '+447700900321',
            how_to_work_with_us = 'Ring before ten'
          where scheme_id = ${scheme.id} and organisation_id = ${lunch.organisationId}`);
        await tx.run(sql`
          update onward_referral set to_act = 'ring' where scheme_id = ${scheme.id}`);
      });
      const today = await page('/desk/today');
      expect(today).toContain(`href="/desk/onward/${id}">Ring the group`);
      expect(today).toContain('Ruth');
      expect(today).toContain('href="tel:+447700900321"');
      for (const where of ['', '/answer']) {
        const body = await page(`/desk/onward/${id}${where}`);
        expect(body).toContain('href="tel:+447700900321"');
        expect(body).toContain('Ring before ten');
        expect(body).toContain(`href="/desk/groups/${lunch.organisationId}"`);
      }
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update onward_referral set state = 'accepted', clock_started_at = null, answer_by = null, to_act = null,
            answered_at = ${tx.now}, accepted_at = ${tx.now}, in_touch_by = '2026-11-30', safety_set_at = ${tx.now}
          where scheme_id = ${scheme.id}`),
      );
      expect(await page(`/desk/onward/${id}/safety-seen`)).toContain('href="tel:+447700900321"');
    });

    it('goes on to a first visit together, taking part, and an end with its result', async () => {
      const id = await anOffer(scheme, grace, lunch, { agreement: agreement() }).accepted();
      const along = { 'on.day': '30', 'on.month': '11', 'on.year': '2026', time: '14:00', goesElse: '' };
      const wrong = await send(`/desk/onward/${id}/along`, { ...along, time: 'noon' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('value="noon"');
      await done(`/desk/onward/${id}/along`, along);
      expect(await page(`/desk/onward/${id}`)).toContain('Mon, 30 November 2026, 14:00: Sam Okoro');
      await done(`/desk/onward/${id}/in-touch`, { reached: 'yes' });
      await done(`/desk/onward/${id}/start`, { on: '2026-11-23', by: 'attendance' });
      expect(await page(`/desk/onward/${id}/end`)).toContain('It is finished');
      await done(`/desk/onward/${id}/end`, { how: 'complete', result: 'still_going', side: '', reason: '' });
      expect(await page(`/desk/onward/${id}`)).toContain('They carry on by themselves');
    });

    it('is taken back with a reason, and asked once more with the same words', async () => {
      const id = await offered();
      const wrong = await send(`/desk/onward/${id}/end`, { how: 'withdraw', reason: '', note: 'Kept' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#reason"');
      expect(wrong.body).toContain('Kept');
      await done(`/desk/onward/${id}/end`, { how: 'withdraw', reason: 'changed_mind', side: 'client' });
      const body = await page(`/desk/onward/${id}`);
      expect(body).toContain('The person changed their mind');
      const again = await done(`/desk/onward/${id}/re-offer`);
      expect(again).not.toBe(`/desk/onward/${id}`);
      expect((await offers()).map(({ state }) => state)).toEqual(['withdrawn', 'offered']);
    });

    it('says after a no what next, and leaves the list when told to', async () => {
      const id = await anOffer(scheme, grace, lunch, { agreement: agreement() }).declined();
      const body = await page(`/desk/onward/${id}`);
      expect(body).toContain('They said not right now: find another');
      expect(body).toContain('Find another group');
      await done(`/desk/onward/${id}/noted`);
      expect(await page(`/desk/onward/${id}`)).not.toContain('Take off my list');
      const late = await send(`/desk/onward/${id}/start`, { on: '2026-11-23', by: 'attendance' });
      expect(late.statusCode).toBe(409);
      expect(late.body).toContain('That was not done');
    });
  });

  describe('a risk to others that is learned meanwhile', () => {
    const risks = () => `/desk/referrals/${grace.referralId}/risks`;

    it('is said from the record, with what is known already ticked', async () => {
      expect(await page(`/desk/people/${grace.clientId}`)).toContain(risks());
      expect(await page(risks())).toMatch(/name="noKnownRisks" type="checkbox" value="yes" checked/);
      const both = await send(risks(), { risks: 'falls', noKnownRisks: 'yes', note: 'Kept' });
      expect(both.statusCode).toBe(422);
      expect(both.body).toContain('Choose either risks or no known risks, not both');
      expect(both.body).toContain('Kept');
      const none = await send(risks(), {});
      expect(none.body).toContain('href="#risks"');
      expect(await done(risks(), { risks: 'unsafe_home' })).toBe(`/desk/people/${grace.clientId}`);
      expect(await page(risks())).toMatch(/value="unsafe_home" checked/);
    });

    it('keeps a yes until the group was rung, which the worker is told plainly with what to do', async () => {
      const id = await anOffer(scheme, grace, lunch, { agreement: agreement() });
      const one = `/desk/onward/${id}`;
      expect(await page(one)).not.toContain('Ring the group first');
      await done(risks(), { risks: 'violence_or_aggression' });
      await betony.get(OnwardAnswers).accept(lunch.member.actor, id, {});
      const held = await page(one);
      expect(held).toContain('They said yes. Ring the group first.');
      expect(held).toContain('What they were told does not cover: violence or aggression.');
      expect(await page(`/desk/people/${grace.clientId}/groups`)).toContain(`href="${one}/safety"`);
      const early = await send(`${one}/answer`, { heard: 'accept' });
      expect(early.statusCode).toBe(409);
      expect(early.body).toContain('A risk to others is recorded');

      expect(await page(`${one}/safety`)).toContain('does not cover: violence or aggression');
      const wrong = await send(`${one}/safety`, { safetyInstructions: 'no_photographs' });
      expect(wrong.statusCode).toBe(422);
      expect(wrong.body).toContain('href="#safetyInstructions"');
      expect(wrong.body).toMatch(/value="no_photographs" checked/);
      expect((await send(`${one}/safety`)).statusCode).toBe(422);
      expect(await done(`${one}/safety`, { safetyInstructions: 'meet_in_pairs' })).toBe(one);
      const told = await page(one);
      expect(told).toContain('They said yes. Ring the group first.');
      expect(told).toContain('Once you have rung them, record their answer.');
      await done(`${one}/answer`, { heard: 'accept' });
      expect(await page(one)).not.toContain('Ring the group first');
      expect(await offers()).toMatchObject([{ state: 'accepted' }]);
    });

    it('is a task that leads to where the group is told, until it is', async () => {
      const id = await anOffer(scheme, grace, lunch, { agreement: agreement() }).accepted();
      await done(risks(), { risks: 'unsafe_home' });
      await reminderDesk(scheme).work();
      const asked = await page('/desk/tasks');
      expect(asked).toContain('Tell a group what keeps it safe');
      expect(asked).toContain(`href="/desk/onward/${id}/safety"`);
      expect(await page(`/desk/onward/${id}/safety`)).toContain('A message asks them at once to look');
      await done(`/desk/onward/${id}/safety`, { safetyInstructions: 'no_home_visits' });
      const unseen = await page(`/desk/onward/${id}`);
      expect(unseen).toContain('nobody there has said that they have seen it');
      const knows = `/desk/onward/${id}/safety-seen`;
      expect(unseen).toContain(`href="${knows}"`);
      const changedAt = /name="changedAt" value="([^"]*)"/.exec(await page(knows))?.[1] ?? '';
      const nobody = await send(knows, { changedAt, toldTo: '', time: '' });
      expect(nobody.statusCode).toBe(422);
      expect(nobody.body).toContain('href="#toldTo"');
      expect(await done(knows, { changedAt, toldTo: 'Joan <of> the hall' })).toBe(`/desk/onward/${id}`);
      expect(await page(`/desk/onward/${id}`)).toContain('Joan &lt;of&gt; the hall was told');
      expect(await page(knows)).toContain('They know');
      expect(await page('/desk/tasks')).not.toContain('Tell a group what keeps it safe');
      await done(`/desk/onward/${id}/end`, { how: 'withdraw', reason: 'changed_mind', side: 'client' });
      expect(await page(`/desk/onward/${id}/safety`)).toContain('This has ended');
    });
  });

  it('asks the database at most six times a page', async () => {
    const id = await anOffer(scheme, grace, lunch, { agreement: agreement() });
    const { referralId, clientId } = grace;
    const counts: Record<string, number> = {};
    for (const url of [
      '/desk/caseload',
      '/desk/find?need=loneliness',
      '/desk/gap',
      `/desk/people/${clientId}`,
      `/desk/people/${clientId}/timeline`,
      `/desk/people/${clientId}/groups`,
      `/desk/referrals/${referralId}/find`,
      `/desk/referrals/${referralId}/shortlist`,
      `/desk/referrals/${referralId}/shortlist/send`,
      refer(),
      `/desk/referrals/${referralId}/signpost?listingId=${lunch.listingId}`,
      `/desk/onward/${id}`,
      `/desk/onward/${id}/answer`,
      `/desk/onward/${id}/end`,
      `/desk/onward/${id}/along`,
      `/desk/onward/${id}/safety`,
      `/desk/onward/${id}/safety-seen`,
      `/desk/referrals/${referralId}/risks`,
    ]) {
      counts[url] = (await statementsOf(() => page(url))).length;
    }
    expect(Object.entries(counts).filter(([, count]) => count > MOST_QUERIES)).toEqual([]);
  });
});
