import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { TRANSFER_EVENTS } from './caseload.events.js';
import { TransferHooks } from './transfer.hooks.js';
import { TransfersService } from './transfers.service.js';

function transferOf({ transferId }: EventPayload): string {
  if (!transferId) throw new Error('The event lacks its transferId.');
  return transferId;
}

@Handles(TRANSFER_EVENTS.arrive, 'ask-triage-about-transfer')
export class AskTriageAboutTransfer implements EventHandler {
  constructor(private readonly hooks: TransferHooks) {}

  async handle(tx: Tx, payload: EventPayload): Promise<void> {
    await this.hooks.changed.run(tx, { transferId: transferOf(payload) });
  }
}

@Handles(TRANSFER_EVENTS.takeBack, 'ask-triage-no-more-about-transfer')
export class AskTriageNoMore implements EventHandler {
  constructor(private readonly hooks: TransferHooks) {}

  async handle(tx: Tx, payload: EventPayload): Promise<void> {
    await this.hooks.changed.run(tx, { transferId: transferOf(payload) });
  }
}

@Handles(TRANSFER_EVENTS.answer, 'settle-answered-transfer')
export class SettleAnsweredTransfer implements EventHandler {
  constructor(private readonly transfers: TransfersService) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return this.transfers.settleAnswered(tx, transferOf(payload));
  }
}
