import sql from 'sql-template-tag';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardQueries } from '../../../src/onward-referrals/onward.queries.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import type { OpenLink } from '../../../src/onward-referrals/reply-link.types.js';
import { codeOf } from '../../../src/onward-referrals/reply-link.rules.js';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { contactPointOf } from '../../../src/providers/contact-points.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { importGroups } from '../../../src/providers/provider-import.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { aCase, aGroup, anOffer, inScheme, type TestCase, type TestGroup } from '../../factories/onward.js';
import { theManager } from '../../factories/referrals.js';
import { formsIn } from '../../support/page-forms.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { watchWrites, type WriteWatch } from '../../support/write-watch.js';

const MO = 'mo@example.org';
const PHONE = '+447700900123';

describe('pages behind a link', () => {
  let betony: TestApp;
  let watch: WriteWatch;
  let scheme: TestScheme;
  let group: TestGroup;
  let of: TestCase;
  let offer: string;

  beforeAll(async () => {
    betony = await startApp();
    watch = await watchWrites(betony.database);
  });
  afterAll(async () => {
    await watch.stop();
    await betony.stop();
  });

  let address = 0;
  beforeEach(async () => {
    address += 1;
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    group = await aGroup(scheme, { places: 2, provider: { contactEmail: MO, answersBy: 'email' } });
    of = await aCase(scheme, {
      person: { firstName: 'Grace', lastName: 'Okafor', knownAs: null, phone: PHONE },
    });
    offer = await anOffer(scheme, of, group);
  });

  const aLink = (
    about: OpenLink['actor']['about'] = { kind: 'onward_referral', id: offer },
    purpose: OpenLink['purpose'] = 'answer',
    mail = MO,
  ): Promise<string> =>
    inScheme(scheme, async (tx) => {
      const links = betony.get(ReplyLinks);
      const contactPointId = await contactPointOf(tx, group.organisationId, { channel: 'email', to: mail });
      const to = { organisationId: group.organisationId, contactPointId, messageId: null };
      return links.token(await links.make(tx, { purpose, about }, to));
    });
  // Every test from an address of its own, so that none uses up another's share.
  const ask = (method: 'GET' | 'HEAD' | 'POST', url: string, form = '', cookie?: string) =>
    betony.inject({
      method,
      url,
      remoteAddress: `192.0.2.${String(address)}`,
      headers: {
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(cookie ? { cookie } : {}),
      },
      ...(method === 'POST' ? { payload: form } : {}),
    });
  const get = async (token: string) => (await ask('GET', `/reply/${token}`)).body;
  const state = async () =>
    (
      await inScheme(scheme, (tx) =>
        tx.one<{ state: string }>(sql`
          select state from onward_referral where scheme_id = ${scheme.id} and id = ${offer}`),
      )
    ).state;

  it('GET and HEAD change nothing, however often they are opened', async () => {
    const token = await aLink();
    await watch.written();
    for (const path of ['', '/no', '/talk', '/leave', '/worried']) {
      for (const method of ['GET', 'HEAD', 'GET'] as const) {
        expect((await ask(method, `/reply/${token}${path}`)).statusCode).toBe(200);
      }
    }
    // What a refused button showed stands at its address: loaded again, it leads back. A form that asks for what cannot be, too.
    const buttons = ['yes', 'undo', 'seen', 'seen-safety', 'late-yes', 'code', 'new-link', 'in-touch'];
    for (const verb of [...buttons, 'came', 'finish']) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { statusCode, headers } = await ask(method, `/reply/${token}/${verb}`);
        expect([verb, statusCode, headers.location]).toEqual([verb, 303, `/reply/${token}`]);
      }
    }
    for (const nothing of ['right', 'save', 'nonsense', 'toString']) {
      expect((await ask('GET', `/reply/${token}/${nothing}`)).statusCode).toBe(404);
    }
    const { audit_entry: seen, ...written } = await watch.written();
    expect(written).toEqual({});
    expect(seen).toBeGreaterThan(0);
    expect(await state()).toBe('offered');
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'has no page and no answer called %s',
    async (name) => {
      const token = await aLink();
      expect((await ask('GET', `/reply/${token}/${name}`)).statusCode).toBe(404);
      expect((await ask('POST', `/reply/${token}/${name}`)).statusCode).toBe(404);
    },
  );

  it('says thank you to whoever could not reach the person, and that it is known', async () => {
    const token = await aLink();
    await ask('POST', `/reply/${token}/yes`);
    const said = await ask('POST', `/reply/${token}/in-touch`, 'reached=no');
    expect(said.headers.location).toBe(`/reply/${token}?saved=not-reached`);
    expect((await ask('GET', String(said.headers.location))).body).toContain(
      'finds another way to reach them',
    );
    expect((await ask('GET', `/reply/${token}?saved=toString`)).body).not.toContain('native code');
  });

  it('are kept by nobody, told to nobody, and load nothing from elsewhere', async () => {
    const token = await aLink();
    const { headers, body } = await ask('GET', `/reply/${token}`);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-frame-options': 'DENY',
    });
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(body).not.toMatch(/<script|<style| style=|https?:|nhs\.uk|onclick/i);
    expect(/<title>([^<]*)/.exec(body)?.[1]).toBe('Can your group help? – Betony');
  });

  it('keep a yes that meets a risk learned since, and show neither name nor number until we rang', async () => {
    const token = await aLink();
    const risks = { risks: ['violence_or_aggression'] };
    await betony.get(ReferralsService).setRisks(of.worker.actor, of.referralId, risks);
    expect((await ask('POST', `/reply/${token}/yes`)).headers['location']).toBe(`/reply/${token}`);
    expect(await state()).toBe('offered');
    const held = await get(token);
    expect(held).toContain('will ring you');
    expect(held).not.toMatch(/Okafor|7700|aggress|violen/i);
    const told = { safetyInstructions: ['meet_in_pairs' as const] };
    await betony.get(OnwardAnswers).setSafety(of.worker.actor, offer, told);
    expect(await get(token)).toContain('Meet in pairs');
    await ask('POST', `/reply/${token}/yes`);
    expect(await get(token)).toContain('Grace Okafor');
  });

  it('say what keeps everybody safe when that changes, until somebody has seen it', async () => {
    const token = await aLink();
    await ask('POST', `/reply/${token}/yes`);
    const set = (...safetyInstructions: ('meet_in_pairs' | 'daytime_only')[]) =>
      betony.get(OnwardAnswers).setSafety(of.worker.actor, offer, { safetyInstructions });
    expect(await get(token)).not.toContain('has changed');
    await set('meet_in_pairs');
    const changed = await get(token);
    expect(changed).toContain('What keeps everybody safe has changed');
    expect(changed.match(/Meet in pairs/g)).toHaveLength(1);
    const stamp = (page: string) => /name="changed" value="([^"]*)"/.exec(page)?.[1] ?? '';
    betony.clock.advance({ minutes: 1 });
    await set();
    const late = await ask('POST', `/reply/${token}/seen-safety`, `changed=${stamp(changed)}`);
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('It has changed again meanwhile');
    expect(late.body).toContain('What we asked of you before no longer holds');
    for (const wrong of ['', 'changed=yesterday']) {
      expect((await ask('POST', `/reply/${token}/seen-safety`, wrong)).statusCode).toBe(409);
    }
    const seen = await ask('POST', `/reply/${token}/seen-safety`, `changed=${stamp(late.body)}`);
    expect(seen.headers['location']).toBe(`/reply/${token}?saved=yes`);
    expect(await get(token)).not.toContain('has changed');
  });

  it('show the step reached: the surname and the number after a yes, not before', async () => {
    const token = await aLink();
    const before = await get(token);
    expect(before).toContain('Can you help Grace?');
    expect(before).not.toMatch(/Okafor|7700/);
    expect((await ask('POST', `/reply/${token}/yes`)).headers['location']).toBe(`/reply/${token}`);
    const after = await get(token);
    expect(after).toContain('Grace Okafor');
    // Rung as it is kept, read as people say it: 07700 900123.
    expect(after).toContain('href="tel:+447700900123">07700 900123</a>');
    expect(after).toMatch(/no prayer list, no group chat, no newsletter/);
    betony.clock.advance({ days: 15 });
    const later = await get(token);
    expect(later).not.toMatch(/Okafor/);
    expect(later).toContain('Send me a new link');
  });

  it('fifty parallel yeses are one answer, and every one leads back to the page', async () => {
    const token = await aLink();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('POST', `/reply/${token}/yes`)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303]));
    const { count } = await inScheme(scheme, (tx) =>
      tx.one<{ count: number }>(sql`
        select count(*)::int as count from onward_referral_history
        where scheme_id = ${scheme.id} and onward_referral_id = ${offer} and action = 'accept'`),
    );
    expect(count).toBe(1);
  });

  it('an answer is taken back within 24 hours, and not after', async () => {
    const token = await aLink();
    await ask('POST', `/reply/${token}/yes`);
    expect((await ask('POST', `/reply/${token}/undo`)).statusCode).toBe(303);
    expect(await state()).toBe('offered');
    await ask('POST', `/reply/${token}/no`, 'reason=not_suitable');
    expect(await state()).toBe('declined');
    betony.clock.advance({ hours: 25 });
    const late = await ask('POST', `/reply/${token}/undo`);
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('The time to take this answer back has passed');
    expect(await get(token)).not.toContain('Take our answer back');
  });

  it('a no says why, and may say until when the group is full, in one step', async () => {
    const token = await aLink();
    const refused = await ask('POST', `/reply/${token}/no`, 'reason=because');
    expect(refused.statusCode).toBe(422);
    expect(refused.body).toContain('There is a problem');
    expect(refused.body).toContain('href="#reason"');
    expect(/<title>([^<]*)/.exec(refused.body)?.[1]).toMatch(/^Error: /);
    const long = await ask('POST', `/reply/${token}/no`, `reason=other&note=${'x'.repeat(501)}`);
    expect(long.statusCode).toBe(422);
    expect((await ask('POST', `/reply/${token}/no`, 'reason=full&until=28')).statusCode).toBe(303);
    const listing = await inScheme(scheme, (tx) =>
      tx.one(
        sql`select full_until::text as until from listing where scheme_id = ${scheme.id} and id = ${group.listingId}`,
      ),
    );
    expect(listing).toEqual({ until: '2026-12-21' });
  });

  it('a no in one tap has its reason, and until when, behind it', async () => {
    const token = await aLink();
    const tapped = await ask('POST', `/reply/${token}/no`, 'no=full_28');
    expect(tapped.statusCode).toBe(303);
    const said = () =>
      inScheme(scheme, (tx) =>
        tx.one(sql`
          select o.end_reason as reason, l.full_until::text as until from onward_referral o
          join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
          where o.scheme_id = ${scheme.id} and o.id = ${offer}`),
      );
    expect(await said()).toEqual({ reason: 'full', until: '2026-12-21' });
    await ask('POST', `/reply/${token}/undo`);
    expect(await said()).toEqual({ reason: null, until: null });
    expect((await ask('POST', `/reply/${token}/no`, 'no=__proto__')).statusCode).toBe(422);
    await ask('POST', `/reply/${token}/no`, 'no=wrong_area');
    expect(await said()).toEqual({ reason: 'wrong_area', until: null });
  });

  it.each([
    ['in one tap', 'no=closed_28'],
    ['on the form', 'reason=closed_for_now&until=28&note=Boiler'],
  ])(
    '“closed for now”, said %s, closes the group until then, and opens it where it is taken back',
    async (_how, form) => {
      const token = await aLink();
      const closed = () =>
        inScheme(scheme, (tx) =>
          tx.rows(sql`
          select kind, from_on::text as from, until_on::text as until from provider_period
          where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`),
        );
      expect((await ask('POST', `/reply/${token}/no`, form)).statusCode).toBe(303);
      expect(await state()).toBe('declined');
      expect(await closed()).toEqual([{ kind: 'closed', from: '2026-11-23', until: '2026-12-20' }]);
      expect((await ask('POST', `/reply/${token}/undo`)).headers.location).toBe(
        `/reply/${token}?saved=undone`,
      );
      expect([await state(), await closed()]).toEqual(['offered', []]);
      // Where other times say otherwise, the form comes back with what was chosen, and nothing is answered.
      await inScheme(scheme, (tx) =>
        tx.run(sql`
        insert into provider_period (scheme_id, id, organisation_id, kind, name, from_on, until_on, entered_at)
        values (${scheme.id}, gen_random_uuid(), ${group.organisationId}, 'extra', 'Advent', '2026-12-01', '2026-12-24', now())`),
      );
      const refused = await ask('POST', `/reply/${token}/no`, form);
      expect([refused.statusCode, await state()]).toEqual([422, 'offered']);
      expect(refused.body).toContain('It shares days with “Advent”'.replace(/[“”]/g, '&quot;'));
      expect(refused.body).toContain('href="#until"');
      expect((await ask('POST', `/reply/${token}/no`, 'reason=closed_for_now')).statusCode).toBe(303);
    },
  );

  it('what is typed is shown as text, never as markup', async () => {
    const token = await aLink();
    const { body, statusCode } = await ask(
      'POST',
      `/reply/${token}/no`,
      `note=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(statusCode).toBe(422);
    expect(body).not.toContain('<script>');
    expect(body).toContain('&lt;script&gt;');
  });

  it('“talk first” stops the clock and is the worker’s to ring about', async () => {
    const token = await aLink();
    expect((await ask('POST', `/reply/${token}/talk`, 'note=After+six')).statusCode).toBe(303);
    expect(await get(token)).toContain('will ring you');
    const row = await inScheme(scheme, (tx) =>
      tx.one(sql`
        select clock_stopped, to_act, talk_note from onward_referral where scheme_id = ${scheme.id} and id = ${offer}`),
    );
    expect(row).toEqual({ clock_stopped: 'talk', to_act: 'talk', talk_note: 'After six' });
  });

  it('“talk first” is taken back within a day, and the time to answer goes on', async () => {
    const token = await aLink();
    // But for the key of its forms, which is another each time.
    const page = async () => (await get(token)).replaceAll(/name="_key" value="[^"]+"/g, '');
    const before = await page();
    expect(before).not.toContain('We need no call after all');
    await ask('POST', `/reply/${token}/talk`);
    const asked = await get(token);
    expect(asked).toContain('If that was a mistake, you can take it back until');
    expect(asked).toContain(`action="/reply/${token}/undo-talk"`);
    expect((await ask('POST', `/reply/${token}/undo-talk`)).headers.location).toBe(
      `/reply/${token}?saved=undone`,
    );
    expect(await page()).toBe(before);
    const again = await ask('POST', `/reply/${token}/undo-talk`);
    expect([again.statusCode, again.body]).toEqual([
      409,
      expect.stringContaining('Nothing was taken back. There is no wish to talk to take back.'),
    ]);
    await ask('POST', `/reply/${token}/talk`);
    betony.clock.advance({ hours: 24 });
    expect(await get(token)).not.toContain('undo-talk');
  });

  it('a waiting list says which number, how long and when, and never who else', async () => {
    const others = [];
    for (const firstName of ['Florence', 'Winifred']) {
      others.push(await anOffer(scheme, await aCase(scheme, { person: { firstName } }), group).waitlisted());
      betony.clock.advance({ minutes: 1 });
    }
    await betony.get(OnwardAnswers).waitlist(group.member.actor, offer, { expectedWeeks: 3 });
    const token = await aLink();
    const page = await get(token);
    expect(page).toContain('Number 3');
    expect(page).toContain('About 3 weeks');
    expect(page).not.toMatch(/Florence|Winifred/);
    const [owner, seen] = await Promise.all(
      [of.worker.actor, group.member.actor].map((actor) => betony.get(OnwardQueries).get(actor, offer)),
    );
    expect([owner, seen]).toMatchObject([
      { position: 3, expectedWeeks: 3, reviewOn: '2026-12-23' },
      { position: 3, expectedWeeks: 3, reviewOn: '2026-12-23' },
    ]);
    await betony.get(OnwardAnswers).decline(group.member.actor, others[0]!, { reason: 'other' });
    expect(await get(token)).toContain('Number 2');
  });

  it('a late yes is thanked, once', async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    const token = await aLink();
    betony.clock.advance({ days: 20 });
    await betony.get(OnwardAnswers).expire(scheme.id, offer);
    expect(await get(token)).toContain('We did not hear back');
    await Promise.all([ask('POST', `/reply/${token}/late-yes`), ask('POST', `/reply/${token}/late-yes`)]);
    expect(await get(token)).toMatch(/Thank you, \w+ will ring/);
    expect((await ask('POST', `/reply/${token}/yes`)).statusCode).toBe(409);
  });
  it('a “full until” that is none of ours is refused beside it, and nothing is said', async () => {
    const token = await aLink();
    const answer = await ask('POST', `/reply/${token}/no`, 'reason=full&until=99999&note=Sorry');
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Select until when you are full');
    expect(answer.body).toContain('href="#until"');
    expect(answer.body).toContain('value="Sorry"');
    expect(await state()).toBe('offered');
  });

  it('who came, how it went, and whether they got in touch', async () => {
    const token = await aLink();
    await ask('POST', `/reply/${token}/yes`);
    await ask('POST', `/reply/${token}/in-touch`, 'reached=yes');
    expect(await get(token)).toContain('You have been in touch');
    for (const wrong of [
      '',
      'result=attended&day=31&month=2&year=2026',
      'result=attended&day=1&month=1&year=2030',
    ]) {
      expect((await ask('POST', `/reply/${token}/came`, wrong)).statusCode).toBe(422);
    }
    expect(
      (await ask('POST', `/reply/${token}/came`, 'result=attended&day=23&month=11&year=2026')).statusCode,
    ).toBe(303);
    expect(await state()).toBe('started');
    // What was said is shown, the form begins with it, and another word takes its place with a word.
    const form = async () => (await ask('GET', `/reply/${token}/came`)).body.replace(/\s+/g, ' ');
    expect(await form()).toContain('<li>Monday 23 November: Came</li>');
    expect(await form()).toMatch(/value="attended" checked/);
    const again = await ask('POST', `/reply/${token}/came`, 'result=attended&day=23&month=11&year=2026');
    expect(again.headers.location).toBe(`/reply/${token}?saved=yes`);
    const other = await ask(
      'POST',
      `/reply/${token}/came`,
      'result=absent_acceptable&day=23&month=11&year=2026',
    );
    expect((await ask('GET', String(other.headers.location))).body).toContain(
      'It takes the place of what was said of that day before.',
    );
    expect(await form()).toMatch(
      /Monday 23 November: Did not come, and let us know<.*value="absent_acceptable" checked/,
    );
    // Nobody came after all: it stands at the yes, which may be taken back again.
    expect(await state()).toBe('accepted');
    expect(await get(token)).toContain('Take our answer back');
    await ask('POST', `/reply/${token}/came`, 'result=attended&day=23&month=11&year=2026');
    expect(await get(token)).not.toContain('Take our answer back');
    expect((await ask('POST', `/reply/${token}/finish`, 'result=finished_as_planned')).statusCode).toBe(303);
    expect(await state()).toBe('completed');
    const after = await get(token);
    expect(after).toContain('Please do not contact Grace again');
    expect(after).not.toContain('Okafor');
    await ask('POST', `/reply/${token}/seen`);
    expect(await get(token)).toContain('We know that you have seen this');
  });

  it('whether they came is one tap, of the last day on which the group met', async () => {
    const schedule = JSON.stringify([{ day: 'friday', from: '12:00', to: '14:00', every: 'week' }]);
    await inScheme(scheme, (tx) =>
      tx.run(sql`update listing set schedule = ${schedule}::jsonb where scheme_id = ${scheme.id}`),
    );
    const token = await aLink();
    await ask('POST', `/reply/${token}/yes`);
    // Whoever has only just said yes is not asked yet.
    expect(await get(token)).not.toContain('Did Grace come');
    await ask('POST', `/reply/${token}/in-touch`, 'reached=yes');
    // They have not met since: of today.
    expect(await get(token)).toContain('Did Grace come on Monday 23 November?');
    betony.clock.set('2026-12-07T10:00:00Z');
    const isClosed = (sessionOn: string | null) =>
      inScheme(scheme, (tx) =>
        sessionOn === null
          ? tx.run(
              sql`delete from provider_period where scheme_id = ${scheme.id} and name = 'Closed for a day'`,
            )
          : tx.run(sql`
              insert into provider_period (scheme_id, id, organisation_id, kind, name, from_on, until_on, entered_at)
              select scheme_id, gen_random_uuid(), organisation_id, 'closed', 'Closed for a day', ${sessionOn}::date,
                ${sessionOn}::date, now()
              from provider where scheme_id = ${scheme.id}`),
      );
    await isClosed('2026-12-04');
    expect(await get(token)).toContain('Did Grace come on Friday 27 November?');
    await isClosed(null);
    const page = await get(token);
    expect(page).toContain('Did Grace come on Friday 4 December?');
    const tap = (result: string, body: string) => {
      const form = formsIn(body, `/reply/${token}`).find(({ action }) => action.endsWith('/came'));
      const { day = '', month = '', year = '' } = form?.anyway ?? {};
      const answers = new URLSearchParams({ day, month, year, result }).toString();
      return ask('POST', `/reply/${token}/came`, answers);
    };
    expect(page).not.toContain('They came once');
    expect((await tap('attended', page)).headers.location).toBe(`/reply/${token}?saved=yes`);
    expect(await state()).toBe('started');
    const after = await get(token);
    expect(after).toContain('Friday 4 December: Came');
    expect(after).not.toMatch(/value="attended"/);
    expect(after).toContain('Another day');
    // How it ended is one tap as well, by a button of the same form that goes elsewhere.
    expect(after).toMatch(/formaction="\/reply\/[^"]+\/finish" name="result" value="came_once"/);
    betony.clock.set('2026-12-11T11:59:00Z');
    expect(await get(token)).toContain('Friday 4 December: Came');
    betony.clock.set('2026-12-11T12:00:00Z');
    expect(await get(token)).toContain('Did Grace come on Friday 11 December?');
  });

  describe('an end that a group told us of', () => {
    const places = () =>
      inScheme(scheme, (tx) =>
        tx.one(sql`
          select o.state, o.result, o.places_held as held, o.to_act as "toAct", l.places_taken as taken
          from onward_referral o join listing l on l.scheme_id = o.scheme_id and l.id = o.listing_id
          where o.scheme_id = ${scheme.id} and o.id = ${offer}`),
      );
    const came = async (): Promise<string> => {
      const token = await aLink();
      await ask('POST', `/reply/${token}/yes`);
      await ask('POST', `/reply/${token}/came`, 'result=attended&day=23&month=11&year=2026');
      return token;
    };
    const taking = { state: 'started', result: null, held: 1, toAct: null, taken: 1 };

    it('keeps nobody from whoever carries on by themselves', async () => {
      const token = await came();
      expect(await places()).toEqual(taking);
      await ask('POST', `/reply/${token}/finish`, 'result=still_going');
      expect(await places()).toEqual({
        state: 'completed',
        result: 'still_going',
        held: 0,
        toAct: 'ended_by_group',
        taken: 0,
      });
      const page = await get(token);
      expect(page).toContain('Grace carries on with your group');
      expect(page).not.toMatch(/do not contact|I have seen this|Okafor/);
      expect(/<title>([^<]*)/.exec(page)?.[1]).toBe('They carry on with your group – Betony');
    });

    it.each(['still_going', 'did_not_suit'])('is taken back within a day (%s)', async (result) => {
      const token = await came();
      await ask('POST', `/reply/${token}/finish`, `result=${result}`);
      betony.clock.advance({ hours: 23 });
      expect(await get(token)).toContain('You can take your answer back until Tuesday');
      const undone = await ask('POST', `/reply/${token}/undo`);
      expect(undone.headers.location).toBe(`/reply/${token}?saved=undone`);
      expect(await places()).toEqual(taking);
      const page = (await ask('GET', String(undone.headers.location))).body;
      expect(page).toContain('Everything is as it was before you answered');
      expect(page).toContain('Grace Okafor');
      await ask('POST', `/reply/${token}/finish`, `result=${result}`);
      betony.clock.advance({ hours: 25 });
      const late = await ask('POST', `/reply/${token}/undo`);
      expect([late.statusCode, /Nothing was taken back\. The time/.test(late.body)]).toEqual([409, true]);
      expect(await get(token)).not.toContain('Take our answer back');
    });

    it('stays where somebody else has the place by now, and says so', async () => {
      const token = await came();
      await ask('POST', `/reply/${token}/finish`, 'result=came_once');
      for (const firstName of ['Florence', 'Winifred']) {
        await anOffer(scheme, await aCase(scheme, { person: { firstName } }), group);
      }
      const refused = await ask('POST', `/reply/${token}/undo`);
      expect(refused.statusCode).toBe(409);
      expect(refused.body).toContain('Nothing was taken back. No place is free any more');
      expect(await state()).toBe('completed');
    });

    it('stays where the same group was asked for them again', async () => {
      const token = await came();
      await ask('POST', `/reply/${token}/finish`, 'result=finished_as_planned');
      betony.clock.advance({ minutes: 5 });
      await anOffer(scheme, of, group);
      expect(await get(token)).not.toContain('Take our answer back');
      const refused = await ask('POST', `/reply/${token}/undo`);
      expect(refused.statusCode).toBe(409);
      expect(refused.body).toContain('Another group, or yours anew, has been asked since');
    });
  });

  it('a button pressed too late says what has happened and what can be done, in plain words', async () => {
    const token = await aLink();
    await ask('POST', `/reply/${token}/yes`);
    await ask('POST', `/reply/${token}/undo`);
    const twice = await ask('POST', `/reply/${token}/undo`);
    expect(twice.statusCode).toBe(409);
    expect(twice.body).toContain(
      'Nothing was taken back. Your group has not answered, or has taken its answer back.',
    );
    expect(twice.body).toContain('Can you help Grace?');
    await ask('POST', `/reply/${token}/yes`);
    for (const [button, form] of [
      ['no', 'no=wrong_area'],
      ['talk', ''],
      ['waitlist', ''],
    ] as const) {
      const late = await ask('POST', `/reply/${token}/${button}`, form);
      expect(late.statusCode).toBe(409);
      expect(late.body).toContain('That was not saved. Your group has said yes already.');
      expect(late.body).not.toMatch(/only while|waitlisted/);
    }
  });

  it('of something that has since ended answer nothing but “please do not contact”', async () => {
    const token = await aLink();
    await ask('POST', `/reply/${token}/yes`);
    await betony
      .get(ClientsService)
      .recordDeath((await theManager(scheme)).actor, of.clientId, { toldBy: 'Practice' });
    const page = await get(token);
    expect(page).toContain('Please do not contact Grace again');
    expect(page).not.toMatch(/Okafor|7700|died/);
    for (const verb of ['undo', 'yes', 'in-touch']) {
      expect((await ask('POST', `/reply/${token}/${verb}`)).statusCode).toBe(409);
    }
  });

  it('tells the worker when it was opened, who chases, takes a yes back and sends the link again', async () => {
    const { browser } = of.worker;
    const desk = (url: string, form?: Record<string, string>) =>
      betony.inject({
        method: form ? 'POST' : 'GET',
        url,
        headers: {
          cookie: browser.cookie,
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(form ? { payload: new URLSearchParams({ _csrf: browser.formToken, ...form }).toString() } : {}),
      });
    const groups = async () => (await desk(`/desk/people/${of.clientId}/groups`)).body.replace(/\s+/g, ' ');
    const acts = async () =>
      [...(await groups()).matchAll(/action="\/desk\/onward\/[^/]+\/([^"]+)"/g)].map(([, verb]) => verb);
    const token = await aLink();
    expect(await groups()).toContain('Link not opened yet');
    expect(await acts()).toEqual(['resend']);
    const opened = async () =>
      /Link opened\s*<\/dt>\s*<dd[^>]*>\s*([^<]+?)\s*</.exec((await desk(`/desk/onward/${offer}`)).body)?.[1];
    expect(await opened()).toBe('Not yet');
    await ask('HEAD', `/reply/${token}`);
    await get(token);
    expect(await groups()).toMatch(
      /Link opened <time class="betony-ago" datetime="2026-11-23T[^"]+" tabindex="0">Just now<span class="betony-exactly">, Mon, 23 November 2026, 10:00<\/span><\/time>/,
    );

    expect(await opened()).toBe('Mon, 23 November 2026, 10:00');
    const silent = await desk(`/desk/onward/${offer}/chase`, { note: '' });
    expect([silent.statusCode, silent.body]).toEqual([422, expect.stringContaining('href="#note"')]);
    expect((await desk(`/desk/onward/${offer}/chase`, { note: 'They <ask> on Sunday' })).statusCode).toBe(
      303,
    );
    expect((await desk(`/desk/onward/${offer}`)).body).toContain('They &lt;ask&gt; on Sunday');
    expect((await desk(`/desk/onward/${offer}/resend`, {})).statusCode).toBe(303);
    const soon = await desk(`/desk/onward/${offer}/resend`, {});
    expect([soon.statusCode, soon.body]).toEqual([409, expect.stringContaining('less than a day ago')]);
    expect(await state()).toBe('offered');

    await ask('POST', `/reply/${token}/yes`);
    expect(await acts()).toEqual(['resend', 'undo']);
    await inScheme(scheme, (tx) =>
      tx.run(
        sql`update onward_referral set before = null, undo_until = null where scheme_id = ${scheme.id} and id = ${offer}`,
      ),
    );
    expect(await acts()).toEqual(['resend', 'not-after-all']);
    expect((await desk(`/desk/onward/${offer}/not-after-all`, {})).statusCode).toBe(303);
    expect(await state()).toBe('withdrawn');
    expect(await groups()).toContain('The group cannot');
    expect(await acts()).toEqual([]);
    // From a page of before: what was said on the telephone is not lost.
    const late = await desk(`/desk/onward/${offer}/chase`, { note: 'They <think> of Friday' });
    expect([late.statusCode, late.body]).toEqual([
      409,
      expect.stringContaining('They &lt;think&gt; of Friday'),
    ]);
  });

  it.each([
    ['forged', () => 'A'.repeat(43)],
    ['too short', () => 'abc'],
    ['a path', () => '..%2f..%2fetc%2fpasswd'],
    ['markup', () => '%3Cscript%3E'],
    ['a null byte', () => `${'A'.repeat(42)}%00`],
  ])('a token that is %s is told what an expired one is told', async (_what, token) => {
    const expired = await aLink(undefined, 'in_touch');
    betony.clock.advance({ days: 15 });
    const other = await ask('GET', `/reply/${token()}`);
    const old = await ask('GET', `/reply/${expired}`);
    expect([other.statusCode, old.statusCode]).toEqual([410, 410]);
    const blank = (body: string) => body.replace(/action="[^"]*"/g, '');
    expect(blank(other.body)).toBe(blank(old.body));
    expect((await ask('POST', `/reply/${token()}/yes`)).statusCode).toBe(410);
    const [again, againOld] = [
      await ask('POST', `/reply/${token()}/new-link`),
      await ask('POST', `/reply/${expired}/new-link`),
    ];
    expect([again.statusCode, again.headers['location']]).toEqual([303, '/reply/sent']);
    expect([againOld.statusCode, againOld.headers['location']]).toEqual([303, '/reply/sent']);
  });

  it('asking by address answers the same for one nobody has', async () => {
    await aLink();
    const known = await ask('POST', '/reply', `to=${encodeURIComponent(MO)}`);
    const unknown = await ask('POST', '/reply', 'to=nobody%40example.org');
    expect([known.statusCode, known.headers['location']]).toEqual([
      unknown.statusCode,
      unknown.headers['location'],
    ]);
    expect((await ask('POST', '/reply', 'to=nonsense')).statusCode).toBe(422);
  });

  it('too many tries from one address are told to wait, on a page', async () => {
    const token = await aLink();
    const tries = [];
    for (let count = 0; count < 62; count += 1) tries.push(await ask('POST', `/reply/${token}/seen`));
    const last = tries.at(-1)!;
    expect(last.statusCode).toBe(429);
    expect(last.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(last.headers['retry-after']).toBeDefined();
    expect(last.body).toContain('Too many tries');
    expect(last.body).toMatch(/Nothing was lost: .* Please try again in (?:a minute|\d+ minutes)\./);
  });

  it('a group that came from a directory is written to at its public address, so the code comes before the name', async () => {
    const [imported] = await inScheme(scheme, (tx) =>
      importGroups(tx, [
        {
          source: 'council',
          sourceId: '1',
          organisationSourceId: '1',
          name: 'Mill Lane Hall',
          kind: 'community_group',
          sector: 'community',
          service: 'Tuesday lunch',
          description: 'Soup and company.',
          needs: ['loneliness'],
          address: '1 Mill Lane',
          postcode: 'CO97 1AA',
          email: 'info@example.org',
          details: {},
        },
      ]),
    );
    const { organisationId, listingId } = imported!;
    await betony.get(ListingsService).publish(systemActor(scheme.id, 'test'), listingId);
    group = { ...group, organisationId, listingId };
    offer = await anOffer(scheme, of, group);
    const token = await aLink(undefined, undefined, 'info@example.org');
    await ask('POST', `/reply/${token}/yes`);
    expect(await state()).toBe('accepted');
    const page = await get(token);
    expect(page).not.toMatch(/Okafor|7700/);
    expect(page).toContain(`/reply/${token}/code`);
  });

  const lastCode = async () => {
    const row = await inScheme(scheme, (tx) =>
      tx.one<{ id: string }>(sql`
        select id from reply_code where scheme_id = ${scheme.id} order by created_at desc, id desc limit 1`),
    );
    return codeOf(betony.config.tokenKey, row.id);
  };

  describe('of somebody with a safety flag, at an address that one person alone reads', () => {
    const HERS = /Okafor|7700/;
    beforeEach(async () => {
      of = await aCase(scheme, {
        person: { firstName: 'Grace', lastName: 'Okafor', knownAs: null, phone: PHONE, safetyFlag: true },
      });
      offer = await anOffer(scheme, of, group);
    });
    const enter = (token: string, code: string) => ask('POST', `/reply/${token}/open`, `code=${code}`);
    const cookieOf = (opened: Awaited<ReturnType<typeof enter>>) =>
      String(opened.headers['set-cookie']).split(';')[0];

    it('the yes takes two taps, and the code that goes to that address comes before the details', async () => {
      const token = await aLink();
      const asked = await get(token);
      expect(asked).toContain('Can you help Grace?');
      expect(asked).not.toMatch(HERS);
      expect(asked).not.toContain('/code');
      expect((await ask('POST', `/reply/${token}/yes`)).statusCode).toBe(303);
      expect(await state()).toBe('accepted');
      const closed = await get(token);
      expect(closed).not.toMatch(HERS);
      expect(closed).toContain(`action="/reply/${token}/code"`);
      expect((await ask('POST', `/reply/${token}/code`)).headers.location).toBe(`/reply/${token}?code=sent`);
      const code = await lastCode();
      const form = await ask('GET', `/reply/${token}?code=sent`);
      expect(form.body).toContain(`action="/reply/${token}/open"`);
      expect(form.body).not.toMatch(HERS);
      expect(form.body).not.toContain(code);
      const refused = await enter(token, code === '000000' ? '000001' : '000000');
      expect([refused.statusCode, refused.body]).toEqual([
        422,
        expect.stringContaining('That is not the code'),
      ]);
      expect(refused.body).not.toMatch(HERS);
      expect(refused.headers['set-cookie']).toBeUndefined();
      const opened = await enter(token, code);
      expect(opened.statusCode).toBe(303);
      const open = await ask('GET', `/reply/${token}`, '', cookieOf(opened));
      expect(open.body).toContain('Grace Okafor');
      expect(open.body).toContain('07700 900123');
      // Another browser with the same link is asked, and the code works once.
      expect(await get(token)).not.toMatch(HERS);
      expect((await enter(token, code)).statusCode).toBe(422);
    });

    it('after five wrong tries the right code opens nothing, and a new one does', async () => {
      const token = await aLink();
      await ask('POST', `/reply/${token}/yes`);
      await ask('POST', `/reply/${token}/code`);
      const first = await lastCode();
      const wrong = first === '000000' ? '000001' : '000000';
      for (let tries = 1; tries <= 5; tries += 1) expect((await enter(token, wrong)).statusCode).toBe(422);
      const late = await enter(token, first);
      expect([late.statusCode, late.body]).toEqual([422, expect.stringContaining('Ask for a new one')]);
      expect(late.body).not.toMatch(HERS);
      betony.clock.advance({ seconds: 1 });
      await ask('POST', `/reply/${token}/code`);
      const opened = await enter(token, await lastCode());
      expect((await ask('GET', `/reply/${token}`, '', cookieOf(opened))).body).toContain('Grace Okafor');
    });

    it('five codes an hour and no more, each for ten minutes', async () => {
      const token = await aLink();
      await ask('POST', `/reply/${token}/yes`);
      await ask('POST', `/reply/${token}/code`);
      betony.clock.advance({ minutes: 10 });
      expect((await enter(token, await lastCode())).body).toContain('Ask for a new one');
      for (let codes = 2; codes <= 5; codes += 1) {
        expect((await ask('POST', `/reply/${token}/code`)).statusCode).toBe(303);
      }
      expect((await ask('POST', `/reply/${token}/code`)).statusCode).toBe(429);
      betony.clock.advance({ hours: 1 });
      expect((await ask('POST', `/reply/${token}/code`)).statusCode).toBe(303);
    });

    it('a flag set since closes the details that were open, until the code is entered', async () => {
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update client set safety_flag = false where scheme_id = ${scheme.id} and id = ${of.clientId}`),
      );
      const token = await aLink();
      await ask('POST', `/reply/${token}/yes`);
      expect(await get(token)).toContain('Grace Okafor');
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update client set safety_flag = true where scheme_id = ${scheme.id} and id = ${of.clientId}`),
      );
      const closed = await get(token);
      expect(closed).not.toMatch(HERS);
      expect(closed).toContain(`action="/reply/${token}/code"`);
    });
  });

  describe('at a shared address', () => {
    beforeEach(() =>
      inScheme(scheme, (tx) =>
        tx.run(sql`
          update provider set contact_shared = true
          where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`),
      ),
    );
    it('the code comes before the name, is guessed at a few times only, and opens for one browser', async () => {
      const token = await aLink();
      await ask('POST', `/reply/${token}/yes`);
      expect(await get(token)).not.toMatch(/Okafor|7700/);
      expect((await ask('POST', `/reply/${token}/code`)).headers['location']).toBe(
        `/reply/${token}?code=sent`,
      );
      const code = await lastCode();
      const wrong = code === '000000' ? '000001' : '000000';
      for (const guess of ['abc', wrong]) {
        const refused = await ask('POST', `/reply/${token}/open`, `code=${guess}`);
        expect(refused.statusCode).toBe(422);
        expect(refused.body).not.toMatch(/Okafor|7700/);
      }
      const opened = await ask('POST', `/reply/${token}/open`, `code=${code.slice(0, 3)}+${code.slice(3)}`);
      expect(opened.statusCode).toBe(303);
      const set = String(opened.headers['set-cookie']);
      expect(set).toMatch(/HttpOnly; Secure; SameSite=Lax/);
      expect(set).toContain(`Path=/reply/${token};`);
      const cookie = set.split(';')[0];
      expect((await ask('GET', `/reply/${token}`, '', cookie)).body).toContain('Grace Okafor');
      expect(await get(token)).not.toContain('Okafor');
      expect((await ask('GET', `/reply/${token}`, '', 'betony-reply=AAAA')).body).not.toContain('Okafor');
    });

    it('six guesses at once do not get a sixth try', async () => {
      const token = await aLink();
      await ask('POST', `/reply/${token}/yes`);
      await ask('POST', `/reply/${token}/code`);
      const code = await lastCode();
      const wrong = code === '000000' ? '000001' : '000000';
      await Promise.all(
        Array.from({ length: 6 }, () => ask('POST', `/reply/${token}/open`, `code=${wrong}`)),
      );
      const late = await ask('POST', `/reply/${token}/open`, `code=${code}`);
      expect(late.statusCode).toBe(422);
      expect(late.body).toContain('Ask for a new one');
    });
  });

  it('an offer that is taken back says why, and a new one has a link of its own', async () => {
    const token = await aLink();
    await betony
      .get(OnwardParticipation)
      .withdraw(of.worker.actor, offer, { reason: 'found_something_else', side: 'client' });
    const page = await get(token);
    expect(page).toContain('Please do not contact Grace again');
    expect(page).toContain('Grace has found something');
    await anOffer(scheme, of, group);
    expect(await get(token)).toContain('There is nothing more to answer');
  });

  it('“I no longer help here” ends the link, and the scheme is told', async () => {
    const token = await aLink();
    expect((await ask('POST', `/reply/${token}/leave`)).headers['location']).toBe('/reply/left');
    expect((await ask('GET', `/reply/${token}`)).statusCode).toBe(410);
    expect(await reminderDesk(scheme).tasks(group.organisationId)).toEqual(['contact_left managers open']);
    const lead = await theManager(scheme);
    const amend = (version: number, payload: object) =>
      betony.inject({
        method: 'PATCH',
        url: `/api/v1/providers/${group.organisationId}`,
        headers: { ...lead.headers, 'if-match': `"v${String(version)}"` },
        payload,
      });
    expect((await amend(2, { pausedFrom: '2026-12-01' })).json()).toMatchObject({
      pausedFrom: '2026-12-01',
      answersBy: 'email',
      contactEmail: null,
    });
    expect((await amend(3, { contactEmail: null, pausedUntil: '2026-11-30' })).json().errors).toEqual([
      { field: 'pausedUntil', message: 'Make it later than the first day of the pause' },
    ]);
  });

  it('“worried about somebody?” is on every page, and asks to be rung', async () => {
    const token = await aLink();
    for (const path of ['', '/no', '/talk', '/leave']) {
      expect((await ask('GET', `/reply/${token}${path}`)).body).toContain('Worried about somebody?');
    }
    await ask('POST', `/reply/${token}/worried`);
    expect(await reminderDesk(scheme).tasks(offer)).toContain('group_worried managers open');
  });

  it('“worried about somebody?” reaches the managers from links about nobody in particular, with group and day', async () => {
    const desk = reminderDesk(scheme);
    const manager = await theManager(scheme);
    const listing = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
    const day = 'day=22&month=11&year=2026';
    const session = String((await ask('POST', `/reply/${listing}/session`, day)).headers.location);
    const register = session.slice('/reply/'.length);
    const { id } = await inScheme(scheme, (tx) =>
      tx.one<{ id: string }>(sql`
        select id from register where scheme_id = ${scheme.id} and listing_id = ${group.listingId}`),
    );
    for (const [token, subject, paths] of [
      [listing, group.listingId, ['', '/full', '/thanks', '/session', '/leave', '/rings-you']],
      [register, id, ['', '/leave', '/rings-you']],
    ] as const) {
      for (const path of paths) {
        const { body } = await ask('GET', `/reply/${token}${path}`);
        expect([path, body.includes(`href="/reply/${token}/worried"`)]).toEqual([path, true]);
      }
      expect((await ask('GET', `/reply/${token}/worried`)).body).toContain('I am worried. Please ring me');
      for (const once of [1, 2]) {
        const told = await ask('POST', `/reply/${token}/worried`);
        expect([once, told.headers.location]).toEqual([once, `/reply/${token}/rings-you`]);
      }
      expect(await desk.tasks(subject)).toEqual(['group_worried managers open']);
    }
    const tasks = await betony.inject({ url: '/desk/tasks', headers: { cookie: manager.browser.cookie } });
    const { name, service } = await inScheme(scheme, (tx) =>
      tx.one<{ name: string; service: string }>(sql`
        select o.name, l.name as service from listing l
        join organisation o on o.scheme_id = l.scheme_id and o.id = l.organisation_id
        where l.scheme_id = ${scheme.id} and l.id = ${group.listingId}`),
    );
    expect(tasks.body).toContain(`${name}: ${service}</span>`);
    expect(tasks.body).toContain(`${name}: ${service}, on 22 November 2026</span>`);
  });

  it('says where to ring also where somebody tried too often, or a link is gone', async () => {
    const gone = await ask('GET', '/reply/nothing');
    let last = gone;
    for (let tries = 0; last.statusCode !== 429 && tries <= 300; tries += 1) {
      last = await ask('POST', '/reply', 'to=');
    }
    for (const answer of [gone, last]) {
      expect(answer.body).toMatch(/href="tel:999".*href="tel:111".*href="tel:116123"/s);
    }
    expect(last.statusCode).toBe(429);
  });

  it('“is this still right?” is confirmed, or full until a day, with a link that answers no offers', async () => {
    const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
    betony.clock.advance({ days: 1 });
    const page = await get(token);
    for (const words of ['Is this still right?', 'Anywhere here', 'Free', 'Not a religious setting']) {
      expect(page).toContain(words);
    }
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update listing set areas = null, cost = null, setting = null
        where scheme_id = ${scheme.id} and id = ${group.listingId}`),
    );
    expect((await get(token)).match(/We do not know yet: please tell us/g)).toHaveLength(6);
    expect((await ask('POST', `/reply/${token}/yes`)).statusCode).toBe(404);
    expect((await ask('POST', `/reply/${token}/right`)).headers['location']).toBe(`/reply/${token}/thanks`);
    expect((await ask('POST', `/reply/${token}/full`, '')).statusCode).toBe(422);
    expect((await ask('POST', `/reply/${token}/full`, 'until=14')).statusCode).toBe(303);
    const listing = await inScheme(scheme, (tx) =>
      tx.one(sql`
        select confirmed_on::text as confirmed, full_until::text as until from listing
        where scheme_id = ${scheme.id} and id = ${group.listingId}`),
    );
    expect(listing).toEqual({ confirmed: '2026-11-24', until: '2026-12-08' });
  });

  it('“is this still right?” asks about a number, an address and a place in words that everybody reads', async () => {
    const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
    expect(await get(token)).not.toContain('Please look at this once more');
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update listing set description = 'Ring Mo on 07700 900123, or mo@example.org', withhold_location = true,
          address = '12 High Street', how_to_join = 'Come to 12 High Street'
        where scheme_id = ${scheme.id} and id = ${group.listingId}`),
    );
    for (const path of ['', '/thanks']) {
      const { body } = await ask('GET', `/reply/${token}${path}`);
      expect(body).toContain('What it is: Everybody can read a telephone number here.');
      expect(body).toContain('What it is: Everybody can read an e-mail address here.');
      expect(body).toContain('How to join: Where it meets is to be kept back, but it is said here');
    }
    expect((await ask('POST', `/reply/${token}/right`)).statusCode).toBe(303);
  });

  describe('what has changed of a service', () => {
    const told = () =>
      inScheme(scheme, (tx) =>
        tx.one<Record<string, unknown>>(sql`
          select schedule, address, postcode, how_to_join as "howToJoin", access, cost, cost_note as "costNote",
            places_kind as kind, places_total as total from listing
          where scheme_id = ${scheme.id} and id = ${group.listingId}`),
      );
    const versionOf = (body: string): string => /name="_version" value="(\d+)"/.exec(body)?.[1] ?? '';
    const put = (token: string, part: string, form: Record<string, string>) =>
      ask('POST', `/reply/${token}/${part}`, new URLSearchParams(form).toString());
    const friday = {
      'schedule.0.day': 'friday',
      'schedule.0.from': '12',
      'schedule.0.to': '١٤.٣٠',
      'schedule.0.every': 'week',
    };

    it.each<[string, Record<string, string>, Record<string, unknown>, string]>([
      [
        'times',
        friday,
        { schedule: [{ day: 'friday', from: '12:00', to: '14:30', every: 'week' }] },
        'Friday 12:00–14:30',
      ],
      [
        'place',
        { address: 'The hall', postcode: 'co97 1aa' },
        { address: 'The hall', postcode: 'CO97 1AA' },
        'The hall, CO97 1AA',
      ],
      [
        'join',
        { howToJoin: 'Come along on a Friday' },
        { howToJoin: 'Come along on a Friday' },
        'Come along on a Friday',
      ],
      ['access', { access: 'step_free' }, { access: ['step_free'] }, 'A way in without steps'],
      [
        'cost',
        { cost: 'paid', costNote: '£3 for lunch' },
        { cost: 'paid', costNote: '£3 for lunch' },
        'People pay (£3 for lunch)',
      ],
      ['places', { kind: 'counted', total: '7' }, { kind: 'counted', total: 7 }, '6 free of 7'],
    ])(
      'is put right by the link at once, seen by people, and taken back: %s',
      async (part, form, kept, words) => {
        const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
        const before = await told();
        const shown = (await ask('GET', `/reply/${token}/${part}`)).body;
        const answer = await put(token, part, { ...form, _version: versionOf(shown) });
        expect(answer.headers.location).toBe(`/reply/${token}?saved=part`);
        expect(await told()).toEqual({ ...before, ...kept });
        const page = (await ask('GET', String(answer.headers.location))).body;
        expect(page).toContain('Is the rest right too?');
        expect(page).toContain(words);
        // A second tap of one finger is no clash with oneself.
        expect((await put(token, part, { ...form, _version: versionOf(shown) })).statusCode).toBe(303);
        await ask('POST', `/reply/${token}/undo`);
        expect(await told()).toEqual(before);
        const [back] = await rowsOf<{ action: string }>(
          scheme,
          sql`select action from listing_history where scheme_id = ${scheme.id} order by id desc limit 1`,
        );
        expect(back?.action).toBe(part === 'places' ? 'listing.placesSet' : 'listing.amended');
      },
    );

    it('says of places beside the box what is wrong, and to whoever was overtaken what stands there now', async () => {
      const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
      const before = (await ask('GET', `/reply/${token}/places`)).body;
      const fewer = await put(token, 'places', { kind: 'counted', total: '0', _version: versionOf(before) });
      expect([fewer.statusCode, fewer.body]).toEqual([422, expect.stringContaining('href="#total"')]);
      expect(fewer.body).toContain('Taken now: 1. They count too.');
      await put(token, 'places', { kind: 'counted', total: '8', _version: versionOf(before) });
      const late = await put(token, 'places', { kind: 'counted', total: '9', _version: versionOf(before) });
      expect([late.statusCode, late.body]).toEqual([
        412,
        expect.stringContaining('It now says: 7 free of 8.'),
      ]);
      expect(late.body).toContain('value="9"');
      await put(token, 'places', { kind: 'counted', total: '9', _version: versionOf(late.body) });
      expect((await ask('GET', `/reply/${token}`)).body).toContain('8 free of 9');
    });

    it('keeps what was typed of a place that is kept back meanwhile, and says whom to ask', async () => {
      const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
      const _version = versionOf((await ask('GET', `/reply/${token}/place`)).body);
      await inScheme(scheme, (tx) =>
        tx.run(
          sql`update listing set withhold_location = true where scheme_id = ${scheme.id} and id = ${group.listingId}`,
        ),
      );
      const late = await put(token, 'place', { address: 'The new hall', postcode: '', _version });
      expect([late.statusCode, late.body]).toEqual([422, expect.stringContaining('The new hall')]);
      expect((await ask('GET', `/reply/${token}/place`)).statusCode).toBe(404);
      await inScheme(scheme, (tx) =>
        tx.run(
          sql`update listing set withhold_location = false where scheme_id = ${scheme.id} and id = ${group.listingId}`,
        ),
      );
    });

    it('takes times away, keeps what is said of each, and says beside the box what is wrong', async () => {
      const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
      const monthly = {
        'schedule.1.day': 'tuesday',
        'schedule.1.from': '9:05',
        'schedule.1.to': '10:00',
        'schedule.1.every': 'month',
        'schedule.1.note': 'Not in August',
        'schedule.1.on.day': '24',
        'schedule.1.on.month': '11',
        'schedule.1.on.year': '2026',
      };
      const version = versionOf((await ask('GET', `/reply/${token}/times`)).body);
      await put(token, 'times', { ...friday, ...monthly, _version: version });
      const page = (await ask('GET', `/reply/${token}/times`)).body;
      expect(page).toContain('value="Not in August"');
      const gone = { ...friday, ...monthly, 'schedule.0.day': 'gone', _version: versionOf(page) };
      await put(token, 'times', gone);
      expect((await told())['schedule']).toEqual([
        {
          day: 'tuesday',
          from: '09:05',
          to: '10:00',
          every: 'month',
          note: 'Not in August',
          on: '2026-11-24',
        },
      ]);
      const late = await put(token, 'times', { ...friday, 'schedule.0.to': 'noon', _version: '9' });
      expect([late.statusCode, late.body.includes('Enter a time, like 14:30')]).toEqual([422, true]);
      expect(late.body).toContain('value="noon"');
      // What is wrong stands beside its own row, wherever others were taken away or left empty above it.
      const later = Object.fromEntries(
        Object.entries(friday).map(([name, value]) => [name.replace('.0.', '.2.'), value]),
      );
      const moved = {
        ...monthly,
        'schedule.1.day': 'gone',
        ...later,
        'schedule.2.to': 'noon',
        _version: '9',
      };
      const beside = await put(token, 'times', { 'schedule.0.day': '', ...moved });
      expect(beside.body).toContain('href="#schedule.0.to"');
      expect(beside.body).toMatch(/name="schedule\.0\.to"[^>]*value="noon"/);
      const backwards = {
        ...friday,
        'schedule.0.to': '11:00',
        _version: versionOf((await ask('GET', `/reply/${token}/times`)).body),
      };
      expect((await put(token, 'times', backwards)).body).toContain('Make the end later than the start');
    });

    it('says what somebody else wrote meanwhile, keeps what was typed, and takes it the second time', async () => {
      const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
      const version = versionOf((await ask('GET', `/reply/${token}/join`)).body);
      await put(token, 'join', { howToJoin: 'Ring the office', _version: version });
      const late = await put(token, 'join', { howToJoin: 'Just come', _version: version });
      expect(late.statusCode).toBe(412);
      expect(late.body).toContain('It now says: Ring the office.');
      expect(late.body).toContain('>Just come</textarea>');
      await put(token, 'join', { howToJoin: 'Just come', _version: versionOf(late.body) });
      expect(await told()).toMatchObject({ howToJoin: 'Just come' });
    });

    it('is no more than that: not its words, its level or a place that is kept back, and who answers is for a manager', async () => {
      const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
      const version = versionOf((await ask('GET', `/reply/${token}/join`)).body);
      await put(token, 'join', {
        howToJoin: 'Come',
        name: 'Ours now',
        level: 'open_door',
        _version: version,
      });
      expect((await get(token)).includes('Ours now')).toBe(false);
      for (const part of ['what', 'level', 'constructor']) {
        expect([part, (await put(token, part, { name: 'Ours now' })).statusCode]).toEqual([part, 404]);
      }
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update listing set withhold_location = true, address = '12 High Street' where scheme_id = ${scheme.id}
            and id = ${group.listingId}`),
      );
      const page = await get(token);
      expect(page).not.toContain('12 High Street');
      expect(page).toContain('Kept to yourselves');
      expect((await ask('GET', `/reply/${token}/place`)).statusCode).toBe(404);
      const seen = versionOf((await ask('GET', `/reply/${token}/join`)).body);
      expect((await put(token, 'place', { address: 'Here', _version: seen })).statusCode).not.toBe(303);
      expect(await told()).toMatchObject({ address: '12 High Street' });
      expect(page).toContain('m…@example.org');
      expect(page).not.toContain(MO);
      expect(page).toContain(`href="/claim/${scheme.id}/${group.organisationId}"`);
      const others = await aLink({ kind: 'onward_referral', id: offer });
      expect((await ask('GET', `/reply/${others}/join`)).statusCode).toBe(404);
    });
  });

  it('“we are full” and “all correct” are taken back within a day, and “we have room again” at any time', async () => {
    const said = () =>
      inScheme(scheme, (tx) =>
        tx.one(sql`
          select full_until::text as until, places_confirmed_on::text as counted, confirmed_on::text as confirmed
          from listing where scheme_id = ${scheme.id} and id = ${group.listingId}`),
      );
    await betony
      .get(ListingsService)
      .declareFull((await theManager(scheme)).actor, group.listingId, { until: '2026-12-20' });
    const before = await said();
    const token = await aLink({ kind: 'listing', id: group.listingId }, 'listing_check');
    betony.clock.advance({ days: 1 });
    expect(await get(token)).not.toContain('Take our answer back');
    for (const [button, form] of [
      ['full', 'until=14'],
      ['right', ''],
      ['room', ''],
    ] as const) {
      const { location } = (await ask('POST', `/reply/${token}/${button}`, form)).headers;
      expect([button, location]).toEqual([button, `/reply/${token}/thanks`]);
      expect(await said()).not.toEqual(before);
      expect((await ask('GET', String(location))).body).toContain(
        'You can take your answer back until Wednesday',
      );
      const undone = await ask('POST', `/reply/${token}/undo`);
      expect(undone.headers.location).toBe(`/reply/${token}?saved=undone`);
      expect([button, await said()]).toEqual([button, before]);
      const twice = await ask('POST', `/reply/${token}/undo`);
      expect(twice.statusCode).toBe(409);
      expect(twice.body).toContain('Nothing was taken back. It was taken back already');
    }
    // One after the other, the last first; and a full service says so in one place.
    await ask('POST', `/reply/${token}/right`);
    const right = await said();
    await ask('POST', `/reply/${token}/full`, 'until=14');
    const page = (await get(token)).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    expect(page).toMatch(/Places Full until Tuesday 8 December Change Places After that \d+ free of \d+/);
    await ask('POST', `/reply/${token}/undo`);
    expect(await said()).toEqual(right);
    expect(await get(token)).toContain('Take our answer back');
    await ask('POST', `/reply/${token}/undo`);
    expect(await said()).toEqual(before);
    expect((await ask('POST', `/reply/${token}/undo`)).statusCode).toBe(409);
    // Said again of what holds already: that alone goes back, and "full" before it only when asked once more.
    await ask('POST', `/reply/${token}/right`);
    await ask('POST', `/reply/${token}/full`, 'until=28');
    const isFull = await said();
    await ask('POST', `/reply/${token}/right`);
    await ask('POST', `/reply/${token}/undo`);
    expect(await said()).toEqual(isFull);
    await ask('POST', `/reply/${token}/undo`);
    expect(await said()).toEqual(right);
    await ask('POST', `/reply/${token}/full`, 'until=28');
    betony.clock.advance({ hours: 25 });
    expect(await get(token)).not.toContain('Take our answer back');
    expect((await ask('POST', `/reply/${token}/undo`)).statusCode).toBe(409);
    expect(await get(token)).toContain('We have room again');
    await ask('POST', `/reply/${token}/room`);
    expect(await said()).toMatchObject({ until: null });
    expect(await get(token)).not.toContain('We have room again');
    const others = await aLink({ kind: 'onward_referral', id: offer });
    expect((await ask('POST', `/reply/${others}/room`)).statusCode).toBe(404);
  });
});
