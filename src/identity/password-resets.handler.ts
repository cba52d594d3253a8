import sql from 'sql-template-tag';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { PASSWORD_RESET_ASKED } from './identity.events.js';
import { messageId, resetLetter } from './message.words.js';
import { OneTimeLinks } from './one-time-links.service.js';

const LINK_MINUTES = 60;
const MINUTE_MS = 60_000;

/** Anybody may ask in somebody's name; their mailbox should not fill up. */
const MOST_LIVE = 3;

@Handles(PASSWORD_RESET_ASKED, 'send-password-reset')
export class SendPasswordReset implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly links: OneTimeLinks,
    private readonly mail: MailSender,
  ) {}

  async handle(tx: Tx, { accountId, linkId }: EventPayload): Promise<void> {
    if (!linkId) throw new Error('The event lacks its id.');
    // An address nobody has: the line was written so that nobody can tell.
    if (!accountId) return;
    const { live } = await tx.one<{ live: number }>(sql`
      select count(*)::int as live from one_time_link
      where scheme_id = ${tx.schemeId} and subject_id = ${accountId} and purpose = 'password_reset'
        and revoked_at is null and expires_at > ${tx.now}`);
    if (live >= MOST_LIVE) return;
    const person = await tx.one<{ name: string; email: string }>(sql`
      select name, email from user_profile where scheme_id = ${tx.schemeId} and account_id = ${accountId}`);
    const expiresAt = new Date(tx.now.getTime() + LINK_MINUTES * MINUTE_MS);
    await this.links.make(tx, { purpose: 'password_reset', linkId, subjectId: accountId, expiresAt });
    const link = this.links.address('password_reset', linkId);
    const { outcome, code } = await this.mail.send({
      to: person.email,
      ...resetLetter({ name: person.name, link, minutes: LINK_MINUTES }),
      messageId: messageId(linkId, this.config.publicUrl),
    });
    if (outcome === 'failed' || outcome === 'unknown') throw new Error(`The link was not sent: ${code}`);
  }
}
