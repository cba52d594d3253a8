import sql from 'sql-template-tag';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import type { Attempt } from '../../../src/reminders/message.types.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { aCase, type Case } from '../../factories/caseload.js';
import { changeRow } from '../../factories/episodes.js';
import { aGroup, anOffer, type TestGroup } from '../../factories/onward.js';
import { aListing } from '../../factories/providers.js';
import { statementsOf } from '../../support/count-queries.js';
import { decoded, formsIn } from '../../support/page-forms.js';
import { aPageBrowser } from '../../support/pages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const MOST_QUERIES = 6;
const BORN = 'day=2&month=3&year=1948';
const MINUTE_MS = 60_000;
const later = (minutes: number) => new Date(new Date(TEST_NOW).getTime() + minutes * MINUTE_MS).toISOString();
let count = 0;
let calls = 0;

describe('groups kept in mind, sent to the person', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let lunch: TestGroup;
  let grace: Case;
  let send: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    lunch = await aGroup(scheme, {
      provider: { name: 'St Mary’s' },
      listing: { name: 'Warm lunch', howToJoin: 'Ring the bell', cost: 'free', needs: ['loneliness'] },
    });
    grace = await somebody();
    send = `/desk/referrals/${grace.referralId}/shortlist/send`;
    await keep(lunch.listingId);
  });
  afterAll(() => betony.stop());

  const somebody = (details: object = {}) => {
    const email = `grace${String(++count)}@example.org`;
    const person = {
      firstName: 'Grace',
      dateOfBirth: '1948-03-02',
      email,
      safeToEmail: 'yes',
      safeToText: 'no',
    };
    return aCase(scheme, sam)
      .begun()
      .person({ ...person, ...details } as object);
  };
  const browser = () => aPageBrowser(betony, { who: sam });
  const page = async (url: string) => decoded((await browser().open(url)).body).replace(/\s+/g, ' ');
  const keep = (listingId: string) =>
    browser().send(`/desk/referrals/${grace.referralId}/shortlist`, { listingId });
  const token = (more: object = {}) => new URLSearchParams({ _csrf: sam.browser.formToken, ...more });
  const sends = (more: object = {}) =>
    posts(
      send,
      token({ listingIds: lunch.listingId, channel: 'email', ...more }).toString(),
      sam.browser.cookie,
    );
  const sent = () =>
    rowsOf<{ answer: string | null; words: string }>(
      scheme,
      sql`select x.answer, w.words from shortlist_sent x
        join written_message w on w.scheme_id = x.scheme_id and w.id = x.written_message_id
        where x.scheme_id = ${scheme.id} order by x.id`,
    );

  /** What is due is sent, as the ledger sends it. */
  const goes = async (at = later(6), as: Attempt = 'sent') => {
    await reminderDesk(scheme).work(at);
    const ledger = betony.get(MessagesService);
    for (const id of await ledger.ready(systemActor(scheme.id, 'messages'))) {
      const claim = await ledger.claim(scheme.id, id);
      if (claim !== null) await ledger.settle(claim, as, null);
    }
  };
  const takenBack = async (by = sam) => {
    const [written] = await rowsOf<{ id: string }>(
      scheme,
      sql`select id from written_message where scheme_id = ${scheme.id}`,
    );
    const back = `/desk/people/${grace.clientId}/write/${written?.id ?? ''}/take-back`;
    const form = new URLSearchParams({ _csrf: by.browser.formToken });
    expect((await posts(back, form.toString(), by.browser.cookie)).statusCode).toBe(303);
  };

  /** The person on their own page, by a link and their date of birth. */
  const enters = async (of = grace, born = BORN) => {
    const { address } = (
      await betony.inject({
        method: 'POST',
        url: `/api/v1/clients/${of.clientId}/page/links`,
        headers: sam.headers,
        payload: {},
      })
    ).json<{ address: string }>();
    const { headers } = await posts(new URL(address).pathname, born);
    return String(headers['set-cookie']).split(';')[0] ?? '';
  };
  const posts = (url: string, payload: string, cookie = '') =>
    betony.inject({
      method: 'POST',
      url,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      remoteAddress: `10.9.${String(Math.floor(++calls / 200))}.${String(calls % 200)}`,
      payload,
    });
  const reads = async (url: string, cookie: string) =>
    decoded((await betony.inject({ url, headers: { cookie } })).body).replace(/\s+/g, ' ');
  /** What their browser sends when they tap one of the two buttons. */
  const says = async (answer: string, cookie: string) => {
    const { body } = await betony.inject({ url: '/my/groups', headers: { cookie } });
    const [form] = formsIn(body, '/my/groups');
    if (!form) throw new Error('There is nothing to answer');
    return posts(form.action, new URLSearchParams({ ...form.anyway, answer }).toString(), cookie);
  };

  it('stand on their own page once the message has gone, which tells nothing of them', async () => {
    // given
    expect(await page(send)).toContain('Warm lunch');
    // when
    const answer = await sends();
    // then
    expect(answer.headers.location).toBe(`/desk/people/${grace.clientId}/write#written`);
    const [row] = await sent();
    expect(row?.words).toContain('There is something for you to look at on your own page');
    expect(row?.words).not.toMatch(/group|lunch|Mary/i);
    const early = await enters();
    expect(await reads('/my/groups', early)).toContain('No groups have been sent to you yet');
    await goes();
    expect(await reads('/my', early)).toContain('You have groups to think about');
    const groups = await reads('/my/groups', early);
    for (const told of ['Warm lunch', 'St Mary’s', 'Ring the bell', 'I would like this', 'Not for me']) {
      expect(groups).toContain(told);
    }
    const audited = await auditOf(scheme, grace.referralId);
    expect(audited.filter(({ action }) => action === 'shortlist.send')).toHaveLength(1);
  });

  it('are answered by one tap, which the worker finds on the shortlist, the timeline and the list of things to do', async () => {
    // given
    await sends();
    await goes();
    const cookie = await enters();
    // when
    expect((await says('wanted', cookie)).statusCode).toBe(303);
    // then
    expect(await reads('/my/groups', cookie)).toContain('You said that you would like this');
    expect(await reads('/my', cookie)).not.toContain('You have groups to think about');
    expect(await page(`/desk/referrals/${grace.referralId}/shortlist`)).toContain('They would like this');
    expect(await page(`/desk/people/${grace.clientId}/timeline`)).toContain(
      'They would like a group that they were sent',
    );
    const tasks = await page('/desk/tasks');
    expect(tasks).toContain('Read what somebody says to the groups they were sent to think about');
    expect(tasks).toContain(`/desk/referrals/${grace.referralId}/shortlist`);
    // and they may think again
    expect((await says('not_wanted', cookie)).statusCode).toBe(303);
    expect(await sent()).toMatchObject([{ answer: 'not_wanted' }]);
    expect(await page(`/desk/referrals/${grace.referralId}/shortlist`)).toContain('Not for them');
  });

  it('are as they were published, whatever the group changes, and say when it is not there any more', async () => {
    await sends();
    await goes();
    await changeRow(scheme, 'listing', lunch.listingId, { how_to_join: 'Use the side door' });
    const cookie = await enters();
    expect(await reads('/my/groups', cookie)).toContain('Ring the bell');
    await changeRow(scheme, 'listing', lunch.listingId, { publishable: false });
    const gone = await reads('/my/groups', cookie);
    expect(gone).toContain('We no longer suggest this one');
    expect(gone).toContain('Warm lunch');
    expect(gone).not.toMatch(/I would like this|Ring the bell|St Mary’s/);
  });

  it('are suggested no more once they are taken off, so that nobody answers what no worker reads', async () => {
    // given
    await sends();
    await goes();
    const cookie = await enters();
    const shortlist = `/desk/referrals/${grace.referralId}/shortlist`;
    expect(await page(shortlist)).toContain('Their page suggests it until you take it off');
    const [form] = formsIn(
      (await betony.inject({ url: '/my/groups', headers: { cookie } })).body,
      '/my/groups',
    );
    if (!form) throw new Error('There is nothing to answer');
    // when
    const off = await posts(`${shortlist}/${lunch.listingId}/drop`, token().toString(), sam.browser.cookie);
    expect(off.statusCode).toBe(303);
    // then
    const left = await reads('/my/groups', cookie);
    expect(left).toContain('We no longer suggest this one');
    expect(left).not.toMatch(/I would like this|Ring the bell/);
    const late = new URLSearchParams({ ...form.anyway, answer: 'wanted' }).toString();
    expect((await posts(form.action, late, cookie)).statusCode).toBe(404);
    expect(await sent()).toMatchObject([{ answer: null }]);
    await keep(lunch.listingId);
    expect(await reads('/my/groups', cookie)).toContain('I would like this');
  });

  it('tell no place that the group has asked to be kept back since', async () => {
    await changeRow(scheme, 'listing', lunch.listingId, { address: '4 Chapel Yard', postcode: 'CO15 1AA' });
    await sends();
    await goes();
    const cookie = await enters();
    expect(await reads('/my/groups', cookie)).toContain('4 Chapel Yard CO15 1AA');
    await changeRow(scheme, 'listing', lunch.listingId, { withhold_location: true });
    const kept = await reads('/my/groups', cookie);
    expect(kept).toContain('I would like this');
    expect(kept).not.toMatch(/Chapel|CO15/);
  });

  it('say that nobody there was told of the person only where that is so, and wait for no answer while one is asked', async () => {
    // given
    await sends();
    await goes();
    const cookie = await enters();
    expect(await reads('/my/groups', cookie)).toContain('Nobody there has been told of you');
    const { body } = await betony.inject({ url: '/my/groups', headers: { cookie } });
    const [form] = formsIn(body, '/my/groups');
    // when
    const offer = await anOffer(scheme, { ...grace, worker: sam }, lunch, { contactRoute: 'through_worker' });
    // then
    const asked = await reads('/my/groups', cookie);
    expect(asked).toContain('We have told them about you');
    expect(asked).not.toMatch(/Nobody there has been told|Not for me/);
    expect(await reads('/my', cookie)).not.toContain('You have groups to think about');
    const said = new URLSearchParams({ ...form?.anyway, answer: 'not_wanted' }).toString();
    expect((await posts(form?.action ?? '', said, cookie)).statusCode).toBe(404);
    expect(await page(send)).toContain('Warm lunch: the group is being asked about them, or has them');
    expect((await sends()).statusCode).toBe(422);
    // and once that is over
    const reason = { reason: 'changed_mind', side: 'client' } as const;
    await betony.get(OnwardParticipation).withdraw(sam.actor, offer, reason);
    const over = await reads('/my/groups', await enters());
    expect(over).toContain('Not for me');
    expect(over).not.toMatch(/Nobody there has been told|We have told them/);
  });

  it('are sent once, whoever clicks twice, and once a day', async () => {
    const form = browser();
    const key = { _key: '0197a1b2-0000-7000-8000-000000000001' };
    const answers = { listingIds: lunch.listingId, channel: 'email', ...key };
    const both = [await form.send(send, answers), await form.send(send, answers)];
    expect(both.map(({ statusCode }) => statusCode)).toEqual([303, 303]);
    expect(await sent()).toHaveLength(1);
    const again = await sends();
    expect(again.statusCode).toBe(409);
    expect(decoded(again.body)).toContain('They were sent groups to think about within the last 24 hours');
    expect(await sent()).toHaveLength(1);
    betony.clock.set(later(24 * 60 + 1));
    const nextDay = aPageBrowser(betony, { who: await aMember(scheme, 'scheme_manager') });
    await nextDay.send(send, { listingIds: lunch.listingId, channel: 'email' });
    expect(await sent()).toHaveLength(2);
  });

  it('are never on the page where the message was taken back', async () => {
    await sends();
    await takenBack();
    await goes();
    expect(await reads('/my/groups', await enters())).toContain('No groups have been sent to you yet');
    expect((await sends()).statusCode).toBe(303);
  });

  it('are never on the page while the message waits for the morning, until when it is taken back', async () => {
    // given
    betony.clock.set('2026-11-23T20:30:00Z');
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await somebody();
    send = `/desk/referrals/${grace.referralId}/shortlist/send`;
    await keep(lunch.listingId);
    await sends();
    // when
    await goes('2026-11-23T20:40:00Z');
    // then
    expect(await page(`/desk/referrals/${grace.referralId}/shortlist`)).toContain('Still to be sent to them');
    const cookie = await enters();
    expect(await reads('/my', cookie)).not.toContain('You have groups to think about');
    expect(await reads('/my/groups', cookie)).toContain('No groups have been sent to you yet');
    betony.clock.set('2026-11-24T07:50:00Z');
    sam = await aMember(scheme, 'scheme_manager');
    await takenBack();
    await goes('2026-11-24T08:05:00Z');
    expect(await reads('/my/groups', await enters())).toContain('No groups have been sent to you yet');
  });

  it('of which the message did not go were not sent, and may be sent again at once', async () => {
    await sends();
    expect(await page(send)).toContain('They were sent groups');
    await changeRow(scheme, 'client', grace.clientId, { safe_to_email: 'no' });
    await goes();
    await changeRow(scheme, 'client', grace.clientId, { safe_to_email: 'yes' });
    expect(await reads('/my/groups', await enters())).toContain('No groups have been sent to you yet');
    expect(await page(send)).not.toContain('They were sent groups');
    expect(await page(send.replace('/send', ''))).not.toContain('Sent to them');
    expect((await sends()).statusCode).toBe(303);
    expect(await page(send.replace('/send', ''))).toContain('Still to be sent to them');
    expect(await sent()).toHaveLength(2);
  });

  it('go only where the person may be written to, and a code would open their page', async () => {
    const text = await sends({ channel: 'text' });
    expect([text.statusCode, decoded(text.body).includes('They said that this is not safe')]).toEqual([
      422,
      true,
    ]);
    expect(await page(send)).toContain('they said that it is not safe');
    // A mailbox that another person has too opens nobody's page.
    const [{ email } = { email: '' }] = await rowsOf<{ email: string }>(
      scheme,
      sql`select email from client where scheme_id = ${scheme.id} and id = ${grace.clientId}`,
    );
    const other = await somebody({ email });
    expect(await page(send)).toContain('a code sent this way would not open their page');
    expect((await sends()).statusCode).toBe(422);
    await changeRow(scheme, 'client', other.clientId, { email: null, safe_to_email: 'not_asked' });
    // Somebody with a safety flag has no page unless they asked for one.
    await changeRow(scheme, 'client', grace.clientId, { safety_flag: true });
    const flagged = await sends();
    expect([flagged.statusCode, decoded(flagged.body).includes('They have no page of their own')]).toEqual([
      422,
      true,
    ]);
    await changeRow(scheme, 'client', grace.clientId, { safety_flag: false });
    await changeRow(scheme, 'client', grace.clientId, { death_recorded_at: new Date(TEST_NOW) });
    expect((await sends()).statusCode).toBeGreaterThanOrEqual(400);
    expect(await sent()).toEqual([]);
  });

  it('leave out what does not suit them, and what is not for everybody to read', async () => {
    const young = await aListing(scheme, { name: 'Young parents', maximumAge: 30, needs: ['loneliness'] }).by(
      lunch.organisationId,
    );
    await keep(young);
    const hidden = await aListing(scheme, { name: 'Safe house', needs: ['loneliness'] }).by(
      lunch.organisationId,
    );
    await changeRow(scheme, 'listing', hidden, { publishable: false });
    await keep(hidden);
    const body = await page(send);
    expect(body).toContain('Young parents: as things stand it does not suit them');
    expect(body).toContain('Safe house: it is not published for everybody');
    for (const listingId of [young, hidden]) {
      const answer = await sends({ listingIds: listingId });
      expect([answer.statusCode, decoded(answer.body).includes('One of these cannot be sent')]).toEqual([
        422,
        true,
      ]);
    }
    const none = await sends({ listingIds: '' });
    expect([none.statusCode, none.body.includes('href="#listingIds"')]).toEqual([422, true]);
    expect(await sent()).toEqual([]);
  });

  it('are nobody else’s: neither another person nor a stranger answers, and a closed referral shows none', async () => {
    await sends();
    await goes();
    const [{ id } = { id: '' }] = await rowsOf<{ id: string }>(
      scheme,
      sql`select id from shortlist_sent where scheme_id = ${scheme.id}`,
    );
    const other = await somebody();
    const cookie = await enters(other);
    const { body } = await betony.inject({ url: '/my/stop', headers: { cookie } });
    const anyway = formsIn(body, '/my/stop')[0]?.anyway ?? {};
    const form = new URLSearchParams({ ...anyway, answer: 'wanted' }).toString();
    expect((await posts(`/my/groups/${id}`, form, cookie)).statusCode).toBe(404);
    expect((await posts(`/my/groups/${id}`, form)).statusCode).toBe(401);
    expect(await sent()).toMatchObject([{ answer: null }]);
  });

  it('are sent, read and answered over the API by the same rules', async () => {
    const url = `/api/v1/referrals/${grace.referralId}/shortlist`;
    const headers = sam.headers;
    const before = (await betony.inject({ url: `${url}/sending`, headers })).json<object>();
    expect(before).toMatchObject({
      ways: [
        { channel: 'text', because: 'not_safe' },
        { channel: 'email', because: null },
      ],
      groups: [{ listingId: lunch.listingId, because: null, sentAt: null, waits: false, answer: null }],
      sentToday: false,
    });
    const payload = { listingIds: [lunch.listingId], channel: 'email' };
    const made = await betony.inject({ method: 'POST', url: `${url}/send`, headers, payload });
    expect([made.statusCode, made.json<object>()]).toMatchObject([201, { sentToday: true }]);
    const bad = await betony.inject({
      method: 'POST',
      url: `${url}/send`,
      headers,
      payload: { listingIds: [], channel: 'letter' },
    });
    expect(bad.statusCode).toBe(422);
  });

  it('ask the database at most six times a page', async () => {
    await sends();
    await goes();
    const cookie = await enters();
    await betony.get(ListingsService).confirm(systemActor(scheme.id, 'test'), lunch.listingId);
    const counts = {
      send: (await statementsOf(() => page(send))).length,
      shortlist: (await statementsOf(() => page(send.replace('/send', '')))).length,
      groups: (await statementsOf(() => reads('/my/groups', cookie))).length,
      home: (await statementsOf(() => reads('/my', cookie))).length,
    };
    expect(Object.entries(counts).filter(([, queries]) => queries > MOST_QUERIES)).toEqual([]);
  });
});
