import sql from 'sql-template-tag';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { messageIdOf } from './message.rules.js';
import { TEMPLATE_TEST_ASKED } from './template-test.events.js';
import { previewOf } from './template-previews.js';

/** By e-mail whatever the message is: texts and letters cost money. */
@Handles(TEMPLATE_TEST_ASKED, 'send-template-test')
export class SendTemplateTest implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly mail: MailSender,
  ) {}

  async handle(
    tx: Tx,
    { membershipId, template, language }: EventPayload,
    event: HandledEvent,
  ): Promise<void> {
    if (!membershipId || !template || !language) throw new Error('The event lacks its ids.');
    const preview = previewOf(template, language);
    // Left out of a later version, between asking and sending.
    if (!preview) return;
    const { email } = await tx.one<{ email: string }>(sql`
      select p.email from membership m
      join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
      where m.scheme_id = ${tx.schemeId} and m.id = ${membershipId}`);
    const { outcome, code } = await this.mail.send({
      to: email,
      subject: ['Test', preview.subject || template].join(': '),
      text: preview.text,
      messageId: messageIdOf(event.id, this.config.publicUrl),
    });
    if (outcome === 'failed' || outcome === 'unknown') throw new Error(`Nothing was sent: ${code}`);
  }
}
