import { Injectable, Logger } from '@nestjs/common';
import type { SystemActor } from '../platform/actor/actor.types.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { carrierReference } from './message.rules.js';
import { MessagesService } from './messages.service.js';

/** Asks whoever carries texts and letters what became of them: a text nobody got is a person's task, like a bounce. */
@Injectable()
export class Receipts {
  private readonly logger = new Logger('messages');

  constructor(
    private readonly messages: MessagesService,
    private readonly sender: MessageSender,
  ) {}

  async ask(actor: SystemActor): Promise<void> {
    if (!this.sender.givesReceipts()) return;
    for (const { id, attempt, carrierId } of await this.messages.toAskAbout(actor)) {
      try {
        const receipt = await this.sender.receipt(carrierId, carrierReference(id, attempt));
        await this.messages.received(actor, id, receipt);
      } catch (error) {
        // It is asked about again.
        this.logger.warn({ err: error, fault: 'no receipt', messageId: id });
      }
    }
  }
}
