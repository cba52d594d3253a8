import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PoolClient } from 'pg';
import sql from 'sql-template-tag';
import { INSTALLATION, type SystemActor, systemActor } from '../actor/actor.types.js';
import { Clock } from '../clock/clock.js';
import { begin, commit, poolOf } from '../database/database.js';
import { prepared } from '../database/prepared.js';

/** A tick that failed comes again after this long, or at its own pace if that is quicker. */
const RETRY_MS = 60_000;

export interface Tick {
  name: string;
  everyMs: number;
  /** Once for each scheme, or once for the installation, where no scheme is bound. */
  for: 'scheme' | 'installation';
  run: (actor: SystemActor) => Promise<void>;
}

/**
 * What is done again and again. However many workers there are, a tick runs for a scheme in one of them at a time and
 * once in its interval. Better than a queue's own schedules, which miss and double runs: a tick looks for what is due,
 * so that a late one makes up for it.
 */
@Injectable()
export class Ticks {
  private readonly logger = new Logger('ticks');
  private readonly ticks = new Map<string, Tick>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** In a module's `onModuleInit`. */
  register(tick: Tick): void {
    if (this.ticks.has(tick.name)) throw new Error(`Two ticks are called ${tick.name}`);
    this.ticks.set(tick.name, tick);
  }

  /** Runs every tick that is due and that no other worker is running. */
  async runDue(): Promise<void> {
    await this.addNew();
    for (const { name, scheme_id } of await this.due()) {
      const tick = this.ticks.get(name);
      if (tick) await this.runOne(tick, scheme_id);
    }
  }

  private async addNew(): Promise<void> {
    const all = [...this.ticks.values()];
    const names = (kind: Tick['for']) => all.filter((tick) => tick.for === kind).map((tick) => tick.name);
    await poolOf(this.dataSource).query(
      prepared(sql`
        insert into tick (name, scheme_id, due_at)
        select tick_name, scheme.id, ${this.clock.now()}::timestamptz from scheme, unnest(${names('scheme')}::text[]) as tick_name
        union all
        select tick_name, ${INSTALLATION}::uuid, ${this.clock.now()}::timestamptz from unnest(${names('installation')}::text[]) as tick_name
        on conflict do nothing`),
    );
  }

  private async due(): Promise<{ name: string; scheme_id: string }[]> {
    const { rows } = await poolOf(this.dataSource).query<{ name: string; scheme_id: string }>(
      prepared(sql`
        select name, scheme_id from tick
        where due_at <= ${this.clock.now()} and name = any(${[...this.ticks.keys()]})
        order by due_at`),
    );
    return rows;
  }

  /**
   * An advisory lock is the right to run, held in a transaction of its own: a worker killed in the middle gives it back
   * at once, still due. Not a row lock, which would give the transaction a number and hold up the audit's sealing.
   */
  private async runOne(tick: Tick, schemeId: string): Promise<void> {
    const client: PoolClient = await poolOf(this.dataSource).connect();
    let broken = false;
    try {
      await client.query(begin);
      if (await this.isMine(client, tick, schemeId)) {
        const pause = await this.runSafely(tick, schemeId);
        const next = new Date(this.clock.now().getTime() + pause);
        await client.query(
          prepared(sql`
            update tick set due_at = ${next} where name = ${tick.name} and scheme_id = ${schemeId}`),
        );
      }
      await client.query(commit);
    } catch (error) {
      broken = true;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async isMine(client: PoolClient, tick: Tick, schemeId: string): Promise<boolean> {
    const lock = await client.query<{ got: boolean }>(
      prepared(sql`
        select pg_try_advisory_xact_lock(hashtextextended(${`tick ${tick.name} ${schemeId}`}, 0)) as got`),
    );
    if (lock.rows[0]?.got !== true) return false;
    // Another worker may have run it since it was listed.
    const due = await client.query(
      prepared(sql`
        select 1 from tick
        where name = ${tick.name} and scheme_id = ${schemeId} and due_at <= ${this.clock.now()}`),
    );
    return due.rowCount === 1;
  }

  private async runSafely(tick: Tick, schemeId: string): Promise<number> {
    try {
      await tick.run(systemActor(schemeId, tick.name));
      return tick.everyMs;
    } catch (error) {
      this.logger.error({ fault: 'tick failed', tick: tick.name, scheme: schemeId, err: error });
      return Math.min(tick.everyMs, RETRY_MS);
    }
  }
}
