import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createPostgresBackend, Queue, withBackend, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Config } from '../config/config.js';
import type { HealthCheck } from '../health/readiness.js';
import { mayEnd } from '../database/sessions.js';
import { QUEUE, QUEUE_SCHEMA } from './queue-schema.js';

/** For so many jobs. All that fall due in a night would be held in memory whole, and be too much for one deadline. */
const ADD_DEADLINE_MS = 5_000;
const ADDED_AT_ONCE = 200;
/** BullMQ sets itself none. Jobs under way get this long. */
const CLOSE_DEADLINE_MS = 12_000;
const RECONNECT_MS = 2_000;
const CHECK_DEADLINE_MS = 1_500;
/** Handlers wait on the database, each holding one of its connections. */
const CONCURRENCY = 5;
/** In braces, so that a Redis Cluster keeps all keys of the queue in one place, as its scripts need. */
const PREFIX = '{betony}';

/**
 * Work to be done soon, by whichever worker comes first. Carries ids only. It may be lost, repeated or late: what must
 * happen is kept in a table of ours, and a sweep adds it again.
 */
export interface Job {
  name: string;
  /** Two jobs with one key are one job, as long as the first waits or runs. No colon in it, and not only digits. */
  key: string;
  schemeId: string;
  ids: Record<string, string>;
}

type JobData = Pick<Job, 'schemeId' | 'ids'>;

/** BullMQ, on Redis or on our own PostgreSQL. Connects when first used: a process that only serves HTTP never does. */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = new Logger('queue');
  private queue: Queue | undefined;
  private closing = false;
  private readonly closers: (() => Promise<unknown>)[] = [];

  constructor(private readonly config: Config) {}

  async add(jobs: readonly Job[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += ADDED_AT_ONCE) {
      await this.addPart(jobs.slice(from, from + ADDED_AT_ONCE));
    }
  }

  private async addPart(jobs: readonly Job[]): Promise<void> {
    this.queue ??= this.openQueue();
    await within(
      ADD_DEADLINE_MS,
      this.queue.addBulk(
        jobs.map(({ name, key, schemeId, ids }) => ({
          name,
          data: { schemeId, ids } satisfies JobData,
          opts: {
            jobId: key,
            attempts: 3,
            backoff: { type: 'exponential', delay: 1000 },
            // A kept job would keep its key, and a sweep could not add it again.
            removeOnComplete: true,
            removeOnFail: true,
          },
        })),
      ),
    );
  }

  /** How much is waiting, running or put off. */
  async depth(): Promise<number> {
    this.queue ??= this.openQueue();
    const counts = await within(
      ADD_DEADLINE_MS,
      this.queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized'),
    );
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  /** Takes jobs until closed. Jobs still under way at the deadline are taken up by another worker. */
  work(perform: (job: Job) => Promise<void>): { close: () => Promise<void> } {
    const run = async ({ id, name, data }: { id?: string; name: string; data: JobData }) => {
      await perform({ name, key: id ?? '', ...data });
    };
    const options = {
      concurrency: CONCURRENCY,
      // Longer than any handler takes, short enough that a killed worker's jobs are taken up soon.
      lockDuration: 30_000,
      stalledInterval: 15_000,
      maxStalledCount: 3,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    };
    const worker =
      this.config.redisUrl === null
        ? new (withBackend(createPostgresBackend).Worker)<JobData>(QUEUE, run, {
            ...options,
            connection: this.openPool(this.config.databaseUrl),
          })
        : new Worker<JobData>(QUEUE, run, {
            ...options,
            prefix: PREFIX,
            connection: this.redis(this.config.redisUrl, null),
          });
    worker.on('error', (error) => {
      this.complain(error);
    });
    worker.on('failed', (job, error) => {
      this.logger.warn({
        fault: 'job failed',
        job: job?.name,
        key: job?.id,
        tries: job?.attemptsMade,
        err: error,
      });
    });
    return {
      close: async () => {
        this.closing = true;
        await Promise.race([worker.close(), wait(CLOSE_DEADLINE_MS, undefined, { ref: false })]);
      },
    };
  }

  /** Whether the queue can be reached, and whether its Redis is set up to keep what it is given. */
  async check(): Promise<HealthCheck> {
    if (this.config.redisUrl !== null)
      return await within(CHECK_DEADLINE_MS, checkRedis(this.config.redisUrl));
    const client = new pg.Client({ connectionString: this.config.databaseUrl });
    mayEnd(client);
    await client.connect();
    try {
      const { rows } = await client.query<{ usable: boolean | null }>(
        `select has_schema_privilege(to_regnamespace('${QUEUE_SCHEMA}')::oid, 'usage') as usable`,
      );
      return { state: rows[0]?.usable === true ? 'ok' : 'its tables are missing: npm run migrate' };
    } finally {
      await client.end();
    }
  }

  /**
   * For whoever starts a process: one line where the queue's Redis is away, null where nothing is wrong. Nothing waits
   * for it: what is to be done is kept in the database, and carries on when the queue answers.
   */
  async awayNow(): Promise<string | null> {
    if (this.config.redisUrl === null) return null;
    try {
      await this.check();
      return null;
    } catch (error) {
      const code = (error as { code?: string }).code ?? (error instanceof Error ? error.name : 'unknown');
      return `the Redis of REDIS_URL does not answer (${code}). Nothing is lost: mail and jobs wait until it does`;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing = true;
    if (this.queue) {
      await Promise.race([this.queue.close(), wait(ADD_DEADLINE_MS, undefined, { ref: false })]).catch(
        () => undefined,
      );
    }
    for (const close of this.closers) await close().catch(() => undefined);
  }

  private openQueue(): Queue {
    const queue =
      this.config.redisUrl === null
        ? (new (withBackend(createPostgresBackend).Queue)(QUEUE, {
            connection: this.openPool(this.config.databaseUrl),
          }) as unknown as Queue)
        : new Queue(QUEUE, {
            prefix: PREFIX,
            // Fails soon while Redis is away, instead of piling up: the relay keeps its lines and comes back.
            connection: this.redis(this.config.redisUrl, 1),
          });
    queue.on('error', (error) => {
      this.complain(error);
    });
    return queue;
  }

  /** A pool of ours, because BullMQ's own needs require(). Its statements name no schema, so the search path does. */
  private openPool(url: string): pg.Pool {
    const pool = new pg.Pool({
      connectionString: url,
      application_name: 'betony queue',
      options: `-c search_path=${QUEUE_SCHEMA}`,
      // One of them listens for new jobs all the time.
      max: 4,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      onConnect: mayEnd,
    });
    this.closers.push(() => pool.end());
    return pool;
  }

  /** Once we are closing, a Redis that is away is not waited for. */
  private redis(url: string, maxRetriesPerRequest: number | null) {
    const retryStrategy = (times: number) => (this.closing ? null : Math.min(times * 500, RECONNECT_MS));
    return { url, maxRetriesPerRequest, connectTimeout: 5_000, retryStrategy };
  }

  private complain(error: Error): void {
    this.logger.warn({ fault: 'queue out of reach', code: (error as { code?: string }).code ?? error.name });
  }
}

/** Stock Redis forgets acknowledged jobs on a crash, and evicts them when full. Nothing is lost for good, but late. */
async function checkRedis(url: string): Promise<HealthCheck> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const info = `${await redis.info('persistence')}\n${await redis.info('memory')}`;
    const warnings: string[] = [];
    if (!/^aof_enabled:1/m.test(info)) warnings.push('Redis keeps no append-only file: set appendonly yes');
    if (!/^maxmemory_policy:noeviction/m.test(info)) {
      warnings.push('Redis may evict jobs when full: set maxmemory-policy noeviction');
    }
    return { state: 'ok', warnings };
  } finally {
    redis.disconnect();
  }
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('The queue did not answer in time.'), { code: 'ETIMEDOUT' }));
    }, ms);
  });
  // Whatever comes after the deadline has nobody to tell.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
