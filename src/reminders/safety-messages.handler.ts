import sql from 'sql-template-tag';
import { OneTimeLinks } from '../identity/one-time-links.service.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { identityLine } from './closing-document.js';
import { messageIdOf } from './message.rules.js';
import { RemindersService } from './reminders.service.js';
import { SAFETY_MESSAGE_SENT } from './safety-message.events.js';
import { safetyLetter } from './safety-message.words.js';
import { type Identity, safetyAddress } from './secure-mail.queries.js';

interface Row extends Identity, Record<string, unknown> {
  reference: string;
  organisationId: string;
  bySender: boolean;
  phone: string | null;
}

/** Sends it at once, at any hour. Until it is acknowledged its clock runs, whatever became of the mail; what was
 * refused is asked for at once, what nobody has taken after half an hour as well. */
@Handles(SAFETY_MESSAGE_SENT, 'send-safety-message')
export class SendSafetyMessage implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly mail: MailSender,
    private readonly links: OneTimeLinks,
    private readonly reminders: RemindersService,
  ) {}

  async handle(tx: Tx, { safetyMessageId: id }: EventPayload): Promise<void> {
    if (!id) throw new Error('The event lacks its id.');
    const row = await tx.maybe<Row>(sql`
      select r.reference, m.organisation_id as "organisationId", m.organisation_id = r.organisation_id as "bySender",
        c.first_name || ' ' || upper(c.last_name) as name, c.date_of_birth::text as "dateOfBirth",
        c.nhs_number as "nhsNumber", (
          select h.phone from organisation h
          where h.scheme_id = m.scheme_id and h.kind = 'host' and h.phone is not null order by h.id limit 1) as phone
      from safety_message m
      join referral r on r.scheme_id = m.scheme_id and r.id = m.referral_id
      join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
      where m.scheme_id = ${tx.schemeId} and m.id = ${id} and m.read_at is null and c.death_recorded_at is null`);
    const to = row && (await safetyAddress(tx, row.organisationId, row.bySender));
    if (!row) return;
    if (!to) {
      await this.notSent(tx, id);
      return;
    }
    const { outcome, code } = await this.mail.send({
      to: to.email,
      ...safetyLetter({
        reference: row.reference,
        link: this.links.address('safety_message', id),
        phone: row.phone,
        identity: to.secure ? identityLine(row) : null,
      }),
      messageId: messageIdOf(id, this.config.publicUrl),
    });
    // Thrown, so that it is tried again; a repeat carries the same Message-ID.
    if (outcome === 'failed' || outcome === 'unknown') throw new Error(`Nothing was sent: ${code}`);
    if (outcome === 'refused') await this.notSent(tx, id);
    else await this.handedOver(tx, id);
  }

  private async handedOver(tx: Tx, id: string): Promise<void> {
    await tx.run(sql`
      update safety_message set handed_over_at = ${tx.now} where scheme_id = ${tx.schemeId} and id = ${id}`);
    await this.reminders.plan(tx, { safety_message: [id] });
  }

  /** No other try would help: whoever has the referral is asked at once to ring. */
  private async notSent(tx: Tx, id: string): Promise<void> {
    await tx.run(sql`
      update safety_message set not_sent_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and id = ${id} and not_sent_at is null`);
    await this.reminders.plan(tx, { safety_message: [id] });
  }
}
