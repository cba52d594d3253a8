import {
  closedAt,
  aGroupWithService,
  anAppointmentRow,
  anEpisode,
  anOffer,
  changeRow,
  inScheme,
  insertRow,
  withTriage,
  withWorker,
} from '../../factories/episodes.js';
import sql from 'sql-template-tag';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import type { AgreementScope } from '../../../src/clients/agreement.types.js';
import { addDays, atLondon } from '../../../src/platform/clock/calendar.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { RemindersService } from '../../../src/reminders/reminders.service.js';
import { aClient } from '../../factories/clients.js';
import { theManager } from '../../factories/referrals.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/** A Monday. */
const MONDAY = '2026-11-23T10:00:00Z';

describe('reminders', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let desk: ReturnType<typeof reminderDesk>;
  let worker: TestMember;
  let author: TestMember;
  let practice: string;
  let group: string;
  let listing: string;

  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    worker = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
    author = await aMember(scheme, 'referrer');
    practice = author.actor.organisationId;
    group = await anOrganisation(scheme, 'community_group');
    listing = await aGroupWithService(scheme, group);
  });
  afterAll(() => betony.stop());
  beforeEach(() => {
    betony.clock.set(MONDAY);
  });

  const client = () =>
    aClient(scheme, { email: 'somebody@example.org' }).agreedWith(null, 'scheme_support').safeTo('email');
  const at = (iso: string) => desk.work(iso);
  /** Written down by a manager, who reaches everybody. */
  const takesBack = async (clientId: string, scope: AgreementScope): Promise<void> => {
    const manager = await theManager(scheme);
    const { id } = await inScheme(scheme, (tx) =>
      tx.one<{ id: string }>(sql`
        select id from agreement
        where scheme_id = ${scheme.id} and client_id = ${clientId} and ${scope} = any(scope)`),
    );
    await betony.get(AgreementsService).withdraw(manager.actor, clientId, id, {});
  };
  const agreementOf = async (clientId: string): Promise<string> =>
    (
      await inScheme(scheme, (tx) =>
        tx.one<{ id: string }>(sql`
          select id from agreement where scheme_id = ${scheme.id} and client_id = ${clientId}`),
      )
    ).id;
  const offered = async (columns: Record<string, unknown> = {}) => {
    const clientId = await client();
    const owner = worker.actor.membershipId;
    const referralId = await anEpisode(scheme, 'active', {
      client_id: clientId,
      ...withWorker('active', owner, '2027-12-01T09:00:00Z'),
      begun_at: MONDAY,
    });
    const id = await anOffer(scheme, {
      referral_id: referralId,
      client_id: clientId,
      listing_id: listing,
      organisation_id: group,
      agreement_id: await agreementOf(clientId),
      clock_started_at: MONDAY,
      answer_by: '2026-12-07T17:00:00Z',
      ...columns,
    });
    return { id, clientId, referralId, subjects: { onward_referral: [id] } };
  };

  describe('a draft', () => {
    it('is its author’s after a day and the practice’s after three, until it is sent', async () => {
      const id = await anEpisode(scheme, 'draft', {
        organisation_id: practice,
        author_id: author.actor.membershipId,
      });
      await desk.plan({ referral: [id] });
      await at('2026-11-24T16:59:59Z');
      expect(await desk.tasks(id)).toEqual([]);
      await at('2026-11-24T17:00:00Z');
      expect(await desk.taskRows(id)).toMatchObject([
        { kind: 'draft_waiting', audience: 'membership', audience_id: author.actor.membershipId },
      ]);
      await at('2026-11-26T17:00:00Z');
      expect(await desk.tasks(id)).toEqual([
        'draft_waiting membership open',
        'draft_waiting organisation open',
      ]);
      await changeRow(scheme, 'referral', id, {
        ...withTriage('sent', '2026-12-01T17:00:00Z'),
        draft: null,
        client_id: await client(),
        sent_at: '2026-11-27T10:00:00Z',
      });
      await desk.plan({ referral: [id] });
      expect(await desk.tasks(id)).toEqual([
        'draft_waiting membership moved_on',
        'draft_waiting organisation moved_on',
      ]);
      expect(await desk.reminders(id)).toEqual([
        'draft_waiting 1 2026-11-24T17:00 done task',
        'draft_waiting 2 2026-11-26T17:00 done task',
        'triage_waiting 1 2026-12-01T17:00 waiting',
        'triage_waiting 2 2026-12-03T17:00 waiting',
      ]);
    });

    it('that is discarded needs nobody', async () => {
      const id = await anEpisode(scheme, 'draft', { organisation_id: practice });
      await desk.plan({ referral: [id] });
      await inScheme(scheme, (tx) =>
        tx.run(sql`delete from referral where scheme_id = ${scheme.id} and id = ${id}`),
      );
      await desk.plan({ referral: [id] });
      await at('2026-12-24T17:00:00Z');
      expect(await desk.tasks(id)).toEqual([]);
      expect(await desk.reminders(id)).toEqual([
        'draft_waiting 1 2026-11-24T17:00 dropped moved_on',
        'draft_waiting 2 2026-11-26T17:00 dropped moved_on',
      ]);
    });
  });

  it('triage, return and allocation each escalate, and each ends with its move', async () => {
    const clientId = await client();
    const id = await anEpisode(scheme, 'sent', {
      client_id: clientId,
      organisation_id: practice,
      sent_at: MONDAY,
      ...withTriage('sent', '2026-11-25T17:00:00Z'),
    });
    await desk.plan({ referral: [id] });
    await at('2026-11-25T17:00:00Z');
    await at('2026-11-27T17:00:00Z');
    expect(await desk.tasks(id)).toEqual(['triage_waiting triage open', 'triage_waiting managers open']);

    await changeRow(scheme, 'referral', id, {
      ...withTriage('returned', '2026-12-04T17:00:00Z'),
      returned_at: '2026-11-27T18:00:00Z',
    });
    await desk.plan({ referral: [id] });
    await at('2026-12-02T17:00:00Z');
    await at('2026-12-04T17:00:00Z');
    expect((await desk.tasks(id)).slice(2)).toEqual(['returned triage open', 'returned managers open']);

    await changeRow(scheme, 'referral', id, {
      ...withTriage('accepted', '2026-12-07T17:00:00Z'),
      accepted_at: '2026-12-04T18:00:00Z',
    });
    await desk.plan({ referral: [id] });
    await at('2026-12-07T17:00:00Z');
    expect(await desk.tasks(id)).toEqual([
      'triage_waiting triage moved_on',
      'triage_waiting managers moved_on',
      'returned triage moved_on',
      'returned managers moved_on',
      'allocate managers open',
    ]);
  });

  it('first contact is the owner’s on its date and the managers’ after ten days, whoever moves the date', async () => {
    const id = await anEpisode(scheme, 'allocated', {
      client_id: await client(),
      ...withWorker('allocated', worker.actor.membershipId, '2026-11-30T17:00:00Z'),
      allocated_at: MONDAY,
    });
    await desk.plan({ referral: [id] });
    await changeRow(scheme, 'referral', id, { next_at: '2026-12-04T17:00:00Z' });
    await desk.plan({ referral: [id] });
    expect(await desk.reminders(id)).toEqual([
      'first_contact 1 2026-11-30T08:00 dropped moved_on',
      'first_contact 1 2026-12-04T08:00 waiting',
      'first_contact 2 2026-12-07T17:00 waiting',
    ]);
    await at('2026-12-04T08:00:00Z');
    await at('2026-12-07T17:00:00Z');
    expect(await desk.tasks(id)).toEqual(['first_contact membership open', 'first_contact managers open']);
  });

  it('a next contact turns red, then is the managers’; a new date ends all that', async () => {
    const id = await anEpisode(scheme, 'active', {
      client_id: await client(),
      ...withWorker('active', worker.actor.membershipId, '2026-11-25T09:00:00Z'),
      begun_at: MONDAY,
    });
    await desk.plan({ referral: [id] });
    const contactTasks = async () => (await desk.tasks(id)).filter((line) => line.startsWith('next_contact'));
    await at('2026-11-25T08:00:00Z');
    expect(await contactTasks()).toEqual(['next_contact membership open']);
    await at('2026-11-30T17:00:00Z');
    expect(await contactTasks()).toEqual(['next_contact membership late open']);
    await at('2026-12-09T17:00:00Z');
    expect(await contactTasks()).toEqual(['next_contact membership late open', 'next_contact managers open']);
    await changeRow(scheme, 'referral', id, { next_at: '2026-12-14T09:00:00Z' });
    await desk.plan({ referral: [id] });
    expect(await contactTasks()).toEqual([
      'next_contact membership late moved_on',
      'next_contact managers moved_on',
    ]);
  });

  it('after an outage only the last step for the same people is told', async () => {
    const id = await anEpisode(scheme, 'on_hold', {
      client_id: await client(),
      ...withWorker('on_hold', worker.actor.membershipId, '2026-11-25T09:00:00Z'),
    });
    await desk.plan({ referral: [id] });
    await at('2026-12-09T17:00:00Z');
    expect(await desk.tasks(id)).toEqual(['resume membership late open', 'resume managers open']);
    expect(await desk.reminders(id)).toEqual([
      'resume 1 2026-11-25T08:00 dropped superseded',
      'resume 2 2026-11-30T17:00 done task',
      'resume 3 2026-12-09T17:00 done task',
    ]);
    // Nothing of it comes back with the next move.
    await desk.plan({ referral: [id] });
    await desk.work();
    expect(await desk.tasks(id)).toHaveLength(2);
  });

  it('a date that was put back does not tell again what was told', async () => {
    const id = await anEpisode(scheme, 'active', {
      client_id: await client(),
      ...withWorker('active', worker.actor.membershipId, '2026-11-25T09:00:00Z'),
      begun_at: MONDAY,
    });
    const changeTo = async (nextAt: string) => {
      await changeRow(scheme, 'referral', id, { next_at: nextAt });
      await desk.plan({ referral: [id] });
    };
    await changeTo('2026-11-26T09:00:00Z');
    await changeTo('2026-11-25T09:00:00Z');
    const first = () =>
      desk.reminders(id).then((all) => all.filter((line) => line.startsWith('next_contact 1')));
    expect(await first()).toEqual([
      'next_contact 1 2026-11-25T08:00 waiting',
      'next_contact 1 2026-11-26T08:00 dropped moved_on',
    ]);
    await at('2026-11-25T08:00:00Z');
    await changeTo('2026-11-26T09:00:00Z');
    await changeTo('2026-11-25T09:00:00Z');
    expect((await first())[0]).toBe('next_contact 1 2026-11-25T08:00 done task');
  });

  describe('a date that comes back', () => {
    const at25 = '2026-11-25T09:00:00Z';
    const told = async (state: 'active' | 'allocated' | 'on_hold', columns: Record<string, unknown> = {}) => {
      const id = await anEpisode(scheme, state, {
        client_id: await client(),
        ...withWorker(state, worker.actor.membershipId, at25),
        ...columns,
      });
      await desk.plan({ referral: [id] });
      await at('2026-11-25T08:00:00Z');
      const changeTo = async (nextAt: string) => {
        await changeRow(scheme, 'referral', id, { next_at: nextAt });
        await desk.plan({ referral: [id] });
      };
      const tasks = async (kind: string) => (await desk.tasks(id)).filter((line) => line.startsWith(kind));
      return { id, changeTo, tasks };
    };

    it.each([
      ['next_contact', 'active', { begun_at: MONDAY }],
      ['resume', 'on_hold', {}],
      ['first_contact', 'allocated', { allocated_at: MONDAY }],
    ] as const)('opens the task again at once: %s', async (kind, state, columns) => {
      const { id, changeTo, tasks } = await told(state, columns);
      await changeTo('2026-12-01T09:00:00Z');
      expect(await tasks(kind)).toEqual([`${kind} membership moved_on`]);
      await changeTo(at25);
      const open = [`${kind} membership moved_on`, `${kind} membership open`];
      expect(await tasks(kind)).toEqual(open);
      // Once: neither another move nor a tick asks for it a second time, and its later steps follow.
      await desk.plan({ referral: [id] });
      await desk.work();
      expect(await tasks(kind)).toEqual(open);
      await changeTo('2026-12-01T09:00:00Z');
      expect(await tasks(kind)).toEqual([`${kind} membership moved_on`, `${kind} membership moved_on`]);
    });

    it('asks whoever has the person now, and turns red on its day', async () => {
      const { id, changeTo, tasks } = await told('active', { begun_at: MONDAY });
      await changeTo('2026-12-01T09:00:00Z');
      const other = await aMember(scheme, 'link_worker');
      await changeRow(scheme, 'referral', id, { owner_id: other.actor.membershipId });
      await changeTo(at25);
      const whose = (await desk.taskRows(id)).filter(({ kind }) => kind === 'next_contact');
      expect(whose.slice(1)).toMatchObject([{ outcome: null, audience_id: other.actor.membershipId }]);
      await at('2026-11-30T17:00:00Z');
      expect((await tasks('next_contact')).slice(1)).toEqual(['next_contact membership late open']);
    });

    it('what was finished is asked again after a hold that ends on the same day', async () => {
      const { id, tasks } = await told('active', { begun_at: MONDAY });
      const finish = () =>
        inScheme(scheme, (tx) =>
          tx.run(sql`
            update task set ended_at = ${tx.now}, ended_by = ${worker.actor.membershipId}, outcome = 'finished'
            where scheme_id = ${scheme.id} and subject_id = ${id} and ended_at is null`),
        );
      const become = async (columns: Record<string, unknown>) => {
        await changeRow(scheme, 'referral', id, columns);
        await desk.plan({ referral: [id] });
      };
      const finished = 'next_contact membership finished';
      await finish();
      for (const open of [[finished], [finished, finished]]) {
        await become({
          state: 'on_hold',
          held_from: 'active',
          next_kind: 'resume',
          next_at: '2026-12-01T09:00:00Z',
        });
        expect(await tasks('next_contact')).toEqual(open);
        await become({ state: 'active', held_from: null, next_kind: 'next_contact', next_at: at25 });
        expect(await tasks('next_contact')).toEqual([...open, 'next_contact membership open']);
        await desk.plan({ referral: [id] });
        await desk.work();
        expect(await tasks('next_contact')).toEqual([...open, 'next_contact membership open']);
        await finish();
        await desk.plan({ referral: [id] });
        expect(await tasks('next_contact')).toEqual([...open, finished]);
      }
    });

    it('what was finished stays so, unless the day was another one meanwhile', async () => {
      const { id, changeTo, tasks } = await told('active', { begun_at: MONDAY });
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update task set ended_at = ${tx.now}, ended_by = ${worker.actor.membershipId}, outcome = 'finished'
          where scheme_id = ${scheme.id} and subject_id = ${id} and ended_at is null`),
      );
      await desk.plan({ referral: [id] });
      expect(await tasks('next_contact')).toEqual(['next_contact membership finished']);
      await changeTo('2026-12-01T09:00:00Z');
      await changeTo(at25);
      expect(await tasks('next_contact')).toEqual([
        'next_contact membership finished',
        'next_contact membership open',
      ]);
    });
  });

  it('a third unreached contact asks for a choice, and a reached one ends it', async () => {
    const id = await anEpisode(scheme, 'allocated', {
      client_id: await client(),
      ...withWorker('allocated', worker.actor.membershipId, '2027-01-04T17:00:00Z'),
      allocated_at: MONDAY,
    });
    const contact = async (when: string, outcome: string) => {
      betony.clock.set(when);
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'contact', {
          scheme_id: scheme.id,
          id: newId(),
          referral_id: id,
          kind: 'phone',
          outcome,
          at: when,
          next_on: '2027-01-04',
          created_at: when,
          updated_at: when,
        }),
      );
      await desk.plan({ referral: [id] });
      await desk.work();
    };
    await contact('2026-11-24T10:00:00Z', 'no_answer');
    await contact('2026-11-25T10:00:00Z', 'message_left');
    expect(await desk.tasks(id)).toEqual([]);
    await contact('2026-11-26T10:00:00Z', 'wrong_number');
    await contact('2026-11-27T10:00:00Z', 'no_answer');
    expect(await desk.tasks(id)).toEqual(['third_unreached membership open']);
    await contact('2026-11-28T10:00:00Z', 'reached');
    expect(await desk.tasks(id)).toEqual(['third_unreached membership moved_on']);
  });

  it('a baseline is asked for the day after the first conversation, until it is there', async () => {
    const id = await anEpisode(scheme, 'active', {
      client_id: await client(),
      ...withWorker('active', worker.actor.membershipId, '2027-06-01T09:00:00Z'),
      begun_at: MONDAY,
    });
    await desk.plan({ referral: [id] });
    await at('2026-11-24T08:00:00Z');
    expect(await desk.tasks(id)).toEqual(['measure_baseline membership open']);
    const declined = (measure: string) =>
      inScheme(scheme, (tx) =>
        insertRow(tx, 'measure_missing', {
          scheme_id: scheme.id,
          id: newId(),
          referral_id: id,
          measure,
          occasion: 'baseline',
          because: 'declined',
          recorded_at: tx.now,
        }),
      );
    await declined('ons4');
    await desk.plan({ referral: [id] });
    expect(await desk.tasks(id)).toEqual(['measure_baseline membership open']);
    await declined('ucla3');
    await desk.plan({ referral: [id] });
    expect(await desk.tasks(id)).toEqual(['measure_baseline membership moved_on']);
  });

  describe('after closing', () => {
    const closed = async (columns: Record<string, unknown> = {}) => {
      const clientId = await client().agreedWith(practice, 'progress_feedback');
      const id = await anEpisode(scheme, 'closed', {
        client_id: clientId,
        organisation_id: practice,
        author_id: author.actor.membershipId,
        ...closedAt(MONDAY),
        may_ask_again: true,
        ...columns,
      });
      await inScheme(scheme, (tx) =>
        insertRow(tx, 'referral_assignment', {
          scheme_id: scheme.id,
          id: newId(),
          referral_id: id,
          owner_id: worker.actor.membershipId,
          starts_at: '2026-10-01T09:00:00Z',
          ends_at: MONDAY,
        }),
      );
      await desk.plan({ referral: [id] });
      return { id, clientId };
    };

    it('asks at three months, once more after seven days, and then leaves it to be recorded as missing', async () => {
      const { id, clientId } = await closed();
      await at('2027-02-23T10:00:00Z');
      expect(await desk.taskRows(id)).toMatchObject([
        { kind: 'measure_3_months', audience: 'membership', audience_id: worker.actor.membershipId },
      ]);
      expect(await desk.messages(clientId)).toMatchObject([{ kind: 'client', state: 'ready' }]);
      await changeRow(scheme, 'message', (await desk.messages(clientId))[0]!.id, {
        state: 'sent',
        sent_at: '2027-02-23T10:01:00Z',
        settled_at: '2027-02-23T10:01:00Z',
      });
      await at('2027-03-02T10:00:00Z');
      expect(await desk.tasks(id)).toEqual(['measure_3_months membership late open']);
      expect(await desk.messages(clientId)).toHaveLength(2);
      expect((await desk.reminders(id)).filter((line) => line.startsWith('measure_3'))).toEqual([
        'measure_3_months 1 2027-02-23T10:00 done task',
        'measure_3_months 2 2027-02-23T10:00 done message',
        'measure_3_months 3 2027-03-02T10:00 done task',
        'measure_3_months 4 2027-03-02T10:00 done message',
        'measure_3_months 5 2027-03-09T10:00 waiting',
      ]);
    });

    it('writes to nobody who did not say that e-mail is safe', async () => {
      const { id, clientId } = await closed();
      await changeRow(scheme, 'client', clientId, { safe_to_email: 'not_asked' });
      await at('2027-02-23T10:00:00Z');
      expect(await desk.messages(clientId)).toEqual([]);
      expect(await desk.tasks(id)).toEqual(['measure_3_months membership open']);
    });

    it('is forgotten when the referral is opened again', async () => {
      const { id } = await closed();
      await changeRow(scheme, 'referral', id, {
        ...withWorker('active', worker.actor.membershipId, '2026-12-01T09:00:00Z'),
        ended_at: null,
        told_status: 'in_touch',
      });
      await desk.plan({ referral: [id] });
      const left = (await desk.reminders(id)).filter((line) => line.startsWith('measure_'));
      expect(left.every((line) => line.endsWith('dropped moved_on'))).toBe(true);
    });

    it('tells the sender, at the practice’s address for it', async () => {
      await changeRow(scheme, 'organisation', practice, { feedback_email: 'feedback@example.org' });
      await closed();
      await closed();
      await desk.work();
      // Two closings of one practice arrive as one message.
      expect(await desk.messages(practice)).toMatchObject([{ kind: 'referrer', state: 'ready' }]);
      await changeRow(scheme, 'organisation', practice, { feedback_email: null });
    });

    it('tells the author where the practice has no address, and the practice’s list where there is nobody', async () => {
      await closed();
      await desk.work();
      expect(await desk.messages(author.actor.membershipId)).toMatchObject([{ kind: 'referrer' }]);
      const { id } = await closed({ author_id: null });
      await desk.work();
      expect(await desk.tasks(id)).toEqual(['closing_summary organisation open']);
    });

    it('tells nothing where nothing was agreed', async () => {
      const { id } = await closed({ feedback: 'nothing' });
      expect((await desk.reminders(id)).filter((line) => line.startsWith('closing'))).toEqual([]);
    });

    it('tells nothing of an ending after the person took back what the sender may hear', async () => {
      const { id, clientId } = await closed();
      await takesBack(clientId, 'progress_feedback');
      expect((await desk.reminders(id)).filter((line) => line.startsWith('closing'))).toEqual([
        'closing_summary 1 2026-11-23T10:00 dropped moved_on',
      ]);
      await desk.work();
      expect(await desk.tasks(id)).toEqual([]);
    });
  });

  describe('an offer', () => {
    it('is told to the group at once, and nudges it at a third, two thirds and on the last day', async () => {
      const { id, subjects } = await offered();
      await desk.plan(subjects);
      const before = (await desk.messages(group)).length;
      await desk.work();
      await at('2026-11-26T10:00:00Z');
      await at('2026-12-02T10:00:00Z');
      await at('2026-12-07T10:00:00Z');
      // Nothing was sent meanwhile, so that all of it waits in one message.
      expect(await desk.messages(group)).toHaveLength(before + 1);
      expect(await desk.reminders(id)).toEqual([
        'offer_made 1 2026-11-23T10:00 done message',
        'reply_wanted 1 2026-11-26T10:00 done message',
        'reply_wanted 2 2026-12-02T10:00 done message',
        'reply_wanted 3 2026-12-07T10:00 done message',
        'reply_wanted 4 2026-12-07T17:00 waiting',
      ]);
    });

    it('is not nudged after an answer', async () => {
      const { id, subjects } = await offered();
      await desk.plan(subjects);
      await changeRow(scheme, 'onward_referral', id, {
        state: 'accepted',
        clock_started_at: null,
        answer_by: null,
        answered_at: MONDAY,
        accepted_at: MONDAY,
        in_touch_by: '2026-11-30',
      });
      await desk.plan(subjects);
      await at('2026-12-01T08:00:00Z');
      const isLater = (line: string) => line.startsWith('how_did_it_go');
      expect((await desk.reminders(id)).filter(isLater)).toEqual(
        ['2026-12-07T10:00', '2027-01-06T10:00', '2027-02-05T10:00', '2027-03-07T10:00']
          // London's summer time: the same hour on the clock.
          .concat('2027-04-06T09:00', '2027-05-06T09:00')
          .map((due, index) => `how_did_it_go ${String(index + 1)} ${due} waiting`),
      );
      expect((await desk.reminders(id)).filter((line) => !isLater(line))).toEqual([
        'in_touch 1 2026-11-30T10:00 dropped too_late',
        'in_touch 2 2026-12-01T08:00 done task',
        'offer_made 1 2026-11-23T10:00 dropped moved_on',
        'reply_wanted 1 2026-11-26T10:00 dropped moved_on',
        'reply_wanted 2 2026-12-02T10:00 dropped moved_on',
        'reply_wanted 3 2026-12-07T10:00 dropped moved_on',
        'reply_wanted 4 2026-12-07T17:00 dropped moved_on',
      ]);
      expect(await desk.tasks(id)).toEqual(['in_touch membership open']);
    });

    it('of a group that is rung instead is the owner’s to chase', async () => {
      const { id, subjects } = await offered();
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update provider set answers_by = 'phone' where scheme_id = ${scheme.id} and organisation_id = ${group}`),
      );
      await desk.plan(subjects);
      await at('2026-11-26T10:00:00Z');
      expect(await desk.tasks(id)).toEqual(['reply_wanted membership open']);
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update provider set answers_by = 'email' where scheme_id = ${scheme.id} and organisation_id = ${group}`),
      );
    });

    it('that a group answered is the owner’s, and late the next day', async () => {
      const { id, subjects } = await offered({
        state: 'declined',
        clock_started_at: null,
        answer_by: null,
        ended_at: MONDAY,
        end_reason: 'full',
        end_side: 'provider',
        to_act: 'declined',
      });
      await desk.plan(subjects);
      await desk.work();
      expect(await desk.tasks(id)).toEqual(['group_replied membership open']);
      await at('2026-11-24T08:00:00Z');
      expect(await desk.tasks(id)).toEqual(['group_replied membership late open']);
    });

    it('on a waiting list comes up at its review, and again four weeks later', async () => {
      const { id, subjects } = await offered({
        state: 'waitlisted',
        clock_started_at: null,
        answer_by: null,
        answered_at: MONDAY,
        review_on: '2026-12-10',
      });
      await desk.plan(subjects);
      await at('2026-12-10T08:00:00Z');
      const [task] = await desk.taskRows(id);
      await changeRow(scheme, 'task', task!.id, { ended_at: '2026-12-10T09:00:00Z', outcome: 'finished' });
      await at('2027-01-07T08:00:00Z');
      expect(await desk.tasks(id)).toEqual([
        'waiting_list membership finished',
        'waiting_list membership open',
      ]);
    });

    it('on a waiting list is looked at for as long as somebody waits, each time once', async () => {
      const { id, subjects } = await offered({
        state: 'waitlisted',
        clock_started_at: null,
        answer_by: null,
        answered_at: MONDAY,
        review_on: '2026-12-10',
      });
      await desk.plan(subjects);
      const days = Array.from({ length: 16 }, (_, index) => addDays('2026-12-10', index * 28));
      for (const day of days) {
        await at(atLondon(day, '10:00').toISOString());
      }
      const told = (await desk.reminders(id)).filter((line) => !line.endsWith('waiting'));
      const on = (hour: string) => days.map((day) => atLondon(day, hour).toISOString().slice(0, 16)).sort();
      const due = told.map((line) => line.split(' ')[2] ?? '').sort();
      expect(due).toEqual([...on('08:00'), ...on('10:00')].sort());
      expect((await desk.tasks(id)).length).toBe(1);
    });

    it('that ended after a yes: the group is told, and rung the next working day until it has seen it', async () => {
      const { id, subjects } = await offered({
        state: 'withdrawn',
        clock_started_at: null,
        answer_by: null,
        accepted_at: MONDAY,
        ended_at: MONDAY,
        end_reason: 'changed_mind',
        end_side: 'client',
      });
      await desk.plan(subjects);
      await desk.work();
      expect(await desk.reminders(id)).toEqual([
        'do_not_contact 1 2026-11-23T10:00 done message',
        'do_not_contact 2 2026-11-24T08:00 waiting',
      ]);
      await at('2026-11-24T08:00:00Z');
      await changeRow(scheme, 'onward_referral', id, { seen_at: '2026-11-24T09:00:00Z' });
      await desk.plan(subjects);
      expect(await desk.tasks(id)).toEqual(['do_not_contact membership moved_on']);
    });
  });

  describe('an appointment', () => {
    const arranged = async (startsAt: string) => {
      const clientId = await client();
      const referralId = await anEpisode(scheme, 'active', {
        client_id: clientId,
        ...withWorker('active', worker.actor.membershipId, '2027-12-01T09:00:00Z'),
      });
      const id = await anAppointmentRow(scheme, referralId, startsAt);
      await desk.plan({ appointment: [id] });
      return { id, clientId };
    };

    it('is told to the client the day before, at the same time by the clock on the wall', async () => {
      const { id, clientId } = await arranged('2027-03-28T13:00:00Z');
      await at('2027-03-27T13:59:59Z');
      expect(await desk.messages(clientId)).toEqual([]);
      await at('2027-03-27T14:00:00Z');
      expect(await desk.messages(clientId)).toMatchObject([{ kind: 'client', state: 'ready' }]);
      expect(await desk.reminders(id)).toEqual(['appointment 1 2027-03-27T14:00 done message']);
    });

    it('moves with it, and goes with it', async () => {
      const { id } = await arranged('2026-12-01T14:00:00Z');
      betony.clock.advance({ hours: 1 });
      await changeRow(scheme, 'appointment', id, {
        starts_at: '2026-12-03T09:30:00Z',
        updated_at: '2026-11-23T11:00:00Z',
      });
      await desk.plan({ appointment: [id] });
      await changeRow(scheme, 'appointment', id, { state: 'cancelled' });
      const planned = await desk.reminders(id);
      await desk.plan({ appointment: [id] });
      await at('2026-12-03T09:00:00Z');
      expect([planned, await desk.reminders(id)]).toEqual([
        ['appointment 1 2026-11-30T14:00 dropped moved_on', 'appointment 1 2026-12-02T09:30 waiting'],
        [
          'appointment 1 2026-11-30T14:00 dropped moved_on',
          'appointment 1 2026-12-02T09:30 dropped moved_on',
        ],
      ]);
    });

    it('is the owner’s to tell where e-mail is not safe', async () => {
      const { id, clientId } = await arranged('2026-12-01T14:00:00Z');
      await changeRow(scheme, 'client', clientId, { safe_to_email: 'no' });
      await at('2026-11-30T14:00:00Z');
      expect(await desk.messages(clientId)).toEqual([]);
      expect(await desk.tasks(id)).toEqual(['appointment membership open']);
    });

    it('that has passed is not told after an outage', async () => {
      const { id, clientId } = await arranged('2026-12-01T14:00:00Z');
      await at('2026-12-01T14:00:00Z');
      expect(await desk.messages(clientId)).toEqual([]);
      expect(await desk.reminders(id)).toEqual(['appointment 1 2026-11-30T14:00 dropped too_late']);
    });
  });

  it('a task follows its referral to another owner', async () => {
    const id = await anEpisode(scheme, 'active', {
      client_id: await client(),
      ...withWorker('active', worker.actor.membershipId, '2026-11-24T09:00:00Z'),
    });
    await desk.plan({ referral: [id] });
    await at('2026-11-24T08:00:00Z');
    const other = await aMember(scheme, 'link_worker');
    await changeRow(scheme, 'referral', id, { owner_id: other.actor.membershipId });
    await desk.plan({ referral: [id] });
    expect(await desk.taskRows(id)).toMatchObject([{ audience_id: other.actor.membershipId, outcome: null }]);
  });

  it('what was brought in from elsewhere counts its past as told', async () => {
    const id = await anEpisode(scheme, 'active', {
      client_id: await client(),
      ...withWorker('active', worker.actor.membershipId, '2026-11-20T09:00:00Z'),
      begun_at: '2026-10-01T09:00:00Z',
    });
    await desk.plan({ referral: [id] }, 'told_before');
    await desk.work();
    expect(await desk.tasks(id)).toEqual([]);
    expect(await desk.reminders(id)).toEqual([
      'measure_baseline 1 2026-10-02T07:00 done told_before',
      'measure_baseline 3 2026-10-09T07:00 done told_before',
      'next_contact 1 2026-11-20T08:00 done told_before',
      'next_contact 2 2026-11-25T17:00 waiting',
      'next_contact 3 2026-12-04T17:00 waiting',
    ]);
  });

  it('twenty ticks at once tell each thing once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 150 }, async () => {
        const id = await anEpisode(scheme, 'active', {
          client_id: await aClient(scheme),
          ...withWorker('active', worker.actor.membershipId, '2026-11-24T09:00:00Z'),
        });
        await desk.plan({ referral: [id] });
        return id;
      }),
    );
    betony.clock.set('2026-11-24T08:00:00Z');
    await Promise.all(Array.from({ length: 20 }, () => desk.work()));
    for (const id of ids) expect(await desk.tasks(id)).toEqual(['next_contact membership open']);
  });

  it('a move waits for the tick that holds its reminder, and ends the task it made', async () => {
    const ids = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const id = await anEpisode(scheme, 'active', {
          client_id: await aClient(scheme),
          ...withWorker('active', worker.actor.membershipId, '2026-11-24T09:00:00Z'),
        });
        await desk.plan({ referral: [id] });
        return id;
      }),
    );
    betony.clock.set('2026-11-24T08:00:00Z');
    await Promise.all([
      ...ids.map((id) =>
        inScheme(scheme, async (tx) => {
          await tx.run(sql`
            update referral set next_at = '2027-01-11T09:00:00Z' where scheme_id = ${scheme.id} and id = ${id}`);
          await betony.get(RemindersService).plan(tx, { referral: [id] });
        }),
      ),
      desk.work(),
      desk.work(),
    ]);
    for (const id of ids) {
      const open = (await desk.tasks(id)).filter((line) => line.endsWith('open'));
      expect(open).toEqual([]);
      expect(await desk.reminders(id)).toContain('next_contact 1 2027-01-11T08:00 waiting');
    }
  });
});
