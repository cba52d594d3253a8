import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database } from '../database/database.js';
import { Readiness } from '../health/readiness.js';
import { EventRunner } from '../outbox/event-runner.js';
import { EVENT_JOB, Relay } from '../outbox/relay.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../clock/clock.js';
import { type Job, JobQueue } from './job-queue.js';
import { JobRegistry } from './registry.js';
import { OUTBOX_SWEEP } from './outbox-sweep.js';
import { Ticks } from './ticks.js';

const RELAY_MS = 300;
const TICKS_MS = 1_000;
const AFTER_FAULT_MS = 5_000;
const WORKER_STOP_MS = 15_000;
const IDEMPOTENCY_DAYS = 7;

/** The worker's part of a process: relay, jobs and ticks. Started by a door, never by itself. */
@Injectable()
export class Work {
  private readonly logger = new Logger('work');
  private readonly stopping = new AbortController();
  private loops: Promise<void>[] = [];
  private worker: { close: () => Promise<void> } | undefined;

  constructor(
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
    private readonly runner: EventRunner,
    private readonly relay: Relay,
    private readonly ticks: Ticks,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    readiness: Readiness,
  ) {
    readiness.add('queue', async () => {
      try {
        return await this.queue.check();
      } catch (error) {
        const code = (error as { code?: string }).code ?? 'no answer';
        // Whoever only serves HTTP never waits for the queue: what happens is kept until a worker can pass it on.
        return this.worker
          ? { state: `out of reach (${code})` }
          : { state: 'ok', warnings: [`The queue is out of reach (${code}); events wait in the outbox`] };
      }
    });
    readiness.add('events', async () => {
      const stuck = await this.relay.stuck();
      return {
        state: 'ok',
        warnings: stuck > 0 ? [`${stuck} events have waited for more than 6 minutes`] : [],
      };
    });
    this.registerTicks();
  }

  start(): void {
    this.worker = this.queue.work((job) => this.perform(job));
    this.loops = [
      this.loop('relay', RELAY_MS, async () => {
        while ((await this.relay.publish()) > 0 && !this.stopping.signal.aborted);
      }),
      this.loop('ticks', TICKS_MS, () => this.ticks.runDue()),
    ];
  }

  /** Takes nothing new, and gives what is under way its time. Whatever is cut off is taken up by the next worker. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const calm = Promise.all([...this.loops, this.worker?.close()]);
    calm.catch(() => undefined);
    await Promise.race([calm, wait(WORKER_STOP_MS, undefined, { ref: false })]);
  }

  async perform(job: Job): Promise<void> {
    if (job.name === EVENT_JOB) {
      const { event, handler } = job.ids;
      if (event === undefined || handler === undefined) throw new Error('An event job lacks its ids.');
      await this.runner.run(job.schemeId, event, handler);
      return;
    }
    const performer = this.registry.performerOf(job.name);
    if (!performer) throw new Error(`Nobody performs jobs called ${job.name}`);
    await performer.perform(job);
  }

  private registerTicks(): void {
    this.ticks.register({
      ...OUTBOX_SWEEP,
      for: 'installation',
      run: async () => {
        await this.relay.sweep();
      },
    });
    this.ticks.register({
      name: 'outbox-forget',
      everyMs: 3_600_000,
      for: 'installation',
      run: () => this.relay.forgetOld(),
    });
    this.ticks.register({
      name: 'idempotency-forget',
      everyMs: 3_600_000,
      for: 'scheme',
      run: async (actor) => {
        const before = new Date(this.clock.now().getTime() - IDEMPOTENCY_DAYS * 86_400_000);
        await this.unitOfWork.run(actor, async (tx) => {
          await tx.run(sql`
            delete from idempotency_key where scheme_id = ${tx.schemeId} and created_at < ${before}`);
        });
      },
    });
  }

  private async loop(name: string, everyMs: number, turn: () => Promise<void>): Promise<void> {
    while (!this.stopping.signal.aborted) {
      let pause = everyMs;
      try {
        await turn();
      } catch (error) {
        pause = AFTER_FAULT_MS;
        this.logger.warn({ fault: 'a turn failed', loop: name, err: error });
      }
      await wait(pause, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}
