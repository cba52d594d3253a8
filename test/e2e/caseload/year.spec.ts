import sql from 'sql-template-tag';
import { HandoversService } from '../../../src/caseload/handovers.service.js';
import type { TodayView } from '../../../src/caseload/today.dto.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { BANK_HOLIDAYS } from '../../../src/platform/clock/bank-holidays.js';
import { addDays, addWorkingDays, atLondon } from '../../../src/platform/clock/calendar.js';
import { aReferral, theSender } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const FIRST = '2026-11-30';
const LAST = '2027-11-29';
/** Days on which the whole caseload changes hands, and back. */
const TO_KIM = '2027-04-01';
const TO_SAM = '2027-07-01';
const LEAVE = { from: '2027-08-09', until: '2027-08-20' };

/** The same dice every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** P1, over a year as it is lived: both clock changes, all bank holidays, leave, two handovers. */
describe('a year of one link worker', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let sam: TestMember;
  let kim: TestMember;
  let manager: TestMember;
  const done: Record<string, number> = {};

  beforeAll(async () => {
    betony = await startApp({ now: `${FIRST}T09:00:00Z` });
    scheme = await aScheme(betony);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    kim = await aMember(scheme, 'link_worker', { name: 'Kim Lee' });
    manager = await aMember(scheme, 'scheme_manager');
    await theSender(scheme);
  });
  afterAll(() => betony.stop());

  const post = async (what: string, path: string, payload: object, member: TestMember): Promise<number> => {
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/${path}`,
      payload,
      headers: member.headers,
    });
    if (answer.statusCode >= 300) throw new Error(`${what} ${path}: ${answer.body}`);
    done[what] = (done[what] ?? 0) + 1;
    return answer.statusCode;
  };
  const todayOf = async (member: TestMember): Promise<TodayView> =>
    (await betony.inject({ url: '/api/v1/today', headers: member.headers })).json<TodayView>();

  /**
   * Open referrals that nobody owns, that have no next date, whose owner is not the one of their assignment, or whose day
   * went by: whoever was at work has been through their list by then.
   */
  const forgotten = (day: string) =>
    rowsOf(
      scheme,
      sql`select r.reference, r.state from referral r
        where r.scheme_id = ${scheme.id} and r.state in ('sent', 'returned', 'accepted', 'allocated', 'active', 'on_hold')
          and (r.next_at is null or r.owner_kind is null or r.next_at < ${atLondon(day, '00:00')}
            or (r.owner_kind = 'worker') is distinct from (r.owner_id is not null)
            or (r.owner_kind = 'worker' and 1 <> (select count(*) from referral_assignment a
              where a.scheme_id = r.scheme_id and a.referral_id = r.id and a.ends_at is null
                and a.owner_id = r.owner_id)))`,
    );

  it('never leaves a referral without owner and next date, and nobody waits past their day', async () => {
    const roll = dice(20261130);
    const chance = (of: number): boolean => roll() < of;
    const nextOn = (day: string): string => addWorkingDays(day, 5 + Math.floor(roll() * 20), BANK_HOLIDAYS);

    /** What the day asks of one person, as Today shows it. */
    const attend = async (
      worker: TestMember,
      day: string,
      { referralId, why, unreachedInARow }: TodayView['dueToday'][number],
    ): Promise<void> => {
      if (why === 'resume') {
        await post('resume', `referrals/${referralId}/resume`, { nextOn: nextOn(day) }, worker);
        return;
      }
      if (unreachedInARow >= 3 && chance(0.6)) {
        const closing = { choice: 'close', noResponseBecause: 'could_not_reach' };
        await post('choose', `referrals/${referralId}/unreached-choice`, closing, worker);
        return;
      }
      const outcome = chance(0.7) ? 'reached' : 'no_answer';
      const contact = { kind: 'phone', outcome, minutes: 20, note: 'As we said', nextOn: nextOn(day) };
      await post('contact', `referrals/${referralId}/contacts`, contact, worker);
      if (outcome !== 'reached') return;
      if (chance(0.12)) {
        const ending = { result: 'helped', reason: 'done', mayAskAgain: true, noResponseBecause: 'declined' };
        await post('close', `referrals/${referralId}/close`, ending, worker);
      } else if (chance(0.08)) {
        const holding = { reason: 'away', resumeOn: nextOn(day) };
        await post('hold', `referrals/${referralId}/hold`, holding, worker);
      } else if (why === 'first_contact') {
        const goals = [{ words: 'Company', importance: 8, actions: [{ what: 'Ring', who: 'client' }] }];
        await post('plan', `referrals/${referralId}/plan`, { goals }, worker);
      } else if (chance(0.1)) {
        // Two on one day overlap: the worker is warned, and means it.
        const meeting = {
          kind: 'phone',
          on: nextOn(day),
          time: '10:00',
          minutes: 30,
          evenSo: ['double_booked'],
        };
        await post('appointment', `referrals/${referralId}/appointments`, meeting, worker);
      }
    };

    const handOver = (from: TestMember, to: TestMember, effectiveOn: string): Promise<number> =>
      post(
        'handover',
        'handovers',
        { fromId: from.actor.membershipId, toId: to.actor.membershipId, effectiveOn },
        manager,
      );

    const wrong: string[] = [];
    let days = 0;
    for (let day = FIRST; day <= LAST; day = addWorkingDays(day, 1, BANK_HOLIDAYS)) {
      betony.clock.set(atLondon(day, '09:00').toISOString());
      days += 1;
      await betony.get(HandoversService).performDue(systemActor(scheme.id, 'handovers'));
      const worker = day >= TO_KIM && day < TO_SAM ? kim : sam;
      if (day === LEAVE.from) {
        const leave = { coverId: kim.actor.membershipId, endsOn: LEAVE.until };
        await post('absent', `link-workers/${sam.actor.membershipId}/absent`, leave, manager);
      }
      const atWork = day >= LEAVE.from && day <= LEAVE.until ? kim : worker;
      if (days % 5 === 1 && day < '2027-11-01') {
        await aReferral(scheme).accepted().allocatedTo(worker);
      }
      const { overdue, dueToday } = await todayOf(atWork);
      for (const item of [...overdue, ...dueToday]) await attend(atWork, day, item);
      // The day before, so that everything owned then is in it.
      if (addDays(day, 1) === TO_KIM) await handOver(sam, kim, TO_KIM);
      if (addDays(day, 1) === TO_SAM) await handOver(kim, sam, TO_SAM);
      const left = await todayOf(atWork);
      if (left.overdue.length + left.dueToday.length > 0) wrong.push(`${day}: left undone`);
      for (const row of await forgotten(day)) wrong.push(`${day}: ${JSON.stringify(row)}`);
    }
    expect(wrong).toEqual([]);
    expect(days).toBe(253);
    // A year in which everything happened: a test in which nothing did would hold as well.
    for (const what of ['contact', 'plan', 'close', 'hold', 'resume', 'choose', 'appointment', 'absent']) {
      expect([what, (done[what] ?? 0) > 0]).toEqual([what, true]);
    }
    expect(done['handover']).toBe(2);
    expect(done['contact']).toBeGreaterThan(200);
    const outcomes = await rowsOf<{ outcome: string }>(
      scheme,
      sql`select distinct outcome from handover_item`,
    );
    expect(outcomes).toEqual([{ outcome: 'handed' }]);
  }, 120_000);

  it('is caught when a referral loses its next date, which the database refuses', async () => {
    await expect(
      rowsOf(
        scheme,
        sql`update referral set next_at = null where state = 'active' and scheme_id = ${scheme.id}`,
      ),
    ).rejects.toThrow('referral');
  });
});
