import pg from 'pg';
import type { TestDatabase } from './test-database.js';

/** PostgreSQL: insufficient_privilege, by row security as by what a role was granted. */
const NOT_ALLOWED = '42501';

/** What a wall around a table of a scheme must be, in the words of PostgreSQL's own catalogue. */
const RULE = '(scheme_id = bound_scheme())';

/** Told by one scheme to another, and so read by both: a rule of its own, with tests of its own. */
const BETWEEN_TWO = ['transfer_parcel'];

export interface Wall {
  /** What the catalogue says of it that it should not. */
  told: string[];
  /** What somebody sees over it, or puts behind it. Both are empty when it stands. */
  seen: string[];
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

  /** The wall around a table between two schemes: as it is, then after each way to break it. */
  async look(
    table: string,
    mine: string,
    other: string,
  ): Promise<{ whole: Wall; broken: Map<string, Wall> }> {
    const { client } = this;
    await client.query('begin');
    try {
      await this.fill(table, [mine, other]);
      await this.alone(table);
      const whole = await this.wall(table, mine, other);
      const broken = new Map<string, Wall>();
      for (const [what, how] of Object.entries(BREAKS)) {
        await client.query('savepoint standing');
        await client.query(how.replaceAll('%s', table));
        broken.set(what, await this.wall(table, mine, other));
        await client.query('rollback to savepoint standing');
      }
      return { whole, broken };
    } finally {
      await client.query('rollback');
    }
  }

  /** A row of each scheme, so that there is something to see. Empty ones will do: nothing but their scheme is asked for. */
  private async fill(table: string, schemes: string[]): Promise<void> {
    const { client } = this;
    const { rows: there } = await client.query<{ scheme: string }>(
      `select distinct scheme_id as scheme from ${table} where scheme_id = any($1)`,
      [schemes],
    );
    const missing = schemes.filter((scheme) => !there.some((row) => row.scheme === scheme));
    if (missing.length === 0) return;
    const { rows: rules } = await client.query<{ name: string }>(
      `select quote_ident(conname) as name from pg_constraint
       where conrelid = $1::regclass and contype in ('p', 'c', 'u', 'x')`,
      [table],
    );
    for (const { name } of rules) await client.query(`alter table ${table} drop constraint ${name} cascade`);
    const { rows: needed } = await client.query<{ name: string }>(
      `select quote_ident(attname) as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and attnotnull and attidentity = '' and not attisdropped`,
      [table],
    );
    for (const { name } of needed) await client.query(`alter table ${table} alter ${name} drop not null`);
    await client.query(`set local session_replication_role = replica`);
    for (const scheme of missing)
      await client.query(`insert into ${table} (scheme_id) values ($1)`, [scheme]);
    await client.query(`set local session_replication_role = origin`);
  }

  /** A rule that takes away more would hide what this wall lets through. */
  private async alone(table: string): Promise<void> {
    const { rows } = await this.client.query<{ name: string }>(
      `select quote_ident(polname) as name from pg_policy where polrelid = $1::regclass and not polpermissive`,
      [table],
    );
    for (const { name } of rows) await this.client.query(`drop policy ${name} on ${table}`);
  }

  private async wall(table: string, mine: string, other: string): Promise<Wall> {
    const { client } = this;
    const told: string[] = [];
    const seen: string[] = [];
    const { rows: walled } = await client.query<{ stands: boolean }>(
      'select relrowsecurity and relforcerowsecurity as stands from pg_class where oid = $1::regclass',
      [table],
    );
    if (!walled[0]?.stands) told.push('switched off');
    const { rows: rules } = await client.query<{ sees: string; writes: string | null; all: boolean }>(
      `select pg_get_expr(polqual, polrelid) as sees, pg_get_expr(polwithcheck, polrelid) as writes, polcmd = '*' as all
       from pg_policy where polrelid = $1::regclass and polpermissive`,
      [table],
    );
    const [rule] = rules;
    if (rules.length !== 1 || rule?.sees !== RULE || rule.writes !== RULE || !rule.all)
      told.push('another rule');
    for (const role of this.roles) {
      await client.query(`set local role "${role}"`);
      await client.query(`select set_config('app.scheme_id', '', true)`);
      const { rows: nowhere } = await client.query<{ seen: boolean }>(
        `select exists (select from ${table}) as seen`,
      );
      if (nowhere[0]?.seen) seen.push('seen from no scheme');
      await client.query(`select set_config('app.scheme_id', $1, true)`, [mine]);
      const { rows: inside } = await client.query<{ seen: boolean }>(
        `select exists (select from ${table} where scheme_id = $1) as seen`,
        [other],
      );
      if (inside[0]?.seen) seen.push('seen from another scheme');
      if (await this.lets(table, other)) seen.push('written from another scheme');
      await client.query('reset role');
    }
    return { told, seen };
  }

  /** Whether a row of another scheme comes past the wall; what else it lacks is found out after that. */
  private async lets(table: string, other: string): Promise<boolean> {
    const { client } = this;
    // A month is looked for before the wall.
    const { rows } = await client.query<{ months: boolean }>(
      `select relkind = 'p' as months from pg_class where oid = $1::regclass`,
      [table],
    );
    await client.query('savepoint outside');
    try {
      await client.query(
        rows[0]?.months
          ? `insert into ${table} (scheme_id, at) values ($1, now())`
          : `insert into ${table} (scheme_id) values ($1)`,
        [other],
      );
      return true;
    } catch (error) {
      return !(error instanceof pg.DatabaseError && error.code === NOT_ALLOWED);
    } finally {
      await client.query('rollback to savepoint outside');
    }
  }
}
