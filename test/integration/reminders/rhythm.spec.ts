import sql from 'sql-template-tag';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';
import { OnwardQueries } from '../../../src/onward-referrals/onward.queries.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { WEEKDAYS } from '../../../src/providers/provider.types.js';
import { ProvidersService } from '../../../src/providers/providers.service.js';
import { RhythmQueries } from '../../../src/providers/rhythm.queries.js';
import { RhythmService } from '../../../src/providers/rhythm.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { ProductActs } from '../../../src/reminders/product-acts.service.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  inScheme,
  offerOf,
  type TestGroup,
} from '../../factories/onward.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/** A Monday. */
const MONDAY = '2026-11-23T10:00:00Z';

describe('the rhythm of a group', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let desk: ReturnType<typeof reminderDesk>;
  let group: TestGroup;
  let rhythm: RhythmService;
  beforeAll(async () => {
    betony = await startApp();
    rhythm = betony.get(RhythmService);
  });
  beforeEach(async () => {
    betony.clock.set(MONDAY);
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    group = await aGroup(scheme, {
      places: 9,
      provider: { answersBy: 'email', contactEmail: 'hall@example.org' },
      listing: { schedule: [{ day: 'friday', from: '12:00', to: '14:00', every: 'week' }] },
    });
  });
  afterAll(() => betony.stop());

  const closed = (from: string, until: string, name = 'Christmas') =>
    rhythm.addPeriod(group.member.actor, group.organisationId, { kind: 'closed', name, from, until });
  const offer = async () => betony.get(OnwardOffers).offer(...(await asked()));
  const asked = async () => {
    const { worker, referralId } = await aCase(scheme);
    return [worker.actor, referralId, offerOf(group.listingId, { agreement: agreement() })] as const;
  };
  const row = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.one<{ answer_by: Date | null; days_left: number | null }>(sql`
        select answer_by, days_left from onward_referral where id = ${id}`),
    );
  const sendAt = async () =>
    (await desk.messages(group.organisationId)).map(({ next_attempt_at: at }) => at.toISOString());

  it('leaves its closed days out of its clock', async () => {
    const before = await row(await offer());
    expect(before.answer_by?.toISOString()).toBe('2026-12-07T17:00:00.000Z');
    await closed('2026-12-01', '2026-12-04');
    const id = await offer();
    expect((await row(id)).answer_by?.toISOString()).toBe('2026-12-11T17:00:00.000Z');
  });

  it('takes no offers while it is closed, and says until when', async () => {
    await closed('2026-11-23', '2026-12-04');
    await expect(offer()).rejects.toMatchObject({
      code: 'gates',
      extra: {
        refusals: [{ about: 'open_now', because: 'This group is closed until 5 December 2026 (Christmas).' }],
      },
    });
    betony.clock.set('2026-12-05T10:00:00Z');
    await expect(offer()).resolves.toBeDefined();
  });

  const quiet = (from: string, until: string) =>
    rhythm.addPeriod(group.member.actor, group.organisationId, {
      kind: 'quiet',
      name: 'Holy days',
      from,
      until,
    });

  it('starts its clock when it may be told, and says so before anybody is asked', async () => {
    await quiet('2026-11-23', '2026-12-22');
    const [actor, referralId, input] = await asked();
    const { service, gates } = await betony.get(OnwardQueries).preview(actor, referralId, input);
    const told = new Date('2026-12-23T08:00:00Z');
    const answerBy = new Date('2027-01-11T17:00:00Z');
    expect(service).toMatchObject({ mayBeToldAt: told, answerBy, toldLate: true });
    expect(gates.find(({ gate }) => gate === 'open_now')).toMatchObject({
      passed: true,
      because: expect.stringContaining('no messages until 23 December 2026') as string,
    });
    const id = await betony.get(OnwardOffers).offer(actor, referralId, input);
    await desk.work();
    expect(await sendAt()).toEqual([told.toISOString()]);
    expect(await betony.get(OnwardQueries).get(actor, id)).toMatchObject({
      offeredAt: new Date(MONDAY),
      clockStartedAt: told,
      answerBy,
    });
    // Nothing of it before: neither nudges nor an end.
    await desk.work('2026-12-07T17:30:00Z');
    await betony.get(ProductActs).work(systemActor(scheme.id, 'reminders'));
    const later = (await desk.reminders(id)).filter((line) => line.startsWith('reply_wanted'));
    expect(later).toEqual([
      'reply_wanted 1 2026-12-30T10:00 waiting',
      'reply_wanted 2 2027-01-06T10:00 waiting',
      'reply_wanted 3 2027-01-11T10:00 waiting',
      'reply_wanted 4 2027-01-11T17:00 waiting',
    ]);
  });

  it('has its day to answer after the day on which it may be told', async () => {
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update provider set reply_within_days = 1, quiet_days = '{1}' where organisation_id = ${group.organisationId}`),
    );
    betony.clock.set('2026-11-22T21:00:00Z');
    const [actor, referralId, input] = await asked();
    const { service } = await betony.get(OnwardQueries).preview(actor, referralId, input);
    expect(service).toMatchObject({
      mayBeToldAt: new Date('2026-11-24T08:00:00Z'),
      answerBy: new Date('2026-11-25T17:00:00Z'),
      toldLate: false,
    });
  });

  it('keeps all its days where the referral is held before it could be told', async () => {
    await quiet('2026-11-23', '2026-12-06');
    const { worker, referralId } = await aCase(scheme);
    const input = offerOf(group.listingId, { agreement: agreement() });
    const id = await betony.get(OnwardOffers).offer(worker.actor, referralId, input);
    await betony
      .get(ReferralsService)
      .hold(worker.actor, referralId, { reason: 'away', resumeOn: '2026-12-14' });
    expect((await row(id)).days_left).toBe(10);
    await betony.get(ReferralsService).resume(worker.actor, referralId, {});
    expect((await row(id)).answer_by?.toISOString()).toBe('2026-12-21T17:00:00.000Z');
  });

  const message = async () => (await desk.messages(group.organisationId))[0]!;
  const claimAt = async (at: string) => {
    betony.clock.set(at);
    return betony.get(MessagesService).claim(scheme.id, (await message()).id);
  };
  /** A tick of the worker that sends whatever may go. */
  const sendAll = async (at: string) => {
    betony.clock.set(at);
    for (const id of await betony.get(MessagesService).ready(systemActor(scheme.id, 'messages'))) {
      await betony
        .get(SendMessage)
        .perform({ name: 'send-message', key: id, schemeId: scheme.id, ids: { message: id } });
    }
  };
  const clock = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.one<{ line: string }>(sql`
        select concat_ws(' ', state, clock_stopped, to_char(clock_started_at at time zone 'UTC', 'MM-DD HH24:MI'), '-',
          to_char(answer_by at time zone 'UTC', 'MM-DD HH24:MI'), days_left, to_act) as line
        from onward_referral where id = ${id}`),
    ).then(({ line }) => line);
  const act = async (at: string) => {
    betony.clock.set(at);
    await betony.get(ProductActs).work(systemActor(scheme.id, 'reminders'));
  };

  it('is asked again by what waits when a holy day is entered, and the clock follows', async () => {
    betony.clock.set('2026-11-23T21:00:00Z');
    const id = await offer();
    await desk.work();
    expect(await sendAt()).toEqual(['2026-11-24T08:00:00.000Z']);
    expect(await clock(id)).toBe('offered 11-24 08:00 - 12-08 17:00');
    await quiet('2026-11-24', '2026-11-24');
    await sendAll('2026-11-24T08:05:00Z');
    expect(await message()).toMatchObject({ state: 'ready', attempts: 0 });
    expect(await sendAt()).toEqual(['2026-11-25T08:00:00.000Z']);
    expect(await clock(id)).toBe('offered 11-25 08:00 - 12-09 17:00');
    expect((await desk.reminders(id)).filter((line) => /^reply_wanted 4 .* waiting$/.test(line))).toEqual([
      'reply_wanted 4 2026-12-09T17:00 waiting',
    ]);
    await sendAll('2026-11-25T08:00:00Z');
    expect(await message()).toMatchObject({ state: 'sent' });
    expect(await clock(id)).toBe('offered 11-25 08:00 - 12-09 17:00');
  });

  it('is asked again when a holy day is taken away, and nobody waits for it', async () => {
    await quiet('2026-11-23', '2026-12-03');
    const id = await offer();
    await desk.work();
    expect(await sendAt()).toEqual(['2026-12-04T08:00:00.000Z']);
    const { periods } = await betony.get(RhythmQueries).get(group.member.actor, group.organisationId);
    await rhythm.removePeriod(group.member.actor, group.organisationId, periods[0]!.id);
    await sendAll('2026-11-24T08:05:00Z');
    expect(await message()).toMatchObject({ state: 'sent' });
    expect(await clock(id)).toBe('offered 11-24 08:05 - 12-08 17:00');
  });

  it('is asked by every further try', async () => {
    await rhythm.setQuietTimes(group.member.actor, group.organisationId, {
      times: [{ day: 'monday', from: '10:01', to: '12:00' }],
    });
    const id = await offer();
    await desk.work();
    await betony.get(MessagesService).settle((await claimAt(MONDAY))!, 'failed', '421');
    expect(await sendAt()).toEqual(['2026-11-23T10:01:00.000Z']);
    expect(await claimAt('2026-11-23T10:05:00Z')).toBeNull();
    expect(await sendAt()).toEqual(['2026-11-23T12:00:00.000Z']);
    expect(await clock(id)).toBe('offered 11-23 12:00 - 12-07 17:00');
    expect(await claimAt('2026-11-23T12:00:00Z')).toMatchObject({ attempt: 2 });
  });

  it('ends without a reply only where it was told', async () => {
    const id = await offer();
    await desk.work();
    await sendAll(MONDAY);
    await act('2026-12-07T17:00:00Z');
    expect(await clock(id)).toBe('expired - expired');
  });

  it('begins its days with the message that waits still', async () => {
    const id = await offer();
    await desk.work();
    await act('2026-12-07T17:00:00Z');
    expect(await clock(id)).toBe('offered 12-07 17:00 - 12-21 17:00');
  });

  it.each([
    ['nobody told it', false, 'offered ring - 10 ring'],
    ['somebody did so instead', true, 'expired - expired'],
  ])('is rung where no message could be sent: %s', async (_what, finished, expected) => {
    const id = await offer();
    await desk.work();
    await betony.get(MessagesService).settle((await claimAt(MONDAY))!, 'refused', '550');
    const { id: messageId, state } = await message();
    expect(state).toBe('failed');
    if (finished) {
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update task set ended_at = ${tx.now}, outcome = 'finished' where subject_id = ${messageId}`),
      );
    }
    await act('2026-12-07T17:00:00Z');
    expect(await clock(id)).toBe(expected);
    await desk.work();
    expect(await desk.tasks(id)).toContain('group_replied membership open');
  });

  it('keeps some time free in every week', async () => {
    const refused = (field: string) => ({ status: 422, extra: { errors: [{ field }] } });
    const times = WEEKDAYS.map((day) => ({ day, from: '08:00', to: '20:00' }));
    const set = (some: typeof times) =>
      rhythm.setQuietTimes(group.member.actor, group.organisationId, { times: some });
    await expect(set(times)).rejects.toMatchObject(refused('times'));
    await set(times.filter(({ day }) => day !== 'sunday'));
    await expect(
      betony
        .get(ProvidersService)
        .amend(group.member.actor, group.organisationId, 1, { quietDays: ['sunday'] }),
    ).rejects.toMatchObject(refused('quietDays'));
    await quiet('2026-11-23', '2027-10-31');
    await expect(quiet('2027-11-01', '2028-10-30')).rejects.toMatchObject(refused('until'));
  });

  it('is not written to during a service or on a holy day, and once is enough', async () => {
    await rhythm.setQuietTimes(group.member.actor, group.organisationId, {
      times: [{ day: 'monday', from: '09:30', to: '11:00' }],
    });
    await rhythm.addPeriod(group.member.actor, group.organisationId, {
      kind: 'quiet',
      name: 'Hanukkah',
      from: '2026-12-05',
      until: '2026-12-12',
    });
    await offer();
    await desk.work();
    expect(await sendAt()).toEqual(['2026-11-23T11:00:00.000Z']);
    const view = await betony.get(RhythmQueries).get(group.member.actor, group.organisationId);
    expect(view).toMatchObject({
      quietTimes: [{ day: 'monday', from: '09:30', to: '11:00', name: null }],
      periods: [{ kind: 'quiet', name: 'Hanukkah', from: '2026-12-05', until: '2026-12-12' }],
      mayBeWrittenTo: new Date('2026-11-23T11:00:00Z'),
    });
  });

  it('hears at once, on a holy day too, whom it must not contact any more', async () => {
    const grace = await aCase(scheme);
    const id = await anOffer(scheme, grace, group).accepted();
    await inScheme(scheme, (tx) =>
      tx.run(
        sql`update reminder set state = 'done', outcome = 'told_before', done_at = now() where state = 'waiting'`,
      ),
    );
    await rhythm.addPeriod(group.member.actor, group.organisationId, {
      kind: 'quiet',
      name: 'Feast',
      from: '2026-11-23',
      until: '2026-11-30',
    });
    await betony
      .get(OnwardParticipation)
      .withdraw(grace.worker.actor, id, { reason: 'changed_mind', side: 'client' });
    await desk.work();
    expect(await sendAt()).toEqual(['2026-11-23T10:00:00.000Z']);
  });

  it('is asked as a matter of routine once a week', async () => {
    const ids: string[] = [];
    for (let one = 0; one < 2; one += 1)
      ids.push(await anOffer(scheme, await aCase(scheme), group).accepted());
    await inScheme(scheme, (tx) =>
      tx.run(sql`update onward_referral set in_touch_by = date '2026-11-26' where id = ${ids[0]}`),
    );
    await desk.plan({ onward_referral: ids });
    await desk.work('2026-11-26T10:00:00Z');
    await inScheme(scheme, (tx) =>
      tx.run(sql`
        update message set state = 'sent', sent_at = ${tx.now}, settled_at = ${tx.now} where kind = 'group'`),
    );
    const routine = async () =>
      (await Promise.all(ids.map((id) => desk.reminders(id))))
        .flat()
        .filter((line) => line.startsWith('in_touch 1') && !line.endsWith('moved_on'));
    expect(await routine()).toEqual([
      'in_touch 1 2026-11-26T10:00 done message',
      'in_touch 1 2026-11-30T10:00 waiting',
    ]);
    // Four days later the second would be the second in a week: the worker asks instead.
    await desk.work('2026-11-30T10:00:00Z');
    expect((await routine())[1]).toBe('in_touch 1 2026-11-30T10:00 dropped too_late');
    await desk.work('2026-12-01T09:00:00Z');
    expect(await desk.tasks(ids[1]!)).toContain('in_touch membership open');
  });

  it('refuses what cannot be, and strangers', async () => {
    await expect(closed('2026-12-24', '2026-12-20')).rejects.toMatchObject({ status: 422 });
    await closed('2026-12-21', '2027-01-03');
    await expect(closed('2027-01-01', '2027-01-10', 'New Year')).rejects.toMatchObject({
      extra: { errors: [{ field: 'from', message: expect.stringContaining('"Christmas"') as string }] },
    });
    const other = await aGroup(scheme);
    await expect(
      rhythm.setQuietTimes(other.member.actor, group.organisationId, { times: [] }),
    ).rejects.toMatchObject({ status: 404 });
    const { periods } = await betony.get(RhythmQueries).get(group.member.actor, group.organisationId);
    await rhythm.removePeriod(group.member.actor, group.organisationId, periods[0]!.id);
    await expect(
      rhythm.removePeriod(group.member.actor, group.organisationId, periods[0]!.id),
    ).rejects.toMatchObject({ status: 404 });
  });
});
