import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Clock } from '../platform/clock/clock.js';
import { type Job, JobQueue } from '../platform/jobs/job-queue.js';
import { type JobPerformer, Performs } from '../platform/jobs/performs.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { Outgoing, OutgoingFault } from '../platform/outgoing/outgoing.js';
import { type Claim, Deliveries } from './deliveries.service.js';
import { TELLING_LIMITS } from './webhook.rules.js';

const TELL_PROGRAMS = 'tell-programs';
const DUE_MS = 5_000;
const FORGET_MS = 3_600_000;
/** In one turn, so that a busy webhook leaves workers for the others. */
const MOST_AT_ONCE = 100;

/** Tells one webhook what is due, one thing after another. Coming twice or late it finds nothing to claim. */
@Performs(TELL_PROGRAMS)
export class TellPrograms implements JobPerformer {
  private readonly logger = new Logger('webhooks');

  constructor(
    private readonly deliveries: Deliveries,
    private readonly outgoing: Outgoing,
    private readonly clock: Clock,
  ) {}

  async perform({ schemeId, ids }: Job): Promise<void> {
    const { webhook } = ids;
    if (webhook === undefined) throw new Error('A webhook job lacks its id.');
    for (let told = 0; told < MOST_AT_ONCE; told += 1) {
      const claim = await this.deliveries.claim(schemeId, webhook);
      if (!claim) return;
      const outcome = await this.deliveries.settle(claim, await this.tell(claim));
      // Where one thing was not taken, the next would wait as long for nothing.
      if (outcome?.state !== 'taken') return;
    }
  }

  private async tell({ id, url, body, secrets }: Claim) {
    const now = this.clock.now();
    const signature = secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' ');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signature,
    };
    try {
      const { status, text } = await this.outgoing.post(url, body, headers, TELLING_LIMITS);
      return { status, because: null, answer: text };
    } catch (error) {
      if (error instanceof OutgoingFault) return { status: null, because: error.because, answer: null };
      this.logger.error({ err: error, fault: 'telling a program failed', deliveryId: id });
      return { status: null, because: 'fault', answer: null };
    }
  }
}

/** Looks again and again for what is due: whatever a killed process or a wiped queue left behind is found here. */
@Injectable()
export class WebhookTicks implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly queue: JobQueue,
    private readonly deliveries: Deliveries,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'webhooks',
      everyMs: DUE_MS,
      for: 'scheme',
      run: async ({ schemeId }) => {
        const due = await this.deliveries.due(schemeId);
        await this.queue.add(
          due.map((webhook) => ({
            name: TELL_PROGRAMS,
            key: `${TELL_PROGRAMS}-${webhook}`,
            schemeId,
            ids: { webhook },
          })),
        );
      },
    });
    this.ticks.register({
      name: 'webhooks-forget',
      everyMs: FORGET_MS,
      for: 'scheme',
      run: ({ schemeId }) => this.deliveries.forgetOld(schemeId),
    });
  }
}
