import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Clock } from '../clock/clock.js';
import { Database } from '../database/database.js';
import { expectedMigrations } from '../database/migrate.js';

const DEADLINE_MS = 2000;
/** Seconds that two clocks may differ before the order of what happened, and what is due, may be told wrongly. */
const MOST_APART_S = 5;

export interface Health {
  ready: boolean;
  checks: Record<string, string>;
  warnings: string[];
}

export interface HealthCheck {
  /** `ok`, or what is wrong without addresses or names. */
  state: string;
  warnings?: string[];
}

/** Whether this process can do its work now. Others add what they depend on. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, () => Promise<HealthCheck>>();
  private readonly expected = expectedMigrations();
  private migrated = false;
  /** On its way out: what still comes is done, and whoever sends it is told to go elsewhere. */
  leaving = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.add('database', async () => {
      const rows = await this.database.unscoped<{ now: Date }>(sql`select clock_timestamp() as now`);
      return { state: 'ok', warnings: rows.flatMap(({ now }) => clockWarnings(now, this.clock.machine())) };
    });
    this.add('migrations', () => this.migrationCheck());
  }

  add(name: string, check: () => Promise<HealthCheck>): void {
    this.checks.set(name, check);
  }

  async check(): Promise<Health> {
    if (this.leaving) return { ready: false, checks: { process: 'leaving' }, warnings: [] };
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await withDeadline(check())] as const),
    );
    return {
      ready: results.every(([, { state }]) => state === 'ok'),
      checks: Object.fromEntries(results.map(([name, { state }]) => [name, state])),
      warnings: results.flatMap(([, { warnings }]) => warnings ?? []),
    };
  }

  /** Asked until there is nothing left to apply, then never again: migrations go forward only. */
  private async pendingMigrations(): Promise<string[]> {
    if (this.migrated) return [];
    const [table] = await this.database.unscoped<{ known: boolean }>(
      sql`select to_regclass('migration') is not null as known`,
    );
    const rows = table?.known
      ? await this.database.unscoped<{ name: string }>(sql`select name from migration`)
      : [];
    const applied = new Set(rows.map((row) => row.name));
    const pending = this.expected.filter((name) => !applied.has(name));
    this.migrated = pending.length === 0;
    return pending;
  }

  private async migrationCheck(): Promise<HealthCheck> {
    const pending = await this.pendingMigrations();
    return { state: pending.length === 0 ? 'ok' : `${String(pending.length)} to apply: npm run migrate` };
  }
}

/** Each process goes by its own clock, and all of them should be set by a time server, as the database's. */
function clockWarnings(theirs: Date, ours: Date): string[] {
  const apart = Math.round((ours.getTime() - theirs.getTime()) / 1000);
  if (Math.abs(apart) <= MOST_APART_S) return [];
  const how = `${String(Math.abs(apart))} s ${apart > 0 ? 'ahead of' : 'behind'} the database's`;
  return [`The clock of this machine is ${how}: set both by a time server`];
}

async function withDeadline(check: Promise<HealthCheck>): Promise<HealthCheck> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthCheck>((resolve) => {
    timer = setTimeout(() => {
      resolve({ state: 'no answer' });
    }, DEADLINE_MS);
  });
  try {
    return await Promise.race([check, late]);
  } catch (error) {
    return { state: `failed (${(error as { code?: string }).code ?? 'no reason given'})` };
  } finally {
    clearTimeout(timer);
  }
}
