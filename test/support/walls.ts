import pg from 'pg';
import type { TestDatabase } from './test-database.js';

/** What a wall around a table of a scheme must be, in the words of PostgreSQL's own catalogue. */
const RULE = '(scheme_id = bound_scheme())';

/** Told by one scheme to another, and so read by both: a rule of its own, with tests of its own. */
const BETWEEN_TWO = ['transfer_parcel'];

export interface Wall {
  table: string;
  /** Ways in which it does not stand. Empty when it does. */
  faults: string[];
  /** Whether rows of both schemes were there, so that something could have been seen. */
  tried: boolean;
}

/** Each takes away one table's wall, or part of it. `%s` is the table. */
export const BREAKS = {
  'switched off': 'alter table %s disable row level security',
  'not for the owner': 'alter table %s no force row level security',
  'open to all': 'drop policy scheme on %s; create policy scheme on %s using (true) with check (true)',
  'open where no scheme is bound':
    'drop policy scheme on %s; create policy scheme on %s using (scheme_id = bound_scheme() or bound_scheme() is null) with check (scheme_id = bound_scheme())',
  'open to writes into others':
    'drop policy scheme on %s; create policy scheme on %s using (scheme_id = bound_scheme()) with check (true)',
  'opened by a second rule': 'create policy other on %s for select using (true)',
} as const;

/** Looks at the walls between schemes as each role, as if from another connection, and undoes what it broke for that. */
export class Walls {
  private constructor(
    private readonly client: pg.Client,
    private readonly roles: readonly string[],
    readonly tables: readonly string[],
  ) {}

  static async of(database: TestDatabase): Promise<Walls> {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and relrowsecurity and not relispartition and relname <> all ($1) and exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'scheme_id' and not a.attisdropped)
      order by relname`,
      [BETWEEN_TWO],
    );
    const roles = [database.url, database.ownerUrl].map((url) => decodeURIComponent(new URL(url).username));
    return new Walls(
      client,
      roles,
      rows.map(({ name }) => name),
    );
  }

  async stop(): Promise<void> {
    await this.client.end();
  }

  /** What of the wall around a table does not stand, between two schemes, after it was broken in this way or in none. */
  async look(table: string, mine: string, other: string, broken?: string): Promise<Wall> {
    const { client } = this;
    await client.query('begin');
    try {
      const { rows: there } = await client.query<{ n: number }>(
        `select count(*)::int as n from (select distinct scheme_id from ${table} where scheme_id in ($1, $2)) s`,
        [mine, other],
      );
      if (broken !== undefined) await client.query(broken.replaceAll('%s', table));
      return { table, faults: await this.faults(table, mine, other), tried: there[0]?.n === 2 };
    } finally {
      await client.query('rollback');
    }
  }

  private async faults(table: string, mine: string, other: string): Promise<string[]> {
    const { client } = this;
    const faults: string[] = [];
    const { rows: walled } = await client.query<{ stands: boolean }>(
      'select relrowsecurity and relforcerowsecurity as stands from pg_class where oid = $1::regclass',
      [table],
    );
    if (!walled[0]?.stands) faults.push('switched off');
    // A restrictive rule beside it only takes away more.
    const { rows: rules } = await client.query<{ sees: string; writes: string | null; all: boolean }>(
      `select pg_get_expr(polqual, polrelid) as sees, pg_get_expr(polwithcheck, polrelid) as writes, polcmd = '*' as all
       from pg_policy where polrelid = $1::regclass and polpermissive`,
      [table],
    );
    const [rule] = rules;
    if (rules.length !== 1 || rule?.sees !== RULE || rule.writes !== RULE || !rule.all)
      faults.push('another rule');
    for (const role of this.roles) {
      await client.query(`set local role "${role}"`);
      await client.query(`select set_config('app.scheme_id', '', true)`);
      const { rows: nowhere } = await client.query<{ seen: boolean }>(
        `select exists (select from ${table}) as seen`,
      );
      if (nowhere[0]?.seen) faults.push('seen from no scheme');
      await client.query(`select set_config('app.scheme_id', $1, true)`, [mine]);
      const { rows: inside } = await client.query<{ seen: boolean }>(
        `select exists (select from ${table} where scheme_id = $1) as seen`,
        [other],
      );
      if (inside[0]?.seen) faults.push('seen from another scheme');
      await client.query('reset role');
    }
    return faults;
  }
}
