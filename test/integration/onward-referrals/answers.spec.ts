import sql, { raw } from 'sql-template-tag';
import { LoneWorkerFlags } from '../../../src/clients/lone-worker-flags.service.js';
import { OnwardAnswers } from '../../../src/onward-referrals/onward-answers.service.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { OnwardOffers } from '../../../src/onward-referrals/onward-offers.service.js';
import { OnwardParticipation } from '../../../src/onward-referrals/onward-participation.service.js';
import { OnwardQueries } from '../../../src/onward-referrals/onward.queries.js';
import type { SafetySeenInput } from '../../../src/onward-referrals/onward.dto.js';
import type { Attendance, SafetyInstruction } from '../../../src/onward-referrals/onward.types.js';
import type { AmendListing } from '../../../src/providers/listing.dto.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import type { AmendProvider } from '../../../src/providers/provider.dto.js';
import { ProvidersService } from '../../../src/providers/providers.service.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import type { Tx } from '../../../src/platform/database/tx.js';
import {
  aCase,
  aGroup,
  anOffer,
  expectPlacesToAddUp,
  inScheme,
  type TestCase,
  type TestGroup,
} from '../../factories/onward.js';
import { theManager } from '../../factories/referrals.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { TasksService } from '../../../src/reminders/tasks.service.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

describe('answering', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let answers: OnwardAnswers;
  let grace: TestCase;
  let group: TestGroup;
  beforeAll(async () => {
    betony = await startApp();
    answers = betony.get(OnwardAnswers);
  });
  beforeEach(async () => {
    betony.clock.set('2026-11-23T10:00:00Z');
    scheme = await aScheme(betony);
    grace = await aCase(scheme);
    group = await aGroup(scheme, { places: 1 });
  });
  afterEach(() => expectPlacesToAddUp(scheme));
  afterAll(async () => {
    await betony.stop();
  });

  const row = (id: string) =>
    inScheme(scheme, (tx) =>
      tx.one<Record<string, unknown>>(sql`
        select *, review_on::text, in_touch_by::text from onward_referral where id = ${id}`),
    );
  const listing = (listingId = group.listingId) =>
    inScheme(scheme, (tx) =>
      tx.one<{ taken: number; until: string | null }>(sql`
        select places_taken as taken, full_until::text as until from listing where id = ${listingId}`),
    );

  describe('yes', () => {
    it('makes the place theirs and promises a date, recorded as said by the group', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.accept(group.member.actor, id, {});
      expect(await row(id)).toMatchObject({
        state: 'accepted',
        places_held: 1,
        in_touch_by: '2026-11-30',
        answer: 'accept',
        answered_through: 'sign_in',
        answer_by: null,
        undo_until: new Date('2026-11-24T10:00:00Z'),
      });
    });

    it('may be recorded by the worker, as said by phone', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.accept(grace.worker.actor, id, { inTouchBy: '2026-11-25' });
      expect(await row(id)).toMatchObject({ answered_through: 'phone', in_touch_by: '2026-11-25' });
    });

    describe('where a risk to others was learned after it was asked', () => {
      const learned = () =>
        betony
          .get(ReferralsService)
          .setRisks(grace.worker.actor, grace.referralId, { risks: ['violence_or_aggression'] });
      const shown = async (id: string) =>
        (await betony.get(OnwardQueries).get(group.member.actor, id)) as unknown as {
          state: string;
          waitingForOurCall: boolean;
          person: Record<string, unknown>;
        };
      const tasks = (id: string) =>
        inScheme(scheme, (tx) =>
          tx.rows<{ kind: string; whose: string }>(sql`
            select kind, audience_id as whose from task
            where scheme_id = ${scheme.id} and subject_id = ${id} and ended_at is null`),
        );

      it('shows no number and no name, and asks its owner to ring first', async () => {
        const id = await anOffer(scheme, grace, group);
        await learned();
        await answers.accept(group.member.actor, id, { note: 'Gladly' });
        expect(await shown(id)).toMatchObject({
          state: 'offered',
          waitingForOurCall: true,
          person: { fullName: null, contact: null },
        });
        expect(await row(id)).toMatchObject({
          places_held: 1,
          clock_stopped: 'talk',
          to_act: 'yes_held',
          answer: null,
        });
        await betony.get(OnwardAnswers).accept(group.member.actor, id, {});
        expect(await row(id)).toMatchObject({ state: 'offered', places_held: 1 });
        await reminderDesk(scheme).work();
        expect(await tasks(id)).toContainEqual({
          kind: 'group_replied',
          whose: grace.worker.actor.membershipId,
        });
      });

      it('is a yes once the group is told what keeps it safe', async () => {
        const id = await anOffer(scheme, grace, group);
        await learned();
        await answers.accept(group.member.actor, id, {});
        await expect(answers.accept(grace.worker.actor, id, {})).rejects.toMatchObject({
          code: 'illegal-move',
        });
        await answers.setSafety(grace.worker.actor, id, { safetyInstructions: ['meet_in_pairs'] });
        expect((await shown(id)).person['safetyInstructions']).toEqual(['meet_in_pairs']);
        await answers.accept(group.member.actor, id, {});
        expect(await row(id)).toMatchObject({ state: 'accepted', places_held: 1, to_act: null });
      });

      it('keeps who waits for a place waiting until then', async () => {
        const id = await anOffer(scheme, grace, group).waitlisted();
        await learned();
        await answers.accept(group.member.actor, id, {});
        expect(await row(id)).toMatchObject({ state: 'waitlisted', to_act: 'yes_held' });
        await answers.setSafety(grace.worker.actor, id, { safetyInstructions: ['meet_in_pairs'] });
        expect((await shown(id)).waitingForOurCall).toBe(true);
        await answers.accept(grace.worker.actor, id, {});
        expect(await row(id)).toMatchObject({ state: 'accepted', to_act: null });
      });

      it('leaves who waits for a place waiting where the call ends without a yes', async () => {
        const id = await anOffer(scheme, grace, group).waitlisted();
        await expect(answers.rang(grace.worker.actor, id, null)).rejects.toMatchObject({
          code: 'illegal-move',
        });
        await learned();
        await answers.accept(group.member.actor, id, {});
        await answers.rang(grace.worker.actor, id, 'They think about it');
        expect(await row(id)).toMatchObject({ state: 'waitlisted', to_act: null, answer_by: null });
      });

      it('tells a group that takes part already, and refuses what leaves the risk unanswered', async () => {
        const id = await anOffer(scheme, grace, group).accepted();
        await learned();
        await expect(
          answers.setSafety(grace.worker.actor, id, { safetyInstructions: ['no_photographs'] }),
        ).rejects.toMatchObject({ status: 422, extra: { errors: [{ field: 'safetyInstructions' }] } });
        await answers.setSafety(grace.worker.actor, id, { safetyInstructions: ['meet_in_pairs'] });
        expect((await shown(id)).person['safetyInstructions']).toEqual(['meet_in_pairs']);
      });
    });

    describe('where what keeps a group safe does not cover what is known', () => {
      const says = (risks: ('violence_or_aggression' | 'unsafe_home' | 'falls')[]) =>
        betony.get(ReferralsService).setRisks(grace.worker.actor, grace.referralId, { risks });
      const tasks = async (id: string) => {
        const desk = reminderDesk(scheme);
        await desk.work();
        return (await desk.tasks(id)).filter((line) => line.startsWith('risk_learned'));
      };

      it('asks its owner at once, and once for a risk, until the group is told', async () => {
        const id = await anOffer(scheme, grace, group).accepted();
        await says(['falls']);
        expect(await tasks(id)).toEqual([]);
        await says(['falls', 'unsafe_home']);
        await says(['unsafe_home']);
        expect(await tasks(id)).toEqual(['risk_learned membership open']);
        const [task] = await reminderDesk(scheme).taskRows(id);
        await betony.get(TasksService).finish(grace.worker.actor, task?.id ?? '');
        await says(['unsafe_home', 'falls']);
        expect(await tasks(id)).toEqual(['risk_learned membership finished']);
        betony.clock.advance({ minutes: 1 });
        await says(['unsafe_home', 'violence_or_aggression']);
        expect(await tasks(id)).toEqual(['risk_learned membership finished', 'risk_learned membership open']);
        await answers.setSafety(grace.worker.actor, id, { safetyInstructions: ['meet_in_pairs'] });
        expect(await tasks(id)).toEqual([
          'risk_learned membership finished',
          'risk_learned membership moved_on',
        ]);
      });

      it('asks the managers too where nobody did by the next morning, and nobody once it has ended', async () => {
        const id = await anOffer(scheme, grace, group).waitlisted();
        await says(['violence_or_aggression']);
        expect(await tasks(id)).toEqual(['risk_learned membership open']);
        betony.clock.set('2026-11-24T08:00:00Z');
        expect(await tasks(id)).toEqual(['risk_learned membership open', 'risk_learned managers late open']);
        await answers.decline(grace.worker.actor, id, { reason: 'full' });
        expect(await tasks(id)).toEqual([
          'risk_learned membership moved_on',
          'risk_learned managers late moved_on',
        ]);
      });

      it('counts what is flagged for visitors where the group meets people alone or at home', async () => {
        const alone = await aGroup(scheme, {
          listing: { level: 'alone_or_vulnerable' },
          provider: { assured: { level: 'alone_or_vulnerable', until: '2027-11-20' } },
        });
        const [atLunch, atHome] = [await anOffer(scheme, grace, group), await anOffer(scheme, grace, alone)];
        const flags = betony.get(LoneWorkerFlags);
        const flag = await flags.raise(grace.worker.actor, grace.clientId, { code: 'daytime_only' });
        expect(await tasks(atLunch)).toEqual([]);
        expect(await tasks(atHome)).toEqual(['risk_learned membership open']);
        await answers.accept(alone.member.actor, atHome, {});
        expect(await row(atHome)).toMatchObject({ state: 'offered', to_act: 'yes_held' });
        await expect(
          answers.setSafety(grace.worker.actor, atHome, { safetyInstructions: ['meet_in_pairs'] }),
        ).rejects.toMatchObject({ status: 422 });
        await flags.end(grace.worker.actor, grace.clientId, flag, { reason: 'Needed no more' });
        expect(await tasks(atHome)).toEqual(['risk_learned membership moved_on']);
        await answers.accept(alone.member.actor, atHome, {});
        expect(await row(atHome)).toMatchObject({ state: 'accepted' });
        await answers.accept(group.member.actor, atLunch, {});
        await flags.raise(grace.worker.actor, grace.clientId, { code: 'no_home_visits' });
        const third = await aGroup(scheme, {
          listing: { level: 'alone_or_vulnerable' },
          provider: { assured: { level: 'alone_or_vulnerable', until: '2027-11-20' } },
        });
        await expect(anOffer(scheme, grace, third)).rejects.toMatchObject({ status: 422 });
      });
    });

    describe('where it is known since that the two may not be together', () => {
      const neverOffer = () =>
        betony.get(ClientsService).addNeverOffer(grace.worker.actor, grace.clientId, group.organisationId);
      const says = (risks: ('not_with_children' | 'falls' | 'medication')[]) =>
        betony.get(ReferralsService).setRisks(grace.worker.actor, grace.referralId, { risks });
      const tasks = async (id: string) => {
        const desk = reminderDesk(scheme);
        await desk.work();
        return (await desk.tasks(id)).filter((line) => line.startsWith('group_barred'));
      };
      const expectHeld = async (id: string, to: TestGroup, because: RegExp) => {
        await answers.accept(to.member.actor, id, { note: 'Gladly' });
        expect(await betony.get(OnwardQueries).get(to.member.actor, id)).toMatchObject({
          waitingForOurCall: true,
          person: { fullName: null, contact: null },
        });
        expect(JSON.stringify(await betony.get(OnwardQueries).get(to.member.actor, id))).not.toMatch(because);
        expect(await row(id)).toMatchObject({ to_act: 'yes_held', accepted_at: null });
        await expect(answers.accept(grace.worker.actor, id, {})).rejects.toMatchObject({
          code: 'illegal-move',
          message: expect.stringMatching(because),
        });
        expect(await betony.get(OnwardQueries).get(grace.worker.actor, id)).toMatchObject({
          barred: expect.stringMatching(because),
        });
      };

      it('holds a yes of a group that the person is never to be offered to, until it may be again', async () => {
        const id = await anOffer(scheme, grace, group);
        await neverOffer();
        expect(await tasks(id)).toEqual(['group_barred membership open']);
        await expect(answers.waitlist(grace.worker.actor, id, {})).rejects.toMatchObject({
          code: 'illegal-move',
        });
        await expectHeld(id, group, /not suitable for this person/);
        await betony
          .get(ClientsService)
          .removeNeverOffer(grace.worker.actor, grace.clientId, group.organisationId);
        expect(await tasks(id)).toEqual(['group_barred membership moved_on']);
        await answers.accept(group.member.actor, id, {});
        expect(await row(id)).toMatchObject({ state: 'accepted', to_act: null });
      });

      it('keeps who waits there waiting, whose yes is held as well', async () => {
        const id = await anOffer(scheme, grace, group);
        await neverOffer();
        await answers.waitlist(group.member.actor, id, {});
        expect(await tasks(id)).toEqual(['group_barred membership open']);
        await expectHeld(id, group, /not suitable for this person/);
        expect(await row(id)).toMatchObject({ state: 'waitlisted', places_held: 0 });
      });

      it('is not asked for once more after a late yes', async () => {
        const id = await anOffer(scheme, grace, group).expired();
        await neverOffer();
        await answers.lateYes(group.member.actor, id, null);
        expect(await row(id)).toMatchObject({ state: 'expired', to_act: 'late_yes' });
        await expect(betony.get(OnwardOffers).revive(grace.worker.actor, id, {})).rejects.toMatchObject({
          code: 'gates',
        });
      });

      it.each(['accepted', 'started'] as const)(
        'asks the owner about what is %s, until it ends',
        async (state) => {
          const sentence = anOffer(scheme, grace, group).accepted();
          const id = await (state === 'started' ? sentence.started() : sentence);
          await neverOffer();
          expect(await tasks(id)).toEqual(['group_barred membership open']);
          const participation = betony.get(OnwardParticipation);
          await (state === 'started'
            ? participation.stop(grace.worker.actor, id, { reason: 'did_not_suit', side: 'client' })
            : participation.withdraw(grace.worker.actor, id, { reason: 'changed_mind', side: 'client' }));
          expect(await tasks(id)).toEqual(['group_barred membership moved_on']);
        },
      );

      it.each([
        [
          'where children are',
          { listing: { present: ['children'] } },
          'not_with_children',
          /Children are there/,
        ],
        [
          'that the service does not take',
          { listing: { excludes: ['falls'] } },
          'falls',
          /at risk of falling/,
        ],
        ['that the group does not take', { provider: { limits: ['falls'] } }, 'falls', /at risk of falling/],
      ] as [string, Parameters<typeof aGroup>[1], 'not_with_children' | 'falls', RegExp][])(
        'holds a yes to somebody %s, which no instruction settles',
        async (_who, details, risk, because) => {
          const there = await aGroup(scheme, details);
          const [id, elsewhere] = [await anOffer(scheme, grace, there), await anOffer(scheme, grace, group)];
          await says([risk]);
          expect(await tasks(id)).toEqual(['group_barred membership open']);
          expect(await tasks(elsewhere)).toEqual([]);
          await answers.setSafety(grace.worker.actor, id, {
            safetyInstructions: ['worker_comes_first_time'],
          });
          await expectHeld(id, there, because);
          await says(['medication']);
          expect(await tasks(id)).toEqual(['group_barred membership moved_on']);
          await answers.accept(there.member.actor, id, {});
          expect(await row(id)).toMatchObject({ state: 'accepted' });
        },
      );
    });

    describe('where what the group says of itself is another thing since', () => {
      const tasks = async (id: string, kind: string) => {
        const desk = reminderDesk(scheme);
        await desk.work();
        return (await desk.tasks(id)).filter((line) => line.startsWith(kind));
      };
      const versionOf = (table: 'provider' | 'listing', by: 'organisation_id' | 'id', id: string) =>
        inScheme(scheme, (tx) =>
          tx.one<{ version: number }>(
            sql`select version from ${raw(table)} where scheme_id = ${scheme.id} and ${raw(by)} = ${id}`,
          ),
        );
      const amendGroup = async (of: TestGroup, change: AmendProvider) => {
        const { version } = await versionOf('provider', 'organisation_id', of.organisationId);
        await betony.get(ProvidersService).amend(of.member.actor, of.organisationId, version, change);
      };
      const amendService = async (of: TestGroup, change: AmendListing) => {
        const { version } = await versionOf('listing', 'id', of.listingId);
        await betony
          .get(ListingsService)
          .amend((await theManager(scheme)).actor, of.listingId, version, change);
      };

      it('asks the owner at once about a new limit, not the managers, and no more once it is gone', async () => {
        const elsewhere = await aGroup(scheme);
        const [id, other] = [
          await anOffer(scheme, grace, group).accepted(),
          await anOffer(scheme, grace, elsewhere),
        ];
        const referrals = betony.get(ReferralsService);
        await referrals.setRisks(grace.worker.actor, grace.referralId, { risks: ['falls'] });
        betony.clock.set('2026-11-25T10:00:00Z');
        await amendGroup(group, { limits: ['infection'] });
        expect(await tasks(id, 'group_barred')).toEqual([]);
        await amendGroup(group, { limits: ['infection', 'falls'] });
        expect(await tasks(id, 'group_barred')).toEqual(['group_barred membership open']);
        expect(await tasks(other, 'group_barred')).toEqual([]);
        const listed = await betony.get(OnwardQueries).ofReferral(grace.worker.actor, grace.referralId);
        expect(listed.map((view) => ['barred' in view && view.barred, view.id])).toEqual([
          [null, other],
          [expect.stringMatching(/at risk of falling/), id],
        ]);
        await amendGroup(group, { limits: [] });
        expect(await tasks(id, 'group_barred')).toEqual(['group_barred membership moved_on']);
      });

      it('asks about who is there now, and about a service that comes closer', async () => {
        const alone = await aGroup(scheme, {
          provider: { assured: { level: 'alone_or_vulnerable', until: '2027-11-20' } },
        });
        const id = await anOffer(scheme, grace, alone, { mustAvoid: ['alcohol'] })
          .accepted()
          .started();
        await betony.get(LoneWorkerFlags).raise(grace.worker.actor, grace.clientId, { code: 'daytime_only' });
        betony.clock.set('2026-11-25T10:00:00Z');
        await amendService(alone, { present: ['alcohol'] });
        expect(await tasks(id, 'group_barred')).toEqual(['group_barred membership open']);
        expect(await tasks(id, 'risk_learned')).toEqual([]);
        await amendService(alone, { level: 'alone_or_vulnerable' });
        expect(await tasks(id, 'risk_learned')).toEqual(['risk_learned membership open']);
        await answers.setSafety(grace.worker.actor, id, { safetyInstructions: ['daytime_only'] });
        expect(await tasks(id, 'risk_learned')).toEqual(['risk_learned membership moved_on']);
      });
    });

    describe('where what keeps the group safe changes while the person is with it', () => {
      const set = (id: string, ...safetyInstructions: SafetyInstruction[]) =>
        answers.setSafety(grace.worker.actor, id, { safetyInstructions });
      const told = async (id: string) => {
        const desk = reminderDesk(scheme);
        await desk.work();
        const [tasks, reminders] = [await desk.tasks(id), await desk.reminders(id)];
        return [...tasks, ...reminders].filter((line) => line.startsWith('safety_changed'));
      };
      const changedAt = async (id: string) => {
        const { safety_set_at: at } = await row(id);
        return at instanceof Date ? at.toISOString() : '';
      };
      const seen = async (id: string, actor = group.member.actor) =>
        answers.seenSafety(actor, id, { changedAt: await changedAt(id) });

      it('writes to it at once, each time it is another thing, until the group has seen it', async () => {
        group = await aGroup(scheme, { provider: { contactEmail: 'told@example.org' } });
        const id = await anOffer(scheme, grace, group);
        await set(id, 'daytime_only');
        await answers.accept(group.member.actor, id, {});
        expect(await told(id)).toEqual([]);
        await set(id, 'daytime_only');
        expect(await told(id)).toEqual([]);
        await set(id, 'daytime_only', 'meet_in_pairs');
        expect((await told(id))[0]).toBe('safety_changed 1 2026-11-23T10:00 done message');
        const shown = await betony.get(OnwardQueries).get(group.member.actor, id);
        expect(shown).toMatchObject({
          safetyChangedAt: new Date('2026-11-23T10:00:00Z'),
          person: { safetyInstructions: ['daytime_only', 'meet_in_pairs'] },
        });
        const before = await changedAt(id);
        betony.clock.advance({ minutes: 5 });
        await set(id);
        await expect(answers.seenSafety(group.member.actor, id, { changedAt: before })).rejects.toMatchObject(
          { code: 'changed-again' },
        );
        expect((await told(id)).filter((line) => line.includes(' done message'))).toHaveLength(2);
        await seen(id);
        await seen(id);
        expect((await told(id)).filter((line) => line.includes('waiting'))).toEqual([]);
        expect(await betony.get(OnwardQueries).get(group.member.actor, id)).toMatchObject({
          safetyChangedAt: null,
        });
        expect(await betony.get(OnwardQueries).get(grace.worker.actor, id)).toMatchObject({
          safetySeenAt: new Date('2026-11-23T10:05:00Z'),
          safetyToldTo: null,
        });
      });

      it('asks the owner to ring where nobody has seen it after a working day, then the managers', async () => {
        group = await aGroup(scheme, { provider: { contactEmail: 'told@example.org' } });
        const id = await anOffer(scheme, grace, group).accepted().started();
        await set(id, 'daytime_only');
        betony.clock.set('2026-11-24T17:00:00Z');
        expect((await told(id))[0]).toBe('safety_changed membership late open');
        betony.clock.set('2026-11-25T17:00:00Z');
        expect((await told(id)).slice(0, 2)).toEqual([
          'safety_changed membership late open',
          'safety_changed managers late open',
        ]);
        await betony
          .get(OnwardParticipation)
          .stop(grace.worker.actor, id, { reason: 'did_not_suit', side: 'client' });
        expect((await told(id)).filter((line) => line.endsWith(' open'))).toEqual([]);
      });

      it('asks the owner at once to ring a group that answers by phone, and keeps whom they told and when', async () => {
        const rung = await aGroup(scheme, { provider: { answersBy: 'phone', contactPhone: '07700900555' } });
        const id = await anOffer(scheme, grace, rung);
        await answers.rang(grace.worker.actor, id, null);
        await answers.accept(grace.worker.actor, id, {});
        await set(id, 'daytime_only');
        expect((await told(id))[0]).toBe('safety_changed membership open');
        betony.clock.advance({ hours: 3 });
        const of = { changedAt: await changedAt(id) };
        const refused = async (
          input: Omit<SafetySeenInput, 'changedAt'>,
          field: string,
          actor = grace.worker.actor,
        ) =>
          expect(answers.seenSafety(actor, id, { ...of, ...input })).rejects.toMatchObject({
            extra: { errors: [expect.objectContaining({ field })] },
          });
        await refused({}, 'toldTo');
        await refused({ toldTo: 'Joan', on: '2026-11-23' }, 'time');
        await refused({ toldTo: 'Joan', time: '11:00' }, 'on');
        await refused({ toldTo: 'Joan', on: '2026-11-23', time: '09:59' }, 'on');
        await refused({ toldTo: 'Joan', on: '2026-11-23', time: '13:01' }, 'on');
        await refused({ toldTo: 'Joan' }, 'toldTo', rung.member.actor);
        await answers.seenSafety(grace.worker.actor, id, {
          ...of,
          toldTo: 'Joan, who leads it',
          on: '2026-11-23',
          time: '10:00',
        });
        expect((await told(id))[0]).toBe('safety_changed membership moved_on');
        expect(await betony.get(OnwardQueries).get(grace.worker.actor, id)).toMatchObject({
          safetySeenAt: new Date('2026-11-23T10:00:00Z'),
          safetyToldTo: 'Joan, who leads it',
        });
        expect(JSON.stringify(await betony.get(OnwardQueries).get(rung.member.actor, id))).not.toContain(
          'Joan',
        );
      });
    });

    it('counts past the date while nothing has expired it', async () => {
      const id = await anOffer(scheme, grace, group);
      betony.clock.advance({ days: 30 });
      await answers.accept(group.member.actor, id, {});
      expect(await row(id)).toMatchObject({ state: 'accepted' });
      expect(await answers.expire(scheme.id, id)).toBe(false);
    });

    it('takes a place now where none was held, and is full with the waiting list open when there is none', async () => {
      const waiting = await anOffer(scheme, grace, group).waitlisted();
      const other = await anOffer(scheme, await aCase(scheme), group);
      await expect(answers.accept(group.member.actor, waiting, {})).rejects.toMatchObject({
        status: 409,
        code: 'full',
        extra: { waitingList: true },
      });
      await answers.decline(group.member.actor, other, { reason: 'not_suitable' });
      await answers.accept(group.member.actor, waiting, {});
      expect(await row(waiting)).toMatchObject({ state: 'accepted', places_held: 1 });
      expect(await listing()).toMatchObject({ taken: 1 });
    });

    it('holds nothing where places are not counted', async () => {
      const open = await aGroup(scheme);
      const id = await anOffer(scheme, grace, open).accepted();
      expect(await row(id)).toMatchObject({ state: 'accepted', places_held: 0 });
    });

    it('withdraws the others of a first-yes-wins round, and gives their places back', async () => {
      const other = await aGroup(scheme, { places: 1 });
      const first = await anOffer(scheme, grace, group, { firstYesWins: true });
      const second = await anOffer(scheme, grace, other, { firstYesWins: true });
      await answers.accept(group.member.actor, first, {});
      expect(await row(second)).toMatchObject({
        state: 'withdrawn',
        end_reason: 'another_said_yes',
        places_held: 0,
      });
      expect(await listing(other.listingId)).toMatchObject({ taken: 0 });
      await expect(answers.accept(other.member.actor, second, {})).rejects.toMatchObject({
        code: 'illegal-move',
        extra: { from: 'withdrawn', action: 'accept' },
      });
      await answers.undo(group.member.actor, first);
      expect(await row(first)).toMatchObject({ state: 'offered', places_held: 1 });
      expect(await row(second)).toMatchObject({ state: 'withdrawn' });
      await anOffer(scheme, grace, other, { firstYesWins: true });
    });

    it('leaves offers outside the round alone', async () => {
      const other = await aGroup(scheme);
      const first = await anOffer(scheme, grace, group, { firstYesWins: true });
      const second = await anOffer(scheme, grace, other);
      await answers.accept(group.member.actor, first, {});
      expect(await row(second)).toMatchObject({ state: 'offered' });
    });

    it.each([
      ['2026-11-22', /today or a later/],
      ['2027-11-22', /on or before/],
    ])('is refused with a promise for %s', async (inTouchBy, message) => {
      const id = await anOffer(scheme, grace, group);
      await expect(answers.accept(group.member.actor, id, { inTouchBy })).rejects.toMatchObject({
        status: 422,
        extra: { errors: [{ field: 'inTouchBy', message: expect.stringMatching(message) }] },
      });
    });

    it('is out of reach of another group', async () => {
      const id = await anOffer(scheme, grace, group);
      const stranger = await aGroup(scheme);
      await expect(answers.accept(stranger.member.actor, id, {})).rejects.toMatchObject({ status: 404 });
    });
  });

  it('waits with a review date and gives the place back', async () => {
    const id = await anOffer(scheme, grace, group);
    await answers.waitlist(group.member.actor, id, { expectedWeeks: 6 });
    expect(await row(id)).toMatchObject({
      state: 'waitlisted',
      places_held: 0,
      expected_weeks: 6,
      review_on: '2026-12-23',
    });
    expect(await listing()).toMatchObject({ taken: 0 });
  });

  it('stands still while the group waits for our call, with the days it had left', async () => {
    const id = await anOffer(scheme, grace, group);
    betony.clock.set('2026-12-01T10:00:00Z');
    await answers.talk(group.member.actor, id, { by: 'call_back', note: 'Which evenings?' });
    expect(await row(id)).toMatchObject({
      state: 'offered',
      clock_stopped: 'talk',
      days_left: 4,
      answer_by: null,
      to_act: 'talk',
    });
    await answers.talk(group.member.actor, id, { by: 'call_back' });
    expect(await row(id)).toMatchObject({ talk_note: 'Which evenings?', days_left: 4 });
    betony.clock.set('2026-12-20T10:00:00Z');
    expect(await answers.expire(scheme.id, id)).toBe(false);
    await answers.rang(grace.worker.actor, id, null);
    expect(await row(id)).toMatchObject({ answer_by: new Date('2026-12-24T17:00:00Z'), to_act: null });
    await expect(answers.rang(grace.worker.actor, id, null)).rejects.toMatchObject({ code: 'illegal-move' });
  });

  describe('the wish to talk, taken back', () => {
    const NONE = { clock_stopped: null, to_act: null, talk_note: null, before: null, undo_until: null };

    it('lets the clock run on as before, and asks nobody to ring', async () => {
      const id = await anOffer(scheme, grace, group);
      const { answer_by: answerBy } = await row(id);
      betony.clock.set('2026-12-01T10:00:00Z');
      await answers.talk(group.member.actor, id, { by: 'call_back', note: 'Which evenings?' });
      await answers.talk(group.member.actor, id, { by: 'message', note: 'And where?' });
      await reminderDesk(scheme).work();
      const tasks = () =>
        inScheme(scheme, (tx) =>
          tx.rows<{ kind: string }>(sql`
            select kind from task where scheme_id = ${scheme.id} and subject_id = ${id} and ended_at is null`),
        );
      expect(await tasks()).toContainEqual({ kind: 'group_replied' });
      betony.clock.advance({ hours: 23 });
      await answers.undoTalk(group.member.actor, id);
      expect(await row(id)).toMatchObject({ state: 'offered', answer_by: answerBy, ...NONE });
      await reminderDesk(scheme).work();
      expect(await tasks()).not.toContainEqual({ kind: 'group_replied' });
      expect((await betony.get(OnwardQueries).history(grace.worker.actor, id)).at(-1)).toMatchObject({
        action: 'undoTalk',
      });
      await expect(answers.undoTalk(group.member.actor, id)).rejects.toMatchObject({
        code: 'illegal-move',
        message: 'There is no wish to talk to take back.',
      });
      // And may be asked for again.
      await answers.talk(group.member.actor, id, { by: 'call_back' });
      await answers.undoTalk(grace.worker.actor, id);
    });

    it('leaves one working day at least', async () => {
      const id = await anOffer(scheme, grace, group);
      betony.clock.set('2026-12-07T16:00:00Z');
      await answers.talk(group.member.actor, id, { by: 'call_back' });
      betony.clock.set('2026-12-08T15:00:00Z');
      await answers.undoTalk(group.member.actor, id);
      expect(await row(id)).toMatchObject({ answer_by: new Date('2026-12-09T17:00:00Z'), ...NONE });
    });

    it('is the worker’s to ring about again where the group answers by phone', async () => {
      const id = await anOffer(scheme, grace, group);
      await inScheme(scheme, (tx) =>
        tx.run(sql`
          update onward_referral set clock_stopped = 'ring', to_act = 'ring', answer_by = null,
            clock_started_at = null, days_left = 5
          where scheme_id = ${scheme.id} and id = ${id}`),
      );
      await answers.talk(group.member.actor, id, { by: 'call_back' });
      await answers.undoTalk(group.member.actor, id);
      expect(await row(id)).toMatchObject({ ...NONE, clock_stopped: 'ring', to_act: 'ring', days_left: 5 });
    });

    it('stands with the referral while that is on hold', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.talk(group.member.actor, id, { by: 'call_back' });
      await betony
        .get(ReferralsService)
        .hold(grace.worker.actor, grace.referralId, { reason: 'away', resumeOn: '2026-12-14' });
      await answers.undoTalk(group.member.actor, id);
      expect(await row(id)).toMatchObject({ ...NONE, clock_stopped: 'hold', answer_by: null });
    });

    it.each<[string, (id: string) => Promise<unknown>, object]>([
      [
        'after a day',
        () => {
          betony.clock.advance({ hours: 24 });
          return Promise.resolve();
        },
        { code: 'illegal-move' },
      ],
      ['once we have rung', (id) => answers.rang(grace.worker.actor, id, null), { code: 'illegal-move' }],
      [
        'once the group has answered',
        (id) => answers.accept(group.member.actor, id, {}),
        { code: 'illegal-move' },
      ],
      [
        'once an answer to it was taken back',
        async (id) => {
          await answers.accept(group.member.actor, id, {});
          await answers.undo(group.member.actor, id);
        },
        { code: 'illegal-move' },
      ],
    ])('is refused %s', async (_when, then, refusal) => {
      const id = await anOffer(scheme, grace, group);
      await answers.talk(group.member.actor, id, { by: 'call_back' });
      await then(id);
      const before = await row(id);
      await expect(answers.undoTalk(group.member.actor, id)).rejects.toMatchObject(refusal);
      expect(await row(id)).toEqual(before);
    });

    it('is out of reach of another group', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.talk(group.member.actor, id, { by: 'call_back' });
      const stranger = await aGroup(scheme);
      await expect(answers.undoTalk(stranger.member.actor, id)).rejects.toMatchObject({ status: 404 });
    });
  });

  describe('no', () => {
    it('gives the place back and goes to the owner', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.decline(group.member.actor, id, { reason: 'not_suitable', note: 'Too many stairs' });
      expect(await row(id)).toMatchObject({
        state: 'declined',
        end_reason: 'not_suitable',
        end_side: 'provider',
        to_act: 'declined',
        places_held: 0,
      });
    });

    it('may say until when the service is full, and undoing takes that back too', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.decline(group.member.actor, id, { reason: 'full', fullUntil: '2027-01-04' });
      expect(await listing()).toEqual({ taken: 0, until: '2027-01-04' });
      await answers.undo(group.member.actor, id);
      expect(await listing()).toEqual({ taken: 1, until: null });
    });

    it('says until when only of "full", and only of a day to come', async () => {
      const id = await anOffer(scheme, grace, group);
      for (const input of [
        { reason: 'other' as const, fullUntil: '2027-01-04' },
        { reason: 'full' as const, fullUntil: '2026-11-23' },
      ]) {
        await expect(answers.decline(group.member.actor, id, input)).rejects.toMatchObject({ status: 422 });
      }
      expect(await row(id)).toMatchObject({ state: 'offered', places_held: 1 });
    });
  });

  describe('silence', () => {
    it('expires at the date, not before, and gives the place back', async () => {
      const id = await anOffer(scheme, grace, group);
      betony.clock.set('2026-12-07T16:59:59Z');
      expect(await answers.expire(scheme.id, id)).toBe(false);
      betony.clock.set('2026-12-07T17:00:00Z');
      expect(await answers.expire(scheme.id, id)).toBe(true);
      expect(await answers.expire(scheme.id, id)).toBe(false);
      expect(await row(id)).toMatchObject({
        state: 'expired',
        end_reason: 'no_reply',
        to_act: 'expired',
        places_held: 0,
      });
    });
  });

  describe('taking back', () => {
    it('goes back to the waiting list it came from', async () => {
      const id = await anOffer(scheme, grace, group).waitlisted().accepted();
      await answers.undo(group.member.actor, id);
      expect(await row(id)).toMatchObject({
        state: 'waitlisted',
        places_held: 0,
        review_on: '2026-12-23',
        answer: 'waitlist',
        accepted_at: null,
      });
      await expect(answers.undo(group.member.actor, id)).rejects.toMatchObject({
        extra: { because: 'There is no answer to take back.' },
      });
    });

    it('leaves a working day to answer again', async () => {
      const id = await anOffer(scheme, grace, group);
      betony.clock.set('2026-12-07T16:00:00Z');
      await answers.decline(group.member.actor, id, { reason: 'other' });
      betony.clock.set('2026-12-08T15:00:00Z');
      await answers.undo(group.member.actor, id);
      expect(await row(id)).toMatchObject({
        state: 'offered',
        answer_by: new Date('2026-12-09T17:00:00Z'),
        ended_at: null,
        end_reason: null,
        to_act: null,
      });
    });

    it('takes the place again, or is full when somebody else has it', async () => {
      const id = await anOffer(scheme, grace, group).declined();
      const other = await anOffer(scheme, await aCase(scheme), group);
      await expect(answers.undo(group.member.actor, id)).rejects.toMatchObject({ code: 'full' });
      await answers.waitlist(group.member.actor, other, {});
      await answers.undo(group.member.actor, id);
      expect(await row(id)).toMatchObject({ state: 'offered', places_held: 1 });
    });

    it('starts a clock that stood where it stood', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.talk(group.member.actor, id, { by: 'message' });
      await answers.decline(group.member.actor, id, { reason: 'other' });
      await answers.undo(group.member.actor, id);
      expect(await row(id)).toMatchObject({ clock_stopped: 'talk', days_left: 10, to_act: 'talk' });
    });

    const tooLate: [string, (id: string) => Promise<unknown>, RegExp][] = [
      [
        'after a day',
        () => {
          betony.clock.advance({ hours: 24 });
          return Promise.resolve();
        },
        /time to take/,
      ],
      [
        'once the person was offered elsewhere',
        async () => anOffer(scheme, grace, await aGroup(scheme)),
        /has been asked since/,
      ],
      [
        'once the referral has ended',
        () =>
          inScheme(scheme, (tx) =>
            tx.run(sql`
              update referral set state = 'withdrawn', owner_kind = null, owner_id = null, next_at = null,
                next_kind = null, ended_at = ${tx.now}, end_reason = 'other', end_side = 'client'
              where id = ${grace.referralId}`),
          ),
        /has ended for everybody/,
      ],
      [
        'without agreement',
        () =>
          inScheme(scheme, (tx) =>
            tx.run(sql`update agreement set withdrawn_at = ${tx.now} where client_id = ${grace.clientId}`),
          ),
        /no longer be shared/,
      ],
      [
        'once the group must never be offered',
        () =>
          inScheme(scheme, (tx) =>
            tx.run(sql`
              insert into never_offer (scheme_id, client_id, organisation_id, recorded_at)
              values (${scheme.id}, ${grace.clientId}, ${group.organisationId}, ${tx.now})`),
          ),
        /no longer be shared/,
      ],
      [
        'once the group has closed for good',
        () => provider(sql`closed_for_good_on = '2026-11-23'`),
        /closed for good/,
      ],
      ['while the group is paused', () => provider(sql`paused_from = '2026-11-23'`), /paused/],
      [
        'where a gate about the person has closed, without telling the group which',
        () => provider(sql`limits = '{falls}'`),
        /^This can no longer be taken back. Please ring the worker, who can ask you anew.$/,
      ],
      [
        'for a risk to others learned since, without telling the group of it',
        () =>
          inScheme(scheme, (tx) =>
            tx.run(
              sql`update referral set risks = '{violence_or_aggression}' where id = ${grace.referralId}`,
            ),
          ),
        /^This can no longer be taken back. Please ring the worker, who can ask you anew.$/,
      ],
    ];
    const provider = (change: ReturnType<typeof sql>) =>
      inScheme(scheme, (tx) =>
        tx.run(sql`update provider set ${change} where organisation_id = ${group.organisationId}`),
      );
    const falls = (tx: Tx) =>
      tx.run(sql`
        update referral set risks = '{falls}', no_known_risks = false where id = ${grace.referralId}`);
    it.each(tooLate)('is refused %s', async (_when, meanwhile, because) => {
      const id = await anOffer(scheme, grace, group).declined();
      await inScheme(scheme, falls);
      await meanwhile(id);
      await expect(answers.undo(group.member.actor, id)).rejects.toMatchObject({
        code: 'illegal-move',
        extra: { action: 'undo', because: expect.stringMatching(because) },
      });
    });

    it('of a yes is not refused because the group takes nobody new', async () => {
      const id = await anOffer(scheme, grace, group).accepted();
      await provider(sql`paused_from = '2026-11-23'`);
      await answers.undo(group.member.actor, id);
      expect(await row(id)).toMatchObject({ state: 'offered' });
    });

    it('is refused once somebody came, and not for an absence alone', async () => {
      const id = await anOffer(scheme, grace, group);
      await answers.accept(group.member.actor, id, {});
      const said = (result: Attendance, sessionOn: string) =>
        betony.get(OnwardParticipation).attend(group.member.actor, id, { sessionOn, result });
      const undo = () => answers.undo(group.member.actor, id);
      betony.clock.set('2026-11-24T09:00:00Z');
      await said('attended', '2026-11-23');
      await said('late', '2026-11-24');
      await expect(undo()).rejects.toMatchObject({ extra: { from: 'started' } });
      await said('session_did_not_happen', '2026-11-23');
      expect(await row(id)).toMatchObject({ state: 'started' });
      await said('absent_logistics', '2026-11-24');
      expect(await row(id)).toMatchObject({
        state: 'accepted',
        started_on: null,
        started_by: null,
        places_held: 1,
        undo_until: new Date('2026-11-24T10:00:00Z'),
      });
      await undo();
      expect(await row(id)).toMatchObject({ state: 'offered', answer: null, accepted_at: null });
    });

    it('keeps a start by help given, whatever is said of a session', async () => {
      const id = await anOffer(scheme, grace, group).accepted();
      const participation = betony.get(OnwardParticipation);
      await participation.start(group.member.actor, id, { on: '2026-11-23', by: 'help_given' });
      await participation.attend(group.member.actor, id, { sessionOn: '2026-11-23', result: 'attended' });
      await participation.attend(group.member.actor, id, {
        sessionOn: '2026-11-23',
        result: 'absent_logistics',
      });
      expect(await row(id)).toMatchObject({ state: 'started' });
    });
  });
});
