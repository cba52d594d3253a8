import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { SessionQueries } from '../identity/session.queries.js';
import { type MemberActor, systemActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { describe } from '../platform/logging/log.js';
import { type Job, JobQueue } from '../platform/jobs/job-queue.js';
import { type JobPerformer, Performs } from '../platform/jobs/performs.js';
import { Ticks } from '../platform/jobs/ticks.js';
import { OutgoingFault } from '../platform/outgoing/outgoing.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { IMPORT_OVER, IMPORT_WAITING } from './batch.events.js';
import { BatchesService, Stopped } from './batches.service.js';
import type { Batch } from './batch.steps.js';
import { kindsFor, REFERRALS } from './batch.types.js';
import { BulkReferrals } from './bulk-referrals.service.js';
import { FeedReader, UnreadableFeed } from './feed-reader.js';

const JOB = 'import';
const LOOK_AGAIN_MS = 60_000;
const FORGET_MS = 3_600_000;

const jobFor = (schemeId: string, id: string, why: string): Job => ({
  name: JOB,
  key: `${id}-${why}`,
  schemeId,
  ids: { import: id },
});

/** Passes an import on to the queue: fetching and writing take too long for a handler's own transaction. */
@Handles(IMPORT_WAITING, 'queue-import')
export class QueueImport implements EventHandler {
  constructor(private readonly queue: JobQueue) {}

  async handle(tx: Tx, payload: EventPayload, event: { id: string }): Promise<void> {
    await this.queue.add([jobFor(tx.schemeId, String(payload['importId']), event.id)]);
  }
}

/** Tells whoever waited, in a transaction that begins once it is over: how long it took is known by then. */
@Handles(IMPORT_OVER, 'tell-import-over')
export class TellImportOver implements EventHandler {
  constructor(private readonly batches: BatchesService) {}

  handle(tx: Tx, payload: EventPayload): Promise<void> {
    return this.batches.tellOver(tx, String(payload['importId']));
  }
}

/** Does what an import waits for. The state in the database says what that is; a job only says which import. */
@Performs(JOB)
export class ImportWork implements JobPerformer {
  private readonly logger = new Logger('imports');

  constructor(
    private readonly batches: BatchesService,
    private readonly bulk: BulkReferrals,
    private readonly reader: FeedReader,
    private readonly sessions: SessionQueries,
  ) {}

  async perform({ schemeId, ids }: Job): Promise<void> {
    const id = ids['import'] ?? '';
    const actor = systemActor(schemeId, 'import');
    const batch = await this.batches.claim(actor, id);
    if (!batch) return;
    if (batch.kind === REFERRALS) return this.bulk.perform(schemeId, batch);
    const asker = await this.whoAsked(schemeId, batch);
    if (batch.state === 'undoing') return this.batches.takeBack(asker ?? actor, id);
    try {
      if (batch.state === 'approved') {
        if (asker === null && inPerson(batch))
          throw new Stopped('Whoever approved it may not do so any more. Nothing was written.');
        await this.batches.apply(asker ?? actor, id);
      } else if (batch.address === null) {
        if (!(await this.batches.readAgain(asker ?? actor, id)))
          throw new UnreadableFeed('The file was cut short. Send it again.');
      } else await this.batches.fill(actor, id, this.reader.services(batch.address, batch.source));
    } catch (error) {
      const known =
        error instanceof UnreadableFeed || error instanceof OutgoingFault || error instanceof Stopped;
      if (!known) this.logger.error({ fault: 'import failed', import: id, ...describe(error) });
      await this.batches.fail(
        actor,
        id,
        known ? error.message : 'Something went wrong. Nothing was written.',
      );
    }
  }

  private async whoAsked(schemeId: string, batch: Batch): Promise<MemberActor | null> {
    const { kind, askedBy, askedSession } = batch;
    if (!inPerson(batch) || askedBy === null || askedSession === null) return null;
    const asker = await this.sessions.actorLater(schemeId, askedBy, askedSession);
    return asker && (kindsFor(asker) as readonly string[]).includes(kind) ? asker : null;
  }
}

/** Inviting is done by whoever approved the list: the record names them, and they must still be able to. */
const inPerson = ({ kind, askedBy }: Batch): boolean => kind === 'users' && askedBy !== null;

/** Finds imports that wait though nobody is at them: a lost job, a worker that died in the middle. */
@Injectable()
export class ImportSweep implements OnModuleInit {
  constructor(
    private readonly ticks: Ticks,
    private readonly batches: BatchesService,
    private readonly queue: JobQueue,
  ) {}

  onModuleInit(): void {
    this.ticks.register({
      name: 'imports-forget',
      everyMs: FORGET_MS,
      for: 'scheme',
      run: (actor) => this.batches.forgetOld(actor),
    });
    this.ticks.register({
      name: 'sweep-imports',
      everyMs: LOOK_AGAIN_MS,
      for: 'scheme',
      run: async (actor) => {
        const waiting = await this.batches.waiting(actor);
        await this.queue.add(waiting.map(({ id, state }) => jobFor(actor.schemeId, id, state)));
      },
    });
  }
}
