import { rmSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { Database } from '../../../src/platform/database/database.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import type { RegisterView } from '../../../src/onward-referrals/register.dto.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { Registers } from '../../../src/onward-referrals/registers.service.js';
import { ReplyLinks } from '../../../src/onward-referrals/reply-links.service.js';
import { aCase, aGroup, anOffer, type TestCase, type TestGroup } from '../../factories/onward.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { changeRow } from '../../factories/episodes.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf, rowsOf } from '../../support/records.js';
import { filedMail } from '../../support/mailbox.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const MO = 'mo@example.org';
const TODAY = { sessionOn: '2026-11-23' };

describe('the register of a group session', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: TestGroup;
  let manager: TestMember;
  let worker: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    // Names of letters begin with when: another test's later day must not come after this one's.
    rmSync(join(betony.config.dataDir, 'outbox'), { recursive: true, force: true });
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    group = await aGroup(scheme);
    manager = await aMember(scheme, 'scheme_manager');
    worker = await aMember(scheme, 'link_worker');
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1/${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const open = async (more: object = {}, who = group.member): Promise<RegisterView> => {
    const answer = await call(who, 'POST', `listings/${group.listingId}/registers`, { ...TODAY, ...more });
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { state: 'open' }]);
    return answer.json();
  };
  const somebody = (firstName: string, more: object = {}): Promise<TestCase> =>
    aCase(scheme, { worker, person: { firstName, lastName: 'Okoro', knownAs: null, ...more } });
  const mark = (id: string, marks: [string, string][], more: object = {}) =>
    call(group.member, 'POST', `registers/${id}/mark`, {
      marks: marks.map(([onwardReferralId, result]) => ({ onwardReferralId, result })),
      ...more,
    });
  const fields = (answer: Awaited<ReturnType<typeof call>>) =>
    answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field);

  it('is asked for by itself after a session, once, until somebody fills it in', async () => {
    group = await aGroup(scheme, { provider: { contactEmail: MO, answersBy: 'email' } });
    const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
    await changeRow(scheme, 'listing', group.listingId, {
      schedule: JSON.stringify([
        { day: 'monday', from: '10:00', to: '12:00', every: 'week' },
        { day: 'monday', from: '09:00', to: '11:00', every: 'month' },
        { day: 'monday', from: '08:00', to: '09:00', every: 'month', on: '2026-12-14' },
      ]),
    });
    const ask = () => betony.get(Registers).askAfterSessions(systemActor(scheme.id, 'registers'));
    const asked = () =>
      rowsOf<{ id: string; on: string; at: string }>(
        scheme,
        sql`select id, session_on::text as on, to_char(session_at, 'HH24:MI') as at from register
          where scheme_id = ${scheme.id} and asked_at is not null order by session_on`,
      );
    betony.clock.set('2026-11-23T11:59:00Z');
    await ask();
    expect(await asked()).toEqual([]);
    betony.clock.set('2026-11-23T12:10:00Z');
    await ask();
    await ask();
    const [register] = await asked();
    expect(await asked()).toMatchObject([{ on: '2026-11-23', at: '10:00' }]);
    const desk = reminderDesk(scheme);
    expect(await desk.reminders(register!.id)).toEqual(['register_wanted 1 2026-11-24T10:00 waiting']);
    const answer = await mark(register!.id, [[grace, 'attended']]);
    expect(answer.statusCode).toBe(200);
    expect(await desk.reminders(register!.id)).toEqual([
      'register_wanted 1 2026-11-24T10:00 dropped moved_on',
    ]);
    // The next one goes out, with a link that opens this register alone.
    betony.clock.set('2026-11-30T12:10:00Z');
    await ask();
    const next = (await asked())[1]!;
    await desk.work('2026-12-01T10:00:00Z');
    const [message] = await desk.messages(group.organisationId);
    await betony.get(SendMessage).perform({
      name: 'send-message',
      key: message!.id,
      schemeId: scheme.id,
      ids: { message: message!.id },
    });
    const letter = (await filedMail(betony.config.dataDir)).at(-1)!;
    expect(letter.text).toContain('Please say who came');
    expect(`${letter.subject ?? ''} ${letter.text ?? ''}`).not.toMatch(/Grace|Okoro/);
    const token = /\/reply\/([\w-]{43})/.exec(letter.text ?? '')?.[1] ?? '';
    expect(await betony.get(ReplyLinks).open(token)).toMatchObject({
      purpose: 'register',
      actor: { about: { kind: 'register', id: next.id } },
    });
    // The second Monday of the month, as somebody said.
    betony.clock.set('2026-12-14T12:10:00Z');
    await ask();
    expect(
      (await asked())
        .map(({ on, at }) => `${on} ${at}`)
        .sort()
        .slice(2),
    ).toEqual(['2026-12-14 08:00', '2026-12-14 10:00']);
  });

  it('shows whoever takes part by what they are called, and nobody at another step', async () => {
    const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
    const ola = await anOffer(scheme, await somebody('Ola'), group)
      .accepted()
      .started();
    await anOffer(scheme, await somebody('Asked'), group);
    await anOffer(scheme, await somebody('Waiting'), group).waitlisted();
    await anOffer(scheme, await somebody('Gone'), group)
      .accepted()
      .started()
      .stopped();
    const backed = await somebody('Backed');
    await anOffer(scheme, backed, group).accepted();
    await betony.get(Database).read(
      scheme.id,
      sql`update agreement set withdrawn_at = now() where client_id = ${backed.clientId}
          and organisation_id is not null returning 1 as one`,
    );
    const elsewhere = await aGroup(scheme);
    await anOffer(scheme, await somebody('Elsewhere'), elsewhere).accepted();
    const register = await open();
    expect(register.people).toEqual([
      { onwardReferralId: grace, calledBy: 'Grace', people: 1, result: null, came: null },
      { onwardReferralId: ola, calledBy: 'Ola', people: 1, result: null, came: null },
    ]);
    expect(JSON.stringify(register)).not.toMatch(/Okoro|07700|999/);
    expect((await call(elsewhere.member, 'GET', `registers/${register.id}`)).statusCode).toBe(404);
    expect(
      (await call(elsewhere.member, 'POST', `listings/${group.listingId}/registers`, TODAY)).statusCode,
    ).toBe(404);
    expect((await call(worker, 'GET', `registers/${register.id}`)).statusCode).toBe(403);
    const [, seen] = await auditOf(scheme, register.id);
    expect(seen?.client_ids).toHaveLength(2);
  });

  it('shows initials to whoever asked for them since the offer', async () => {
    const before = await somebody('Grace');
    const onward = await anOffer(scheme, before, group).accepted();
    const { id, people } = await open();
    expect(people).toMatchObject([{ calledBy: 'Grace' }]);
    const version = (await call(worker, 'GET', `clients/${before.clientId}`)).json<{ version: number }>()
      .version;
    await betony.get(ClientsService).amend(worker.actor, before.clientId, version, { initialsOnly: true });
    const answer = await call(group.member, 'GET', `registers/${id}`);
    expect(answer.json()).toMatchObject({ people: [{ onwardReferralId: onward, calledBy: 'G.O.' }] });
    expect(answer.body).not.toContain('Grace');
  });

  it('is one for a session, however often it is opened, and another for another time of the day', async () => {
    const first = await open();
    expect((await open({}, manager)).id).toBe(first.id);
    const early = await open({ sessionAt: '09:30' });
    expect([early.id === first.id, early.sessionAt]).toEqual([false, '09:30']);
  });

  it('is for a session that has begun, as is what is said of one person', async () => {
    const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
    const openAt = (more: object) =>
      call(group.member, 'POST', `listings/${group.listingId}/registers`, { ...TODAY, ...more });
    const say = (more: object) =>
      call(group.member, 'POST', `onward-referrals/${grace}/attendance`, {
        ...TODAY,
        result: 'attended',
        ...more,
      });
    const later = { sessionAt: '10:01' };
    for (const answer of [await openAt(later), await say(later)])
      expect([answer.statusCode, fields(answer)]).toEqual([422, ['sessionAt']]);
    await changeRow(scheme, 'listing', group.listingId, {
      schedule: JSON.stringify([{ day: 'monday', from: '14:00', to: '15:00', every: 'week' }]),
    });
    for (const answer of [await openAt({}), await say({})])
      expect([answer.statusCode, fields(answer)]).toEqual([422, ['sessionOn']]);
    const started = await call(group.member, 'POST', `onward-referrals/${grace}/start`, {
      on: TODAY.sessionOn,
      by: 'attendance',
    });
    expect([started.statusCode, fields(started)]).toEqual([422, ['on']]);
    betony.clock.set('2026-11-23T14:00:00Z');
    expect((await say({})).json()).toMatchObject({ sessionAt: '14:00' });
    expect((await openAt({})).json()).toMatchObject({ sessionAt: '14:00', people: [{ result: 'attended' }] });
  });

  it('is not stepped around, once final, by a time of nobody’s; whoever said yes since is kept', async () => {
    const monday = { day: 'monday', to: '12:00', every: 'week' };
    await changeRow(scheme, 'listing', group.listingId, {
      schedule: JSON.stringify([
        { ...monday, from: '08:00' },
        { ...monday, from: '09:00' },
      ]),
    });
    const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
    const { id } = await open({ sessionAt: '09:00' });
    await mark(id, [[grace, 'absent_logistics']]);
    expect((await call(group.member, 'POST', `registers/${id}/finalise`)).statusCode).toBe(200);
    const say = (who: string, more: object) =>
      call(group.member, 'POST', `onward-referrals/${who}/attendance`, {
        ...TODAY,
        result: 'attended',
        ...more,
      });
    for (const sessionAt of [null, '09:01', '07:30', '09:00']) {
      const answer = await say(grace, { sessionAt });
      expect([sessionAt, answer.statusCode, answer.json()]).toMatchObject([
        sessionAt,
        409,
        { title: 'register-final' },
      ]);
    }
    const beside = { ...TODAY, sessionAt: '09:01' };
    const another = await call(group.member, 'POST', `listings/${group.listingId}/registers`, beside);
    expect([another.statusCode, another.json()]).toMatchObject([409, { title: 'register-final' }]);
    const late = await anOffer(scheme, await somebody('Ola'), group).accepted();
    const byDay = await call(group.member, 'POST', `onward-referrals/${late}/start`, {
      on: TODAY.sessionOn,
      by: 'attendance',
    });
    expect([byDay.statusCode, byDay.json()]).toMatchObject([200, { state: 'started' }]);
    const twice = await say(late, { result: 'absent_logistics' });
    expect([twice.statusCode, twice.json()]).toMatchObject([409, { title: 'register-final' }]);
    expect((await call(manager, 'GET', `registers/${id}`)).json()).toMatchObject({
      state: 'final',
      people: [{ result: 'absent_logistics' }, { result: 'attended' }],
    });
    // The other session of that day has no register, and is one of the week.
    expect((await say(grace, { sessionAt: '08:00' })).statusCode).toBe(201);
    await open({ sessionAt: '08:00' });
  });

  it('is marked, counts others without a name, and starts whoever came', async () => {
    const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
    const ola = await anOffer(scheme, await somebody('Ola'), group).accepted();
    const { id } = await open();
    const answer = await mark(
      id,
      [
        [grace, 'late'],
        [ola, 'absent_logistics'],
      ],
      { walkIns: 3 },
    );
    expect(answer.json()).toMatchObject({
      walkIns: 3,
      people: [{ result: 'late' }, { result: 'absent_logistics' }],
    });
    const shown = async (onward: string) =>
      (await call(worker, 'GET', `onward-referrals/${onward}`)).json<Record<string, unknown>>();
    expect(await shown(grace)).toMatchObject({
      state: 'started',
      firstAttendedOn: '2026-11-23',
      timesAttended: 1,
    });
    expect(await shown(ola)).toMatchObject({ state: 'accepted', firstAttendedOn: null, timesAttended: 0 });
    for (const sessionOn of ['2026-11-24', '2026-11-25']) {
      betony.clock.set(`${sessionOn}T18:00:00Z`);
      const { id: next } = await open({ sessionOn });
      await mark(next, [[grace, 'attended']]);
    }
    expect(await shown(grace)).toMatchObject({
      firstAttendedOn: '2026-11-23',
      thirdAttendedOn: '2026-11-25',
    });
  });

  it('is final once everybody is marked; then only a manager changes it, and says why', async () => {
    const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
    const ola = await anOffer(scheme, await somebody('Ola'), group).accepted();
    const { id } = await open();
    await mark(id, [[grace, 'attended']]);
    const early = await call(group.member, 'POST', `registers/${id}/finalise`);
    expect([early.statusCode, early.json()]).toMatchObject([409, { because: '1 on it is not marked yet.' }]);
    await mark(id, [[ola, 'absent_acceptable']]);
    const final = await call(group.member, 'POST', `registers/${id}/finalise`);
    expect(final.json()).toMatchObject({ state: 'final', finalAt: '2026-11-23T10:00:00.000Z' });

    expect((await mark(id, [[ola, 'attended']])).statusCode).toBe(409);
    expect((await call(group.member, 'POST', `registers/${id}/finalise`)).statusCode).toBe(409);
    const around = { ...TODAY, result: 'attended' };
    for (const who of [group.member, worker]) {
      const answer = await call(who, 'POST', `onward-referrals/${ola}/attendance`, around);
      expect([answer.statusCode, answer.json()]).toMatchObject([409, { title: 'register-final' }]);
    }
    const put = { onwardReferralId: ola, result: 'attended', reason: 'She signed the sheet' };
    expect((await call(group.member, 'POST', `registers/${id}/correct`, put)).statusCode).toBe(403);
    expect(
      fields(await call(manager, 'POST', `registers/${id}/correct`, { ...put, reason: undefined })),
    ).toEqual(['reason']);
    const right = await call(manager, 'POST', `registers/${id}/correct`, put);
    expect(right.json()).toMatchObject({
      state: 'final',
      people: [{ result: 'attended' }, { result: 'attended' }],
      corrections: [
        {
          onwardReferralId: ola,
          was: 'absent_acceptable',
          result: 'attended',
          reason: 'She signed the sheet',
        },
      ],
    });
    expect(fields(await call(manager, 'POST', `registers/${id}/correct`, put))).toEqual(['result']);
    const other = await open({ sessionOn: '2026-11-22' });
    const notFinal = await call(manager, 'POST', `registers/${other.id}/correct`, put);
    expect([notFinal.statusCode, notFinal.json()]).toMatchObject([409, { from: 'open', action: 'correct' }]);
  });

  it('is saved whole or not at all, and refuses what contradicts itself', async () => {
    const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
    const ola = await anOffer(scheme, await somebody('Ola'), group).accepted();
    const elsewhere = await anOffer(scheme, await somebody('Eve'), await aGroup(scheme)).accepted();
    const { id } = await open();
    const refusals: [Awaited<ReturnType<typeof mark>>, string[]][] = [
      [
        await mark(id, [
          [grace, 'attended'],
          [ola, 'session_did_not_happen'],
        ]),
        ['marks'],
      ],
      [
        await mark(id, [
          [grace, 'attended'],
          [grace, 'late'],
        ]),
        ['marks'],
      ],
      [
        await mark(id, [
          [grace, 'attended'],
          [elsewhere, 'attended'],
        ]),
        ['marks.1.onwardReferralId'],
      ],
      [
        await mark(
          id,
          [
            [grace, 'session_did_not_happen'],
            [ola, 'session_did_not_happen'],
          ],
          { walkIns: 1 },
        ),
        ['walkIns'],
      ],
      [await mark(id, [[grace, 'attended']], { walkIns: -1 }), ['walkIns']],
      [await mark(id, [[grace, 'perhaps']]), ['marks.0.result']],
      [await mark(id, [[grace, 'attended']], { names: ['Jo'] }), ['names']],
    ];
    for (const [answer, expected] of refusals)
      expect([answer.statusCode, fields(answer)]).toEqual([422, expected]);
    expect((await call(group.member, 'GET', `registers/${id}`)).json()).toMatchObject({
      walkIns: 0,
      people: [{ result: null }, { result: null }],
    });
    for (const sessionOn of ['2026-11-24', '2026-09-01', '2026-02-30']) {
      const answer = await call(group.member, 'POST', `listings/${group.listingId}/registers`, { sessionOn });
      expect([answer.statusCode, fields(answer)]).toEqual([422, ['sessionOn']]);
    }
  });

  describe('by link', () => {
    let address = 0;
    beforeEach(async () => {
      address += 1;
      group = await aGroup(scheme, { provider: { contactEmail: MO, answersBy: 'email' } });
    });

    const ask = (url: string, form?: Record<string, string>, cookie = '') =>
      betony.inject({
        method: form ? 'POST' : 'GET',
        url,
        remoteAddress: `198.51.100.${String(address)}`,
        headers: { cookie, ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
        ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
      });
    const sent = async (id: string): Promise<string> => {
      expect((await call(group.member, 'POST', `registers/${id}/send-link`)).statusCode).toBe(200);
      await settle(betony);
      const letter = (await filedMail(betony.config.dataDir)).at(-1)!;
      expect([letter.to?.[0]?.address, letter.subject]).toEqual([MO, 'A register to fill in']);
      // Their random letters may well say “ola”.
      expect(letter.text?.replace(/https:\S+/g, '')).not.toMatch(/Grace|Ola|lunch/i);
      return /(\/reply\/[\w-]{43})\n/.exec(letter.text ?? '')![1]!;
    };
    const stateOf = async (id: string) =>
      (await call(group.member, 'GET', `registers/${id}`)).json<RegisterView>();

    it('is kept on a page, is final when finished, and shows what was put right since, by whom and why', async () => {
      const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
      const ola = await anOffer(scheme, await somebody('Ola', { initialsOnly: true }), group).accepted();
      const { id } = await open();
      const path = await sent(id);
      const page = await ask(path);
      expect(page.body).toContain('Grace');
      expect(page.body).toContain('O.O.');
      expect(page.body).not.toMatch(/Okoro|>Ola|07700/);
      expect(await stateOf(id)).toMatchObject({ state: 'open', version: 1 });

      const early = await ask(`${path}/done`, { [`w-${grace}`]: 'late' });
      expect([early.statusCode, early.body]).toEqual([
        422,
        expect.stringContaining('Select whether O.O. came'),
      ]);
      expect(await stateOf(id)).toMatchObject({ people: [{ result: null }, { result: null }] });
      const saved = await ask(`${path}/save`, { [`w-${grace}`]: 'late', walkIns: '2' });
      expect([saved.statusCode, saved.headers.location]).toEqual([303, `${path}?saved=yes`]);
      const done = await ask(`${path}/done`, {
        [`w-${grace}`]: 'late',
        [`w-${ola}`]: 'absent_logistics',
        walkIns: '2',
      });
      expect([done.statusCode, done.headers.location]).toEqual([303, path]);
      expect(await stateOf(id)).toMatchObject({
        state: 'final',
        finalBy: 'the group, by link',
        walkIns: 2,
        people: [{ result: 'late' }, { result: 'absent_logistics' }],
      });
      const again = await ask(`${path}/save`, { [`w-${grace}`]: 'attended' });
      expect([again.statusCode, again.body]).toEqual([
        409,
        expect.stringContaining('That was not saved. It was finished before'),
      ]);
      const twice = await ask(`${path}/done`, {
        [`w-${grace}`]: 'late',
        [`w-${ola}`]: 'absent_logistics',
        walkIns: '2',
      });
      expect([twice.statusCode, twice.headers.location]).toEqual([303, path]);
      expect((await stateOf(id)).people[0]?.result).toBe('late');

      const reason = 'He signed the sheet';
      await call(manager, 'POST', `registers/${id}/correct`, {
        onwardReferralId: ola,
        result: 'attended',
        reason,
      });
      const after = await ask(path);
      expect(after.body).toContain('This is finished');
      expect(after.body).not.toContain('Take our answer back');
      const tooLate = await ask(`${path}/undo`, {});
      expect([tooLate.statusCode, tooLate.body]).toEqual([
        409,
        expect.stringContaining('something else was said since'),
      ]);
      expect(after.body).toContain(reason);
      const [{ by = '' } = {}] = (await stateOf(id)).corrections as { by?: string }[];
      expect(by).not.toBe('');
      expect(after.body).toContain(by);
      const members = [group.member, manager].map(({ actor }) => actor.membershipId);
      const byLink = (await auditOf(scheme, id)).filter(({ actor_id: who }) => !members.includes(who ?? ''));
      expect(byLink.some(({ client_ids: shown }) => shown.length === 2)).toBe(true);
    });

    it('says of everybody at once that there was no session', async () => {
      await anOffer(scheme, await somebody('Grace'), group).accepted();
      const { id } = await open();
      const path = await sent(id);
      expect((await ask(`${path}/off`, {})).statusCode).toBe(303);
      expect(await stateOf(id)).toMatchObject({
        state: 'final',
        people: [{ result: 'session_did_not_happen' }],
      });
    });

    it('is opened again within a day by whoever finished it too early, with every mark', async () => {
      const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
      const { id } = await open();
      const path = await sent(id);
      const finish = (result: string) => ask(`${path}/done`, { [`w-${grace}`]: result, walkIns: '2' });
      await finish('attended');
      betony.clock.advance({ hours: 23 });
      expect((await ask(path)).body).toContain('You can take your answer back until');
      for (const time of ['first', 'second']) {
        const undone = await ask(`${path}/undo`, {});
        expect([time, undone.headers.location]).toEqual([time, `${path}?saved=undone`]);
      }
      expect(await stateOf(id)).toMatchObject({
        state: 'open',
        finalAt: null,
        walkIns: 2,
        people: [{ result: 'attended' }],
      });
      const verbs = (await auditOf(scheme, id)).flatMap(({ details }) => details['verb'] ?? []);
      expect(verbs.slice(-2)).toEqual(['finalise', 'reopen']);
      await finish('absent_logistics');
      expect(await stateOf(id)).toMatchObject({ state: 'final', people: [{ result: 'absent_logistics' }] });
      betony.clock.advance({ hours: 24 });
      expect((await ask(path)).body).not.toContain('Take our answer back');
      expect((await ask(`${path}/undo`, {})).statusCode).toBe(409);
      expect(await stateOf(id)).toMatchObject({ state: 'final' });
    });

    it('names nobody at a shared address, or where somebody is flagged, before the code', async () => {
      const grace = await anOffer(scheme, await somebody('Grace', { safetyFlag: true }), group).accepted();
      const { id } = await open();
      const path = await sent(id);
      expect((await ask(path)).body).not.toContain('Grace');
      expect((await ask(`${path}/done`, { [`w-${grace}`]: 'attended' })).headers.location).toBe(path);
      expect((await stateOf(id)).people[0]?.result).toBeNull();
      await ask(`${path}/code`, {});
      await settle(betony);
      const letter = (await filedMail(betony.config.dataDir)).at(-1)!;
      const code = /Your code is (\d{6})/.exec(letter.text ?? '')![1]!;
      expect((await ask(`${path}/open`, { code: code === '000000' ? '000001' : '000000' })).statusCode).toBe(
        422,
      );
      const entered = await ask(`${path}/open`, { code });
      const cookie = String(entered.headers['set-cookie']).split(';')[0];
      expect((await ask(path, undefined, cookie)).body).toContain('Grace');
    });

    it('reaches one register and one group, nothing else of anybody, and for a time', async () => {
      const grace = await anOffer(scheme, await somebody('Grace'), group).accepted();
      const other = await aGroup(scheme);
      const eve = await anOffer(scheme, await somebody('Eve'), other).accepted();
      const { id } = await open();
      const path = await sent(id);
      expect((await ask(`${path}/save`, { [`w-${eve}`]: 'attended' })).statusCode).toBe(303);
      for (const verb of ['yes', 'no', 'finish', 'came', 'right', 'full', 'session'])
        expect([verb, (await ask(`${path}/${verb}`, {})).statusCode]).toEqual([verb, 404]);
      const link = (await betony.get(ReplyLinks).open(path.slice('/reply/'.length)))!;
      await expect(
        betony.get(OnwardParticipation).complete(link.actor, grace, { result: 'came_once' }),
      ).rejects.toMatchObject({ status: 403 });
      await expect(
        betony.get(OnwardParticipation).attend(link.actor, eve, { ...TODAY, result: 'attended' }),
      ).rejects.toMatchObject({ status: 404 });
      const elsewhere = await open({ sessionOn: '2026-11-22' });
      await expect(betony.get(Registers).finalise(link.actor, elsewhere.id)).rejects.toMatchObject({
        status: 404,
      });
      expect((await call(other.member, 'POST', `registers/${id}/send-link`)).statusCode).toBe(404);
      await sent(id);
      await sent(id);
      expect((await call(group.member, 'POST', `registers/${id}/send-link`)).statusCode).toBe(429);
      betony.clock.advance({ days: 15 });
      expect((await ask(path)).statusCode).toBe(410);
    });

    it('is opened from the link about a service, for a day that has come', async () => {
      await anOffer(scheme, await somebody('Grace'), group).accepted();
      await betony.get(ReplyLinks).askFor({ channel: 'email', to: MO });
      await settle(betony);
      const letter = (await filedMail(betony.config.dataDir)).at(-1)!;
      const path = [...(letter.text ?? '').matchAll(/(\/reply\/[\w-]{43})\n/g)].at(-1)![1]!;
      const day = { day: '22', month: '11', year: '2026' };
      for (const wrong of [{}, { ...day, day: '31' }, { ...day, day: '24' }, { ...day, year: '2025' }])
        expect((await ask(`${path}/session`, wrong as Record<string, string>)).statusCode).toBe(422);
      const opened = await ask(`${path}/session`, day);
      expect(opened.statusCode).toBe(303);
      expect((await ask(String(opened.headers.location))).body).toContain('Sunday 22 November');
    });
  });
});
