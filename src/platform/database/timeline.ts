import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import sql from 'sql-template-tag';
import { Clock } from '../clock/clock.js';
import { PlainFault } from '../errors/plain-fault.js';
import { poolOf } from './database.js';
import { prepared } from './prepared.js';

/** No permission, or not offered: some hosts of PostgreSQL keep this to themselves. */
const NOT_TOLD = new Set(['42501', '42883', '0A000']);

/**
 * Which of the server's histories this is. A restore from a backup begins another, and so does a replica that takes
 * over: both may lack what was sent last, so that nothing is sent before somebody has said until when (P6).
 */
@Injectable()
export class Timeline {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** For whoever is about to send. The first history a database has is known. */
  async mustBeKnown(): Promise<void> {
    const number = await this.number();
    if (number === null) return;
    const pool = poolOf(this.dataSource);
    await pool.query(
      prepared(sql`
        insert into timeline (number, known_at) select ${number}::bigint, ${this.clock.now()}
        where not exists (select 1 from timeline) on conflict do nothing`),
    );
    const { rowCount } = await pool.query(
      prepared(sql`select 1 from timeline where number = ${number}::bigint`),
    );
    if (rowCount !== 0) return;
    throw new PlainFault(
      'This database was restored from a backup, or a replica took over: it may not know what was sent last.',
      '',
      'Say until when the old one may have worked, by its clock. Whatever may have gone out by then is not sent again:',
      '  npm run cli -- restored --lost-until 2026-11-22T10:15:00Z',
      'Or, where nothing at all was lost:',
      '  npm run cli -- restored --nothing-lost',
    );
  }

  async know(): Promise<void> {
    const number = await this.number();
    if (number === null) return;
    await poolOf(this.dataSource).query(
      prepared(sql`
        insert into timeline (number, known_at) values (${number}::bigint, ${this.clock.now()})
        on conflict do nothing`),
    );
  }

  /** Null where the server does not tell. */
  private async number(): Promise<string | null> {
    try {
      const { rows } = await poolOf(this.dataSource).query<{ number: string }>(
        prepared(sql`
          select ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint::text as number`),
      );
      return rows[0]?.number ?? null;
    } catch (error) {
      if (NOT_TOLD.has((error as { code?: string }).code ?? '')) return null;
      throw error;
    }
  }
}
