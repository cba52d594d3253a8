import sql from 'sql-template-tag';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { RegistersQueries } from '../../../src/onward-referrals/registers.queries.js';
import { Registers } from '../../../src/onward-referrals/registers.service.js';
import { changeRow } from '../../factories/episodes.js';
import {
  aCase,
  aGroup,
  anOffer,
  expectPlacesToAddUp,
  inScheme,
  type TestCase,
  type TestGroup,
} from '../../factories/onward.js';
import { aMember, aScheme, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

describe('taking part', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let participation: OnwardParticipation;
  let grace: TestCase;
  let group: TestGroup;
  beforeAll(async () => {
    betony = await startApp();
    participation = betony.get(OnwardParticipation);
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
    grace = await aCase(scheme);
    group = await aGroup(scheme, { places: 3 });
  });
  afterEach(() => expectPlacesToAddUp(scheme));
  afterAll(async () => {
    await betony.stop();
  });

  const row = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.one<Record<string, unknown>>(sql`select *, started_on::text from onward_referral where id = ${id}`),
    );
  const facts = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.rows(sql`
        select session_on::text as on, to_char(session_at, 'HH24:MI') as at, result, people from attendance
        where onward_referral_id = ${id} order by session_on, session_at`),
    );
  const history = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.rows(sql`
        select action, from_state as from, to_state as to, details -> 'previous' as previous
        from onward_referral_history where onward_referral_id = ${id} order by id`),
    );

  it('starts with the first help given', async () => {
    const id = await anOffer(scheme, grace, group).accepted();
    await participation.start(group.member.actor, id, { on: '2026-11-23', by: 'help_given' });
    expect(await row(id)).toMatchObject({ state: 'started', started_on: '2026-11-23', places_held: 1 });
    expect(await facts(id)).toEqual([]);
  });

  it('starts with the first attendance, by itself, and keeps one fact a session', async () => {
    const id = await anOffer(scheme, grace, group).accepted();
    betony.clock.set('2026-12-07T18:00:00Z');
    const { member } = group;
    await participation.attend(member.actor, id, { sessionOn: '2026-11-30', result: 'absent_logistics' });
    expect(await row(id)).toMatchObject({ state: 'accepted' });
    await participation.attend(member.actor, id, { sessionOn: '2026-12-07', result: 'late' });
    expect(await row(id)).toMatchObject({
      state: 'started',
      started_on: '2026-12-07',
      started_by: 'attendance',
    });
    await participation.attend(member.actor, id, { sessionOn: '2026-12-07', result: 'attended' });
    await participation.attend(member.actor, id, {
      sessionOn: '2026-12-07',
      sessionAt: '14:00',
      result: 'attended',
    });
    expect(await facts(id)).toEqual([
      { on: '2026-11-30', at: null, result: 'absent_logistics', people: 1 },
      { on: '2026-12-07', at: '14:00', result: 'attended', people: 1 },
      { on: '2026-12-07', at: null, result: 'attended', people: 1 },
    ]);
    expect(await history(id)).toEqual([
      { action: 'offer', from: null, to: 'offered', previous: null },
      { action: 'accept', from: 'offered', to: 'accepted', previous: null },
      { action: 'attend', from: 'accepted', to: 'accepted', previous: null },
      { action: 'start', from: 'accepted', to: 'started', previous: null },
      { action: 'attend', from: 'started', to: 'started', previous: null },
      { action: 'attend', from: 'started', to: 'started', previous: 'late' },
      { action: 'attend', from: 'started', to: 'started', previous: null },
    ]);
  });

  it('takes a day alone for the session of that day, so that a register has the same fact', async () => {
    await changeRow(scheme, 'listing', group.listingId, {
      schedule: JSON.stringify([{ day: 'monday', from: '10:00', to: '12:00', every: 'week' }]),
    });
    const id = await anOffer(scheme, grace, group).accepted();
    const { member } = group;
    await participation.attend(member.actor, id, { sessionOn: '2026-11-23', result: 'late' });
    expect(await facts(id)).toEqual([{ on: '2026-11-23', at: '10:00', result: 'late', people: 1 }]);
    const registers = betony.get(Registers);
    const register = await registers.open(member.actor, group.listingId, { sessionOn: '2026-11-23' });
    expect(await betony.get(RegistersQueries).get(member.actor, register)).toMatchObject({
      sessionAt: '10:00',
      people: [{ onwardReferralId: id, result: 'late' }],
    });
    await registers.mark(member.actor, register, {
      marks: [{ onwardReferralId: id, result: 'attended' }],
    });
    // Said of the session at no time in particular, it is another.
    await participation.attend(member.actor, id, {
      sessionOn: '2026-11-23',
      sessionAt: null,
      result: 'absent_logistics',
    });
    expect(await facts(id)).toEqual([
      { on: '2026-11-23', at: '10:00', result: 'attended', people: 1 },
      { on: '2026-11-23', at: null, result: 'absent_logistics', people: 1 },
    ]);
  });

  it('an end that a signed-in group said in error is taken back within a day; ours is not', async () => {
    const started = async () => {
      const id = await anOffer(scheme, await aCase(scheme), group).accepted();
      await participation.start(group.member.actor, id, { on: '2026-11-23', by: 'help_given' });
      return id;
    };
    const id = await started();
    const answers = betony.get(OnwardAnswers);
    await participation.stop(group.member.actor, id, { reason: 'could_not_reach', side: 'provider' });
    expect(await row(id)).toMatchObject({ state: 'stopped', places_held: 0 });
    betony.clock.advance({ hours: 23 });
    await answers.undo(group.member.actor, id);
    expect(await row(id)).toMatchObject({ state: 'started', places_held: 1, to_act: null, end_reason: null });
    await participation.stop(group.member.actor, id, { reason: 'could_not_reach', side: 'provider' });
    betony.clock.advance({ hours: 25 });
    const refused = { code: 'illegal-move' };
    await expect(answers.undo(group.member.actor, id)).rejects.toMatchObject(refused);
    betony.clock.set(TEST_NOW);
    const other = await started();
    await participation.stop((await aMember(scheme, 'scheme_manager')).actor, other, {
      reason: 'moved_away',
      side: 'client',
    });
    await expect(answers.undo(group.member.actor, other)).rejects.toMatchObject(refused);
  });

  it('keeps one fact where the same session is recorded twenty times at once', async () => {
    const id = await anOffer(scheme, grace, group).accepted();
    await Promise.all(
      Array.from({ length: 20 }, () =>
        participation.attend(group.member.actor, id, { sessionOn: '2026-11-23', result: 'attended' }),
      ),
    );
    expect(await facts(id)).toHaveLength(1);
    const starts = (await history(id)).filter(({ action }) => action === 'start');
    expect(starts).toHaveLength(1);
  });

  it.each([
    ['2026-11-24', 1, 'sessionOn'],
    ['2026-11-22', 1, 'sessionOn'],
    ['2026-11-23', 2, 'people'],
  ])('refuses a session on %s with %s people', async (sessionOn, people, field) => {
    const id = await anOffer(scheme, grace, group).accepted();
    await expect(
      participation.attend(group.member.actor, id, { sessionOn, people, result: 'attended' }),
    ).rejects.toMatchObject({ status: 422, extra: { errors: [expect.objectContaining({ field })] } });
    expect(await facts(id)).toEqual([]);
  });

  it('keeps what is written down late, up to the day it ended', async () => {
    const id = await anOffer(scheme, grace, group).accepted().started().completed();
    betony.clock.set('2026-11-30T10:00:00Z');
    const attend = (sessionOn: string) =>
      participation.attend(group.member.actor, id, { sessionOn, result: 'attended' });
    await attend('2026-11-23');
    await expect(attend('2026-11-24')).rejects.toMatchObject({ status: 422 });
    expect(await row(id)).toMatchObject({ state: 'completed' });
  });

  it.each([
    [
      'completed',
      { state: 'completed', result: 'finished_as_planned', end_reason: null, to_act: 'ended_by_group' },
    ],
    [
      'stopped',
      { state: 'stopped', end_reason: 'did_not_suit', end_side: 'client', to_act: 'ended_by_group' },
    ],
  ] as const)('gives the place back when %s, and tells the owner', async (ending, expected) => {
    const sentence = anOffer(scheme, grace, group).accepted().started();
    const id = await sentence[ending]();
    expect(await row(id)).toMatchObject({ ...expected, places_held: 0 });
    await participation.noted(grace.worker.actor, id);
    expect(await row(id)).toMatchObject({ to_act: null });
  });

  it.each(['offered', 'waitlisted', 'accepted'] as const)(
    'is withdrawn from %s with its place',
    async (state) => {
      const sentence = anOffer(scheme, grace, group);
      const id = await (state === 'offered' ? sentence : sentence[state]()).withdrawn();
      expect(await row(id)).toMatchObject({ state: 'withdrawn', end_reason: 'changed_mind', places_held: 0 });
    },
  );

  it('is seen once, by whoever said so first', async () => {
    const id = await anOffer(scheme, grace, group).accepted().withdrawn();
    await participation.seen(group.member.actor, id);
    betony.clock.advance({ hours: 1 });
    await participation.seen(group.member.actor, id);
    expect(await row(id)).toMatchObject({
      seen_at: new Date('2026-11-23T10:00:00Z'),
      seen_by: group.member.actor.membershipId,
    });
  });

  it('lets a group tell us of a death while it still knows who it is about', async () => {
    const id = await anOffer(scheme, grace, group).accepted();
    const ended = await anOffer(scheme, grace, await aGroup(scheme)).withdrawn();
    await participation.died(group.member.actor, id, { toldBy: 'Her sister rang us' });
    expect(await row(id)).toMatchObject({ state: 'withdrawn', end_reason: 'died' });
    expect(await row(ended)).toMatchObject({ state: 'withdrawn', end_reason: 'changed_mind' });
  });

  it('does not, long after it ended', async () => {
    const id = await anOffer(scheme, grace, group).accepted().withdrawn();
    betony.clock.advance({ days: 15 });
    await expect(participation.died(group.member.actor, id, { toldBy: 'Heard' })).rejects.toMatchObject({
      status: 409,
      code: 'ended',
    });
  });
});
