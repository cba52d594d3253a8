import sql from 'sql-template-tag';
import { AppointmentsService } from '../../../src/caseload/appointments.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Digests } from '../../../src/reminders/digests.service.js';
import { MOST_ATTEMPTS } from '../../../src/reminders/message.rules.js';
import { ATTEMPTS, type Attempt } from '../../../src/reminders/message.types.js';
import { type Claim, MessagesService } from '../../../src/reminders/messages.service.js';
import { aClient } from '../../factories/clients.js';
import { anAppointmentRow, anEpisode, changeRow, inScheme, withWorker } from '../../factories/episodes.js';
import { messageRow, messagesIn } from '../../factories/messages.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MONDAY = '2026-11-23T10:00:00Z';

describe('the ledger of messages', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let desk: ReturnType<typeof reminderDesk>;
  let worker: TestMember;
  let messages: MessagesService;
  let make: ReturnType<typeof messagesIn>;

  beforeAll(async () => {
    betony = await startApp();
    messages = betony.get(MessagesService);
  });
  afterAll(() => betony.stop());
  beforeEach(async () => {
    betony.clock.set(MONDAY);
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    worker = await aMember(scheme, 'link_worker', { name: 'Sam Worker' });
    make = messagesIn(scheme, worker);
  });

  const actor = () => systemActor(scheme.id, 'messages');
  const claim = (id: string) => messages.claim(scheme.id, id);

  const row = (id: string) => messageRow(scheme, id);
  const safeToEmail = (clientId: string) =>
    inScheme(scheme, (tx) =>
      tx.one<{ safe_to_email: string }>(sql`
        select safe_to_email from client where scheme_id = ${scheme.id} and id = ${clientId}`),
    ).then((one) => one.safe_to_email);

  describe('a claim', () => {
    it('reads address and words at that moment, and keeps neither', async () => {
      const { clientId, messageId } = await make.toClient();
      await changeRow(scheme, 'client', clientId, { email: 'moved@example.org' });
      const claimed = await claim(messageId);
      expect(claimed).toMatchObject({
        to: 'moved@example.org',
        messageId: `${messageId}@betony.example.org`,
        attempt: 1,
        letter: { subject: 'A reminder for Wednesday 25 November' },
      });
      expect(claimed!.letter.text).toContain('on Wednesday 25 November at 2pm');
      expect(claimed!.letter.text).toContain('\n\nSam\n\n');
      expect(claimed!.letter.text).toContain(`/privacy/people/${scheme.id}`);
      const kept = await inScheme(scheme, (tx) =>
        tx.one<{ all: string }>(sql`
          select to_jsonb(m)::text as all from message m where scheme_id = ${scheme.id} and id = ${messageId}`),
      );
      expect(kept.all).not.toMatch(/somebody@|moved@|Wednesday|Sam/);
    });

    it('does not name the worker where somebody else may be reading', async () => {
      const { clientId, messageId } = await make.toClient();
      await changeRow(scheme, 'client', clientId, { safety_flag: true });
      expect((await claim(messageId))!.letter.text).not.toContain('Sam');
    });

    it('is one process’s only', async () => {
      const { messageId } = await make.toClient();
      const claims = await Promise.all(Array.from({ length: 30 }, () => claim(messageId)));
      expect(claims.filter((one) => one !== null)).toHaveLength(1);
    });

    it.each([
      ['it is no longer safe', 'not_safe', { safe_to_email: 'no' }],
      ['nobody asked whether it is', 'not_asked', { safe_to_email: 'not_asked' }],
      ['messages are paused', 'paused', { messages_paused_at: MONDAY }],
      ['there is no address any more', 'no_address', { email: null }],
    ])('comes to nothing when %s, and the owner is asked instead', async (_why, because, changes) => {
      const { id, clientId, messageId } = await make.toClient();
      await changeRow(scheme, 'client', clientId, changes);
      expect(await claim(messageId)).toBeNull();
      expect(await row(messageId)).toMatchObject({ state: 'cancelled', because, attempts: 0 });
      expect(await desk.tasks(id)).toEqual(['appointment membership open']);
    });

    it('comes to nothing when the agreement was withdrawn', async () => {
      const { clientId, messageId } = await make.toClient();
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update agreement set withdrawn_at = ${tx.now} where scheme_id = ${scheme.id} and client_id = ${clientId}`),
      );
      expect(await claim(messageId)).toBeNull();
      expect(await row(messageId)).toMatchObject({ state: 'cancelled', because: 'agreement_withdrawn' });
    });

    it('comes to nothing when the person died, without asking anybody to ring', async () => {
      const { id, clientId, messageId } = await make.toClient();
      await changeRow(scheme, 'client', clientId, { died_on: '2026-11-22', death_recorded_at: MONDAY });
      expect(await claim(messageId)).toBeNull();
      expect(await row(messageId)).toMatchObject({ state: 'cancelled', because: 'moved_on' });
      expect(await desk.tasks(id)).toEqual([]);
    });

    describe('of an appointment that is changed after its reminder went out', () => {
      const reminded = async () => {
        const made = await make.toClient();
        await messages.settle((await claim(made.messageId))!, 'sent', null);
        betony.clock.set('2026-11-24T15:00:00Z');
        return made;
      };
      const why = { side: 'scheme', reason: 'worker_away' } as const;
      const manager = async () => (await aMember(scheme, 'scheme_manager')).actor;
      const said = async (): Promise<string[]> => {
        const subjects: string[] = [];
        for (const id of await desk.work()) {
          const claimed = await claim(id);
          subjects.push(claimed!.letter.subject);
          await messages.settle(claimed!, 'sent', null);
        }
        return subjects;
      };
      const service = () => betony.get(AppointmentsService);

      it('says once that we called it off', async () => {
        const { id } = await reminded();
        await service().cancel(await manager(), id, why);
        expect(await said()).toEqual(['Our appointment on Wednesday 25 November is off']);
        await desk.plan({ appointment: [id] });
        expect(await said()).toEqual([]);
        expect(await desk.tasks(id)).toEqual([]);
      });

      it('says each time that we moved it, and to when', async () => {
        const { id, clientId } = await reminded();
        const to = { ...why, on: '2026-11-25', time: '16:30' };
        await service().move(await manager(), id, to);
        const [message] = await desk.work();
        const claimed = await claim(message ?? '');
        expect(claimed!.letter.text).toContain('It is now on Wednesday 25 November at 4:30pm');
        await messages.settle(claimed!, 'sent', null);
        betony.clock.advance({ minutes: 1 });
        await service().move(await manager(), id, { ...to, time: '17:00' });
        expect(await said()).toEqual(['Our appointment has moved']);
        expect((await desk.messages(clientId)).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
      });

      it('says nothing of what the person changed, nor of what they were not reminded of', async () => {
        const { id } = await reminded();
        await service().cancel(await manager(), id, { side: 'client', reason: 'unwell' });
        expect(await said()).toEqual([]);
        betony.clock.set(MONDAY);
        const other = await make.toClient();
        await service().cancel(await manager(), other.id, why);
        expect(await claim(other.messageId)).toBeNull();
        expect(await said()).toEqual([]);
      });

      it.each(['cancel', 'move'] as const)(
        'asks the owner to ring where a %s at night would be told too late',
        async (verb) => {
          const { id, clientId } = await reminded();
          const early = { ...why, on: '2026-11-25', time: '07:45' };
          await service().move(await manager(), id, early);
          expect(await said()).toEqual(['Our appointment has moved']);
          betony.clock.set('2026-11-24T21:00:00Z');
          if (verb === 'cancel') await service().cancel(await manager(), id, why);
          else {
            await service().move(await manager(), id, { ...early, time: '11:00' });
            await service().move(await manager(), id, { ...early, time: '14:00' });
          }
          expect(await said()).toEqual([]);
          expect(await desk.tasks(id)).toContain('appointment_changed membership open');
          betony.clock.set('2026-11-25T08:00:00Z');
          expect(await said()).toEqual([]);
          expect((await desk.messages(clientId)).map(({ state }) => state)).toEqual(['sent', 'sent']);
        },
      );

      it('asks the owner to tell whoever cannot be written to safely any more', async () => {
        const { id, clientId } = await reminded();
        await changeRow(scheme, 'client', clientId, { safe_to_email: 'no' });
        await service().cancel(await manager(), id, why);
        expect(await said()).toEqual([]);
        expect(await desk.tasks(id)).toEqual(['appointment_changed membership open']);
        await desk.plan({ appointment: [id] });
        expect(await desk.tasks(id)).toEqual(['appointment_changed membership open']);
      });
    });

    it('comes to nothing when the appointment was cancelled, moved, or is over', async () => {
      const cancelled = await make.toClient();
      await changeRow(scheme, 'appointment', cancelled.id, { state: 'cancelled' });
      betony.clock.set(MONDAY);
      const moved = await make.toClient();
      await changeRow(scheme, 'appointment', moved.id, { starts_at: '2026-11-27T14:00:00Z' });
      betony.clock.set(MONDAY);
      const over = await make.toClient();
      expect([await claim(cancelled.messageId), await claim(moved.messageId)]).toEqual([null, null]);
      betony.clock.set('2026-11-25T14:00:00Z');
      expect(await claim(over.messageId)).toBeNull();
      for (const { messageId } of [cancelled, moved, over]) {
        expect(await row(messageId)).toMatchObject({ state: 'cancelled', because: 'moved_on' });
      }
    });

    it('waits for the morning in quiet hours', async () => {
      const { messageId } = await make.toClient();
      betony.clock.set('2026-11-24T20:00:00Z');
      expect(await claim(messageId)).toBeNull();
      expect(await row(messageId)).toMatchObject({
        state: 'ready',
        next_attempt_at: new Date('2026-11-25T08:00:00Z'),
      });
      betony.clock.set('2026-11-25T08:00:00Z');
      expect(await claim(messageId)).not.toBeNull();
    });

    it.each([
      ['made at night, after an outage', '2026-11-24T23:00:00Z', '2026-11-24T23:00:00Z'],
      ['made in the evening and not taken before the night', '2026-11-24T19:30:00Z', '2026-11-24T20:00:00Z'],
    ])(
      'is the owner’s to say where an early appointment is over before the morning: %s',
      async (_how, made, tried) => {
        const { referralId, messageId } = await make.toClient();
        await claim(messageId);
        betony.clock.set(MONDAY);
        const id = await anAppointmentRow(scheme, referralId, '2026-11-25T07:30:00Z');
        await desk.plan({ appointment: [id] });
        const written = await desk.work(made);
        betony.clock.set(tried);
        for (const one of written) expect(await claim(one)).toBeNull();
        expect(await desk.tasks(id)).toEqual(['appointment membership open']);
        betony.clock.set('2026-11-25T08:00:00Z');
        for (const one of written) expect(await claim(one)).toBeNull();
      },
    );

    it('by night a message is made for the morning', async () => {
      betony.clock.set('2026-11-24T23:00:00Z');
      const { messageId } = await make.toReferrer();
      expect((await row(messageId)).next_attempt_at).toEqual(new Date('2026-11-25T08:00:00Z'));
    });
  });

  describe('what came of an attempt', () => {
    const MAKE = {
      client: () => make.toClient().then(({ messageId }) => messageId),
      provider: () => make.toGroup().then(({ messageId }) => messageId),
      referrer: () => make.toReferrer().then(({ messageId }) => messageId),
    };
    const EXPECTED: Record<keyof typeof MAKE, Record<Attempt, { state: string; tasks: string[] }>> = {
      client: {
        sent: { state: 'sent', tasks: [] },
        refused: { state: 'failed', tasks: ['message_failed membership open'] },
        failed: { state: 'ready', tasks: [] },
        unknown: { state: 'unconfirmed', tasks: ['message_unconfirmed membership open'] },
      },
      provider: {
        sent: { state: 'sent', tasks: [] },
        refused: { state: 'failed', tasks: ['message_failed membership open'] },
        failed: { state: 'ready', tasks: [] },
        unknown: { state: 'ready', tasks: [] },
      },
      referrer: {
        sent: { state: 'sent', tasks: [] },
        refused: { state: 'failed', tasks: ['message_failed managers open'] },
        failed: { state: 'ready', tasks: [] },
        unknown: { state: 'ready', tasks: [] },
      },
    };
    const CELLS = (Object.keys(MAKE) as (keyof typeof MAKE)[]).flatMap((recipient) =>
      ATTEMPTS.map((attempt) => [recipient, attempt] as const),
    );
    it.each(CELLS)('%s, %s', async (recipient, attempt) => {
      const messageId = await MAKE[recipient]();
      const claimed = await claim(messageId);
      expect(await row(messageId)).toMatchObject({ state: 'sending', attempts: 1 });
      await messages.settle(claimed!, attempt, 'E');
      const { state, tasks } = EXPECTED[recipient][attempt];
      expect(await row(messageId)).toMatchObject({ state, attempts: 1 });
      expect(await desk.tasks(messageId)).toEqual(tasks);
      // Settling again, as a process may that lost the answer, changes nothing.
      await messages.settle(claimed!, attempt, 'E');
      expect(await desk.tasks(messageId)).toEqual(tasks);
    });

    it('a bounce switches the client’s channel off in the same act', async () => {
      const { clientId, messageId } = await make.toClient();
      await messages.settle((await claim(messageId))!, 'refused', '550');
      expect(await safeToEmail(clientId)).toBe('no');
      betony.clock.set(MONDAY);
      const other = await make.toClient({ email: 'other@example.org' });
      await messages.settle((await claim(other.messageId))!, 'failed', '451');
      expect(await safeToEmail(other.clientId)).toBe('yes');
    });

    it('a repeat carries the same Message-ID', async () => {
      const { messageId } = await make.toGroup();
      const first = await claim(messageId);
      await messages.settle(first!, 'unknown', 'ECONNRESET');
      expect(await claim(messageId)).toBeNull();
      betony.clock.advance({ minutes: 1 });
      const second = await claim(messageId);
      expect(second).toMatchObject({ attempt: 2, messageId: first!.messageId });
      await messages.settle(second!, 'sent', null);
      expect(await row(messageId)).toMatchObject({ state: 'sent', attempts: 2 });
    });

    it('after the last attempt a person is asked', async () => {
      const { messageId } = await make.toGroup();
      await changeRow(scheme, 'message', messageId, { attempts: MOST_ATTEMPTS - 1 });
      await messages.settle((await claim(messageId))!, 'failed', 'ECONNREFUSED');
      expect(await row(messageId)).toMatchObject({ state: 'failed', because: 'ECONNREFUSED' });
      expect(await desk.tasks(messageId)).toEqual(['message_failed membership open']);
    });

    it('is in the audit record, with whom it concerned', async () => {
      const { clientId, messageId } = await make.toClient();
      await messages.settle((await claim(messageId))!, 'sent', null);
      const entries = await inScheme(scheme, (tx) =>
        tx.rows(sql`
          select actor_name, client_ids, details from audit_entry
          where scheme_id = ${scheme.id} and action = 'message.send' and subject_id = ${messageId}`),
      );
      expect(entries).toEqual([
        {
          actor_name: 'messages',
          client_ids: [clientId],
          details: { kind: 'client', to: 'client', state: 'sent' },
        },
      ]);
    });
  });

  describe('a claim whose process was lost', () => {
    const lose = async (messageId: string): Promise<Claim> => {
      const lost = await claim(messageId);
      betony.clock.advance({ minutes: 9, seconds: 59 });
      await messages.sweepStale(actor());
      expect(await row(messageId)).toMatchObject({ state: 'sending' });
      betony.clock.advance({ seconds: 1 });
      await messages.sweepStale(actor());
      return lost!;
    };

    it('to a client is a person’s task, and never sent again', async () => {
      const { messageId } = await make.toClient();
      await lose(messageId);
      expect(await row(messageId)).toMatchObject({ state: 'unconfirmed', because: 'process_lost' });
      expect(await desk.tasks(messageId)).toEqual(['message_unconfirmed membership open']);
      betony.clock.advance({ hours: 1 });
      expect(await claim(messageId)).toBeNull();
      expect(await messages.ready(actor())).toEqual([]);
    });

    it('that turns out to have arrived needs nobody any more', async () => {
      const { messageId } = await make.toClient();
      const lost = await lose(messageId);
      await messages.settle(lost, 'sent', null);
      expect(await row(messageId)).toMatchObject({ state: 'sent' });
      expect(await desk.tasks(messageId)).toEqual(['message_unconfirmed membership moved_on']);
    });

    it('that wakes up with bad news changes nothing', async () => {
      const { messageId } = await make.toClient();
      const lost = await lose(messageId);
      await messages.settle(lost, 'failed', 'ECONNREFUSED');
      expect(await row(messageId)).toMatchObject({ state: 'unconfirmed' });
    });

    it('to a group is sent again, and a yes to the first try saves the second', async () => {
      const { messageId } = await make.toGroup();
      const lost = await lose(messageId);
      expect(await row(messageId)).toMatchObject({ state: 'ready', attempts: 1 });
      await messages.settle(lost, 'sent', null);
      expect(await row(messageId)).toMatchObject({ state: 'sent', attempts: 1 });
      expect(await claim(messageId)).toBeNull();
    });

    it('may not settle the attempt of another', async () => {
      const { messageId } = await make.toGroup();
      const lost = await lose(messageId);
      betony.clock.advance({ minutes: 1 });
      expect(await claim(messageId)).toMatchObject({ attempt: 2 });
      await messages.settle(lost, 'refused', '550');
      expect(await row(messageId)).toMatchObject({ state: 'sending', attempts: 2 });
    });
  });

  it('what waits for a client is cancelled at a word, and where a person can still act, they are asked', async () => {
    const { id, clientId, messageId } = await make.toClient();
    await inScheme(scheme, (tx) => messages.cancelForClient(tx, clientId, 'switched_off'));
    expect(await row(messageId)).toMatchObject({ state: 'cancelled', because: 'switched_off' });
    expect(await desk.tasks(id)).toEqual(['appointment membership open']);
  });

  it('what falls due while a message is being sent goes into a new one', async () => {
    const { group, messageId } = await make.toGroup();
    await claim(messageId);
    betony.clock.set('2026-11-26T10:00:00Z');
    await desk.work();
    expect((await desk.messages(group)).map(({ state }) => state)).toEqual(['sending', 'ready']);
  });

  describe('digests', () => {
    const digests = () => betony.get(Digests).make(actor());
    const aTask = async (owner = worker) => {
      const id = await anEpisode(scheme, 'active', {
        client_id: await aClient(scheme),
        ...withWorker('active', owner.actor.membershipId, '2026-11-24T09:00:00Z'),
      });
      await desk.plan({ referral: [id] });
      await desk.work('2026-11-24T08:00:00Z');
      return id;
    };

    it('go out once a working day at eight, to those with something on their list', async () => {
      await aMember(scheme, 'link_worker');
      await aTask();
      betony.clock.set('2026-11-24T07:59:59Z');
      expect(await digests()).toEqual([]);
      betony.clock.set('2026-11-24T08:00:00Z');
      const [made, again] = [await digests(), await digests()];
      expect([made.length, again.length]).toEqual([1, 0]);
      const claimed = await claim(made[0]!);
      expect(claimed).toMatchObject({ to: worker.email, letter: { subject: 'Your list for today: 1' } });
      expect(claimed!.letter.text.split('\n')).toEqual([
        'Things on your list: 1',
        'Asked before: 0',
        'Sign in to see them: https://betony.example.org',
      ]);
      betony.clock.set('2026-11-25T08:00:00Z');
      expect(await digests()).toHaveLength(1);
      // A Saturday.
      betony.clock.set('2026-11-28T08:00:00Z');
      expect(await digests()).toEqual([]);
    });

    it('ten workers looking at once make each digest once', async () => {
      await aTask();
      const made = await Promise.all(Array.from({ length: 10 }, () => digests()));
      expect(made.flat()).toHaveLength(1);
    });

    it('one person with two memberships gets one', async () => {
      const manager = await aMember(scheme, 'scheme_manager', { accountId: worker.actor.accountId });
      await aTask();
      betony.clock.set('2026-12-08T17:00:00Z');
      await desk.work();
      betony.clock.set('2026-12-09T08:00:00Z');
      const made = await digests();
      expect(made).toHaveLength(1);
      expect((await claim(made[0]!))!.letter.text).toContain('Things on your list: 2');
      expect(manager.actor.accountId).toBe(worker.actor.accountId);
    });

    it('is not sent when the list emptied meanwhile, or the day is over', async () => {
      const id = await aTask();
      const [first] = await digests();
      await changeRow(scheme, 'referral', id, { next_at: '2027-01-11T09:00:00Z' });
      await desk.plan({ referral: [id] });
      expect(await claim(first!)).toBeNull();
      expect(await row(first!)).toMatchObject({ state: 'cancelled', because: 'moved_on' });
      await changeRow(scheme, 'referral', id, { next_at: '2026-11-24T09:00:00Z' });
      await aTask();
      betony.clock.set('2026-11-25T08:00:00Z');
      const [second] = await digests();
      betony.clock.set('2026-11-26T08:00:00Z');
      expect(await claim(second!)).toBeNull();
      expect(await row(second!)).toMatchObject({ state: 'cancelled', because: 'too_late' });
    });

    it('of somebody away goes to who covers, and after two working days to the managers as well', async () => {
      const cover = await aMember(scheme, 'link_worker');
      const manager = await aMember(scheme, 'scheme_manager');
      await aTask();
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          insert into cover (scheme_id, id, worker_id, cover_id, reason, starts_on, created_by, created_at)
          values (${scheme.id}, gen_random_uuid(), ${worker.actor.membershipId}, ${cover.actor.membershipId}, 'absent',
            '2026-11-24', ${manager.actor.membershipId}, ${tx.now})`),
      );
      const to = async (ids: string[]) => (await Promise.all(ids.map(claim))).map((one) => one?.to).sort();
      expect(await to(await digests())).toEqual([cover.email]);
      betony.clock.set('2026-11-27T08:00:00Z');
      expect(await to(await digests())).toEqual([cover.email, manager.email].sort());
    });

    it('of what managers are asked goes to one who is away while no other is here', async () => {
      const [mo, other] = [await aMember(scheme, 'scheme_manager'), await aMember(scheme, 'scheme_manager')];
      await inScheme(scheme, async (tx) => {
        await tx.run(sql`
          insert into cover (scheme_id, id, worker_id, reason, starts_on, created_by, created_at)
          values (${scheme.id}, gen_random_uuid(), ${mo.actor.membershipId}, 'absent', '2026-11-24',
            ${mo.actor.membershipId}, ${tx.now})`);
        await tx.run(sql`
          insert into task (scheme_id, id, kind, audience, subject_kind, subject_id, due_at, created_at)
          values (${scheme.id}, gen_random_uuid(), 'contact_left', 'managers', 'organisation', gen_random_uuid(),
            ${tx.now}, ${tx.now})`);
      });
      const to = async (ids: string[]) => (await Promise.all(ids.map(claim))).map((one) => one?.to);
      betony.clock.set('2026-11-24T08:00:00Z');
      expect(await to(await digests())).toEqual([other.email]);
      await changeRow(scheme, 'membership', other.actor.membershipId, { disabled_at: betony.clock.now() });
      betony.clock.set('2026-11-25T08:00:00Z');
      expect(await to(await digests())).toEqual([mo.email]);
    });

    it('of a practice goes to its inbox', async () => {
      const author = await aMember(scheme, 'referrer');
      const practice = author.actor.organisationId;
      await changeRow(scheme, 'organisation', practice, { email: 'inbox@example.org' });
      const id = await anEpisode(scheme, 'draft', { organisation_id: practice });
      await desk.plan({ referral: [id] });
      betony.clock.set('2026-11-27T08:00:00Z');
      await desk.work();
      const [made] = await digests();
      expect(await claim(made!)).toMatchObject({
        to: 'inbox@example.org',
        letter: { subject: '1 waiting for you' },
      });
    });
  });
});
