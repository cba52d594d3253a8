import { Injectable } from '@nestjs/common';
import pg from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { INSTALLATION, systemActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { mayEnd } from '../platform/database/sessions.js';
import { PlainFault } from '../platform/errors/plain-fault.js';
import { entryOf } from './audit.js';
import { DETACH, type Detachment, type Digest, markOf, stretches } from './detachment.rules.js';
import { digested, digestOf, linesOf } from './seal.queries.js';
import { ANCHOR, AuditSealer } from './seal.service.js';
import { AuditVerifier } from './verify.service.js';

const LOCK_NOT_AVAILABLE = '55P03';

export interface Detached {
  month: string;
  table: string;
  entries: number;
}

/** Takes old months out of the audit record, as the owner of its tables, and leaves word of it that nobody can fake. */
@Injectable()
export class AuditDetacher {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly sealer: AuditSealer,
    private readonly verifier: AuditVerifier,
  ) {}

  /** Every month before `before` (as 2024-01), the oldest first, each for itself. Only from a record that verifies. */
  async detach(before: string, by: string): Promise<Detached[]> {
    const { databaseOwnerUrl } = this.config;
    if (databaseOwnerUrl === null) {
      throw new PlainFault('DATABASE_OWNER_URL is missing. Only the owner of the tables can detach a month.');
    }
    await this.sealer.sealAll();
    const faulty = (await this.verifier.verifyAll()).some(({ problems }) => problems.length > 0);
    if (faulty) {
      throw new PlainFault(
        'The audit record does not verify, so nothing was detached.',
        'See npm run cli -- audit:verify.',
      );
    }
    const client = new pg.Client({ connectionString: databaseOwnerUrl, application_name: 'betony audit' });
    mayEnd(client);
    await client.connect();
    try {
      const done: Detached[] = [];
      for (const part of await monthsBefore(client, before)) {
        done.push(await new Month(client, part, by, this.clock.now(), this.config.auditKey).detach());
      }
      return done;
    } finally {
      await client.end();
    }
  }
}

const run = <Row extends pg.QueryResultRow>(
  client: pg.Client,
  { text, values }: Sql,
): Promise<pg.QueryResult<Row>> => client.query<Row>({ text, values });

async function monthsBefore(client: pg.Client, before: string): Promise<string[]> {
  const { rows } = await run<{ part: string; over: boolean }>(
    client,
    sql`
      select c.relname as part, c.relname < to_char(now() at time zone 'UTC', '"audit_entry_"YYYY_MM') as over
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_entry'::regclass and c.relname ~ '^audit_entry_[0-9]{4}_[0-9]{2}$'
        and c.relname < ${tableOf(before)}
      order by c.relname`,
  );
  if (rows.some(({ over }) => !over)) throw new PlainFault('--before must not be later than this month.');
  return rows.map(({ part }) => part);
}

const tableOf = (month: string): string => `audit_entry_${month.replace('-', '_')}`;

/** One month on its way out, in one transaction: word of it in every scheme that has entries there, and the table moved. */
class Month {
  private readonly name: string;
  private readonly source: Sql;

  constructor(
    private readonly client: pg.Client,
    private readonly part: string,
    private readonly by: string,
    private readonly now: Date,
    private readonly key: string,
  ) {
    this.name = part.replace(/^audit_entry_(\d{4})_(\d\d)$/, '$1-$2');
    this.source = sql([`months.${part} e`]);
  }

  async detach(): Promise<Detached> {
    const { client } = this;
    await client.query('begin');
    try {
      await client.query(`set local lock_timeout = '10s'`);
      // Late entries of this month wait, and then go to where those without a month are kept.
      await client.query(`lock table months.${this.part} in share row exclusive mode`);
      const table = await this.freeName();
      const schemes = await client.query<{ id: string }>('select id from scheme order by id');
      let entries = 0;
      for (const { id } of [...schemes.rows, { id: INSTALLATION }])
        entries += await this.leaveWord(id, table);
      await client.query('call months.detach($1, $2)', [this.part, table]);
      await client.query('commit');
      return { month: this.name, table, entries };
    } catch (error) {
      await client.query('rollback');
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new PlainFault(
        `Somebody reads the audit record just now, so ${this.name} was not detached. Try again.`,
      );
    }
  }

  /** A month may be detached again, where entries of it came late. */
  private async freeName(): Promise<string> {
    await this.bind(INSTALLATION);
    const { rows } = await run<{ table: string }>(
      this.client,
      sql`
        select details->>'table' as table from audit_entry
        where scheme_id = ${INSTALLATION} and subject_id = ${INSTALLATION} and action = ${DETACH}`,
    );
    const taken = new Set(rows.map(({ table }) => table));
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? this.part : `${this.part}_${String(n)}`;
      if (!taken.has(name)) return name;
    }
  }

  private async bind(schemeId: string): Promise<void> {
    await this.client.query(`select set_config('app.scheme_id', $1, true)`, [schemeId]);
  }

  /** Gives the number of entries that go. The installation is told of every month, so that it knows all of the archive. */
  private async leaveWord(schemeId: string, table: string): Promise<number> {
    await this.bind(schemeId);
    const { rows } = await run<{ entries: number; unsealed: boolean }>(
      this.client,
      sql`
        select count(*)::int as entries, coalesce(max(e.xid) >= coalesce(
          (select max(s.to_xid) from audit_seal s where s.scheme_id = ${schemeId}), '0'::xid8), false) as unsealed
        from ${this.source} where e.scheme_id = ${schemeId}`,
    );
    const [{ entries, unsealed } = { entries: 0, unsealed: false }] = rows;
    if (unsealed)
      throw new PlainFault(`Entries of ${this.name} are not sealed yet. Try again in some minutes.`);
    if (entries === 0 && schemeId !== INSTALLATION) return 0;
    const taken = await this.taken(schemeId);
    const isWhole = ({ sealed, gone, left }: Taken) => left.entries === 0 && gone.entries === sealed;
    const detachment: Detachment = {
      schemeId,
      month: this.name,
      table,
      at: this.now.toISOString(),
      by: this.by,
      entries,
      whole: stretches(taken.filter(isWhole).map(({ seal }) => seal)),
      parts: taken.filter((one) => !isWhole(one)).map(({ seal, gone, left }) => ({ seal, gone, left })),
    };
    const details = { ...detachment, mac: markOf(this.key, detachment) };
    const subject = { kind: 'scheme', id: schemeId };
    await run(
      this.client,
      entryOf(systemActor(schemeId, 'audit'), this.now, null, { action: DETACH, subject, details }),
    );
    await this.carryForward(schemeId);
    return entries;
  }

  /** What goes of each seal, and what is left of it. */
  private async taken(schemeId: string): Promise<Taken[]> {
    const { rows } = await run<Taken>(
      this.client,
      sql`
        select s.number as seal, s.entries as sealed, row_to_json(gone.*) as gone, row_to_json(rest.*) as left
        from audit_seal s
        cross join lateral (${digestOf(schemeId, sql`s.from_xid`, sql`s.to_xid`, this.source)}) gone
        cross join lateral (
          select ${digested} from (
            ${linesOf(schemeId, sql`s.from_xid`, sql`s.to_xid`)} and e.tableoid <> ${`months.${this.part}`}::regclass) l) rest
        where s.scheme_id = ${schemeId} and gone.entries > 0
          and s.to_xid > (select min(e.xid) from ${this.source} where e.scheme_id = ${schemeId})
          and s.from_xid <= (select max(e.xid) from ${this.source} where e.scheme_id = ${schemeId})
        order by s.number`,
    );
    return rows;
  }

  /**
   * Entries that tell of months detached before, and the last that remembers the seals of each scheme, are written once
   * more: what the verifier goes by must not be in the archive.
   */
  private async carryForward(schemeId: string): Promise<void> {
    await run(
      this.client,
      sql`
        insert into audit_entry (scheme_id, at, actor_kind, actor_name, action, subject_kind, subject_id, details)
        select e.scheme_id, ${this.now}, e.actor_kind, e.actor_name, e.action, e.subject_kind, e.subject_id, e.details
        from ${this.source}
        where e.scheme_id = ${schemeId} and (e.action = ${DETACH} or (e.action = ${ANCHOR} and not exists (
          select from audit_entry later
          where later.scheme_id = e.scheme_id and later.subject_id = e.subject_id and later.action = e.action
            and later.id > e.id)))
        order by e.id`,
    );
  }
}

interface Taken {
  seal: number;
  sealed: number;
  gone: Digest;
  left: Digest;
}
