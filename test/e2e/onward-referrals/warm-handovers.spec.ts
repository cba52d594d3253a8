import sql from 'sql-template-tag';
import type { WarmHandoverView } from '../../../src/onward-referrals/warm-handover.dto.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { aCase, aGroup, anOffer, inScheme, type TestCase, type TestGroup } from '../../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { auditOf } from '../../support/records.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const NEXT_TUESDAY = { on: '2026-12-01', time: '14:00' };

describe('going along with somebody', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let group: TestGroup;
  let sam: TestMember;
  let pat: TestMember;
  let of: TestCase;
  let onward: string;
  let desk: ReturnType<typeof reminderDesk>;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    group = await aGroup(scheme);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
    pat = await aMember(scheme, 'link_worker', { name: 'Pat Companion' });
    of = await aCase(scheme, {
      worker: sam,
      person: { firstName: 'Grace', lastName: 'Okafor', knownAs: null },
    });
    onward = await anOffer(scheme, of, group).accepted();
  });
  afterAll(() => betony.stop());

  const call = (who: TestMember, method: 'GET' | 'POST', path: string, payload?: object) =>
    betony.inject({ method, url: `/api/v1/${path}`, headers: who.headers, ...(payload ? { payload } : {}) });
  const arrange = (more: object = {}, who = sam) =>
    call(who, 'POST', `onward-referrals/${onward}/warm-handovers`, { ...NEXT_TUESDAY, ...more });
  const arranged = async (more: object = {}): Promise<WarmHandoverView> => {
    const answer = await arrange(more);
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { state: 'arranged' }]);
    return answer.json();
  };
  const fields = (answer: Awaited<ReturnType<typeof call>>) =>
    answer.json<{ errors?: { field: string }[] }>().errors?.map(({ field }) => field);
  const noticesOf = async (who: TestMember) =>
    (await desk.messages(who.actor.membershipId)).filter(({ kind }) => kind === 'notice');

  it('reminds whoever goes on the working day before, asks them the day after, and is told on', async () => {
    const { id } = await arranged({ goesId: pat.actor.membershipId, place: 'At the bus stop' });
    await desk.work('2026-11-30T07:59:00Z');
    expect(await desk.tasks(id)).toEqual([]);
    await desk.work('2026-11-30T08:00:00Z');
    await desk.work('2026-11-30T08:05:00Z');
    expect(await desk.tasks(id)).toEqual(['warm_handover membership open']);
    const [notice, ...more] = await noticesOf(pat);
    expect(more).toEqual([]);
    const claim = await betony.get(MessagesService).claim(scheme.id, notice!.id);
    expect(claim!.letter.text).toContain('Go along with somebody on the next working day');
    expect(JSON.stringify(claim!.letter)).not.toMatch(/Grace|Okafor|bus/);

    // Pat does not support Grace, and reads with whom to go, where and when.
    const seen = await call(pat, 'GET', `warm-handovers/${id}`);
    expect(seen.json()).toMatchObject({ calledBy: 'Grace', place: 'At the bus stop', goes: 'Pat Companion' });
    expect(seen.body).not.toContain('Okafor');
    expect((await call(pat, 'GET', `onward-referrals/${onward}/warm-handovers`)).statusCode).toBe(404);
    expect((await call(pat, 'GET', `clients/${of.clientId}`)).statusCode).toBe(404);

    await desk.work('2026-12-02T08:00:00Z');
    expect(await desk.tasks(id)).toEqual([
      expect.stringContaining('warm_handover membership'),
      'warm_handover_outcome membership open',
    ]);
    const said = await call(pat, 'POST', `warm-handovers/${id}/settle`, {
      outcome: 'they_met',
      note: 'She stayed for lunch',
    });
    expect(said.json()).toMatchObject({ state: 'settled', outcome: 'they_met', endedBy: 'Pat Companion' });
    expect((await desk.tasks(id)).filter((line) => line.endsWith('open'))).toEqual([]);
    const timeline = (await call(sam, 'GET', `clients/${of.clientId}/timeline`)).json<{
      items: { what: string; action: string; by: string; words: string }[];
    }>();
    expect(timeline.items.filter(({ what }) => what === 'warm_handover')).toMatchObject([
      { action: 'settle', by: 'Pat Companion', words: 'She stayed for lunch' },
      { action: 'arrange', by: 'Sam Okoro', words: 'At the bus stop' },
    ]);
    expect((await auditOf(scheme, id)).filter(({ client_ids: ids }) => !ids.includes(of.clientId))).toEqual(
      [],
    );
  });

  it('is read by the group as a time and a first name, once it said yes', async () => {
    await arranged({ goesId: pat.actor.membershipId, place: 'At her home' });
    const shown = await call(group.member, 'GET', `onward-referrals/${onward}`);
    expect(shown.json()).toMatchObject({ comesAlong: { at: '2026-12-01T14:00:00.000Z', who: 'Pat' } });
    expect(shown.body).not.toMatch(/Companion|At her home/);
    expect((await call(group.member, 'GET', `onward-referrals/${onward}/warm-handovers`)).statusCode).toBe(
      403,
    );
    await betony
      .get(OnwardParticipation)
      .withdraw(sam.actor, onward, { reason: 'changed_mind', side: 'client' });
    expect((await call(group.member, 'GET', `onward-referrals/${onward}`)).json()).toMatchObject({
      comesAlong: null,
    });
  });

  it('tells whoever was to go that it is off, at once', async () => {
    const { id } = await arranged({ goesId: pat.actor.membershipId });
    await betony
      .get(OnwardParticipation)
      .withdraw(sam.actor, onward, { reason: 'changed_mind', side: 'client' });
    await desk.work();
    expect(await desk.tasks(id)).toEqual(['warm_handover_off membership open']);
    expect(await noticesOf(pat)).toHaveLength(1);
    const over = await call(sam, 'POST', `warm-handovers/${id}/cancel`, { reason: 'She changed her mind' });
    expect(over.json()).toMatchObject({ state: 'cancelled', note: 'She changed her mind' });
    const [notice] = await noticesOf(pat);
    expect(await betony.get(MessagesService).claim(scheme.id, notice!.id)).toBeNull();
    expect(await noticesOf(pat)).toMatchObject([{ state: 'cancelled', because: 'moved_on' }]);
  });

  it('asks the owner where no colleague goes', async () => {
    const { id } = await arranged({ goesElse: 'family_or_friend' });
    await desk.work('2026-11-30T08:00:00Z');
    const [task] = await desk.taskRows(id);
    expect(task).toMatchObject({ audience: 'membership', audience_id: sam.actor.membershipId });
  });

  it('refuses what cannot be', async () => {
    const referrer = await aMember(scheme, 'referrer');
    const stranger = await aMember(await aScheme(betony), 'link_worker');
    const wrong: [object, string[]][] = [
      [{ on: '2026-11-22' }, ['on']],
      [{ on: '2026-11-23', time: '09:59' }, ['time']],
      [{ on: '2026-02-30' }, ['on']],
      [{ on: '2027-03-28', time: '01:30' }, ['time']],
      [{ on: '2027-06-01' }, ['on']],
      [{ goesId: referrer.actor.membershipId }, ['goesId']],
      [{ goesId: stranger.actor.membershipId }, ['goesId']],
      [{ goesId: pat.actor.membershipId, goesElse: 'carer' }, ['goesElse']],
      [{ goesElse: 'dog' }, ['goesElse']],
      [{ place: 'x'.repeat(201) }, ['place']],
      [{ name: 'Jo' }, ['name']],
    ];
    for (const [more, expected] of wrong) {
      const answer = await arrange(more);
      expect([more, answer.statusCode, fields(answer)]).toEqual([more, 422, expected]);
    }
    const { id } = await arranged();
    expect((await arrange()).json()).toMatchObject({ status: 409, title: 'already-arranged' });
    expect((await arrange({}, stranger)).statusCode).toBe(404);
    const early = await call(sam, 'POST', `warm-handovers/${id}/settle`, { outcome: 'they_met' });
    expect([early.statusCode, early.json()]).toMatchObject([409, { because: 'It is still to come.' }]);
    expect((await call(stranger, 'GET', `warm-handovers/${id}`)).statusCode).toBe(404);
    betony.clock.set('2026-12-01T15:00:00Z');
    expect((await call(sam, 'POST', `warm-handovers/${id}/settle`, { outcome: 'so_so' })).statusCode).toBe(
      422,
    );
    expect((await call(sam, 'POST', `warm-handovers/${id}/settle`, { outcome: 'they_met' })).statusCode).toBe(
      200,
    );
    const twice = await call(sam, 'POST', `warm-handovers/${id}/settle`, { outcome: 'they_met' });
    expect([twice.statusCode, twice.json()]).toMatchObject([409, { from: 'settled', action: 'settle' }]);
    const waits = await anOffer(scheme, of, await aGroup(scheme));
    const offered = await call(sam, 'POST', `onward-referrals/${waits}/warm-handovers`, NEXT_TUESDAY);
    expect([offered.statusCode, offered.json()]).toMatchObject([409, { from: 'offered' }]);
    const [row] = await inScheme(scheme, (tx) =>
      tx.rows<{ count: number }>(
        sql`select count(*)::int as count from warm_handover where scheme_id = ${scheme.id}`,
      ),
    );
    expect(row).toEqual({ count: 1 });
  });
});
