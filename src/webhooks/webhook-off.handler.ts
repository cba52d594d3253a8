import sql from 'sql-template-tag';
import { addressees, liveMemberships } from '../identity/membership.queries.js';
import { memberName } from '../identity/member-name.queries.js';
import { messageId } from '../identity/message.words.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { WEBHOOK_OFF } from './webhook.events.js';
import { offLetter } from './webhook.words.js';

/** Tells every administrator that a program is told nothing any more. A repeat carries the same Message-ID. */
@Handles(WEBHOOK_OFF, 'tell-administrators-of-webhook-off')
export class TellAdministratorsOfWebhookOff implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly mail: MailSender,
  ) {}

  async handle(tx: Tx, { webhookId }: EventPayload, event: HandledEvent): Promise<void> {
    if (!webhookId) throw new Error('The event lacks its id.');
    const webhook = await tx.one<{ program: string | null; off: boolean }>(sql`
      select ${memberName(sql`w.scheme_id`, sql`w.membership_id`)} as program, w.off_at is not null as off
      from webhook w where w.scheme_id = ${tx.schemeId} and w.id = ${webhookId}`);
    if (!webhook.off) return;
    const administrators = await liveMemberships(tx, 'administrator');
    const people = await addressees(
      tx,
      administrators.map(({ id }) => id),
    );
    const link = `${this.config.publicUrl}/desk/webhooks/${webhookId}`;
    const failures: string[] = [];
    for (const { membershipId, name, email } of people) {
      const { outcome, code } = await this.mail.send({
        to: email,
        ...offLetter({ name, program: webhook.program ?? 'A program', link }),
        messageId: messageId(`${event.id}.${membershipId}`, this.config.publicUrl),
      });
      if (outcome === 'failed' || outcome === 'unknown') failures.push(code);
    }
    if (failures.length > 0) throw new Error(`Administrators were not told: ${failures.join(', ')}`);
  }
}
