import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { inOneWrite } from './one-write.js';
import { prepared, preparedAnew } from './prepared.js';

/** TypeORM's own pg pool: the one place that knows where TypeORM keeps it. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

export const begin = { name: 'begin', text: 'begin' };
export const commit = { name: 'commit', text: 'commit' };

/** Binds the transaction, and only the transaction, to one scheme. Row level security reads this setting. */
export const bindScheme = (schemeId: string) =>
  prepared(sql`select set_config('app.scheme_id', ${schemeId}, true)`);

const bindSchemeAndPlan = (schemeId: string) =>
  prepared(
    sql`select set_config('app.scheme_id', ${schemeId}, true), set_config('plan_cache_mode', 'force_generic_plan', true)`,
  );

/** Reads. Writes go through UnitOfWork. */
@Injectable()
export class Database {
  private readonly pool: Pool;

  constructor(dataSource: DataSource) {
    this.pool = poolOf(dataSource);
  }

  /** Installation-wide tables only (sessions, outbox, reference data): no scheme is bound, so rows about people stay hidden. */
  async unscoped<Row extends QueryResultRow>(statement: Sql): Promise<Row[]> {
    return (await preparedAnew(() => this.pool.query<Row>(prepared(statement)))).rows;
  }

  /**
   * One statement inside one scheme. Begin, binding, statement and commit travel together: one round trip. A failed
   * statement turns the commit into a rollback and rejects here.
   *
   * `plannedOnce`: PostgreSQL takes a list of unknown length for ten, finds the plan for a list of one cheaper, and so
   * plans a statement about somebody's own things anew at every call, which may cost as much as the statement. For
   * those of which a test holds that both plans are right.
   */
  async read<Row extends QueryResultRow>(
    schemeId: string,
    statement: Sql,
    { plannedOnce = false } = {},
  ): Promise<Row[]> {
    return readFrom(this.pool, schemeId, statement, plannedOnce);
  }

  async maybe<Row extends QueryResultRow>(schemeId: string, statement: Sql): Promise<Row | null> {
    return (await this.read<Row>(schemeId, statement))[0] ?? null;
  }
}

/** One statement inside one scheme, over a connection of this pool. */
export function readFrom<Row extends QueryResultRow>(
  pool: Pool,
  schemeId: string,
  statement: Sql,
  plannedOnce = false,
): Promise<Row[]> {
  return preparedAnew(() => readOnce<Row>(pool, schemeId, statement, plannedOnce));
}

async function readOnce<Row extends QueryResultRow>(
  pool: Pool,
  schemeId: string,
  statement: Sql,
  plannedOnce: boolean,
): Promise<Row[]> {
  const client: PoolClient = await pool.connect();
  let broken: Error | undefined;
  inOneWrite(client);
  try {
    const [, , result] = await Promise.all([
      client.query(begin),
      client.query(plannedOnce ? bindSchemeAndPlan(schemeId) : bindScheme(schemeId)),
      client.query<Row>(prepared(statement)),
      client.query(commit),
    ]);
    return result.rows;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    if (broken) await client.query('rollback').catch(() => undefined);
    client.release();
  }
}
