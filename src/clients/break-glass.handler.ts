import sql from 'sql-template-tag';
import { addressees, liveMemberships } from '../identity/membership.queries.js';
import { messageId } from '../identity/message.words.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { openedLetter } from './break-glass.words.js';

/** Tells every manager that a record was opened: neither whose nor why, which the review queue shows. */
@Handles('breakGlass.opened', 'alert-managers-of-break-glass')
export class AlertManagersOfBreakGlass implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly mail: MailSender,
  ) {}

  async handle(tx: Tx, { breakGlassId }: EventPayload): Promise<void> {
    if (!breakGlassId) throw new Error('The event lacks its id.');
    const opened = await tx.one<{ reviewed_at: Date | null }>(sql`
      select reviewed_at from break_glass where scheme_id = ${tx.schemeId} and id = ${breakGlassId}`);
    if (opened.reviewed_at) return;
    const managers = await liveMemberships(tx, 'scheme_manager');
    const people = await addressees(
      tx,
      managers.map(({ id }) => id),
    );
    const failures: string[] = [];
    for (const { membershipId, name, email } of people) {
      const { outcome, code } = await this.mail.send({
        to: email,
        ...openedLetter(name, this.config.publicUrl),
        messageId: messageId(`${breakGlassId}.${membershipId}`, this.config.publicUrl),
      });
      if (outcome === 'failed' || outcome === 'unknown') failures.push(code);
    }
    // Thrown after the last, so that one full mailbox keeps nobody else waiting; repeats carry the same Message-ID.
    if (failures.length > 0) throw new Error(`Not every manager was told: ${failures.join(', ')}`);
  }
}
