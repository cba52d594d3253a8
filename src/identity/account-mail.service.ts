import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import { type Letter, messageId } from './message.words.js';

/** Writes to somebody about their own account, at the address this scheme knows. */
@Injectable()
export class AccountMail {
  constructor(
    private readonly config: Config,
    private readonly mail: MailSender,
  ) {}

  /** `id` tells a repeat from another message. Thrown where it may yet arrive, so that it is tried again. */
  async send(tx: Tx, accountId: string, id: string, letter: (name: string) => Letter): Promise<void> {
    const { name, email } = await tx.one<{ name: string; email: string }>(sql`
      select name, email from user_profile where scheme_id = ${tx.schemeId} and account_id = ${accountId}`);
    const { outcome, code } = await this.mail.send({
      to: email,
      ...letter(name),
      messageId: messageId(id, this.config.publicUrl),
    });
    if (outcome === 'failed' || outcome === 'unknown') throw new Error(`The message was not sent: ${code}`);
  }

  /** Where one's own account is looked after; for the end of such a message. */
  get address(): string {
    return `${this.config.publicUrl}/desk/account`;
  }
}
