import sql from 'sql-template-tag';
import { aMember, anOrganisation, type TestMember, type TestScheme } from '../support/people.js';
import { reminderDesk } from '../support/reminder-desk.js';
import { aClient } from './clients.js';
import {
  aGroupWithService,
  anAppointmentRow,
  anEpisode,
  anOffer,
  changeRow,
  closedAt,
  inScheme,
  withWorker,
} from './episodes.js';

const MONDAY = '2026-11-23T10:00:00Z';

/** Messages of each kind of recipient, ready to be sent. The clock stands at Monday 23 November 2026, 10:00. */
export function messagesIn(scheme: TestScheme, worker: TestMember) {
  const desk = reminderDesk(scheme);
  const withOwner = withWorker('active', worker.actor.membershipId, '2027-12-01T09:00:00Z');
  return {
    /** To a client: an appointment on Wednesday at 14:00. Moves the clock to when its reminder is due, the day before. */
    async toClient(details: Parameters<typeof aClient>[1] = {}, record: Record<string, unknown> = {}) {
      const clientId = await aClient(scheme, { email: 'somebody@example.org', ...details })
        .agreedWith(null, 'scheme_support')
        .safeTo('email');
      if (Object.keys(record).length > 0) await changeRow(scheme, 'client', clientId, record);
      const referralId = await anEpisode(scheme, 'active', { client_id: clientId, ...withOwner });
      const id = await anAppointmentRow(scheme, referralId, '2026-11-25T14:00:00Z');
      await desk.plan({ appointment: [id] });
      const [messageId] = await desk.work('2026-11-24T14:00:00Z');
      return { id, clientId, referralId, messageId: messageId ?? '' };
    },

    /** To a group: it has been offered somebody just now. */
    async toGroup() {
      const group = await anOrganisation(scheme, 'community_group');
      const listingId = await aGroupWithService(scheme, group);
      const clientId = await aClient(scheme).agreedWith(group, 'needs');
      const referralId = await anEpisode(scheme, 'active', { client_id: clientId, ...withOwner });
      const { id: agreementId } = await inScheme(scheme, (tx) =>
        tx.one<{ id: string }>(sql`
          select id from agreement where scheme_id = ${scheme.id} and client_id = ${clientId}`),
      );
      const id = await anOffer(scheme, {
        referral_id: referralId,
        client_id: clientId,
        listing_id: listingId,
        organisation_id: group,
        agreement_id: agreementId,
        clock_started_at: MONDAY,
        answer_by: '2026-12-07T17:00:00Z',
      });
      await desk.plan({ onward_referral: [id] });
      const [messageId] = await desk.work();
      return { id, group, messageId: messageId ?? '' };
    },

    /** To the sender of a referral: it has been closed just now. */
    async toReferrer() {
      const { organisationId: practice } = (await aMember(scheme, 'referrer')).actor;
      await changeRow(scheme, 'organisation', practice, { feedback_email: 'feedback@example.org' });
      const clientId = await aClient(scheme).agreedWith(practice, 'progress_feedback');
      const id = await anEpisode(scheme, 'closed', {
        client_id: clientId,
        organisation_id: practice,
        ...closedAt(MONDAY),
      });
      await desk.plan({ referral: [id] });
      const [messageId] = await desk.work();
      return { id, clientId, practice, messageId: messageId ?? '' };
    },
  };
}

export interface MessageRow {
  state: string;
  because: string | null;
  attempts: number;
  message_id: string;
  next_attempt_at: Date;
}

export const messageRow = (scheme: TestScheme, id: string): Promise<MessageRow> =>
  inScheme(scheme, (tx) =>
    tx.one<MessageRow & Record<string, unknown>>(sql`
      select state, because, attempts, message_id, next_attempt_at from message
      where scheme_id = ${scheme.id} and id = ${id}`),
  );
