import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { AppointmentHooks } from '../caseload/appointment.hooks.js';
import { ContactHooks } from '../caseload/contact.hooks.js';
import { ClientHooks } from '../clients/client.hooks.js';
import { OnwardHooks } from '../onward-referrals/onward.hooks.js';
import { OutcomeHooks } from '../outcomes/outcome.hooks.js';
import { ProviderHooks } from '../providers/provider.hooks.js';
import type { Tx } from '../platform/database/tx.js';
import { ReferralHooks, type Moved } from '../referrals/referral.hooks.js';
import { MessagesService } from './messages.service.js';
import { RemindersService } from './reminders.service.js';

/** Verbs that change what the senders of joined referrals are told. */
const TOLD_TO_JOINED = ['decline', 'close', 'reopen', 'withdraw', 'void'];

/** What reminders do when something below them moves: in the same transaction, so that the two never disagree. */
@Injectable()
export class RemindersTakePart {
  constructor(
    reminders: RemindersService,
    messages: MessagesService,
    clients: ClientHooks,
    referrals: ReferralHooks,
    onward: OnwardHooks,
    contacts: ContactHooks,
    appointments: AppointmentHooks,
    outcomes: OutcomeHooks,
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
      await reminders.plan(tx, { referral: [moved.referralId, ...(await joinedInto(tx, moved))] });
    });
    onward.moved.register(me, (tx, { onwardReferralId }) =>
      reminders.plan(tx, { onward_referral: [onwardReferralId] }),
    );
    contacts.logged.register(me, planReferral);
    contacts.amended.register(me, planReferral);
    outcomes.recorded.register(me, planReferral);
    appointments.made.register(me, planAppointment);
    appointments.moved.register(me, planAppointment);
    appointments.cancelled.register(me, planAppointment);

    providers.assuranceChanged.register(me, (tx, { recordIds }) =>
      reminders.plan(tx, { assurance: recordIds }),
    );
    providers.listingsChanged.register(me, (tx, { listingIds }) =>
      reminders.plan(tx, { listing: listingIds }),
    );

    clients.merging.register(me, (tx, { keptId, mergedId }) =>
      reminders.planForClients(tx, [keptId, mergedId]),
    );
    clients.unmerging.register(me, (tx, { keptId, mergedId }) =>
      reminders.planForClients(tx, [keptId, mergedId]),
    );
    clients.died.register(me, async (tx, { clientId }) => {
      await reminders.planForClients(tx, [clientId]);
      await messages.cancelForClient(tx, clientId, 'died');
    });
    clients.deathReversed.register(me, (tx, { clientId }) => reminders.planForClients(tx, [clientId]));
    clients.agreementWithdrawn.register(me, async (tx, { clientId, organisationId, scope }) => {
      await reminders.planForClients(tx, [clientId]);
      if (organisationId === null && scope.includes('scheme_support')) {
        await messages.cancelForClient(tx, clientId, 'agreement_withdrawn');
      }
    });
    clients.messagesSwitchedOff.register(me, async (tx, { clientId, channel }) => {
      if (channel === 'email') await messages.cancelForClient(tx, clientId, 'switched_off');
    });
  }
}

async function joinedInto(tx: Tx, { referralId, action }: Moved): Promise<string[]> {
  if (!TOLD_TO_JOINED.includes(action)) return [];
  const rows = await tx.rows<{ id: string }>(sql`
    select id from referral where scheme_id = ${tx.schemeId} and joined_into = ${referralId} order by id`);
  return rows.map((row) => row.id);
}
