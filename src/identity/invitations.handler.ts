import sql from 'sql-template-tag';
import type { Role } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { INVITATION_CREATED } from './identity.events.js';
import { invitationLetter, messageId } from './message.words.js';
import { OneTimeLinks } from './one-time-links.service.js';

interface Addressed {
  email: string;
  name: string;
  role: Role;
  organisation: string;
  scheme: string;
}

/** Makes the link's token anew from its id, since no job may carry it, and sends it. */
@Handles(INVITATION_CREATED, 'send-invitation')
export class SendInvitation implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mail: MailSender,
  ) {}

  async handle(tx: Tx, { invitationId, linkId }: EventPayload): Promise<void> {
    if (!invitationId || !linkId) throw new Error('The event lacks its ids.');
    // Withdrawn, replaced by a newer link, or used already.
    const until = await this.links.liveUntil(tx, 'invitation', linkId);
    if (!until) return;
    const row = await tx.one<Addressed>(sql`
      select i.email, i.name, i.role, o.name as organisation, h.name as scheme
      from invitation i
      join organisation o on o.scheme_id = i.scheme_id and o.id = i.organisation_id
      join scheme h on h.id = i.scheme_id
      where i.scheme_id = ${tx.schemeId} and i.id = ${invitationId}`);
    const letter = invitationLetter({
      name: row.name,
      schemeName: row.scheme,
      organisationName: row.organisation,
      role: row.role,
      link: this.links.address('invitation', linkId),
      until: londonDate(until),
    });
    const { outcome, code } = await this.mail.send({
      to: row.email,
      ...letter,
      messageId: messageId(linkId, this.config.publicUrl),
    });
    // Thrown, so that it is tried again; a repeat carries the same Message-ID.
    if (outcome === 'failed' || outcome === 'unknown')
      throw new Error(`The invitation was not sent: ${code}`);
    await tx.run(sql`
      update invitation set delivery = ${outcome} where scheme_id = ${tx.schemeId} and id = ${invitationId}`);
  }
}
