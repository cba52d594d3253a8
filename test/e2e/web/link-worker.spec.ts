import sql from 'sql-template-tag';
import { PlansService } from '../../../src/caseload/plans.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { aCase } from '../../factories/caseload.js';
import { aPerson } from '../../factories/clients.js';
import { changeRow } from '../../factories/episodes.js';
import { aCase as aSentCase, aGroup, anOffer } from '../../factories/onward.js';
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
      const waiting = await page('/desk/caseload?part=waiting');
      expect(namesIn(waiting)).toEqual(['Ada Waits']);
      expect(waiting).toMatch(/href="\/desk\/caseload\?part=waiting" aria-current="true"/);
    });

    it('can be narrowed by what people want help with and by lateness, and says so when nobody is left', async () => {
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Talks' }).begun().due('2026-11-19');
      expect(namesIn(await page('/desk/caseload?reason=loneliness&overdue=true&part='))).toEqual([
        'Ben Talks',
      ]);
      const none = await page('/desk/caseload?reason=housing');
      expect(none).toContain('No one matches these filters');
      expect(none).toContain('<option value="housing" selected>');
      expect(await status('/desk/caseload?reason=money')).toBe(422);
    });

    it('can be put in order by surname or by how long somebody is here, page by page', async () => {
      await aCase(scheme, sam).person({ firstName: 'Cy', lastName: 'Zed' }).due('2026-11-19');
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Abel' }).due('2026-12-04');
      await aCase(scheme, sam).person({ firstName: 'Ben', lastName: 'Moss' }).due('2026-11-25');
      const walk = async (sort: string): Promise<string[]> => {
        const first = await page(`/desk/caseload?limit=2&sort=${sort}`);
        const next = /<a href="([^"]+)">Next page/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
        return [...namesIn(first), ...namesIn(await page(next))];
      };
      expect(await walk('name')).toEqual(['Ada Abel', 'Ben Moss', 'Cy Zed']);
      expect(await walk('sent')).toEqual(['Cy Zed', 'Ada Abel', 'Ben Moss']);
      expect(await walk('next')).toEqual(['Cy Zed', 'Ben Moss', 'Ada Abel']);
      expect(await status('/desk/caseload?sort=age')).toBe(422);
    });

    it('says in one vocabulary what the work has come to, in list, order, file and record, and to programs', async () => {
      const group = await aGroup(scheme);
      const named = (firstName: string) => aCase(scheme, sam).person({ firstName, lastName: 'Moss' });
      await named('Ada');
      await named('Ben').begun();
      const { referralId } = await named('Cy').begun();
      const plans = betony.get(PlansService);
      const goals = [{ words: 'To sing again', importance: 8 }];
      await plans.make(sam.actor, referralId, { goals });
      expect((await page('/desk/caseload')).replace(/\s+/g, ' ')).toContain('In conversation (2)');
      const [plan] = await rowsOf<{ id: string }>(
        scheme,
        sql`select id from plan where scheme_id = ${scheme.id} and referral_id = ${referralId}`,
      );
      await plans.agree(sam.actor, plan!.id, { agreedOn: '2026-11-23', how: 'in_person', basis: 'agreed' });
      const joins = await aSentCase(scheme, { worker: sam, person: { firstName: 'Dot', lastName: 'Moss' } });
      await anOffer(scheme, joins, group).accepted();
      await named('Eve').begun().onHold();
      const stages = [
        ['Ada Moss', 'Waiting for first contact', 'yellow', 'waiting', 'waiting'],
        ['Ben Moss', 'In conversation', 'blue', 'conversation', 'in_conversation'],
        ['Cy Moss', 'Plan agreed', 'aqua-green', 'plan', 'plan_agreed'],
        ['Dot Moss', 'With a group', 'purple', 'group', 'with_a_group'],
        ['Eve Moss', 'On hold', 'grey', 'onHold', 'on_hold'],
      ] as const;
      const body = (await page('/desk/caseload?sort=state')).replace(/\s+/g, ' ');
      expect(namesIn(body)).toEqual(stages.map(([name]) => name));
      for (const [name, words, colour, part] of stages) {
        expect(body).toMatch(new RegExp(`nhsuk-tag--${colour}"> ?${words} ?<`));
        expect(body).toContain(`${words} (1)`);
        expect(namesIn(await page(`/desk/caseload?part=${part}`))).toEqual([name]);
      }
      const file = await page('/desk/caseload?file=1&sort=state');
      expect(stages.filter(([, words]) => file.includes(words))).toHaveLength(stages.length);
      expect(await page(`/desk/people/${joins.clientId}`)).toMatch(/nhsuk-tag--purple">\s*With a group/);
      const { items } = (
        await betony.inject({ url: '/api/v1/caseload?sort=state', headers: sam.headers })
      ).json<{ items: { stage: string }[] }>();
      expect(items.map(({ stage }) => stage)).toEqual(stages.map(([, , , , stage]) => stage));
    });

    it.each([
      ['done', 'Closed: done'],
      ['could_not_reach', 'Closed: could not reach'],
      ['no_longer_needed', 'Closed: person said no'],
      ['handed_to_another_scheme', 'Closed: moved'],
      ['died', 'Closed: died'],
      ['nothing_suitable', 'Closed: could not help'],
      ['duplicate', 'Closed: another reason'],
    ])('says of those that ended why: %s is %s', async (reason, words) => {
      const { id: referralId } = await aReferral(scheme).accepted().allocatedTo(sam).active().closed();
      await betony
        .get(UnitOfWork)
        .run(systemActor(scheme.id, 'test'), (tx) =>
          tx.run(
            sql`update referral set end_reason = ${reason} where scheme_id = ${scheme.id} and id = ${referralId}`,
          ),
        );
      expect((await page('/desk/caseload?part=ended')).replace(/\s+/g, ' ')).toMatch(
        new RegExp(`nhsuk-tag--grey"> ?${words} ?<`),
      );
    });

    it('has tabs for those with a group and for those whose referral ended', async () => {
      const group = await aGroup(scheme);
      await aCase(scheme, sam).person({ firstName: 'Ada', lastName: 'Waits' });
      const joins = await aSentCase(scheme, { worker: sam, person: { firstName: 'Ben', lastName: 'Joins' } });
      await anOffer(scheme, joins, group).accepted();
      const over = aReferral(scheme).about({ firstName: 'Cy', lastName: 'Over' }).accepted().allocatedTo(sam);
      await over.active().closed();
      const body = await page('/desk/caseload');
      expect(body.replace(/\s+/g, ' ')).toContain('With a group (1)');
      expect(namesIn(await page('/desk/caseload?part=group'))).toEqual(['Ben Joins']);
      const ended = await page('/desk/caseload?part=ended');
      expect(namesIn(ended)).toEqual(['Cy Over']);
      expect(ended).toContain('See the record');
      expect(namesIn(await page('/desk/caseload?part=ended', await aMember(scheme, 'link_worker')))).toEqual(
        [],
      );
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

  describe('today', () => {
    it('logs a call where the person stands, and asks on the page for it where something is missing', async () => {
      const { referralId } = await aCase(scheme, sam)
        .person({ firstName: 'Grace', lastName: 'Moss', language: 'pl', interpreter: 'professional' })
        .begun()
        .due('2026-11-23');
      const body = (await page('/desk/today')).replace(/\s+/g, ' ');
      expect(body).toContain('· interpreter, Polish');
      const [, key = ''] =
        new RegExp(`action="/desk/referrals/${referralId}/contact".*?name="_key" value="([^"]+)"`).exec(
          body,
        ) ?? [];
      expect(body).toMatch(/<button [^>]*name="nextOn" value="2026-11-24"[^>]*>Tomorrow</);
      const at = `/desk/referrals/${referralId}/contact`;
      const half = await send(at, { kind: 'phone', note: 'A <cough>', nextOn: '2026-11-24', _key: key });
      expect([half.statusCode, half.body]).toEqual([422, expect.stringContaining('href="#outcome"')]);
      expect(half.body).toContain('A &lt;cough&gt;');
      const form = { kind: 'phone', outcome: 'no_answer', nextOn: '2026-11-24', _key: key };
      for (let twice = 0; twice < 2; twice += 1) {
        const logged = await send(at, form);
        expect([logged.statusCode, logged.headers.location]).toEqual([303, '/desk/today']);
      }
      const calls = await rowsOf<{ outcome: string }>(
        scheme,
        sql`select outcome from contact where scheme_id = ${scheme.id} and referral_id = ${referralId}`,
      );
      expect(calls).toEqual([{ outcome: 'no_answer' }]);
      expect((await page('/desk/today')).replace(/\s+/g, ' ')).toMatch(
        /Nothing due today\..*No replies to act on\./,
      );
    });

    it('stays light however many are due: those beyond the first twenty have a page each', async () => {
      for (let n = 0; n < 22; n += 1) await aCase(scheme, sam).begun().due('2026-11-20');
      const body = await page('/desk/today');
      expect(body.match(/<details /g)).toHaveLength(20);
      expect(body.match(/<a href="\/desk\/referrals\/[^"]+\/contact">Log contact/g)).toHaveLength(2);
      expect(body.length).toBeLessThan(100_000);
      expect(await page('/desk/today?print=1')).not.toContain('<details ');
    });
  });

  describe('new referrals', () => {
    const speaks = async (name: string, languages: string[]) =>
      betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
        tx.run(sql`
          insert into link_worker (scheme_id, membership_id, caseload_limit, languages, areas, version, updated_at)
          select m.scheme_id, m.id, 30, ${languages}, '{}', 1, ${tx.now} from membership m
          join user_profile u on u.scheme_id = m.scheme_id and u.account_id = m.account_id
          where m.scheme_id = ${scheme.id} and u.name = ${name}`),
      );

    it('suggests for each whoever speaks their language and has most room, and says when the last one came', async () => {
      await aMember(scheme, 'link_worker', { name: 'Ewa Nowak' });
      await speaks('Ewa Nowak', ['pl']);
      expect(await page('/desk/triage')).toContain('<p>No one is waiting.</p>');
      betony.clock.set('2026-11-23T08:00:00Z');
      const { id } = await aReferral(scheme).about({ firstName: 'Jan', lastName: 'Waits', language: 'pl' });
      betony.clock.set(TEST_NOW);
      await aCase(scheme, sam);
      const body = (await page('/desk/triage')).replace(/\s+/g, ' ');
      expect(body).toContain('Ewa Nowak: 0 of 30, speaks Polish');
      await send(`/desk/triage/${id}/accept`, {});
      const one = await page(`/desk/triage/${id}`);
      expect(one).toContain('Suggested: Ewa Nowak: 0 of 30, speaks Polish');
      expect(/<select[^>]*name="workerId"[^>]*>\s*<option[^>]*>([^<]+)</.exec(one)?.[1]).toContain(
        'Ewa Nowak',
      );
      const given = await send(`/desk/triage/${id}/allocate`, { workerId: sam.actor.membershipId });
      expect(given.statusCode).toBe(303);
      expect((await page('/desk/triage')).replace(/\s+/g, ' ')).toMatch(
        /No one is waiting\. Last referral: <time [^>]*>2 hours ago<span [^>]*>[^<]*<\/span><\/time> from [^<]+\./,
      );
    });

    it('begins the list of who may take them with whoever is suggested only where that is one for all', async () => {
      const taken = async (language: string) =>
        aReferral(scheme).about({ firstName: 'Jan', lastName: 'Waits', language }).accepted();
      for (const [name, language] of [
        ['Ewa Nowak', 'pl'],
        ['Nia Rees', 'cy'],
      ] as const) {
        await aMember(scheme, 'link_worker', { name });
        await speaks(name, [language]);
      }
      await taken('pl');
      await taken('pl');
      expect(await page('/desk/triage?state=accepted')).toContain('First whoever is suggested.');
      await taken('cy');
      expect(await page('/desk/triage?state=accepted')).toContain(
        'First whoever has most room. Each row says who suits them.',
      );
    });

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
      expect(await page('/desk/triage?state=accepted')).toContain('Nobody stands there now.');
    });

    it('is taken on in one click and given in another', async () => {
      const { id } = await aReferral(scheme);
      expect(await page(`/desk/triage/${id}`)).toContain('None known');
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

    it('goes back at once for one thing, in words that are read before', async () => {
      const { id } = await aReferral(scheme);
      expect(await page('/desk/triage')).toContain(`href="/desk/triage/${id}/return"`);
      const body = await page(`/desk/triage/${id}/return`);
      const [, missing = ''] = /name="missing" value="(contact_details)"/.exec(body) ?? [];
      const [, message = ''] =
        /value="contact_details">\s*<input[^>]* name="message" value="([^"]+)"/.exec(body) ?? [];
      expect(body).toContain(`Its sender reads: “${message}”`);
      const answer = await send(`/desk/triage/${id}/return`, { missing, message });
      expect(answer.statusCode).toBe(303);
      expect(await page(`/desk/triage/${id}`)).toContain(`How to reach them: ${message}`);
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

  describe('the record of a person', () => {
    it('says who they are and what not to do, what comes next, and what happened', async () => {
      const { clientId, referralId } = await aCase(scheme, sam)
        .person({
          firstName: 'Grace',
          lastName: 'Obi',
          knownAs: 'Gigi',
          dateOfBirth: '1950-11-24',
          language: 'pl',
          interpreter: 'professional',
          safeToLeaveMessage: 'no',
          safeToText: 'no',
        })
        .begun()
        .due('2026-11-19');
      await send(`/desk/referrals/${referralId}/contact`, {
        kind: 'phone',
        outcome: 'reached',
        note: 'Likes <b>boats</b>',
        'nextOn.day': '30',
        'nextOn.month': '11',
        'nextOn.year': '2026',
      });
      const body = await page(`/desk/people/${clientId}`);
      expect(body).toContain('OBI, Grace (Gigi)');
      expect(body).toContain('75 years');
      expect(body).toContain('Polish');
      expect(body).toContain('Do not leave voicemail');
      expect(body).toContain('Do not text');
      expect(body).toContain('Next contact: Mon, 30 November 2026');
      expect(body).toContain('<strong>Talked</strong>, phone');
      expect(body).toContain('Likes &lt;b&gt;boats&lt;/b&gt;');
      expect(body).toContain(`/desk/referrals/${referralId}/contact`);
      expect(/<title>([^<]+)/.exec(body)?.[1]).not.toMatch(/Grace|Obi/);
      expect(await page('/desk/caseload')).toContain(`/desk/people/${clientId}`);
    });

    it('takes a talk of an earlier day for what it was, and none that is still to come', async () => {
      const { clientId, referralId } = await aCase(scheme, sam).person({ firstName: 'Grace' }).begun();
      await changeRow(scheme, 'referral', referralId, { sent_at: '2026-11-16T15:00:00Z' });
      const at = `/desk/referrals/${referralId}/contact`;
      const talk = { kind: 'visit', outcome: 'reached', nextOn: '2026-11-30' };
      const of = (day: string, time = '') => ({
        ...talk,
        'at.day': day,
        'at.month': '11',
        'at.year': '2026',
        time,
      });
      const wrong = await send(at, of('24'));
      expect([wrong.statusCode, wrong.body.includes('href="#at"')]).toEqual([422, true]);
      expect(wrong.body).toMatch(/<details[^>]* open>\s*<summary[^>]*>\s*<span[^>]*>\s*It was not just now/);
      const half = await send(at, { ...of('20'), 'at.month': '', nextOn: '' });
      expect(half.body).toContain('Which day was it? Include a month');
      expect(half.body).toMatch(/href="#nextOn">\s*Choose when you will next contact Grace\s*<\/a>/);
      const late = await send(at, of('23', '25:00'));
      expect([late.statusCode, late.body.includes('href="#time"')]).toEqual([422, true]);
      await send(at, of('20'));
      await send(at, of('16'));
      await send(at, of('19', '14:30'));
      await send(at, of('23'));
      await send(at, talk);
      const kept = await rowsOf<{ at: string }>(
        scheme,
        sql`
          select to_char(at at time zone 'Europe/London', 'DD HH24:MI') as at from contact
          where scheme_id = ${scheme.id} and referral_id = ${referralId} and kind = 'visit' order by at`,
      );
      expect(kept.map((row) => row.at)).toEqual(['16 15:00', '19 14:30', '20 12:00', '23 10:00', '23 10:00']);
      expect(await page(`/desk/people/${clientId}/timeline`)).toContain('Thu, 19 November 2026, 14:30');
    });

    it('shows the latest, and all of it on a page of its own', async () => {
      const { clientId, referralId } = await aCase(scheme, sam).begun();
      for (let n = 1; n <= 6; n++) {
        await send(`/desk/referrals/${referralId}/contact`, {
          kind: 'phone',
          outcome: 'reached',
          note: `Call number ${String(n)}.`,
          nextOn: '2026-11-30',
        });
        betony.clock.advance({ minutes: 1 });
      }
      const record = await page(`/desk/people/${clientId}`);
      expect(record).toContain('Call number 6.');
      expect(record).not.toContain('Call number 1.');
      expect(record).toContain(`<a href="/desk/people/${clientId}/timeline">All that happened</a>`);
      const all = await page(`/desk/people/${clientId}/timeline`);
      expect(all).toContain('Call number 1.');
      expect(all).toMatch(/timeline" aria-current="page"/);
      expect(/<title>([^<]+)/.exec(all)?.[1]).toMatch(/^Timeline: /);
      const first = await page(`/desk/people/${clientId}/timeline?limit=2`);
      expect(first).toMatch(/<a href="[^"]+after=[^"]+">Earlier/);
    });

    it('is out of reach of a colleague, and of another scheme', async () => {
      const { clientId } = await aCase(scheme, sam);
      expect(await status(`/desk/people/${clientId}`, await aMember(scheme, 'link_worker'))).toBe(404);
      const foreign = await aMember(await aScheme(betony), 'scheme_manager');
      expect(await status(`/desk/people/${clientId}`, foreign)).toBe(404);
      expect(await status(`/desk/people/${clientId}`, await aMember(scheme, 'referrer'))).toBe(403);
    });

    it('has no next step once nothing is open', async () => {
      const { clientId } = await aCase(scheme, sam).begun().closed();
      const body = await page(`/desk/people/${clientId}`, await theManager(scheme));
      expect(body).toContain('Nothing: no referral is open.');
      expect(body).not.toContain('Log a contact');
    });
  });

  describe('three tries without an answer', () => {
    it('lead to a choice after the third, and not after the second', async () => {
      const { referralId } = await aCase(scheme, sam).person({ safeToText: 'yes' }).unreached(1);
      const noAnswer = () =>
        send(`/desk/referrals/${referralId}/contact`, {
          kind: 'phone',
          outcome: 'no_answer',
          nextOn: '2026-11-30',
        });
      expect((await noAnswer()).headers.location).toBe('/desk/today');
      expect((await noAnswer()).headers.location).toBe(`/desk/referrals/${referralId}/unreached`);
      expect(await page(`/desk/referrals/${referralId}/unreached`)).toContain('Write a letter');
      const none = await send(`/desk/referrals/${referralId}/unreached`, { note: 'Kept' });
      expect(none.statusCode).toBe(422);
      expect(none.body).toContain('Kept');
      await send(`/desk/referrals/${referralId}/unreached`, { choice: 'close' });
      expect((await stateOf(referralId))?.state).toBe('closed');
    });
  });
});
