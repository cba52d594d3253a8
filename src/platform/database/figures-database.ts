import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg, { type QueryResultRow } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { INSTALLATION } from '../actor/actor.types.js';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { OUTBOX_SWEEP } from '../jobs/outbox-sweep.js';
import { Database, readFrom } from './database.js';
import { prepared } from './prepared.js';
import { mayEnd } from './sessions.js';

/** Figures are asked for by few, one after another. */
const CONNECTIONS = 4;
/** Until the database itself is asked, and how long nothing is then asked of a replica that did not answer. */
const PATIENCE_MS = 20_000;
const LEFT_ALONE_MS = 60_000;
/** Older figures are not shown: whoever takes on somebody new looks whether the count went up. */
const MOST_BEHIND_MS = 5 * 60_000;

/** What was read, and when it was so: of the replica at least since its last tick. */
export interface AsOf<Found> {
  found: Found;
  asOf: Date;
}

/**
 * Where figures are read: from a replica where there is one, so that counting a year takes nothing from those at work. It may
 * be some seconds behind, and says how far by the tick that comes every minute. What it does not answer (it is away, stands
 * still, or what was read has been overtaken), the database itself does.
 */
@Injectable()
export class FiguresDatabase extends Database implements OnApplicationShutdown {
  private readonly log = new Logger('database');
  private readonly replica: pg.Pool | null;
  private awayUntil = 0;

  constructor(
    dataSource: DataSource,
    private readonly clock: Clock,
    { databaseReplicaUrl }: Config,
  ) {
    super(dataSource);
    this.replica = databaseReplicaUrl
      ? new pg.Pool({
          connectionString: databaseReplicaUrl,
          application_name: 'betony figures',
          max: CONNECTIONS,
          pipeline: true,
          connectionTimeoutMillis: 3000,
          query_timeout: PATIENCE_MS,
          keepAlive: true,
        })
      : null;
    this.replica?.on('connect', mayEnd);
    this.replica?.on('error', () => undefined);
  }

  override async read<Row extends QueryResultRow>(
    schemeId: string,
    statement: Sql,
    options: { plannedOnce?: boolean } = {},
  ): Promise<Row[]> {
    return (await this.readAsOf<Row>(schemeId, statement, options)).found;
  }

  async readAsOf<Row extends QueryResultRow>(
    schemeId: string,
    statement: Sql,
    options: { plannedOnce?: boolean } = {},
  ): Promise<AsOf<Row[]>> {
    const { replica } = this;
    const now = this.clock.now();
    if (replica !== null && performance.now() >= this.awayUntil) {
      try {
        const ticked = await lastTick(replica);
        if (ticked !== null && now.getTime() - ticked.getTime() <= MOST_BEHIND_MS) {
          const found = await readFrom<Row>(replica, schemeId, statement, options.plannedOnce);
          return { found, asOf: ticked };
        }
        this.log.warn({ fault: 'the replica stands still', since: ticked });
      } catch (error) {
        const { code, name } = error as Error & { code?: string };
        this.log.warn({ fault: 'the replica did not answer', code: code ?? name });
        this.awayUntil = performance.now() + LEFT_ALONE_MS;
      }
    }
    return { found: await super.read<Row>(schemeId, statement, options), asOf: now };
  }

  /** What a statement counts is one row, whatever there is. */
  async count<Row extends QueryResultRow>(schemeId: string, statement: Sql): Promise<AsOf<Row>> {
    const { found, asOf } = await this.readAsOf<Row>(schemeId, statement);
    const [row] = found;
    if (!row) throw new Error('Counting gave no row.');
    return { found: row, asOf };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.replica?.end();
  }
}

/** When workers were last at it, as far as a database knows: each run puts the tick one interval ahead. */
async function lastTick(pool: pg.Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ due: Date }>(
    prepared(
      sql`select due_at as due from tick where name = ${OUTBOX_SWEEP.name} and scheme_id = ${INSTALLATION}`,
    ),
  );
  const [row] = rows;
  return row ? new Date(row.due.getTime() - OUTBOX_SWEEP.everyMs) : null;
}
