import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database } from '../platform/database/database.js';
import type { HealthCheck } from '../platform/health/readiness.js';

/** The calendar months that the audit record is kept by. The database's own day decides which there must be. */
@Injectable()
export class AuditMonths {
  constructor(private readonly database: Database) {}

  /** This month and those ahead, where they are missing. Entries that came before their month was made go into it. */
  async make(): Promise<void> {
    await this.database.unscoped(sql`select make_audit_months()`);
  }

  /** Nothing is lost without the next month, but moving later what it should have held stops everybody for a while. */
  async check(): Promise<HealthCheck> {
    const missing = await this.database.unscoped<{ month: string }>(sql`
      select to_char(m.month, 'YYYY-MM') as month
      from (select date_trunc('month', now() at time zone 'UTC') + interval '1 month' as month) m
      where not exists (
        select from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass('audit_entry') and c.relname = to_char(m.month, '"audit_entry_"YYYY_MM'))`);
    const warnings = missing.map(
      ({ month }) =>
        `The audit record has no table for ${month} yet: see whether a worker runs, or run npm run migrate`,
    );
    return { state: 'ok', warnings };
  }
}
