import type { EntityManager } from 'typeorm';
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import type { Actor } from '../actor/actor.types.js';
import { inOneWrite } from './one-write.js';
import { prepared } from './prepared.js';

/** PostgreSQL's code for a statement in a transaction that has failed already. */
const ABORTED = '25P02';

/**
 * One open transaction, bound to one scheme by row level security. Passed openly and first to every helper that
 * writes, so that nothing writes outside it.
 */
export class Tx {
  constructor(
    readonly actor: Actor,
    /** The moment this write happens; every row it touches agrees on it. */
    readonly now: Date,
    /** Ties audit entries to the request that caused them. */
    readonly requestId: string | null,
    private readonly client: PoolClient,
    readonly manager: EntityManager,
  ) {}

  /**
   * What failed first. Of statements sent together those behind it fail too, saying only that the transaction was
   * aborted; whoever waits for them must learn the cause, or a deadlock would not be tried again.
   */
  private cause: unknown;

  /** How many are planned once now, within one another or beside: the last of them ends it. */
  private planning = 0;

  get schemeId(): string {
    return this.actor.schemeId;
  }

  async rows<Row extends QueryResultRow>(statement: Sql): Promise<Row[]> {
    return (await this.run<Row>(statement)).rows;
  }

  async maybe<Row extends QueryResultRow>(statement: Sql): Promise<Row | null> {
    return (await this.rows<Row>(statement))[0] ?? null;
  }

  /** For statements that always give a row; no row is a fault, not a refusal. */
  async one<Row extends QueryResultRow>(statement: Sql): Promise<Row> {
    const row = await this.maybe<Row>(statement);
    if (!row) throw new Error('A statement that must give one row gave none.');
    return row;
  }

  /** The statements of `work` are planned once a connection, as `Database.read` has it. Sent along: no round trip more. */
  async plannedOnce<Result>(work: () => Promise<Result>): Promise<Result> {
    const plan = (how: string) => this.run(sql`select set_config('plan_cache_mode', ${how}, true)`);
    this.planning += 1;
    try {
      const [, result] = await Promise.all([this.planning === 1 && plan('force_generic_plan'), work()]);
      return result;
    } finally {
      this.planning -= 1;
      // Nobody waits for it: where it fails, so does what comes next.
      if (this.planning === 0) plan('auto').catch(() => undefined);
    }
  }

  async run<Row extends QueryResultRow = QueryResultRow>(statement: Sql): Promise<QueryResult<Row>> {
    inOneWrite(this.client);
    try {
      return await this.client.query<Row>(prepared(statement));
    } catch (error) {
      this.cause ??= error;
      throw (error as { code?: string }).code === ABORTED ? this.cause : error;
    }
  }
}
