import { Logger } from '@nestjs/common';
import type { Job } from '../platform/jobs/job-queue.js';
import { type JobPerformer, Performs } from '../platform/jobs/performs.js';
import type { OutgoingMessage, SendResult } from '../platform/messages/channel.types.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { carrierReference } from './message.rules.js';
import { type Claim, MessagesService } from './messages.service.js';
import { SEND_MESSAGE } from './doorbell.service.js';

/** One message of the ledger: claimed, sent, settled. Coming twice or late it finds nothing to claim. */
@Performs(SEND_MESSAGE)
export class SendMessage implements JobPerformer {
  private readonly logger = new Logger('messages');

  constructor(
    private readonly messages: MessagesService,
    private readonly sender: MessageSender,
  ) {}

  async perform(job: Job): Promise<void> {
    const { message } = job.ids;
    if (message === undefined) throw new Error('A message job lacks its id.');
    const claim = await this.messages.claim(job.schemeId, message);
    if (!claim) return;
    const { outcome, code, carrierId } = await this.send(claim);
    await this.messages.settle(claim, outcome, code, carrierId);
  }

  /** A fault of ours says nothing about what the carrier has: for the ledger nobody knows. */
  private async send(claim: Claim): Promise<SendResult> {
    try {
      return await this.sender.send(outgoing(claim));
    } catch (error) {
      this.logger.error({ err: error, fault: 'sending failed', messageId: claim.id });
      return { outcome: 'unknown', code: 'fault', carrierId: null };
    }
  }
}

function outgoing({ channel, to, messageId, letter, id, attempt }: Claim): OutgoingMessage {
  const reference = carrierReference(id, attempt);
  switch (channel) {
    case 'email':
      return { channel, to, messageId, ...letter };
    case 'text':
      return { channel, to, text: letter.text, reference };
    case 'letter':
      return { channel, to: to.split('\n'), heading: letter.subject, text: letter.text, reference };
  }
}
