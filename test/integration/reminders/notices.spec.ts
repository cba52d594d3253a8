import sql from 'sql-template-tag';
import { ContactsService } from '../../../src/caseload/contacts.service.js';
import { ClientMerges } from '../../../src/clients/client-merges.service.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { LoneWorkerFlags } from '../../../src/clients/lone-worker-flags.service.js';
import { Safeguarding } from '../../../src/clients/safeguarding.service.js';
import { Programs } from '../../../src/identity/programs.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { OnwardHooks } from '../../../src/onward-referrals/onward.hooks.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { Digests } from '../../../src/reminders/digests.service.js';
import type { Telling } from '../../../src/reminders/message.types.js';
import { MessageSwitches } from '../../../src/reminders/message-switches.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { PageTasks } from '../../../src/reminders/page-tasks.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { Unplanned } from '../../../src/reminders/unplanned.service.js';
import { aClient } from '../../factories/clients.js';
import { changeRow, inScheme } from '../../factories/episodes.js';
import { aCase, aGroup, anOffer, type TestCase, type TestGroup } from '../../factories/onward.js';
import { aProgram } from '../../factories/programs.js';
import { aReferral, theManager } from '../../factories/referrals.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { type ReminderDesk, reminderDesk } from '../../support/reminder-desk.js';
import { rowsOf } from '../../support/records.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const MINUTE = 60_000;

describe('what somebody is told at once', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let desk: ReminderDesk;
  let sam: TestMember;

  beforeAll(async () => {
    betony = await startApp();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
    sam = await aMember(scheme, 'link_worker', { name: 'Sam Okoro' });
  });
  afterAll(() => betony.stop());

  const later = (minutes: number): string =>
    new Date(new Date(TEST_NOW).getTime() + minutes * MINUTE).toISOString();
  /** What went to somebody, in order, as the ledger would send it at this moment. */
  const told = async (who: TestMember): Promise<string[]> => {
    const messages = await desk.messages(who.actor.membershipId);
    const said: string[] = [];
    for (const { id, kind } of messages.filter(({ state }) => state === 'ready')) {
      if (kind !== 'notice') continue;
      const claim = await betony.get(MessagesService).claim(scheme.id, id);
      if (claim === null) continue;
      expect(`${claim.letter.subject} ${claim.letter.text}`).not.toMatch(/Grace|Adeyemi|lonel|lunch/i);
      await betony.get(MessagesService).settle(claim, 'sent', null);
      said.push(claim.letter.text.split('\n')[0] ?? '');
    }
    return said;
  };
  const waits = async (who: TestMember): Promise<number> =>
    (await desk.messages(who.actor.membershipId)).filter(({ state }) => state === 'ready').length;
  const tell = (kind: string, how: Telling) => betony.get(MessageSwitches).setOwn(sam.actor, kind, how);
  const digest = async (): Promise<number> => {
    await betony.get(Digests).make(systemActor(scheme.id, 'digests'));
    const made = await desk.messages(sam.actor.membershipId);
    return made.filter(({ kind }) => kind === 'digest').length;
  };

  describe('somebody new on their caseload', () => {
    const NEW = 'Look at somebody who is new on your caseload.';
    const given = (to = sam) => aReferral(scheme).accepted().allocatedTo(to);

    it('once, on their list until something is logged of them', async () => {
      const { id } = await given();
      await desk.work();
      await desk.work(later(1));
      expect(await told(sam)).toEqual([NEW]);
      expect(await told(await theManager(scheme))).toEqual([]);
      expect(await desk.tasks(id)).toEqual(['given membership open']);
      await betony.get(ContactsService).log(sam.actor, id, {
        kind: 'phone',
        outcome: 'no_answer',
        nextOn: '2026-11-25',
      });
      expect(await desk.tasks(id)).toEqual(['given membership moved_on']);
    });

    it('not where they took them on themselves', async () => {
      const senior = await aMember(scheme, 'link_worker', { triages: true });
      const { id } = await aReferral(scheme).accepted();
      await betony
        .get(ReferralsService)
        .allocate(senior.actor, id, { workerId: senior.actor.membershipId, overrideReason: 'Mine' });
      await desk.work();
      expect([await told(senior), await desk.tasks(id)]).toEqual([[], []]);
    });

    it('in one e-mail of however many, and of those within the hour after that in another', async () => {
      for (let n = 0; n < 3; n++) await given();
      await desk.work();
      expect([await told(sam), await waits(sam)]).toEqual([[NEW], 0]);
      betony.clock.set(later(10));
      await given();
      await desk.work(later(10));
      await given();
      await desk.work(later(20));
      expect([await told(sam), await waits(sam)]).toEqual([[], 1]);
      betony.clock.set(later(60));
      expect([await told(sam), await waits(sam)]).toEqual([[NEW], 0]);
    });

    it('though the first of several was seen to before the e-mail went', async () => {
      const [first] = [await given(), await given()];
      await desk.work();
      await betony.get(ContactsService).log(sam.actor, first.id, {
        kind: 'phone',
        outcome: 'no_answer',
        nextOn: '2026-11-25',
      });
      expect(await told(sam)).toEqual([NEW]);
    });

    it('whoever has them next, and not who gave them away before it went', async () => {
      const pat = await aMember(scheme, 'link_worker');
      const { id } = await given();
      await desk.work();
      betony.clock.set(later(1));
      await betony.get(ReferralsService).allocate((await theManager(scheme)).actor, id, {
        workerId: pat.actor.membershipId,
        overrideReason: 'Pat knows her',
      });
      await desk.work(later(1));
      expect([await told(sam), await told(pat)]).toEqual([[], [NEW]]);
    });

    it('in the morning of what was done in the night', async () => {
      betony.clock.set('2026-11-23T21:00:00Z');
      await given();
      await desk.work();
      expect(await told(sam)).toEqual([]);
      betony.clock.set('2026-11-24T08:00:00Z');
      expect(await told(sam)).toEqual([NEW]);
    });

    it.each<[Telling, number, number]>([
      ['at_once', 1, 1],
      ['daily', 0, 1],
      ['list', 0, 0],
    ])(
      'told %s: %i at once, %i in the daily e-mail, and on the list in any case',
      async (how, now, daily) => {
        await tell('given', how);
        const { id } = await given();
        await desk.work();
        expect(await told(sam)).toHaveLength(now);
        expect(await digest()).toBe(daily);
        expect(await desk.tasks(id)).toEqual(['given membership open']);
      },
    );
  });

  describe('what a group said', () => {
    const ACT = 'Act on what a group said.';
    let of: TestCase;
    let group: TestGroup;
    beforeEach(async () => {
      of = await aCase(scheme, { worker: sam });
      group = await aGroup(scheme);
    });

    it('when it says not right now', async () => {
      await anOffer(scheme, of, group).declined();
      await desk.work();
      await desk.work(later(1));
      expect(await told(sam)).toEqual([ACT]);
    });

    it('when it does not answer', async () => {
      await anOffer(scheme, of, group).expired();
      await desk.work();
      expect(await told(sam)).toEqual([ACT]);
    });

    it('not when they wrote its answer down themselves', async () => {
      const id = await anOffer(scheme, of, group);
      await betony.get(OnwardAnswers).decline(sam.actor, id, { reason: 'full' });
      await desk.work();
      expect([await told(sam), await desk.tasks(id)]).toEqual([[], ['group_replied membership open']]);
    });

    it('once: it turns late in the morning without another', async () => {
      const id = await anOffer(scheme, of, group).declined();
      await desk.work();
      await told(sam);
      await desk.work('2026-11-24T08:00:00Z');
      expect([await told(sam), await desk.tasks(id)]).toEqual([[], ['group_replied membership late open']]);
    });
  });

  it('whoever is the worker and a manager too, of one worry once, and until all of it is seen to', async () => {
    const { accountId } = sam.actor;
    const alsoSam = await aMember(scheme, 'scheme_manager', { accountId });
    const of = await aCase(scheme, { worker: sam });
    const { referralId, clientId } = of;
    const id = await anOffer(scheme, of, await aGroup(scheme));
    const worry = () =>
      inScheme(scheme, (tx) =>
        betony.get(OnwardHooks).worried.run(tx, {
          about: { kind: 'onward_referral', id },
          person: { referralId, clientId },
        }),
      );
    await worry();
    await worry();
    expect(await desk.tasks(id)).toEqual(['group_worried managers open', 'group_worried membership open']);
    const notices = await rowsOf<{ task: string }>(
      scheme,
      sql`select task_id as task from message
        where membership_id in (${sam.actor.membershipId}, ${alsoSam.actor.membershipId}) and kind = 'notice'`,
    );
    expect(notices).toHaveLength(1);
    await changeRow(scheme, 'task', notices[0]!.task, { ended_at: TEST_NOW, outcome: 'finished' });
    expect([...(await told(sam)), ...(await told(alsoSam))]).toEqual([
      'Ring a group today: it is worried about somebody.',
    ]);
  });

  it('two who write at the same moment are told of in one', async () => {
    const [first, second] = [await aCase(scheme, { worker: sam }), await aCase(scheme, { worker: sam })];
    const write = (tx: Tx, { clientId }: TestCase) =>
      betony.get(PageTasks).ask(tx, 'page_message', { kind: 'page_message', id: newId() }, clientId);
    const waiting = () =>
      rowsOf<{ n: number }>(
        scheme,
        sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`,
      );
    let other = Promise.resolve();
    await inScheme(scheme, async (tx) => {
      await write(tx, first);
      const went = { past: false };
      other = inScheme(scheme, (also) => write(also, second)).finally(() => (went.past = true));
      // It has either gone past, or waits for this one to end.
      while (!went.past && (await waiting())[0]?.n === 0);
    });
    await other;
    expect(await waits(sam)).toBe(1);
  });

  describe('that somebody is to be kept safe', () => {
    const NOTED = 'Read what keeps somebody, or whoever works with them, safe: a colleague wrote it down.';
    const flag = async (who: TestMember, clientId: string, safetyFlag: boolean) => {
      const [row] = await rowsOf<{ version: number }>(
        scheme,
        sql`select version from client where id = ${clientId}`,
      );
      await betony.get(ClientsService).amend(who.actor, clientId, row!.version, { safetyFlag });
    };

    const raise = async (clientId: string): Promise<string> =>
      betony
        .get(LoneWorkerFlags)
        .raise((await theManager(scheme)).actor, clientId, { code: 'dangerous_animal' });

    it('whoever works with them, of a flag and of a safety note that a colleague sets, in one; not of their own', async () => {
      const { clientId } = await aCase(scheme, { worker: sam });
      await flag(sam, clientId, true);
      expect([await told(sam), await desk.tasks(clientId)]).toEqual([[], []]);
      await flag(sam, clientId, false);
      const manager = await theManager(scheme);
      await flag(manager, clientId, true);
      const dog = await raise(clientId);
      expect([await told(sam), await told(manager)]).toEqual([[NOTED], []]);
      expect(await desk.tasks(clientId)).toEqual(['safety_noted membership open']);
      await betony.get(LoneWorkerFlags).end(manager.actor, clientId, dog, { reason: 'It died' });
      expect(await desk.tasks(clientId)).toEqual(['safety_noted membership open']);
      await flag(manager, clientId, false);
      expect(await desk.tasks(clientId)).toEqual(['safety_noted membership moved_on']);
    });

    it('in the morning, of what still stands when something beside it was lifted; and of nothing once it is lifted too', async () => {
      const { clientId } = await aCase(scheme, { worker: sam });
      const manager = await theManager(scheme);
      betony.clock.set('2026-11-23T21:00:00Z');
      const dog = await raise(clientId);
      await flag(manager, clientId, true);
      await flag(manager, clientId, false);
      expect(await told(sam)).toEqual([]);
      betony.clock.set('2026-11-24T08:00:00Z');
      expect([await told(sam), await desk.tasks(clientId)]).toEqual([
        [NOTED],
        ['safety_noted membership open'],
      ]);
      await betony.get(LoneWorkerFlags).end(manager.actor, clientId, dog, { reason: 'It died' });
      expect(await desk.tasks(clientId)).toEqual(['safety_noted membership moved_on']);
    });

    it('whoever has them again, and not who had a newer referral that ended', async () => {
      const pat = await aMember(scheme, 'link_worker');
      const { referralId, clientId } = await aCase(scheme, { worker: sam });
      const manager = await theManager(scheme);
      await betony.get(ReferralsService).close(manager.actor, referralId, {
        result: 'helped',
        reason: 'done',
        noResponseBecause: 'declined',
        mayAskAgain: true,
      });
      const again = aReferral(scheme).about({ nhsNumber: null }).accepted(clientId);
      await again.allocatedTo(pat).active().closed();
      await betony
        .get(ReferralsService)
        .reopen(manager.actor, referralId, { nextOn: '2026-12-01', reason: 'She rang again' });
      await flag(manager, clientId, true);
      expect([await told(sam), await told(pat)]).toEqual([[NOTED], []]);
    });

    it('whoever works with either of two records that are joined, of what only the other said', async () => {
      const manager = await theManager(scheme);
      const merges = betony.get(ClientMerges);
      const record = (safetyFlag: boolean) => aClient(scheme, { nhsNumber: null, safetyFlag });
      const [pat, kim] = [await aMember(scheme, 'link_worker'), await aMember(scheme, 'link_worker')];

      const { clientId } = await aCase(scheme, { worker: sam });
      const withDog = await record(false);
      await raise(withDog);
      await merges.merge(manager.actor, clientId, withDog, 'Same');
      expect([await told(sam), await desk.tasks(clientId)]).toEqual([
        [NOTED],
        ['safety_noted membership open'],
      ]);
      await merges.unmerge(manager.actor, withDog, 'Two people');
      expect(await desk.tasks(clientId)).toEqual(['safety_noted membership moved_on']);

      const withNote = await record(true);
      const pats = await aCase(scheme, { worker: pat });
      const dog = await raise(pats.clientId);
      expect(await told(pat)).toEqual([NOTED]);
      await merges.merge(manager.actor, withNote, pats.clientId, 'Same');
      expect([await told(pat), await desk.tasks(withNote)]).toEqual([
        [NOTED],
        ['safety_noted membership open'],
      ]);
      await flag(manager, withNote, false);
      expect(await desk.tasks(withNote)).toEqual(['safety_noted membership open']);
      await betony.get(LoneWorkerFlags).end(manager.actor, withNote, dog, { reason: 'It died' });
      expect([await desk.tasks(withNote), await desk.tasks(pats.clientId)]).toEqual([
        ['safety_noted membership moved_on'],
        ['safety_noted membership moved_on'],
      ]);

      const kims = await aCase(scheme, { worker: kim, person: { safetyFlag: true } });
      await merges.merge(manager.actor, kims.clientId, await record(false), 'Same');
      expect([await told(kim), await desk.tasks(kims.clientId)]).toEqual([[], []]);
    });

    it('whoever works with somebody, of a flag with which they were sent again', async () => {
      const { referralId, clientId } = await aCase(scheme, { worker: sam });
      await aReferral(scheme).about({ nhsNumber: null, safetyFlag: true }).joinedTo(referralId);
      expect([await told(sam), await desk.tasks(clientId)]).toEqual([
        [NOTED],
        ['safety_noted membership open'],
      ]);
    });

    it('as they chose', async () => {
      const { clientId } = await aCase(scheme, { worker: sam });
      await tell('safety_noted', 'list');
      await flag(await theManager(scheme), clientId, true);
      expect([await told(sam), await desk.tasks(clientId)]).toEqual([[], ['safety_noted membership open']]);
    });

    it('whoever deals with a safeguarding concern, in any case, and not who wrote it down', async () => {
      const { clientId } = await aCase(scheme, { worker: sam });
      const manager = await theManager(scheme);
      const id = await betony.get(Safeguarding).record(sam.actor, clientId, {
        understood: true,
        kind: 'self_neglect',
        about: 'client',
        what: 'No food in the house again.',
        done: { told: 'nobody_yet' },
      });
      await desk.work();
      expect([await told(sam), await told(manager)]).toEqual([[], ['Look today at a worry about somebody.']]);
      expect(await desk.tasks(id)).toEqual(['safeguarding managers open']);
      await expect(
        betony.get(MessageSwitches).setOwn(manager.actor, 'safeguarding', 'daily'),
      ).rejects.toMatchObject({ status: 422 });
    });
  });

  it('what a person wrote on their own page, and that they cannot come', async () => {
    const { clientId } = await aCase(scheme, { worker: sam });
    const ask = (kind: 'page_message' | 'cannot_come') =>
      inScheme(scheme, (tx) =>
        betony.get(PageTasks).ask(tx, kind, { kind: 'page_message', id: newId() }, clientId),
      );
    await ask('page_message');
    await ask('page_message');
    await ask('cannot_come');
    expect(await told(sam)).toEqual([
      'Read what somebody wrote to you on their own page, and answer.',
      'Find another time: somebody cannot come to an appointment.',
    ]);
  });

  it('an administrator, fourteen and three days before a program’s key ends, each once; not after a new one was made', async () => {
    const program = await aProgram(scheme, 'referrer', { endsOn: '2026-12-23' });
    const [{ id: maker } = { id: '' }] = await rowsOf<{ id: string }>(
      scheme,
      sql`select created_by as id from program where membership_id = ${program.id}`,
    );
    const ada = { actor: { ...sam.actor, role: 'administrator', membershipId: maker } } as TestMember;
    const soon = 'Make a new key for a program: the one it has ends within two weeks.';
    const last = 'Make a new key for a program now: the one it has ends within three days.';
    for (const [at, said] of [
      ['2026-12-09T07:59:00Z', []],
      ['2026-12-09T08:00:00Z', [soon]],
      ['2026-12-10T08:00:00Z', []],
      ['2026-12-20T07:59:00Z', []],
      ['2026-12-20T08:00:00Z', [last]],
      ['2026-12-22T08:00:00Z', []],
    ] as const) {
      await desk.work(at);
      expect([at, await told(ada)]).toEqual([at, said]);
    }
    await betony.get(Programs).renew(ada.actor, program.id, {});
    expect(await desk.tasks(program.id)).toEqual([
      'key_ending administrators moved_on',
      'key_last_days administrators late moved_on',
    ]);
    await desk.work('2026-12-24T08:00:00Z');
    expect(await told(ada)).toEqual([]);
  });

  it('an administrator of a key that is older than these notices, once it is seen', async () => {
    const program = await aProgram(scheme, 'referrer', { endsOn: '2026-12-23' });
    await inScheme(scheme, (tx) => tx.run(sql`delete from reminder where subject_id = ${program.id}`));
    const see = () => betony.get(Unplanned).plan(systemActor(scheme.id, 'unplanned'));
    await see();
    await see();
    expect(await desk.reminders(program.id)).toEqual([
      'key_ending 1 2026-12-09T08:00 waiting',
      'key_last_days 1 2026-12-20T08:00 waiting',
    ]);
  });
});
