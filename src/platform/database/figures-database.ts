import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg, { type QueryResultRow } from 'pg';
import type { Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Database, readFrom } from './database.js';
import { mayEnd } from './sessions.js';

/** Figures are asked for by few, one after another. */
const CONNECTIONS = 4;
/** Until the database itself is asked, and how long nothing is then asked of a replica that did not answer. */
const PATIENCE_MS = 20_000;
const LEFT_ALONE_MS = 60_000;

/**
 * Where figures are read: from a replica where there is one, so that counting a year takes nothing from those at work. It may
 * be some seconds behind. What it does not answer (it is away, or what was read has been overtaken), the database itself does.
 */
@Injectable()
export class FiguresDatabase extends Database implements OnApplicationShutdown {
  private readonly log = new Logger('database');
  private readonly replica: pg.Pool | null;
  private awayUntil = 0;

  constructor(dataSource: DataSource, { databaseReplicaUrl }: Config) {
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
    if (this.replica === null || performance.now() < this.awayUntil)
      return super.read<Row>(schemeId, statement, options);
    try {
      return await readFrom<Row>(this.replica, schemeId, statement, options.plannedOnce);
    } catch (error) {
      const { code, name } = error as Error & { code?: string };
      this.log.warn({ fault: 'the replica did not answer', code: code ?? name });
      this.awayUntil = performance.now() + LEFT_ALONE_MS;
      return super.read<Row>(schemeId, statement, options);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.replica?.end();
  }
}
