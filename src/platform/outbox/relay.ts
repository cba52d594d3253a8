import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PoolClient, QueryResultRow } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { Clock } from '../clock/clock.js';
import { begin, commit, poolOf } from '../database/database.js';
import { prepared } from '../database/prepared.js';
import { type Job, JobQueue } from '../jobs/job-queue.js';
import { JobRegistry } from '../jobs/registry.js';

export const EVENT_JOB = 'event';

const BATCH = 200;
/** By then a job that was not lost has long been done; a repeat would do no harm. */
const OVERDUE_SECONDS = 120;
/** Kept for whoever asks later what was told and done. */
const KEPT_DAYS = 30;

interface Line extends QueryResultRow {
  id: string;
  scheme_id: string;
  event: string;
}

/** Passes what happened on to the queue. PostgreSQL is the ledger: the queue may lose, repeat or stall. */
@Injectable()
export class Relay {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
  ) {}

  /** Queues lines never queued before. Several workers share them out; one that dies meanwhile gives its share back. */
  async publish(): Promise<number> {
    return await this.pass(
      sql`select id, scheme_id, event from outbox where published_at is null and not kept_back
          order by seq limit ${BATCH} for update skip locked`,
    );
  }

  /** Queues again whatever is overdue, as after a Redis that lost its memory or a handler that kept failing. */
  async sweep(): Promise<number> {
    return await this.pass(
      sql`select id, scheme_id, event from outbox
          where finished_at is null and published_at < ${this.secondsAgo(OVERDUE_SECONDS)} and not kept_back
          order by published_at limit ${BATCH} for update skip locked`,
    );
  }

  async forgetOld(): Promise<void> {
    const before = this.secondsAgo(KEPT_DAYS * 86_400);
    await poolOf(this.dataSource).query(
      prepared(sql`
        with old as (
          select id from outbox where finished_at < ${before} order by finished_at limit 5000
        ), marks as (delete from handled using old where event_id = old.id)
        delete from outbox using old where outbox.id = old.id`),
    );
  }

  /** Lines older than the sweep can explain. */
  async stuck(): Promise<number> {
    const { rows } = await poolOf(this.dataSource).query<{ count: string }>(
      prepared(sql`
        select count(*) from outbox
        where finished_at is null and created_at < ${this.secondsAgo(3 * OVERDUE_SECONDS)}`),
    );
    return Number(rows[0]?.count ?? 0);
  }

  private secondsAgo(seconds: number): Date {
    return new Date(this.clock.now().getTime() - seconds * 1000);
  }

  private async pass(selection: Sql): Promise<number> {
    const client: PoolClient = await poolOf(this.dataSource).connect();
    try {
      await client.query(begin);
      const { rows } = await client.query<Line>(prepared(selection));
      if (rows.length > 0) await this.passRows(client, rows);
      await client.query(commit);
      return rows.length;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  private async passRows(client: PoolClient, rows: Line[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    const done = await client.query<{ event_id: string; handler: string }>(
      prepared(sql`select event_id, handler from handled where event_id = any(${ids})`),
    );
    const handled = new Set(done.rows.map((row) => jobKey(row.event_id, row.handler)));
    const jobs = rows.flatMap((row) =>
      this.registry
        .handlersOf(row.event)
        .map(({ name }): Job => ({
          name: EVENT_JOB,
          key: jobKey(row.id, name),
          schemeId: row.scheme_id,
          ids: { event: row.id, handler: name },
        }))
        .filter((job) => !handled.has(job.key)),
    );
    await this.queue.add(jobs);
    const waiting = new Set(jobs.map((job) => job.ids['event']));
    const now = this.clock.now();
    await client.query(
      prepared(sql`
        update outbox
        set published_at = ${now},
            finished_at = case when id = any(${ids.filter((id) => !waiting.has(id))}) then ${now}::timestamptz end
        where id = any(${ids})`),
    );
  }
}

const jobKey = (eventId: string, handler: string) => `${eventId}-${handler}`;
