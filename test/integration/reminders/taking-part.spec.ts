import sql from 'sql-template-tag';
import { AppointmentsService } from '../../../src/caseload/appointments.service.js';
import { ContactsService } from '../../../src/caseload/contacts.service.js';
import { AgreementsService, type NewAgreement } from '../../../src/clients/agreements.service.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { Gaps } from '../../../src/onward-referrals/gaps.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import type { GroupOnwardView } from '../../../src/onward-referrals/onward.dto.js';
import { OnwardQueries } from '../../../src/onward-referrals/onward.queries.js';
import { ResponsesService } from '../../../src/outcomes/responses.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { ReferralSending } from '../../../src/referrals/referral-sending.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { PageTasks } from '../../../src/reminders/page-tasks.js';
import { RemindersService } from '../../../src/reminders/reminders.service.js';
import { ReminderTicks } from '../../../src/reminders/reminders.ticks.js';
import { aPerson } from '../../factories/clients.js';
import { inScheme, insertRow } from '../../factories/episodes.js';
import { aCase, aGroup, anOffer, type TestCase } from '../../factories/onward.js';
import { aReferral, takesBackSupport, theManager } from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/** A Monday. */
const MONDAY = '2026-11-23T10:00:00Z';

/** The first questions: asked, asked again, and then missing. */
const ASKED = [1, 2, 3, 4, 5].map((step) => `measure_baseline ${String(step)}`);

describe('reminders take part in', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let desk: ReturnType<typeof reminderDesk>;
  let worker: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(MONDAY);
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    worker = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
  });
  /** Whatever a test did through the verbs, planning everything again changes nothing. */
  afterEach(async () => {
    const all = () =>
      inScheme(scheme, (tx) =>
        tx.rows(sql`
          select subject_id, kind, step, occasion, due_at, state, outcome, client_id from reminder
          where scheme_id = ${scheme.id} order by subject_id, kind, step, occasion`),
      );
    const open = () =>
      inScheme(scheme, (tx) =>
        tx.rows(sql`
          select id, audience, audience_id, outcome from task where scheme_id = ${scheme.id} order by id`),
      );
    const before = [await all(), await open()];
    await inScheme(scheme, async (tx) => {
      const ids = async (table: ReturnType<typeof sql>) =>
        (await tx.rows<{ id: string }>(table)).map((row) => row.id);
      await betony.get(RemindersService).plan(tx, {
        referral: await ids(sql`select id from referral where scheme_id = ${scheme.id}`),
        onward_referral: await ids(sql`select id from onward_referral where scheme_id = ${scheme.id}`),
        appointment: await ids(sql`select id from appointment where scheme_id = ${scheme.id}`),
      });
    });
    expect([await all(), await open()]).toEqual(before);
  });

  const waiting = async (id: string) =>
    (await desk.reminders(id)).filter((line) => line.endsWith('waiting')).map((line) => line.slice(0, -8));
  const tick = () => betony.get(ReminderTicks).fire(systemActor(scheme.id, 'reminders'));
  const client = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.one<{ safe_to_email: string }>(
        sql`select * from client where scheme_id = ${scheme.id} and id = ${id}`,
      ),
    );
  const reachable = { safeToEmail: 'yes', email: 'somebody@example.org' } as const;
  const aVisit = async (of: TestCase) =>
    betony.get(AppointmentsService).make(worker.actor, of.referralId, {
      kind: 'phone',
      on: '2026-12-01',
      time: '14:00',
      minutes: 30,
    });

  it('drafts, from the first word to discarding', async () => {
    const author = await aMember(scheme, 'referrer');
    const id = await betony.get(ReferralSending).draft(author.actor, {});
    expect(await waiting(id)).toEqual([
      'draft_waiting 1 2026-11-24T17:00',
      'draft_waiting 2 2026-11-26T17:00',
    ]);
    await betony.get(ReferralSending).discard(author.actor, id);
    expect(await waiting(id)).toEqual([]);
  });

  it.each<[string, () => PromiseLike<{ id: string }>, string[]]>([
    ['sending', () => aReferral(scheme), ['triage_waiting 1', 'triage_waiting 2']],
    ['returning', () => aReferral(scheme).returned(), ['returned 1', 'returned 2']],
    ['accepting', () => aReferral(scheme).accepted(), ['allocate 1', 'allocate 2']],
    ['declining', () => aReferral(scheme).declined(), ['closing_summary 1']],
    [
      'allocating',
      () => aReferral(scheme).accepted().allocatedTo(worker),
      ['first_contact 1', 'first_contact 2', 'given 1'],
    ],
    [
      'beginning',
      () => aReferral(scheme).accepted().allocatedTo(worker).active(),
      [...ASKED, 'next_contact 1', 'next_contact 2', 'next_contact 3'],
    ],
    [
      'holding',
      () => aReferral(scheme).accepted().allocatedTo(worker).active().onHold(),
      ['resume 1', 'resume 2', 'resume 3'],
    ],
    [
      'closing',
      () => aReferral(scheme).accepted().allocatedTo(worker).active().closed(),
      [
        'closing_summary 1',
        ...[3, 6].flatMap((n) => [1, 2, 3, 4, 5].map((s) => `measure_${String(n)}_months ${String(s)}`)),
      ],
    ],
    [
      'closing without "may we ask again"',
      () => aReferral(scheme).accepted().allocatedTo(worker).active().closed(false),
      ['closing_summary 1'],
    ],
    ['withdrawing', () => aReferral(scheme).accepted().withdrawn(), ['closing_summary 1']],
    ['voiding', () => aReferral(scheme).accepted().allocatedTo(worker).active().voided(), []],
  ])('%s a referral', async (_verb, sentence, expected) => {
    const { id } = await sentence();
    expect((await waiting(id)).map((line) => line.split(' ').slice(0, 2).join(' ')).sort()).toEqual(expected);
  });

  it('what the sender of a joined referral is told when the other one ends', async () => {
    const grace = aPerson();
    const open = await aReferral(scheme).about(grace).accepted().allocatedTo(worker).active();
    const sender = await aMember(scheme, 'referrer', { organisation: await anOrganisation(scheme) });
    const joined = await aReferral(scheme).from(sender).about(grace).joinedTo(open.id);
    expect(await waiting(joined.id)).toEqual([]);
    await betony.get(ReferralsService).close((await theManager(scheme)).actor, open.id, {
      result: 'helped',
      reason: 'done',
      noResponseBecause: 'declined',
      mayAskAgain: false,
    });
    expect(await waiting(joined.id)).toEqual(['closing_summary 1 2026-11-23T10:00']);
    expect(await waiting(open.id)).toEqual(['closing_summary 1 2026-11-23T10:00']);
  });

  it('contacts: three unreached ask for a choice, a reached one begins', async () => {
    const { referralId } = await aCase(scheme, { worker, state: 'allocated' });
    const log = (outcome: 'no_answer' | 'reached') =>
      betony
        .get(ContactsService)
        .log(worker.actor, referralId, { kind: 'phone', outcome, nextOn: '2026-12-14' });
    await log('no_answer');
    betony.clock.advance({ hours: 1 });
    await log('no_answer');
    betony.clock.advance({ hours: 1 });
    await log('no_answer');
    expect(await waiting(referralId)).toContain('third_unreached 1 2026-11-23T12:00');
    await tick();
    betony.clock.advance({ hours: 1 });
    await log('reached');
    expect(await desk.tasks(referralId)).toEqual(['third_unreached membership moved_on']);
    expect((await waiting(referralId)).map((line) => line.slice(0, 14))).toEqual(
      expect.arrayContaining(['next_contact 1', 'measure_baseli']),
    );
  });

  it('contacts: what was chosen waits on through another try, and ends once it was done or somebody was reached', async () => {
    for (const [kind, outcome] of [
      ['text', 'message_left'],
      ['phone', 'reached'],
    ] as const) {
      const { referralId } = await aCase(scheme, { worker });
      const log = (how: 'phone' | 'text', became: 'no_answer' | 'message_left' | 'reached') =>
        betony
          .get(ContactsService)
          .log(worker.actor, referralId, { kind: how, outcome: became, nextOn: '2026-12-14' });
      const choice = async () => (await waiting(referralId)).filter((line) => line.startsWith('send_text'));
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          insert into unreached_choice (scheme_id, id, referral_id, choice, chosen_at)
          values (${scheme.id}, gen_random_uuid(), ${referralId}, 'text', ${tx.now})`),
      );
      betony.clock.advance({ hours: 1 });
      await log('phone', 'no_answer');
      expect(await choice()).toHaveLength(1);
      await log(kind, outcome);
      expect(await choice()).toEqual([]);
    }
  });

  it('appointments: made, moved, cancelled', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    const id = await aVisit(of);
    expect(await waiting(id)).toEqual(['appointment 1 2026-11-30T14:00']);
    await betony.get(AppointmentsService).move(worker.actor, id, {
      on: '2026-12-03',
      time: '09:30',
      side: 'client',
      reason: 'transport',
    });
    expect(await waiting(id)).toEqual(['appointment 1 2026-12-02T09:30']);
    await betony.get(AppointmentsService).cancel(worker.actor, id, { side: 'client', reason: 'unwell' });
    expect(await waiting(id)).toEqual([]);
  });

  it('appointments that end with their referral', async () => {
    const of = await aCase(scheme, { worker });
    const id = await aVisit(of);
    await betony
      .get(ReferralsService)
      .withdraw((await theManager(scheme)).actor, of.referralId, { reason: 'person_said_no' });
    expect(await waiting(id)).toEqual([]);
  });

  it('answers: each set of questions is asked for until it is there or has a reason, and again once it is struck out', async () => {
    const { referralId } = await aCase(scheme, { worker });
    await desk.work('2026-11-24T08:00:00Z');
    const responses = betony.get(ResponsesService);
    const id = await responses.record(worker.actor, referralId, {
      measure: 'ons4',
      version: '1',
      occasion: 'baseline',
      answeredOn: '2026-11-24',
      mode: 'phone',
      answers: { satisfied: 5, worthwhile: 5, happy: 5, anxious: 5 },
    });
    expect(await desk.tasks(referralId)).toEqual(['measure_baseline membership open']);
    await responses.recordUnanswered(worker.actor, referralId, {
      measure: 'ucla3',
      because: 'could_not_reach',
    });
    expect(await desk.tasks(referralId)).toEqual(['measure_baseline membership moved_on']);
    await responses.strikeOut(worker.actor, id, { reason: 'For the test' });
    expect(await desk.tasks(referralId)).toEqual([
      'measure_baseline membership moved_on',
      'measure_baseline membership open',
    ]);
  });

  it('offers: nudged, expired by the clock, and the owner’s to act on', async () => {
    const group = await aGroup(scheme);
    const of = await aCase(scheme, { worker });
    const id = await anOffer(scheme, of, group);
    expect((await waiting(id)).map((line) => line.slice(0, 14))).toEqual(
      ['offer_made 1 2', ...[1, 2, 3, 4].map((step) => `reply_wanted ${String(step)}`.slice(0, 14))].map(
        (line) => expect.stringContaining(line.trim()),
      ),
    );
    betony.clock.set('2026-12-07T16:59:59Z');
    await tick();
    const state = () =>
      inScheme(scheme, (tx) =>
        tx.one<{ state: string }>(sql`
          select state from onward_referral where scheme_id = ${scheme.id} and id = ${id}`),
      ).then((row) => row.state);
    expect(await state()).toBe('offered');
    betony.clock.set('2026-12-07T17:00:00Z');
    await Promise.all([tick(), tick(), tick()]);
    expect(await state()).toBe('expired');
    expect(await desk.tasks(id)).toContain('group_replied membership open');
    expect((await desk.reminders(id)).filter((line) => line.startsWith('reply_wanted 4'))).toEqual([
      'reply_wanted 4 2026-12-07T17:00 done done_by_product',
    ]);
  });

  it('offers: an answer ends the nudges, and a promise begins', async () => {
    const group = await aGroup(scheme);
    const of = await aCase(scheme, { worker });
    const id = await anOffer(scheme, of, group).accepted();
    const kinds = async (of: string) => [...new Set((await waiting(of)).map((line) => line.split(' ')[0]))];
    expect(await kinds(id)).toEqual(['how_did_it_go', 'in_touch']);
    await betony.get(OnwardParticipation).inTouch(group.member.actor, id, { reached: false });
    expect(await desk.tasks(id)).toEqual([]);
    expect(await kinds(id)).toEqual(['group_replied', 'how_did_it_go', 'in_touch']);
    await betony.get(OnwardParticipation).inTouch(group.member.actor, id, { reached: true });
    expect(await kinds(id)).toEqual(['how_did_it_go']);
    const started = await anOffer(scheme, await aCase(scheme, { worker }), group)
      .accepted()
      .started();
    expect(await kinds(started)).toEqual(['how_did_it_go']);
    const withdrawn = await anOffer(scheme, await aCase(scheme, { worker }), group)
      .accepted()
      .withdrawn();
    expect((await waiting(withdrawn)).map((line) => line.split(' ')[0])).toEqual([
      'do_not_contact',
      'do_not_contact',
    ]);
  });

  describe('groups that are not to contact somebody', () => {
    const died = async (of: TestCase) =>
      betony.get(ClientsService).recordDeath((await theManager(scheme)).actor, of.clientId, {
        toldBy: 'The practice rang',
      });
    const provider = (organisationId: string, change: ReturnType<typeof sql>) =>
      inScheme(scheme, (tx) =>
        tx.run(sql`
          update provider set ${change} where scheme_id = ${scheme.id} and organisation_id = ${organisationId}`),
      );
    const written = (name: string) => aGroup(scheme, { provider: { contactEmail: `${name}@example.org` } });
    const withoutAddress = async (organisationId: string) => {
      await provider(organisationId, sql`contact_email = null`);
      await inScheme(scheme, (tx) =>
        tx.run(
          sql`update organisation set email = null where scheme_id = ${scheme.id} and id = ${organisationId}`,
        ),
      );
    };
    const told = async (id: string) =>
      (await desk.reminders(id)).filter((line) => line.startsWith('do_not_contact 1'));

    it('one that is rung: the owner rings at once, not the next day', async () => {
      const group = await aGroup(scheme, { provider: { answersBy: 'phone', contactPhone: '07700900555' } });
      const of = await aCase(scheme, { worker });
      const id = await anOffer(scheme, of, group);
      await betony.get(OnwardAnswers).rang(worker.actor, id, null);
      await betony.get(OnwardAnswers).accept(worker.actor, id, {});
      await died(of);
      await desk.work();
      expect(await told(id)).toEqual(['do_not_contact 1 2026-11-23T10:00 done task']);
      expect(await desk.tasks(id)).toEqual(['do_not_contact membership open']);
    });

    it('one without an address: somebody rings it with the offer, and with its end', async () => {
      const group = await aGroup(scheme);
      await withoutAddress(group.organisationId);
      const of = await aCase(scheme, { worker });
      const id = await anOffer(scheme, of, group);
      await desk.work();
      expect(await desk.tasks(id)).toEqual(['offer_made membership open']);
      await died(of);
      await desk.work();
      expect(await desk.tasks(id)).toEqual([
        'offer_made membership moved_on',
        'do_not_contact membership open',
      ]);
    });

    it('one that is rung has one task for an offer, and none more once it was rung', async () => {
      const group = await aGroup(scheme, { provider: { answersBy: 'phone', contactPhone: '07700900555' } });
      const id = await anOffer(scheme, await aCase(scheme, { worker }), group);
      await desk.work();
      expect(await desk.tasks(id)).toEqual(['group_replied membership open']);
      await betony.get(OnwardAnswers).rang(worker.actor, id, null);
      await desk.work();
      expect(await desk.tasks(id)).toEqual(['group_replied membership moved_on']);
    });

    it('one that is rung hears by phone of an end, and is not rung again next morning', async () => {
      const phoned = () => aGroup(scheme, { provider: { answersBy: 'phone', contactPhone: '07700900555' } });
      const told = await anOffer(scheme, await aCase(scheme, { worker }), await phoned()).withdrawn();
      const untold = await anOffer(scheme, await aCase(scheme, { worker }), await phoned()).withdrawn();
      await desk.work();
      expect(await desk.tasks(told)).toEqual(['do_not_contact membership open']);
      await betony.get(OnwardParticipation).seen(worker.actor, told);
      await desk.work('2026-11-24T08:00:00Z');
      expect(await desk.tasks(told)).toEqual(['do_not_contact membership moved_on']);
      expect((await desk.tasks(untold)).at(-1)).toBe('do_not_contact membership open');
      const stranger = await aMember(scheme, 'link_worker');
      await expect(betony.get(OnwardParticipation).seen(stranger.actor, untold)).rejects.toMatchObject({
        status: 404,
      });
    });

    it('the losers of a round are written to as well, and rung when they have not seen it', async () => {
      const of = await aCase(scheme, { worker });
      const [winner, loser] = [await written('winner'), await written('loser')];
      const first = await anOffer(scheme, of, winner, { firstYesWins: true });
      const second = await anOffer(scheme, of, loser, { firstYesWins: true });
      await betony.get(OnwardAnswers).accept(winner.member.actor, first, {});
      await desk.work();
      expect(await told(second)).toEqual(['do_not_contact 1 2026-11-23T10:00 done message']);
      expect(await told(first)).toEqual([]);
      const [message] = await desk.messages(loser.organisationId);
      const claim = await betony.get(MessagesService).claim(scheme.id, message!.id);
      expect(claim?.letter.subject).toBe('Thank you: your answer is not needed any more');
      expect(claim?.letter.text).toContain('This person has found something; your place is free again.');
      const shown = (await betony.get(OnwardQueries).get(loser.member.actor, second)) as GroupOnwardView;
      expect(claim?.letter.text).toContain(`(${shown.reference})`);
      await desk.work('2026-11-24T08:00:00Z');
      expect(await desk.tasks(second)).toEqual(['do_not_contact membership open']);
      await betony.get(OnwardParticipation).seen(loser.member.actor, second);
      expect(await desk.tasks(second)).toEqual(['do_not_contact membership moved_on']);
    });

    it('one on whose waiting list somebody was, when the agreement is taken back', async () => {
      const of = await aCase(scheme, { worker });
      const group = await written('waits');
      const id = await anOffer(scheme, of, group).waitlisted();
      const { id: agreementId } = await inScheme(scheme, (tx) =>
        tx.one<{ id: string }>(sql`
          select id from agreement where scheme_id = ${scheme.id} and organisation_id = ${group.organisationId}`),
      );
      await betony.get(AgreementsService).withdraw(worker.actor, of.clientId, agreementId, {});
      await desk.work();
      expect(await told(id)).toEqual(['do_not_contact 1 2026-11-23T10:00 done message']);
    });

    it('not one that is asked again for the same person', async () => {
      const of = await aCase(scheme, { worker });
      const group = await aGroup(scheme);
      const id = await anOffer(scheme, of, group).withdrawn();
      await desk.work('2026-11-24T08:00:00Z');
      expect(await desk.tasks(id)).toEqual(['do_not_contact membership open']);
      await anOffer(scheme, of, group, { agreement: undefined });
      expect(await desk.tasks(id)).toEqual(['do_not_contact membership moved_on']);
    });

    it('nobody, once the group is no longer shown who it was', async () => {
      const id = await anOffer(scheme, await aCase(scheme, { worker }), await aGroup(scheme)).withdrawn();
      await desk.work('2026-12-07T10:00:00Z');
      expect(await told(id)).toEqual(['do_not_contact 1 2026-11-23T10:00 dropped too_late']);
      expect(await desk.tasks(id)).toEqual([]);
    });
  });

  it('a need that nobody could meet: a manager looks again after 30 days, unless it was met', async () => {
    const gaps = betony.get(Gaps);
    const { actor } = await theManager(scheme);
    const open = await gaps.record(actor, { need: 'housing', why: 'nothing_like_it' });
    const met = await gaps.record(actor, { need: 'food', why: 'too_far' });
    expect(await waiting(open)).toEqual(['gap_follow_up 1 2026-12-23T08:00']);
    await gaps.close(actor, met, { because: 'helped' });
    await desk.work('2026-12-23T08:00:00Z');
    expect([await desk.tasks(open), await desk.tasks(met)]).toEqual([['gap_follow_up managers open'], []]);
    await gaps.close(actor, open, { because: 'service_started' });
    expect(await desk.tasks(open)).toEqual(['gap_follow_up managers moved_on']);
  });

  it('a death: nothing is due any more, and what waited to be sent is not', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    const visit = await aVisit(of);
    await desk.work('2026-11-30T14:00:00Z');
    expect(await desk.messages(of.clientId)).toMatchObject([{ state: 'ready' }]);
    await betony.get(ClientsService).recordDeath((await theManager(scheme)).actor, of.clientId, {
      toldBy: 'The practice rang',
    });
    expect(await desk.messages(of.clientId)).toMatchObject([{ state: 'cancelled', because: 'died' }]);
    expect([await waiting(visit), await waiting(of.referralId)]).toEqual([
      [],
      [expect.stringMatching(/^closing_summary 1/)],
    ]);
    expect((await desk.tasks(of.referralId)).filter((line) => line.endsWith('open'))).toEqual([]);
    expect(await desk.tasks(visit)).toEqual([]);
  });

  it('an agreement taken back: the person is written to no more', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    await aVisit(of);
    await desk.work('2026-11-30T14:00:00Z');
    const { id: agreementId } = await inScheme(scheme, (tx) =>
      tx.one<{ id: string }>(sql`
        select id from agreement
        where scheme_id = ${scheme.id} and client_id = ${of.clientId} and organisation_id is null`),
    );
    await betony
      .get(AgreementsService)
      .withdraw(worker.actor, of.clientId, agreementId, { note: 'Rang to say so' });
    expect(await desk.messages(of.clientId)).toMatchObject([
      { state: 'cancelled', because: 'agreement_withdrawn' },
    ]);
  });

  it('what the sender may hear, taken back and given again: told only while it is agreed', async () => {
    const { id, clientId, sender } = await aReferral(scheme).accepted().allocatedTo(worker).active();
    const agreements = betony.get(AgreementsService);
    const takesBack = async (): Promise<void> => {
      const { id: agreementId } = await inScheme(scheme, (tx) =>
        tx.one<{ id: string }>(sql`
          select id from agreement where scheme_id = ${scheme.id} and client_id = ${clientId}
            and organisation_id = ${sender.actor.organisationId} and withdrawn_at is null`),
      );
      await agreements.withdraw(worker.actor, clientId, agreementId, {});
    };
    const closing = async () =>
      (await desk.reminders(id)).filter((line) => line.startsWith('closing')).map((line) => line.slice(35));
    await takesBack();
    await betony.get(ReferralsService).close(worker.actor, id, {
      result: 'helped',
      reason: 'done',
      noResponseBecause: 'declined',
      mayAskAgain: false,
    });
    expect(await closing()).toEqual([]);
    const again: NewAgreement = {
      organisationId: sender.actor.organisationId,
      scope: ['progress_feedback'],
      basis: 'agreed',
      agreedOn: '2026-11-23',
      how: 'phone',
    };
    await agreements.record(worker.actor, clientId, again);
    expect(await closing()).toEqual(['waiting']);
    await takesBack();
    expect(await closing()).toEqual(['dropped moved_on']);
    await agreements.record(worker.actor, clientId, again);
    // Made, and taken back before it is sent.
    await desk.work();
    await takesBack();
    const [message] = await desk.messages(sender.actor.membershipId);
    expect(await betony.get(MessagesService).claim(scheme.id, message!.id)).toBeNull();
    expect(await desk.messages(sender.actor.membershipId)).toMatchObject([
      { kind: 'referrer', state: 'cancelled', because: 'moved_on' },
    ]);
    expect(await desk.tasks(id)).not.toContain('closing_summary organisation open');
  });

  it('an agreement taken back after closing: nobody is asked at three and six months unless they agree again', async () => {
    const { id, clientId } = await aReferral(scheme).accepted().allocatedTo(worker).active().closed(true);
    const asking = async () => (await waiting(id)).filter((line) => line.startsWith('measure'));
    const planned = await asking();
    expect(planned).toHaveLength(10);
    await takesBackSupport(scheme, worker, clientId);
    expect(await asking()).toEqual([]);
    const again: NewAgreement = {
      scope: ['scheme_support'],
      basis: 'agreed',
      agreedOn: '2026-11-23',
      how: 'phone',
    };
    await betony.get(AgreementsService).record(worker.actor, clientId, again);
    expect(await asking()).toEqual(planned);
  });

  it('a channel switched off: what waited becomes the owner’s to say', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    const visit = await aVisit(of);
    await desk.work('2026-11-30T14:00:00Z');
    await betony.get(ClientsService).switchOffChannel(worker.actor, of.clientId, 'email', 'asked');
    expect(await desk.messages(of.clientId)).toMatchObject([{ state: 'cancelled', because: 'switched_off' }]);
    expect(await desk.tasks(visit)).toEqual(['appointment membership open']);
    expect((await client(of.clientId)).safe_to_email).toBe('no');
  });

  it('three months after closing: asked, asked again, and recorded as missing, once', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    await betony.get(ResponsesService).record(worker.actor, of.referralId, {
      measure: 'ons4',
      version: '1',
      occasion: 'baseline',
      answeredOn: '2026-11-23',
      mode: 'phone',
      answers: { satisfied: 5, worthwhile: 5, happy: 5, anxious: 5 },
    });
    await betony.get(ReferralsService).close(worker.actor, of.referralId, {
      result: 'helped',
      reason: 'done',
      noResponseBecause: 'declined',
      mayAskAgain: true,
    });
    for (const at of ['2027-02-23T10:00:00Z', '2027-03-02T10:00:00Z', '2027-03-09T10:00:00Z']) {
      betony.clock.set(at);
      await Promise.all([tick(), tick()]);
    }
    const missing = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select measure, occasion, because from measure_missing
        where scheme_id = ${scheme.id} and referral_id = ${of.referralId} and occasion <> 'closing'`),
    );
    expect(missing).toEqual([{ measure: 'ons4', occasion: 'three_months', because: 'no_answer' }]);
    expect(await desk.tasks(of.referralId)).toEqual(['measure_3_months membership late moved_on']);
    expect(await waiting(of.referralId)).toHaveLength(5);
  });

  const atTheStart = (of: TestCase) =>
    betony.get(ResponsesService).record(worker.actor, of.referralId, {
      measure: 'ons4',
      version: '1',
      occasion: 'baseline',
      answeredOn: '2026-11-23',
      mode: 'phone',
      answers: { satisfied: 5, worthwhile: 5, happy: 5, anxious: 5 },
    });
  const closeUnasked = (of: TestCase) =>
    betony.get(ReferralsService).close(worker.actor, of.referralId, {
      result: 'helped',
      reason: 'done',
      noResponseBecause: 'to_be_asked',
      mayAskAgain: false,
    });
  const closingsMissing = (of: TestCase) =>
    inScheme(scheme, (tx) =>
      tx.rows(sql`
        select measure, because from measure_missing
        where scheme_id = ${scheme.id} and referral_id = ${of.referralId} and occasion = 'closing'`),
    );

  it('closing with the answers still to be asked: by owner and message, once more, and then missing; not where there are none', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    await expect(closeUnasked(of)).rejects.toMatchObject({ status: 422 });
    await atTheStart(of);
    await closeUnasked(of);
    expect(await closingsMissing(of)).toEqual([]);
    betony.clock.set('2026-11-24T10:00:00Z');
    await tick();
    expect(await desk.tasks(of.referralId)).toEqual(['measure_closing membership open']);
    const [asked] = (await desk.messages(of.clientId)).filter(({ kind }) => kind === 'client');
    const claim = await betony.get(MessagesService).claim(scheme.id, asked!.id);
    expect(claim?.letter.text).toMatch(/answer a few short questions here.*https:\S+\/questions\//s);
    betony.clock.set('2026-12-01T10:00:00Z');
    await tick();
    expect(await desk.tasks(of.referralId)).toEqual(['measure_closing membership late open']);
    betony.clock.set('2026-12-08T10:00:00Z');
    await Promise.all([tick(), tick()]);
    expect(await closingsMissing(of)).toEqual([{ measure: 'ons4', because: 'no_answer' }]);
    expect(await desk.tasks(of.referralId)).toEqual(['measure_closing membership late moved_on']);
  });

  it('the first questions of which some were not asked: the link asks for the others', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    await betony
      .get(ResponsesService)
      .recordUnanswered(worker.actor, of.referralId, { measure: 'ons4', because: 'not_appropriate' });
    betony.clock.set('2026-11-24T10:00:00Z');
    await tick();
    expect(await desk.tasks(of.referralId)).toEqual(['measure_baseline membership open']);
    const [asked] = (await desk.messages(of.clientId)).filter(({ kind }) => kind === 'client');
    const claim = await betony.get(MessagesService).claim(scheme.id, asked!.id);
    expect(claim?.letter.text).toMatch(/https:\S+\/questions\//s);
    const links = await inScheme(scheme, (tx) =>
      tx.rows(sql`select measures from measure_link where referral_id = ${of.referralId}`),
    );
    expect(links).toEqual([{ measures: [{ measure: 'ucla3', version: '1' }] }]);
  });

  it('questions that a scheme no longer asks are not asked for after closing, nor counted as missing', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    await atTheStart(of);
    await inScheme(scheme, async (tx) => {
      await insertRow(tx, 'measure_response', {
        scheme_id: scheme.id,
        id: newId(),
        referral_id: of.referralId,
        measure: 'phq9',
        measure_version: '1',
        occasion: 'baseline',
        answered_on: '2026-11-23',
        mode: 'phone',
        answers: '{}',
        scores: '{}',
        bands: '{}',
        recorded_at: tx.now,
      });
    });
    await closeUnasked(of);
    betony.clock.set('2026-12-08T10:00:00Z');
    await tick();
    expect(await closingsMissing(of)).toEqual([{ measure: 'ons4', because: 'no_answer' }]);
    expect(await waiting(of.referralId)).toEqual([]);
  });

  it('closing with the answers still to be asked: ends with them', async () => {
    const of = await aCase(scheme, { worker, person: reachable });
    await atTheStart(of);
    await closeUnasked(of);
    await betony.get(ResponsesService).record(worker.actor, of.referralId, {
      measure: 'ons4',
      version: '1',
      occasion: 'closing',
      answeredOn: '2026-11-23',
      mode: 'phone',
      answers: { satisfied: 7, worthwhile: 7, happy: 7, anxious: 2 },
    });
    await desk.work('2026-12-08T10:00:00Z');
    expect([await closingsMissing(of), await desk.tasks(of.referralId)]).toEqual([[], []]);
  });

  it('the first questions nobody answered are missing, and can be answered all the same', async () => {
    const of = await aCase(scheme, { worker });
    betony.clock.set('2026-12-08T10:00:00Z');
    await tick();
    const missing = await inScheme(scheme, (tx) =>
      tx.rows(sql`
        select measure, occasion, because from measure_missing
        where scheme_id = ${scheme.id} and referral_id = ${of.referralId} order by measure`),
    );
    expect(missing).toEqual([
      { measure: 'ons4', occasion: 'baseline', because: 'no_answer' },
      { measure: 'ucla3', occasion: 'baseline', because: 'no_answer' },
    ]);
    const kinds = async () => (await waiting(of.referralId)).map((line) => line.split(' ')[0]);
    // There is nothing to compare with yet.
    expect(await kinds()).not.toContain('measure_review');
    await atTheStart(of);
    expect(await kinds()).toContain('measure_review');
  });

  describe('a referral that is given to another worker', () => {
    let of: TestCase;
    let kim: TestMember;

    beforeEach(async () => {
      of = await aCase(scheme, { worker });
      kim = await aMember(scheme, 'link_worker', { name: 'Kim Worker' });
    });

    const wish = () =>
      inScheme(scheme, (tx) =>
        betony.get(PageTasks).ask(tx, 'contact_wish', { kind: 'client', id: of.clientId }, of.clientId),
      );
    const give = async () =>
      betony
        .get(ReferralsService)
        .allocate((await theManager(scheme)).actor, of.referralId, { workerId: kim.actor.membershipId });
    const openOf = (member: TestMember) =>
      inScheme(scheme, async (tx) =>
        (
          await tx.rows<{ kind: string }>(sql`
            select kind from task where scheme_id = ${scheme.id} and audience_id = ${member.actor.membershipId}
              and ended_at is null order by kind`)
        ).map(({ kind }) => kind),
      );

    it('takes along all that was asked of the old one, whatever it is about', async () => {
      const promised = await anOffer(scheme, of, await aGroup(scheme)).accepted();
      await desk.work('2026-12-20T10:00:00Z');
      await wish();
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          insert into task (scheme_id, id, kind, audience, audience_id, subject_kind, subject_id, client_id, due_at,
            created_at)
          values (${scheme.id}, gen_random_uuid(), 'message_unconfirmed', 'membership', ${worker.actor.membershipId},
            'message', gen_random_uuid(), ${of.clientId}, now(), now())`),
      );
      const before = await openOf(worker);
      expect(before).toEqual(expect.arrayContaining(['contact_wish', 'in_touch', 'message_unconfirmed']));
      await give();
      expect(await openOf(worker)).toEqual([]);
      expect(await openOf(kim)).toEqual(
        expect.arrayContaining(['contact_wish', 'in_touch', 'message_unconfirmed']),
      );
      expect(await desk.tasks(promised)).toContain('in_touch membership open');
    });

    it('leaves with the old one what is about somebody else', async () => {
      const other = await aCase(scheme, { worker });
      await inScheme(scheme, (tx) =>
        betony.get(PageTasks).ask(tx, 'contact_wish', { kind: 'client', id: other.clientId }, other.clientId),
      );
      await give();
      expect(await openOf(worker)).toEqual(['contact_wish']);
      expect(await openOf(kim)).not.toContain('contact_wish');
    });

    it('asks the new one when the person asks again', async () => {
      await give();
      await wish();
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update task set audience_id = ${worker.actor.membershipId}
          where scheme_id = ${scheme.id} and kind = 'contact_wish'`),
      );
      await wish();
      expect([await openOf(worker), await openOf(kim)]).toEqual([[], ['contact_wish']]);
    });
  });

  it('nothing that is refused', async () => {
    const of = await aCase(scheme, { worker });
    const before = await desk.reminders(of.referralId);
    await expect(
      betony.get(ReferralsService).resume(worker.actor, of.referralId, { nextOn: '2026-12-01' }),
    ).rejects.toThrow();
    expect(await desk.reminders(of.referralId)).toEqual(before);
  });
});
