import { Logger } from '@nestjs/common';
import type { Job } from '../platform/jobs/job-queue.js';
import { type JobPerformer, Performs } from '../platform/jobs/performs.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import type { MailResult } from '../platform/mail/mail.types.js';
import { type Claim, MessagesService } from './messages.service.js';
import { SEND_MESSAGE } from './doorbell.service.js';

/** One message of the ledger: claimed, sent, settled. Coming twice or late it finds nothing to claim. */
@Performs(SEND_MESSAGE)
export class SendMessage implements JobPerformer {
  private readonly logger = new Logger('messages');

  constructor(
    private readonly messages: MessagesService,
    private readonly mail: MailSender,
  ) {}

  async perform(job: Job): Promise<void> {
    const { message } = job.ids;
    if (message === undefined) throw new Error('A message job lacks its id.');
    const claim = await this.messages.claim(job.schemeId, message);
    if (!claim) return;
    const { outcome, code } = await this.send(claim);
    await this.messages.settle(claim, outcome, code);
  }

  /** A fault of ours says nothing about what the mail server has: for the ledger nobody knows. */
  private async send({ to, messageId, letter, id }: Claim): Promise<MailResult> {
    try {
      return await this.mail.send({ to, messageId, ...letter });
    } catch (error) {
      this.logger.error({ err: error, fault: 'sending failed', messageId: id });
      return { outcome: 'unknown', code: 'fault' };
    }
  }
}
