import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { AreaMoveHooks } from '../caseload/area-move.hooks.js';
import { AppointmentHooks } from '../caseload/appointment.hooks.js';
import { ContactHooks } from '../caseload/contact.hooks.js';
import { EscalationHooks } from '../caseload/escalation.hooks.js';
import { HandoverHooks } from '../caseload/handover.hooks.js';
import { PlanHooks } from '../caseload/plan.hooks.js';
import { TransferHooks } from '../caseload/transfer.hooks.js';
import { ClientHooks } from '../clients/client.hooks.js';
import type { Channel } from '../clients/client.types.js';
import { FeedbackHooks } from '../feedback/feedback.hooks.js';
import { OrganisationHooks } from '../identity/organisation.hooks.js';
import { MembershipHooks } from '../identity/membership.hooks.js';
import { LinkWorkerHooks } from '../link-workers/link-worker.hooks.js';
import { OnwardHooks, type OnwardMoved } from '../onward-referrals/onward.hooks.js';
import { OutcomeHooks } from '../outcomes/outcome.hooks.js';
import { ProviderHooks } from '../providers/provider.hooks.js';
import type { Tx } from '../platform/database/tx.js';
import { SENDING_CHANNELS, type SendingChannel } from '../platform/messages/channel.types.js';
import { newId } from '../platform/pure/ids.js';
import { ReferralHooks, type Moved } from '../referrals/referral.hooks.js';
import { StoryHooks } from '../stories/story.hooks.js';
import { MessagesService } from './messages.service.js';
import { Notices } from './notices.js';
import { PageTasks } from './page-tasks.js';
import {
  goesWith,
  handoversTo,
  liveOffersOf,
  movesOfTransfer,
  subjectsOfGroup,
  transfersBefore,
  visitsOf,
  warmHandoversOf,
} from './reminder-facts.queries.js';
import { RemindersService } from './reminders.service.js';
import type { GroupTask, TASK_SUBJECTS, ToldTask } from './task.types.js';

/** What a client's record calls the ways a message goes. */
const CHANNEL_OF = { email: 'email', text: 'text', letter: 'write' } as const satisfies Record<
  SendingChannel,
  Channel
>;

/** Verbs that change what the senders of joined referrals are told. */
const TOLD_TO_JOINED = ['decline', 'close', 'reopen', 'restore', 'withdraw', 'void'];

/** Verbs by which a risk to others becomes known: said by those who work with them, or with another referral of theirs. */
const SAYS_RISKS = ['setRisks', 'note'];

/** What reminders do when something below them moves: in the same transaction, so that the two never disagree. */
@Injectable()
export class RemindersTakePart {
  constructor(
    reminders: RemindersService,
    messages: MessagesService,
    notices: Notices,
    pageTasks: PageTasks,
    clients: ClientHooks,
    referrals: ReferralHooks,
    onward: OnwardHooks,
    contacts: ContactHooks,
    plans: PlanHooks,
    appointments: AppointmentHooks,
    outcomes: OutcomeHooks,
    stories: StoryHooks,
    feedback: FeedbackHooks,
    escalations: EscalationHooks,
    transfers: TransferHooks,
    areaMoves: AreaMoveHooks,
    handovers: HandoverHooks,
    memberships: MembershipHooks,
    organisations: OrganisationHooks,
    workers: LinkWorkerHooks,
    providers: ProviderHooks,
  ) {
    const me = 'reminders';
    const planReferral = (tx: Tx, { referralId }: { referralId: string }) =>
      reminders.plan(tx, { referral: [referralId] });
    const planAppointment = (tx: Tx, { appointmentId }: { appointmentId: string }) =>
      reminders.plan(tx, { appointment: [appointmentId] });

    referrals.moved.register(me, async (tx, moved) => {
      if (moved.to === 'gone') {
        await reminders.forget(tx, moved.referralId);
        return;
      }
      const goes = await goesWith(tx, moved.referralId);
      const atRisk = SAYS_RISKS.includes(moved.action) ? await liveOffersOf(tx, moved) : [];
      await reminders.plan(tx, {
        ...goes,
        referral: [moved.referralId, ...(await joinedInto(tx, moved))],
        onward_referral: [...(goes.onward_referral ?? []), ...atRisk],
      });
      await reminders.toOwner(tx, moved.referralId);
    });
    onward.moved.register(me, async (tx, moved) =>
      reminders.plan(tx, {
        onward_referral: [moved.onwardReferralId, ...(await endedBefore(tx, moved))],
        approval: await approvedBefore(tx, moved),
        warm_handover: await warmHandoversOf(tx, moved.onwardReferralId),
      }),
    );
    onward.approvalChanged.register(me, (tx, { approvalIds }) =>
      reminders.plan(tx, { approval: approvalIds }),
    );
    onward.contactLeft.register(me, (tx, { organisationId }) =>
      askManagers(tx, 'contact_left', { kind: 'organisation', id: organisationId }),
    );
    onward.worried.register(me, async (tx, { about, person }) => {
      await askManagers(tx, 'group_worried', about, person);
      await notices.tell(tx, [about.id]);
    });
    onward.warmHandoverChanged.register(me, (tx, { warmHandoverId }) =>
      reminders.plan(tx, { warm_handover: [warmHandoverId] }),
    );
    onward.concernChanged.register(me, (tx, { concernId }) => reminders.plan(tx, { concern: [concernId] }));
    onward.registerChanged.register(me, (tx, { registerId }) =>
      reminders.plan(tx, { register: [registerId] }),
    );
    onward.gapChanged.register(me, (tx, { gapId }) => reminders.plan(tx, { gap: [gapId] }));
    contacts.logged.register(me, planReferral);
    contacts.amended.register(me, planReferral);
    contacts.chosen.register(me, planReferral);
    plans.changed.register(me, planReferral);
    outcomes.recorded.register(me, planReferral);
    outcomes.wished.register(me, (tx, { clientId }) => reminders.planForClients(tx, [clientId]));
    stories.changed.register(me, (tx, { storyId }) => reminders.plan(tx, { story: [storyId] }));
    organisations.staffAsked.register(me, (tx, { requestId }) =>
      reminders.plan(tx, { staff_request: [requestId] }),
    );
    feedback.changed.register(me, (tx, { feedbackId }) =>
      reminders.plan(tx, { client_feedback: [feedbackId] }),
    );
    escalations.changed.register(me, (tx, { escalationId }) =>
      reminders.plan(tx, { escalation: [escalationId] }),
    );
    transfers.changed.register(me, async (tx, { transferId }) =>
      reminders.plan(tx, {
        transfer: [transferId, ...(await transfersBefore(tx, transferId))],
        area_move: await movesOfTransfer(tx, transferId),
      }),
    );
    areaMoves.changed.register(me, (tx, { areaMoveId }) => reminders.plan(tx, { area_move: [areaMoveId] }));
    handovers.ended.register(me, (tx, { handoverId }) => reminders.plan(tx, { handover: [handoverId] }));
    memberships.programChanged.register(me, (tx, { programId }) =>
      reminders.plan(tx, { program: [programId] }),
    );
    memberships.shut.register(me, async (tx, { membershipIds }) =>
      reminders.plan(tx, { membership: membershipIds, handover: await handoversTo(tx, membershipIds) }),
    );
    workers.coverChanged.register(me, async (tx, { workerId }) =>
      reminders.plan(tx, { handover: await handoversTo(tx, [workerId]) }),
    );
    // Those before it too: whoever has moved on again decides on the newest alone.
    clients.practiceMoved.register(me, async (tx, { clientId, moveId }) => {
      await reminders.plan(tx, { practice_move: [moveId] });
      await reminders.planForClients(tx, [clientId]);
    });
    appointments.made.register(me, planAppointment);
    appointments.moved.register(me, planAppointment);
    appointments.cancelled.register(me, async (tx, event) => {
      await planAppointment(tx, event);
      if (tx.actor.kind !== 'client') return;
      await pageTasks.ask(
        tx,
        'cannot_come',
        { kind: 'appointment', id: event.appointmentId },
        event.clientId,
      );
    });
    appointments.changed.register(me, planAppointment);

    providers.assuranceChanged.register(me, (tx, { recordIds }) =>
      reminders.plan(tx, { assurance: recordIds }),
    );
    providers.fitChanged.register(me, async (tx, whose) =>
      reminders.plan(tx, { onward_referral: await liveOffersOf(tx, whose) }),
    );
    providers.rhythmChanged.register(me, async (tx, { organisationId }) => {
      await messages.askRhythmAgain(tx, organisationId);
      await reminders.plan(tx, { onward_referral: await liveOffersOf(tx, { organisationId }) });
    });
    providers.listingsChanged.register(me, (tx, { listingIds }) =>
      reminders.plan(tx, { listing: listingIds }),
    );

    const planGroup = async (
      tx: Tx,
      { organisationId, closureId }: { organisationId: string; closureId: string },
    ) => reminders.plan(tx, { ...(await subjectsOfGroup(tx, organisationId)), closure: [closureId] });
    providers.claimed.register(me, (tx, { organisationId, waiting }) =>
      waiting
        ? askManagers(tx, 'group_claimed', { kind: 'organisation', id: organisationId })
        : askNoMore(tx, 'group_claimed', organisationId),
    );
    providers.closedForGood.register(me, planGroup);
    providers.reopened.register(me, planGroup);

    clients.safeguardingChanged.register(me, (tx, { safeguardingId }) =>
      reminders.plan(tx, { safeguarding: [safeguardingId] }),
    );
    clients.flagChanged.register(me, async (tx, { flagId }) =>
      reminders.plan(tx, {
        lone_worker_flag: [flagId],
        onward_referral: await liveOffersOf(tx, { flagId }),
        appointment: await visitsOf(tx, flagId),
      }),
    );
    clients.neverOfferChanged.register(me, (tx, { clientId }) => reminders.planForClients(tx, [clientId]));
    clients.merging.register(me, async (tx, { keptId, mergedId }) => {
      await keepSwitches(tx, keptId, mergedId);
      await reminders.planForClients(tx, [keptId, mergedId]);
    });
    clients.unmerging.register(me, (tx, { keptId, mergedId }) =>
      reminders.planForClients(tx, [keptId, mergedId]),
    );
    clients.died.register(me, async (tx, { clientId }) => {
      await reminders.planForClients(tx, [clientId]);
      await messages.cancelForClient(tx, clientId, 'died');
      await pageTasks.ask(tx, 'death_told', { kind: 'client', id: clientId }, clientId);
    });
    clients.safetyNoted.register(me, (tx, { clientId, recordId, holds }) =>
      holds
        ? pageTasks.ask(tx, 'safety_noted', { kind: 'client', id: clientId }, clientId, recordId)
        : askNoMore(tx, 'safety_noted', clientId),
    );
    clients.deathReversed.register(me, async (tx, { clientId }) => {
      await askNoMore(tx, 'death_told', clientId);
      await reminders.planForClients(tx, [clientId]);
    });
    clients.agreementRecorded.register(me, (tx, { clientId }) => reminders.planForClients(tx, [clientId]));
    clients.agreementWithdrawn.register(me, async (tx, { clientId, organisationId, scope }) => {
      if (tx.actor.kind === 'client') {
        await pageTasks.ask(tx, 'took_back', { kind: 'client', id: clientId }, clientId);
      }
      await reminders.planForClients(tx, [clientId]);
      if (organisationId === null && scope.includes('scheme_support')) {
        await messages.cancelForClient(tx, clientId, 'agreement_withdrawn');
      }
    });
    clients.messagesSwitchedOff.register(me, async (tx, { clientId, channel }) => {
      const closed = SENDING_CHANNELS.filter((one) => CHANNEL_OF[one] === channel);
      if (closed.length > 0) await messages.cancelForClient(tx, clientId, 'switched_off', closed);
    });
  }
}

/** What one of two records wanted no messages of, the person wants none of. It stays so if they are parted again. */
const keepSwitches = (tx: Tx, keptId: string, mergedId: string) =>
  tx.run(sql`
    insert into message_switch (scheme_id, id, client_id, kind, channel, switched_off_at, switched_off_by)
    select scheme_id, gen_random_uuid(), ${keptId}, kind, channel, switched_off_at, switched_off_by
    from message_switch where scheme_id = ${tx.schemeId} and client_id = ${mergedId}
    on conflict do nothing`);

/** A worry must not wait for one person to be back: all managers see it, and the owner where there is one. */
async function askManagers(
  tx: Tx,
  kind: GroupTask,
  subject: { kind: (typeof TASK_SUBJECTS)[number]; id: string },
  about: { referralId: string; clientId: string } | null = null,
): Promise<void> {
  await tx.run(sql`
    insert into task (scheme_id, id, kind, audience, audience_id, subject_kind, subject_id, referral_id, client_id,
      due_at, created_at)
    select ${tx.schemeId}, a.id, ${kind}, a.audience, a.audience_id, ${subject.kind}, ${subject.id},
      ${about?.referralId ?? null}, ${about?.clientId ?? null}, ${tx.now}, ${tx.now}
    from (
      select ${newId()}::uuid as id, 'managers' as audience, null::uuid as audience_id
      union all
      select ${newId()}::uuid, 'membership', r.owner_id from referral r
      where r.scheme_id = ${tx.schemeId} and r.id = ${about?.referralId ?? null} and r.owner_id is not null) as a
    on conflict (scheme_id, subject_id, kind, audience) where ended_at is null do update
      set audience_id = excluded.audience_id`);
}

/** Of a person: of what was asked of a record before it was joined to theirs, too. */
const askNoMore = async (tx: Tx, kind: GroupTask | ToldTask, subjectId: string): Promise<void> => {
  await tx.run(sql`
    update task set ended_at = ${tx.now}, outcome = 'moved_on'
    where scheme_id = ${tx.schemeId} and kind = ${kind} and ended_at is null and subject_id in (
      select ${subjectId}::uuid union all
      select id from client where scheme_id = ${tx.schemeId} and merged_into = ${subjectId})`);
};

/** Asking the same service again takes back what its earlier ending asked of people. */
async function endedBefore(tx: Tx, { action, referralId, listingId }: OnwardMoved): Promise<string[]> {
  if (action !== 'offer' && action !== 'revive') return [];
  const rows = await tx.rows<{ id: string }>(sql`
    select id from onward_referral
    where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and listing_id = ${listingId}
      and ended_at is not null order by id`);
  return rows.map((row) => row.id);
}

/** Whoever offers has read that the second person agreed. */
async function approvedBefore(tx: Tx, { action, referralId, listingId }: OnwardMoved): Promise<string[]> {
  if (action !== 'offer') return [];
  const rows = await tx.rows<{ id: string }>(sql`
    select id from offer_approval
    where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and listing_id = ${listingId} order by id`);
  return rows.map((row) => row.id);
}

async function joinedInto(tx: Tx, { referralId, action }: Moved): Promise<string[]> {
  if (!TOLD_TO_JOINED.includes(action)) return [];
  const rows = await tx.rows<{ id: string }>(sql`
    select id from referral where scheme_id = ${tx.schemeId} and joined_into = ${referralId} order by id`);
  return rows.map((row) => row.id);
}
