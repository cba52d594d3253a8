import sql from 'sql-template-tag';
import type { CaseloadCounts, TodayView } from '../../../src/caseload/today.dto.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { ROLES, systemActor } from '../../../src/platform/actor/actor.types.js';
import { aCase, type Case } from '../../factories/caseload.js';
import { aCase as aCaseOf, aGroup, anOffer } from '../../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { countRows, rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const NONE = {
  all: 0,
  waiting: 0,
  active: 0,
  onHold: 0,
  withAGroup: 0,
  overdue: 0,
  dueToday: 0,
  withoutNextDate: 0,
  appointmentsToday: 0,
  groupReplies: 0,
};

describe('today', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let kim: TestMember;
  let late: Case;
  let waiting: Case;
  let due: Case;
  let held: Case;
  let kims: Case;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker');
    kim = await aMember(scheme, 'link_worker');
    late = await aCase(scheme, sam).begun().unreached(2).due('2026-11-19');
    waiting = await aCase(scheme, sam)
      .person({ firstName: 'Grace', lastName: 'Adeyemi', knownAs: 'Gracie', phone: '+447700900123' })
      .due('2026-11-22');
    due = await aCase(scheme, sam).begun().due('2026-11-23');
    held = await aCase(scheme, sam).begun().onHold('2026-12-14');
    await aCase(scheme, sam).begun().due('2026-11-24');
    await aCase(scheme, sam).begun().closed();
    kims = await aCase(scheme, kim).begun().due('2026-11-23');
    for (const [on, time] of [
      ['2026-11-23', '15:00'],
      ['2026-11-23', '11:15'],
      ['2026-11-24', '00:00'],
    ]) {
      await post(`referrals/${held.referralId}/appointments`, { kind: 'phone', on, time, minutes: 20 });
    }
    const [cancelled] = [
      await post(`referrals/${held.referralId}/appointments`, {
        kind: 'phone',
        on: '2026-11-23',
        time: '16:00',
        minutes: 20,
      }),
    ];
    await post(`appointments/${cancelled.json().id}/cancel`, { side: 'client', reason: 'weather' });
  });
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });
  afterAll(() => betony.stop());

  const post = (path: string, payload: object, member = sam) =>
    betony.inject({ method: 'POST', url: `/api/v1/${path}`, payload, headers: member.headers });
  const ask = (path: string, member = sam) =>
    betony.inject({ url: `/api/v1/${path}`, headers: member.headers });
  const today = async (member = sam, query = ''): Promise<TodayView> =>
    (await ask(`today${query}`, member)).json<TodayView>();
  const idsOf = (items: { referralId: string }[]) => items.map((item) => item.referralId);

  it('puts late, due and booked in order, with who to ring and what to mind', async () => {
    const view = await today();
    expect(view).toMatchObject({
      on: '2026-11-23',
      counts: { overdue: 2, dueToday: 1, appointments: 2, groupReplies: 0 },
      groupReplies: [],
    });
    expect(view.overdue).toMatchObject([
      {
        referralId: late.referralId,
        why: 'next_contact',
        dueOn: '2026-11-19',
        daysLate: 4,
        unreachedInARow: 2,
        ownerId: sam.actor.membershipId,
        covering: false,
      },
      {
        referralId: waiting.referralId,
        why: 'first_contact',
        daysLate: 1,
        unreachedInARow: 0,
        person: {
          clientId: waiting.clientId,
          name: 'Grace Adeyemi',
          knownAs: 'Gracie',
          phone: '+447700900123',
          safeToCall: 'not_asked',
          safeToLeaveMessage: 'not_asked',
          safetyFlag: false,
          language: 'en',
          interpreter: 'not_needed',
          accessNeeds: [],
        },
      },
    ]);
    expect(view.dueToday).toMatchObject([{ referralId: due.referralId, daysLate: 0 }]);
    expect(view.appointments).toMatchObject([
      { referralId: held.referralId, time: '11:15', kind: 'phone', minutes: 20 },
      { referralId: held.referralId, time: '15:00' },
    ]);
  });

  it('begins and ends at midnight in London', async () => {
    betony.clock.set('2026-11-23T23:59:59Z');
    expect(idsOf((await today()).dueToday)).toEqual([due.referralId]);
    betony.clock.set('2026-11-24T00:00:00Z');
    const tomorrow = await today();
    expect(tomorrow.on).toBe('2026-11-24');
    expect(idsOf(tomorrow.overdue)).toEqual([late.referralId, waiting.referralId, due.referralId]);
    expect(tomorrow.dueToday).toHaveLength(1);
    expect(tomorrow.appointments.map(({ time }) => time)).toEqual(['00:00']);
  });

  it('records once, in the same statement, whom it showed', async () => {
    const entries = () =>
      rowsOf<{ client_ids: string[] }>(
        scheme,
        sql`select client_ids from audit_entry where scheme_id = ${scheme.id} and action = 'today.read'
            and actor_id = ${sam.actor.membershipId} order by id`,
      );
    const before = (await entries()).length;
    await today();
    const after = await entries();
    expect(after).toHaveLength(before + 1);
    expect([...(after.at(-1)?.client_ids ?? [])].sort()).toEqual(
      [late.clientId, waiting.clientId, due.clientId, held.clientId].sort(),
    );
  });

  it('counts what is behind each tab, and lists nobody for it', async () => {
    const before = await countRows(scheme, [sql`audit_entry`]);
    expect((await ask('caseload/counts')).json<CaseloadCounts>()).toEqual({
      all: 5,
      waiting: 1,
      active: 3,
      onHold: 1,
      withAGroup: 0,
      overdue: 2,
      dueToday: 1,
      withoutNextDate: 0,
      appointmentsToday: 2,
      groupReplies: 0,
    });
    expect(await countRows(scheme, [sql`audit_entry`])).toEqual(before);
  });

  it('brings the answers of groups that wait for the owner, until somebody has acted on them', async () => {
    const worker = await aMember(scheme, 'link_worker');
    const grace = await aCaseOf(scheme, { worker });
    const [lunch, choir] = [await aGroup(scheme), await aGroup(scheme)];
    await anOffer(scheme, grace, choir).accepted();
    const declined = await anOffer(scheme, grace, lunch).declined();
    const view = await today(worker);
    expect(view.groupReplies).toMatchObject([
      {
        onwardReferralId: declined,
        toAct: 'declined',
        referralId: grace.referralId,
        person: { clientId: grace.clientId },
        since: '2026-11-23T10:00:00.000Z',
        covering: false,
        listing: { id: lunch.listingId },
      },
    ]);
    expect(view.groupReplies[0]?.organisation).not.toBe('');
    expect(view.counts.groupReplies).toBe(1);
    const counts = { all: 1, active: 1, withAGroup: 1, groupReplies: 1 };
    expect((await ask('caseload/counts', worker)).json()).toMatchObject(counts);
    expect((await today()).groupReplies).toEqual([]);

    expect((await post(`onward-referrals/${declined}/noted`, {}, worker)).statusCode).toBe(200);
    expect((await today(worker)).groupReplies).toEqual([]);
    expect((await ask('caseload/counts', worker)).json()).toMatchObject({ ...counts, groupReplies: 0 });
  });

  it.each(['declined', 'expired', 'late_yes'] as const)(
    'says where to turn next after %s: the two best not asked yet, with how fresh what is said of them is',
    async (toAct) => {
      const elsewhere = await aScheme(betony);
      const worker = await aMember(elsewhere, 'link_worker');
      const grace = await aCaseOf(elsewhere, { worker });
      const asked = await aGroup(elsewhere);
      const talking = await aGroup(elsewhere);
      await anOffer(elsewhere, grace, talking);
      const offer = anOffer(elsewhere, grace, asked);
      const id = await (toAct === 'declined' ? offer.declined() : offer.expired());
      const answer = (path: string, member: TestMember, payload: object = {}) =>
        post(`onward-referrals/${path}`, payload, member);
      if (toAct === 'late_yes') {
        expect((await answer(`${id}/late-yes`, asked.member)).statusCode).toBe(200);
      }
      const row = async () =>
        (await today(worker)).groupReplies.find(({ onwardReferralId }) => onwardReferralId === id);
      expect(await row()).toMatchObject({ toAct, nextCandidates: [] });

      for (let groups = 0; groups < 3; groups += 1) await aGroup(elsewhere);
      const inOneCall = (await ask(`onward-referrals/${id}/next-candidates`, worker)).json<
        { listing: { id: string; name: string; freshness: object } }[]
      >();
      expect(inOneCall).toHaveLength(2);
      expect(inOneCall.map(({ listing }) => listing.id)).not.toContain(asked.listingId);
      expect((await row())?.nextCandidates).toEqual(
        inOneCall.map(({ listing: { id: listingId, name, freshness } }) => ({
          id: listingId,
          name,
          freshness,
        })),
      );
    },
  );

  it('prepares where to turn next for the ten answers that wait longest, and for none that asks for a call', async () => {
    const elsewhere = await aScheme(betony);
    const worker = await aMember(elsewhere, 'link_worker');
    const group = await aGroup(elsewhere);
    const other = await aGroup(elsewhere);
    for (let people = 0; people < 11; people += 1) {
      const grace = await aCaseOf(elsewhere, { worker });
      await anOffer(elsewhere, grace, group).declined();
      betony.clock.advance({ minutes: 1 });
    }
    await betony.get(UnitOfWork).run(systemActor(elsewhere.id, 'test'), (tx) =>
      tx.run(sql`
          update onward_referral set to_act = 'talk' where scheme_id = ${elsewhere.id}
            and updated_at = (select min(updated_at) from onward_referral where scheme_id = ${elsewhere.id})`),
    );
    await aCaseOf(elsewhere, { worker }).then((grace) => anOffer(elsewhere, grace, group).declined());
    const replies = (await today(worker)).groupReplies;
    expect(replies.map(({ nextCandidates }) => nextCandidates?.map(({ id }) => id) ?? null)).toEqual([
      null,
      ...Array.from({ length: 10 }, () => [other.listingId]),
      null,
    ]);
  });

  it('shows the caseloads one covers today beside one’s own, and says which are which', async () => {
    const cover = await aMember(scheme, 'link_worker');
    const own = await aCase(scheme, cover).begun().due('2026-11-23');
    expect(idsOf((await today(cover)).dueToday)).toEqual([own.referralId]);
    await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), (tx) =>
      tx.run(sql`
        insert into cover (scheme_id, id, worker_id, cover_id, reason, starts_on, ends_on, created_by, created_at)
        values (${scheme.id}, ${newId()}, ${kim.actor.membershipId}, ${cover.actor.membershipId}, 'absent',
          '2026-11-23', '2026-11-23', ${kim.actor.membershipId}, ${tx.now})`),
    );
    const both = await today(cover);
    expect(both.dueToday.map((item) => [item.referralId, item.covering]).sort()).toEqual(
      [
        [own.referralId, false],
        [kims.referralId, true],
      ].sort(),
    );
    const [mine, theirs] = [cover, kim].map(({ actor }) => `?workerId=${actor.membershipId}`);
    expect(idsOf((await today(cover, mine)).dueToday)).toEqual([own.referralId]);
    expect(idsOf((await today(cover, theirs)).dueToday)).toEqual([kims.referralId]);
    expect((await ask('caseload/counts', cover)).json()).toMatchObject({ all: 2, dueToday: 2 });
    betony.clock.advance({ days: 1 });
    expect(idsOf((await today(cover)).overdue)).toEqual([own.referralId]);
  });

  it('lets a manager look at one worker’s day, and at nobody’s unless asked', async () => {
    const manager = await aMember(scheme, 'scheme_manager');
    expect((await today(manager)).counts).toEqual({
      overdue: 0,
      dueToday: 0,
      appointments: 0,
      groupReplies: 0,
    });
    const ofSam = await today(manager, `?workerId=${sam.actor.membershipId}`);
    expect(idsOf(ofSam.overdue)).toEqual([late.referralId, waiting.referralId]);
    expect((await ask(`caseload/counts?workerId=${sam.actor.membershipId}`, manager)).json()).toMatchObject({
      all: 5,
    });
  });

  it('shows nobody who is not held, even if the owner’s name still stands there', async () => {
    const leaver = await aMember(scheme, 'link_worker');
    const { referralId } = await aCase(scheme, leaver).begun().due('2026-11-23');
    expect(idsOf((await today(leaver)).dueToday)).toEqual([referralId]);
    await betony
      .get(UnitOfWork)
      .run(systemActor(scheme.id, 'test'), (tx) =>
        tx.run(sql`delete from client_reach where scheme_id = ${scheme.id} and source_id = ${referralId}`),
      );
    expect((await today(leaver)).dueToday).toEqual([]);
    expect((await ask('caseload/counts', leaver)).json()).toEqual(NONE);
  });

  it.each(['today', 'caseload/counts'])('%s: who may', async (path) => {
    for (const role of ROLES) {
      const { statusCode } = await ask(path, await aMember(scheme, role));
      expect([role, statusCode]).toEqual([
        role,
        ['link_worker', 'scheme_manager'].includes(role) ? 200 : 403,
      ]);
    }
    expect((await betony.inject({ url: `/api/v1/${path}` })).statusCode).toBe(401);
    const of = (member: TestMember) => `${path}?workerId=${member.actor.membershipId}`;
    expect((await ask(of(kim))).statusCode).toBe(404);
    const elsewhere = await aScheme(betony);
    const manager = await aMember(elsewhere, 'scheme_manager');
    expect((await ask(of(sam), manager)).statusCode).toBe(404);
    expect(
      (await ask(`${path}?workerId=${newId()}`, await aMember(scheme, 'scheme_manager'))).statusCode,
    ).toBe(404);
    expect((await ask(`${path}?workerId=x`)).json().errors).toMatchObject([{ field: 'workerId' }]);
    expect((await ask(`${path}?day=tomorrow`)).json().errors).toMatchObject([{ field: 'day' }]);
  });
});
