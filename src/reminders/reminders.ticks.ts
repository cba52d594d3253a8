import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { SystemActor } from '../platform/actor/actor.types.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { Digests } from './digests.service.js';
import { Doorbell } from './doorbell.service.js';
import { DueReminders } from './due-reminders.service.js';
import { MessagesService } from './messages.service.js';
import { ProductActs } from './product-acts.service.js';
import { Receipts } from './receipts.service.js';
import { Unplanned } from './unplanned.service.js';

const DUE_MS = 15_000;
const SWEEP_MS = 30_000;
const DIGEST_MS = 60_000;
const RECEIPT_MS = 60_000;
const UNPLANNED_MS = 60 * 60_000;

/** What is looked at again and again: whatever a killed process or a wiped queue left behind is found here. */
@Injectable()
export class ReminderTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly due: DueReminders,
    private readonly acts: ProductActs,
    private readonly digests: Digests,
    private readonly messages: MessagesService,
    private readonly receipts: Receipts,
    private readonly doorbell: Doorbell,
    private readonly unplanned: Unplanned,
  ) {}

  onModuleInit(): void {
    const register = (name: string, everyMs: number, run: (actor: SystemActor) => Promise<void>) => {
      this.ticks.register({ name, everyMs, for: 'scheme', run });
    };
    register('reminders', DUE_MS, (actor) => this.fire(actor));
    register('digests', DIGEST_MS, (actor) => this.digest(actor));
    register('messages', SWEEP_MS, (actor) => this.sweep(actor));
    register('unplanned', UNPLANNED_MS, (actor) => this.unplanned.plan(actor));
    register('receipts', RECEIPT_MS, (actor) => this.receipts.ask(actor));
  }

  async fire(actor: SystemActor): Promise<void> {
    // First what ends things, so that nobody is reminded of what has just ended.
    await this.acts.work(actor);
    await this.doorbell.ring(actor.schemeId, await this.due.work(actor));
  }

  async digest(actor: SystemActor): Promise<void> {
    await this.doorbell.ring(actor.schemeId, await this.digests.make(actor));
  }

  async sweep(actor: SystemActor): Promise<void> {
    await this.messages.sweepStale(actor);
    await this.doorbell.ring(actor.schemeId, await this.messages.ready(actor));
  }
}
