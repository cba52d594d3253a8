import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Clock } from '../clock/clock.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { JobRegistry } from '../jobs/registry.js';
import type { Unrepeatable } from './handles.js';

/** By then the sweep has queued it again several times. */
export const STUCK_MS = 6 * 60_000;

export interface StuckEvent {
  id: string;
  event: string;
  createdAt: Date;
  /** The handlers that have not done their part. */
  waitingFor: string[];
  /** It may have gone out, and a database restored from a backup cannot know: passed on only when somebody says so. */
  keptBack: boolean;
}

interface Line {
  id: string;
  event: string;
  createdAt: Date;
  keptBack: boolean;
  done: string[];
}

/** What happened and was not passed on, though it was tried again and again: the dead letters of the outbox. */
@Injectable()
export class StuckEvents {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly registry: JobRegistry,
  ) {}

  async list(schemeId: string, limit: number, after: [string, string] | [null, null]): Promise<StuckEvent[]> {
    const [at, id] = after;
    const before = new Date(this.clock.now().getTime() - STUCK_MS);
    const rows = await this.database.unscoped<Line & Record<string, unknown>>(sql`
      select o.id, o.event, o.created_at as "createdAt", o.kept_back as "keptBack",
        array(select h.handler from handled h where h.event_id = o.id) as done
      from outbox o
      where o.scheme_id = ${schemeId} and o.finished_at is null and o.created_at < ${before}
        and ${at === null ? sql`true` : sql`(o.created_at, o.id) > (${at}::timestamptz, ${id}::uuid)`}
      order by o.created_at, o.id limit ${limit}`);
    return rows.map(({ done, ...row }) => ({ ...row, waitingFor: this.waitingFor(row.event, done) }));
  }

  /** The next turn of the relay queues it again. False when there is nothing of this name to do. */
  async retry(tx: Tx, id: string): Promise<boolean> {
    const { rowCount } = await tx.run(sql`
      update outbox set published_at = null, kept_back = false
      where scheme_id = ${tx.schemeId} and id = ${id} and finished_at is null`);
    return rowCount === 1;
  }

  /**
   * After a restore: lines of before `until` that were not finished may have been, in what was lost. Mail is sent again
   * with its Message-ID; of the rest, some is forgotten and some waits for a person.
   */
  async afterRestore(tx: Tx, until: Date): Promise<{ forgotten: number; keptBack: number }> {
    const of = (how: Unrepeatable) => sql`
      scheme_id = ${tx.schemeId} and finished_at is null and created_at <= ${until}
        and event = any(${this.registry.unrepeatable(how)}::text[])`;
    const forgotten = await tx.run(sql`update outbox set finished_at = ${tx.now} where ${of('forget')}`);
    const keptBack = await tx.run(sql`
      update outbox set kept_back = true where not kept_back and ${of('ask')}`);
    return { forgotten: forgotten.rowCount ?? 0, keptBack: keptBack.rowCount ?? 0 };
  }

  /** Nobody handles it any more. Whoever decided that has said why. */
  async drop(tx: Tx, id: string): Promise<boolean> {
    const { rowCount } = await tx.run(sql`
      update outbox set finished_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and id = ${id} and finished_at is null`);
    return rowCount === 1;
  }

  private waitingFor(event: string, done: readonly string[]): string[] {
    return this.registry
      .handlersOf(event)
      .map(({ name }) => name)
      .filter((name) => !done.includes(name));
  }
}
