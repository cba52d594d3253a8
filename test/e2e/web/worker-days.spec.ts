import { aCase, type Case } from '../../factories/caseload.js';
import { theManager } from '../../factories/referrals.js';
import { statementsOf } from '../../support/count-queries.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

/** Signing in by cookie, who is there, and four more. */
const MOST_QUERIES = 6;
const on = (day: string, month = '11') => ({ 'on.day': day, 'on.month': month, 'on.year': '2026' });
const MEETING = { kind: 'place', place: 'The library', on: '2026-11-24', time: '14:30', minutes: '60' };

describe('appointments, and who is away', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let grace: Case;
  let makes: string;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    grace = await aCase(scheme, sam).person({ firstName: 'Grace', lastName: 'Obi' }).begun();
    makes = `/desk/referrals/${grace.referralId}/appointment`;
  });
  afterAll(() => betony.stop());

  const open = (url: string, who = sam) => betony.inject({ url, headers: { cookie: who.browser.cookie } });
  const page = async (url: string, who = sam): Promise<string> => {
    const answer = await open(url, who);
    expect([url, answer.statusCode]).toEqual([url, 200]);
    return answer.body.replace(/\s+/g, ' ');
  };
  const send = async (url: string, body: Record<string, string> = {}, who = sam) => {
    const answer = await betony.inject({
      method: 'POST',
      url,
      headers: { cookie: who.browser.cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: who.browser.formToken, ...body }).toString(),
    });
    const { location = '' } = answer.headers;
    return { status: answer.statusCode, to: location, body: answer.body.replace(/\s+/g, ' ') };
  };

  describe('an appointment', () => {
    it('is made from the record, shown in its week, moved and cancelled with whose doing it was', async () => {
      expect(await page(`/desk/people/${grace.clientId}`)).toContain(makes);
      const nowhere = await send(makes, { ...MEETING, place: '', time: '2pm' });
      expect(nowhere.status).toBe(422);
      expect(nowhere.body).toContain('href="#time"');
      expect(nowhere.body).toContain('value="2pm"');
      const { to } = await send(makes, MEETING);
      expect(await page(to)).toContain('The library');
      const week = await page('/desk/calendar');
      expect(week).toContain('<title>Appointments (1)');
      expect(week).toContain('<strong>14:30</strong>');
      expect(week).toContain('Grace Obi');
      expect(await page('/desk/calendar?from=2026-11-30')).toContain('Nothing in this week');

      const silent = await send(`${to}/move`, { ...on('30'), time: '10:00' });
      expect(silent.body).toContain('href="#side"');
      const long = await send(`${to}/move`, { reasonNote: 'x'.repeat(300_000) });
      expect(long.status).toBe(413);
      expect(long.body).toContain('At most 256 KB can be sent at once.');
      const other = await send(`${to}/move`, { ...on('30'), time: '10:00', side: 'client', reason: 'other' });
      expect(other.body).toContain('href="#reasonNote"');
      await send(`${to}/move`, { ...on('30'), time: '10:00', side: 'client', reason: 'unwell' });
      expect(await page(to)).toContain('Appointment moved</strong>: Unwell (the person)');
      expect(await page('/desk/calendar?from=2026-11-30')).toContain('Grace Obi');
      const wordless = await send(`${to}/cancel`, { side: 'scheme', reason: 'other' });
      expect(wordless.status).toBe(422);
      expect(wordless.body).toContain('href="#reasonNote"');
      await send(`${to}/cancel`, { side: 'scheme', reason: 'worker_away' });
      expect(await page(to)).toContain('Cancelled');
      expect(await page('/desk/calendar?from=2026-11-30')).toContain('Nothing in this week');
      expect((await open('/desk/calendar?from=soon')).statusCode).toBe(422);
    });

    it('asks before two are at one time, and goes ahead when told so', async () => {
      await send(makes, MEETING);
      const clash = await send(makes, MEETING);
      expect(clash.status).toBe(409);
      expect(clash.body).toContain('another appointment at that time');
      expect(clash.body).toContain('value="double_booked"');
      expect((await send(makes, { ...MEETING, evenSo: 'double_booked' })).status).toBe(303);
      expect(await page('/desk/calendar')).toContain('<title>Appointments (2)');
    });

    it('asks which of the two is meant when the clocks go back, and keeps what was typed', async () => {
      betony.clock.set('2027-10-20T09:00:00Z');
      const pat = await aMember(scheme, 'link_worker');
      const asks = `/desk/referrals/${(await aCase(scheme, pat).begun()).referralId}/appointment`;
      const night = { ...MEETING, on: '2027-10-31', time: '01:30' };
      const twice = await send(asks, night, pat);
      expect(twice.status).toBe(422);
      expect(twice.body).toContain('href="#which"');
      expect(twice.body).toMatch(/id="which"[^>]*value="earlier"/);
      expect(twice.body).toContain('value="The library"');
      expect(await page(asks, pat)).not.toContain('name="which"');
      const { to, status } = await send(asks, { ...night, which: 'later' }, pat);
      expect(status).toBe(303);
      const day = { 'on.day': '31', 'on.month': '10', 'on.year': '2027' };
      const why = { side: 'client', reason: 'unwell' };
      const again = await send(`${to}/move`, { ...day, time: '01:45', ...why }, pat);
      expect(again.status).toBe(422);
      expect(again.body).toMatch(/id="which"[^>]*value="earlier"/);
      expect(again.body).toContain('value="01:45"');
      await send(`${to}/move`, { ...day, time: '01:45', ...why, which: 'earlier' }, pat);
      expect(await page(to, pat)).toContain('01:45');
    });

    it('says who interprets and how far booking them is', async () => {
      const { to } = await send(makes, MEETING);
      const booked = { kind: 'professional', language: 'ar', booking: 'booked', notFromMyCommunity: 'yes' };
      expect((await send(`${to}/interpreter`, booked)).to).toBe(to);
      const shown = await page(to);
      expect(shown).toContain('Arabic, booked');
      expect(shown).toMatch(/<option value="ar" selected>Arabic/);
      expect(shown).toMatch(/value="booked" selected/);
      const child = await send(`${to}/interpreter`, { kind: 'own_choice', booking: 'booked', isAdult: 'no' });
      expect(child.status).toBe(422);
      expect(child.body).toContain('href="#isAdult"');
      expect(child.body).toMatch(/value="own_choice" checked/);
      await send(`${to}/interpreter`, { ...booked, booking: 'not_available' });
      expect(await page(to)).toContain('Arabic, not available');
      await send(`${to}/interpreter`, { kind: 'not_needed', booking: 'wanted' });
      expect(await page(to)).not.toContain('Arabic, ');
      expect((await send(`${to}/interpreter`, booked, await aMember(scheme, 'link_worker'))).status).toBe(
        404,
      );
    });

    it('at home is set out to and come back from', async () => {
      const visit = { ...MEETING, kind: 'home_visit', on: '2026-11-23', 'visit.backBy': '16:00' };
      const { to } = await send(makes, visit);
      const before = await page(to);
      expect(before).toContain('I set out now');
      expect(before).toContain('16:00');
      expect(before).not.toContain('The library');
      await send(`${to}/set-out`);
      expect(await page('/desk/calendar')).toContain('Out, back by 16:00');
      const out = await page(to);
      expect(out).toContain('I am back, and safe');
      expect(out).not.toContain('I set out now');
      await send(`${to}/back`);
      expect(await page(to)).toContain('Back from a visit');
    });

    it('at home is set out to on its day alone, and asked about again where nobody is to go since', async () => {
      const { to } = await send(makes, { ...MEETING, kind: 'home_visit' });
      const { to: today } = await send(makes, { ...MEETING, kind: 'home_visit', on: '2026-11-23' });
      expect(await page(to)).not.toContain('I set out now');
      const early = await send(`${to}/set-out`);
      expect(early.status).toBe(409);
      expect(early.body).toContain('The visit is on a later day');
      betony.clock.advance({ minutes: 1 });
      await betony.inject({
        method: 'POST',
        url: `/api/v1/clients/${grace.clientId}/lone-worker-flags`,
        headers: sam.headers,
        payload: { code: 'no_home_visits' },
      });
      await reminderDesk(scheme).work();
      const asked = await page('/desk/tasks');
      for (const one of [to, today]) expect(asked).toContain(`href="${one}">Look at the visit`);
      const stopped = await send(`${today}/set-out`);
      expect(stopped.status).toBe(409);
      expect(stopped.body).toContain('value="no_home_visits"');
      expect(await send(`${today}/set-out`, { evenSo: 'no_home_visits' })).toMatchObject({
        status: 303,
        to: today,
      });
      expect(await page('/desk/calendar')).toContain('Out, back by');
    });

    it('is nobody else’s, and a file for a calendar with initials only', async () => {
      const { to } = await send(makes, MEETING);
      const file = await open(`${to}/file`);
      expect(file.headers['content-type']).toMatch(/^text\/calendar/);
      expect(file.body).toContain('SUMMARY:G.O.');
      expect(file.body).not.toContain('Grace');
      const kim = await aMember(scheme, 'link_worker');
      expect((await open(to, kim)).statusCode).toBe(404);
      expect((await open(makes, kim)).statusCode).toBe(404);
      expect(await page('/desk/calendar', kim)).toContain('Nothing in this week');
      expect(await page(`/desk/calendar?worker=${sam.actor.membershipId}`, kim)).toContain(
        'Nothing in this week',
      );
      expect(await page('/desk/calendar', await theManager(scheme))).toContain('Sam Okoro');
    });

    it('can be read by one’s own calendar, by an address that is shown once and ended', async () => {
      expect(await page('/desk/calendar')).toContain('No calendar outside reads your times');
      const made = await send('/desk/calendar/feed');
      expect(made.status).toBe(200);
      const [address = ''] =
        /https:\/\/betony\.example\.org\/api\/v1\/calendars\/[\w-]+\.ics/.exec(made.body) ?? [];
      const path = address.slice('https://betony.example.org'.length);
      expect((await betony.inject({ url: path })).statusCode).toBe(200);
      expect(await page('/desk/calendar')).not.toContain('/calendars/');
      expect((await send('/desk/calendar/feed/end')).to).toBe('/desk/calendar');
      expect((await betony.inject({ url: path })).statusCode).toBe(404);
    });
  });

  describe('away', () => {
    it('from today is one click, and so is coming back', async () => {
      const me = sam.actor.membershipId;
      expect(await page('/desk/away')).toContain('I am away from today');
      expect((await send(`/desk/away/workers/${me}/today`)).to).toBe('/desk/away');
      expect(await page('/desk/away')).toContain('Away, covered by the team');
      const twice = await send(`/desk/away/workers/${me}/today`);
      expect(twice.status).toBe(409);
      expect(twice.body).toContain('already away');
      await send(`/desk/away/workers/${me}/back`);
      expect(await page('/desk/away')).toContain('At work');
    });

    it('from today goes up to the leave that comes, and says so', async () => {
      const leave = { workerId: sam.actor.membershipId, reason: 'leave', startsOn: '2026-11-25' };
      await send('/desk/away', { ...leave, 'endsOn.day': '2', 'endsOn.month': '12', 'endsOn.year': '2026' });
      const began = await send(`/desk/away/workers/${sam.actor.membershipId}/today`);
      expect(began.to).toBe('/desk/away');
      const shown = await page('/desk/away');
      expect(shown).toMatch(/Away until Tue, 24 November 2026, then away again from Wed, 25 November 2026/);
    });

    it('passes work to somebody from one day to another, and takes it back', async () => {
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
      const leave = { reason: 'leave', startsOn: '2026-11-24', coverId: kim.actor.membershipId };
      const wrong = await send('/desk/away', {
        ...leave,
        'endsOn.day': '1',
        'endsOn.month': '11',
        'endsOn.year': '2026',
      });
      expect(wrong.status).toBe(422);
      expect(wrong.body).toContain('The last day cannot be before the first');
      expect(wrong.body).toMatch(/value="2026-11-24" checked/);
      await send('/desk/away', { ...leave, 'endsOn.day': '30', 'endsOn.month': '11', 'endsOn.year': '2026' });
      const listed = await page('/desk/away');
      expect(listed).toContain('Tue, 24 November 2026 to Mon, 30 November 2026');
      expect(listed).toContain('Kim Lee');
      // A colleague sees it and cannot end it.
      const end = /action="(\/desk\/away\/[0-9a-f-]+\/end)"/.exec(listed)?.[1] ?? '';
      expect(await page('/desk/away', kim)).not.toContain(end);
      expect((await send(end, {}, kim)).status).toBe(404);
      await send(end);
      expect(await page('/desk/away')).not.toContain('30 November');
    });

    it('can be said by a manager of anybody, and by a worker of nobody else', async () => {
      const manager = await theManager(scheme);
      const kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
      const forKim = { workerId: kim.actor.membershipId, reason: 'absent', startsOn: '2026-11-23' };
      expect((await send('/desk/away', forKim, manager)).to).toBe('/desk/away');
      expect(await page('/desk/away', manager)).toMatch(/Kim Lee.+Away, covered by the team/);
      const forged = await send('/desk/away', { ...forKim, startsOn: '2026-12-01' });
      expect(forged.status).toBe(422);
      expect((await send(`/desk/away/workers/${kim.actor.membershipId}/back`)).status).toBe(404);
    });
  });

  it('prints a caseload without what is around it', async () => {
    const printed = await page('/desk/caseload?all=1&print=1');
    expect(printed).toContain('<body class="betony-print">');
    expect(printed).toContain('Grace Obi');
    expect(await page('/desk/caseload')).toContain('<body>');
  });

  it('asks the database at most six times a page', async () => {
    const { to } = await send(makes, MEETING);
    const many: [string, number][] = [];
    for (const url of ['/desk/calendar', makes, to, `${to}/move`, `${to}/cancel`, '/desk/away']) {
      const { length } = await statementsOf(() => page(url));
      if (length > MOST_QUERIES) many.push([url, length]);
    }
    expect(many).toEqual([]);
  });
});
