import type pg from 'pg';
import { INSTALLATION } from '../../src/platform/actor/actor.types.js';
import { GENESIS, macOf, type MarkedSeal } from '../../src/audit/seal.rules.js';
import { DETACH, type MarkedDetachment, markOf } from '../../src/audit/detachment.rules.js';
import { sealColumns } from '../../src/audit/seal.queries.js';

type Next = () => number;

/** The same numbers from 0 to below 1 for the same seed (mulberry32). */
export function numbersOf(seed: number): Next {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Row {
  schemeId: string;
  id: string;
  xid: string;
  /** What it says, so that those which say the same are told apart. */
  says: string;
}
type Place = Pick<MarkedSeal, 'schemeId' | 'number'>;

/** What is there to be tampered with: the sealed entries and the seals of two schemes and the installation. */
export interface Sealed {
  schemes: readonly [string, string];
  entries: readonly Row[];
  seals: readonly MarkedSeal[];
  /** Months that can be detached still, and what is in one that was. */
  months: readonly string[];
  archived: { table: string; rows: readonly Row[] };
  detachments: readonly MarkedDetachment[];
}

export async function sealedOf(
  client: pg.Client,
  schemes: readonly [string, string],
  table: string,
): Promise<Sealed> {
  const all = [...schemes, INSTALLATION];
  const { rows: seals } = await client.query<MarkedSeal>(
    `select ${sealColumns.sql} from audit_seal where scheme_id = any($1) order by scheme_id, number`,
    [all],
  );
  const { rows: entries } = await client.query<Row>(
    `select e.scheme_id as "schemeId", e.id::text as id, e.xid::text as xid,
       md5(row(e.at, e.action, e.request_id, e.subject_id, e.client_ids, e.details)::text) as says from audit_entry e
     where e.scheme_id = any($1) and e.xid < (select max(to_xid) from audit_seal s where s.scheme_id = e.scheme_id)
     order by e.scheme_id, e.id`,
    [all],
  );
  const { rows: archived } = await client.query<Row>(
    `select scheme_id as "schemeId", id::text as id, xid::text as xid from archive.${table} where scheme_id = any($1)
     order by scheme_id, id`,
    [all],
  );
  const { rows: months } = await client.query<{ name: string }>(
    `select distinct c.relname as name from audit_entry e join pg_class c on c.oid = e.tableoid
     where e.scheme_id = any($1) and e.xid < (select max(to_xid) from audit_seal s where s.scheme_id = e.scheme_id)
     order by 1`,
    [schemes],
  );
  const { rows: detachments } = await client.query<{ details: MarkedDetachment }>(
    'select details from audit_entry where action = $1 and scheme_id = any($2) order by id',
    [DETACH, schemes],
  );
  return {
    schemes,
    seals,
    entries,
    months: months.map(({ name }) => name),
    archived: { table, rows: archived },
    detachments: detachments.map(({ details }) => details),
  };
}

/** One way to tamper, drawn anew each time: what was done, and the statements that do it. */
export interface Tampering {
  what: string;
  statements: [text: string, values: unknown[]][];
}

/** Draws ways to change what was sealed, each of which a verifier must see. `otherKey` is not the one that sealed. */
export class Tamperer {
  constructor(
    private readonly next: Next,
    private readonly sealed: Sealed,
    private readonly otherKey: string,
  ) {}

  draw(): Tampering {
    const ways = [
      () => this.column(),
      () => this.column(),
      () => this.removed(),
      () => this.inserted(),
      () => this.order(),
      () => this.swapped(),
      () => this.entryMoved(),
      () => this.seal(),
      () => this.seal(),
      () => this.sealRemoved(),
      () => this.tail(),
      () => this.sealsSwapped(),
      () => this.schemesSwapped(),
      () => this.resealed(),
      () => this.detachedByHand(),
      () => this.archivedRow(),
      () => this.detachmentFaked(),
    ];
    return this.one(ways)();
  }

  private below(end: number): number {
    return Math.floor(this.next() * end);
  }

  private one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  private two<Item>(items: readonly Item[]): [Item, Item] {
    const first = this.below(items.length);
    return [items[first]!, items[(first + 1 + this.below(items.length - 1)) % items.length]!];
  }

  /** To put one in the place of another that says the same is to change nothing. */
  private twoThatDiffer(entries: readonly Row[]): [Row, Row] {
    const first = this.one(entries);
    return [first, this.one(entries.filter(({ says }) => says !== first.says))];
  }

  private uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.below(16).toString(16)).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  private hex(): string {
    return Array.from({ length: 64 }, () => this.below(16).toString(16)).join('');
  }

  private entriesOf(schemeId: string): Row[] {
    return this.sealed.entries.filter((entry) => entry.schemeId === schemeId);
  }

  private sealsOf(schemeId: string): MarkedSeal[] {
    return this.sealed.seals.filter((seal) => seal.schemeId === schemeId);
  }

  private anyScheme(): string {
    return this.one([...this.sealed.schemes, INSTALLATION]);
  }

  private column(): Tampering {
    const { schemeId, id } = this.one(this.sealed.entries);
    const micros = 1 + this.below(10 ** this.below(12));
    const [column, value] = this.one<[string, unknown]>([
      ['action', `tampered.entry${String(this.below(1e6))}`],
      ['action', ''],
      ['at', `at ${this.one(['+', '-'])} interval '${String(micros)} microseconds'`],
      ['actor_kind', 'link'],
      ['actor_id', this.uuid()],
      ['actor_name', `somebody ${String(this.below(1e6))}`],
      ['session_id', this.uuid()],
      ['request_id', `request ${String(this.below(1e6))}`],
      ['subject_kind', `tampered ${String(this.below(1e6))}`],
      ['subject_id', this.uuid()],
      ['client_ids', [this.uuid()]],
      ['details', JSON.stringify({ tampered: this.below(1e6) })],
      ['xid', `(xid::text::numeric + ${String(1 + this.below(10 ** this.below(9)))})::text::xid8`],
    ]);
    const asIs = column === 'at' || column === 'xid';
    return {
      what: `${column} of an entry`,
      statements: [
        [
          `update audit_entry set ${column} = ${asIs ? String(value) : '$3'} where scheme_id = $1 and id = $2`,
          [schemeId, id, ...(asIs ? [] : [value])],
        ],
      ],
    };
  }

  private removed(): Tampering {
    const own = this.entriesOf(this.anyScheme());
    const gone = own.slice(this.below(own.length)).filter(() => this.next() < 0.7);
    const rows = gone.length === 0 ? [this.one(own)] : gone;
    return {
      what: 'entries removed',
      statements: [
        [
          'delete from audit_entry where scheme_id = $1 and id = any($2)',
          [rows[0]!.schemeId, rows.map(({ id }) => id)],
        ],
      ],
    };
  }

  /** A copy of an entry of any scheme, or of this one again, as if it had been written then. */
  private inserted(): Tampering {
    const like = this.one(this.sealed.entries);
    const into = this.one(this.sealed.entries);
    const xid = this.next() < 0.2 ? String(this.below(Number(into.xid))) : into.xid;
    return {
      what: 'an entry inserted',
      statements: [
        [
          `insert into audit_entry (scheme_id, xid, at, actor_kind, actor_id, action, subject_kind, subject_id, client_ids, details)
           select $1, $2::xid8, at, actor_kind, actor_id, action, subject_kind, subject_id, client_ids, details
           from audit_entry where scheme_id = $3 and id = $4`,
          [into.schemeId, xid, like.schemeId, like.id],
        ],
      ],
    };
  }

  private order(): Tampering {
    const [a, b] = this.twoThatDiffer(this.entriesOf(this.anyScheme()));
    const move = (from: string, to: string): [string, unknown[]] => [
      'update audit_entry set id = $3 where scheme_id = $1 and id = $2',
      [a.schemeId, from, to],
    ];
    const free = String(1e15 + this.below(1e9));
    return {
      what: 'the order of entries',
      statements:
        this.next() < 0.5 ? [move(a.id, free)] : [move(a.id, free), move(b.id, a.id), move(free, b.id)],
    };
  }

  /** What two entries say, the one in the place of the other. */
  private swapped(): Tampering {
    const [a, b] = this.twoThatDiffer(this.entriesOf(this.anyScheme()));
    return {
      what: 'what two entries say, exchanged',
      statements: [
        [
          `update audit_entry one set at = other.at, action = other.action, request_id = other.request_id,
             subject_id = other.subject_id, client_ids = other.client_ids, details = other.details
           from audit_entry other where one.scheme_id = $1 and other.scheme_id = $1
             and (one.id, other.id) in (($2::bigint, $3::bigint), ($3::bigint, $2::bigint))`,
          [a.schemeId, a.id, b.id],
        ],
      ],
    };
  }

  private entryMoved(): Tampering {
    const from = this.anyScheme();
    const to = this.one([...this.sealed.schemes, INSTALLATION].filter((id) => id !== from));
    const own = this.entriesOf(from);
    const ids = this.next() < 0.3 ? own.map(({ id }) => id) : [this.one(own).id];
    return {
      what: 'entries moved to another scheme',
      statements: [
        ['update audit_entry set scheme_id = $3 where scheme_id = $1 and id = any($2)', [from, ids, to]],
      ],
    };
  }

  private seal(): Tampering {
    const { schemeId, number } = this.one(this.sealed.seals);
    const more = String(1 + this.below(1_000));
    const xid = (column: string) => `(${column}::text::numeric + ${more})::text::xid8`;
    const [column, value] = this.one<[string, string]>([
      ['number', `number + 1000 + ${more}`],
      ['from_xid', xid('from_xid')],
      ['to_xid', xid('to_xid')],
      ['entries', `entries + ${more}`],
      ['digest', `'${this.hex()}'`],
      ['digest', 'upper(digest) || digest'],
      ['previous', `'${this.hex()}'`],
      ['mac', `'${this.hex()}'`],
      ['mac', `left(mac, 63)`],
      ['mac', `''`],
      ['sealed_at', `sealed_at - interval '${more} microseconds'`],
    ]);
    return {
      what: `${column} of a seal`,
      statements: [
        [
          `update audit_seal set ${column} = ${value} where scheme_id = $1 and number = $2`,
          [schemeId, number],
        ],
      ],
    };
  }

  private sealRemoved(): Tampering {
    const { schemeId, number } = this.one(this.sealed.seals);
    return {
      what: 'a seal removed',
      statements: [['delete from audit_seal where scheme_id = $1 and number = $2', [schemeId, number]]],
    };
  }

  /** The end, or all of it: seals, and with them what they sealed. */
  private tail(): Tampering {
    const { schemeId, number, fromXid }: MarkedSeal = this.one(this.sealed.seals);
    const entries = this.next() < 0.5;
    return {
      what: entries ? 'the end cut off with its entries' : 'the end cut off',
      statements: [
        ['delete from audit_seal where scheme_id = $1 and number >= $2', [schemeId, number]],
        ...(entries
          ? [
              ['delete from audit_entry where scheme_id = $1 and xid >= $2::xid8', [schemeId, fromXid]] as [
                string,
                unknown[],
              ],
            ]
          : []),
      ],
    };
  }

  private sealsSwapped(): Tampering {
    const [a, b] = this.two(this.sealsOf(this.anyScheme()));
    const move = (from: number, to: number): [string, unknown[]] => [
      'update audit_seal set number = $3 where scheme_id = $1 and number = $2',
      [a.schemeId, from, to],
    ];
    return {
      what: 'two seals exchanged',
      statements: [move(a.number, 1e6), move(b.number, a.number), move(1e6, b.number)],
    };
  }

  /** Everything of one scheme under the name of another. */
  private schemesSwapped(): Tampering {
    const [a, b] = this.two([...this.sealed.schemes, INSTALLATION]);
    const nobody = this.uuid();
    const move = (from: string, to: string): Tampering['statements'] =>
      ['audit_entry', 'audit_seal'].map((table) => [
        `update ${table} set scheme_id = $2 where scheme_id = $1`,
        [from, to],
      ]);
    return {
      what: 'two schemes exchanged',
      statements: [...move(a, nobody), ...move(b, a), ...move(nobody, b)],
    };
  }

  /** An entry altered and all seals from there on made anew, without a fault in themselves, by a key of one's own. */
  private resealed(): Tampering {
    const seal = this.one(this.sealed.seals);
    const own = this.sealsOf(seal.schemeId);
    let previous = own.find(({ number }) => number === seal.number - 1)?.mac ?? GENESIS;
    const statements: Tampering['statements'] = [];
    for (const one of own.filter(({ number }) => number >= seal.number)) {
      const anew = { ...one, previous };
      const mac = macOf(this.otherKey, anew);
      statements.push([
        'update audit_seal set previous = $3, mac = $4 where scheme_id = $1 and number = $2',
        [...placeOf(one), previous, mac],
      ]);
      previous = mac;
    }
    return { what: 'seals made anew with another key', statements };
  }

  /** A month taken out without the command, left beside the record or put where the command would have. */
  private detachedByHand(): Tampering {
    const part = this.one(this.sealed.months);
    const put = this.next() < 0.5;
    return {
      what: put ? 'a month put into the archive by hand' : 'a month detached by hand',
      statements: [
        [`alter table audit_entry detach partition months.${part}`, []],
        ...(put ? [[`alter table months.${part} set schema archive`, []] as [string, unknown[]]] : []),
      ],
    };
  }

  private archivedRow(): Tampering {
    const { table, rows } = this.sealed.archived;
    const { schemeId, id } = this.one(rows);
    const where = `where scheme_id = $1 and id = $2`;
    const copy = `scheme_id, xid, at, actor_kind, action, client_ids, details`;
    const [what, text] = this.one([
      ['removed', `delete from archive.${table} ${where}`],
      ['altered', `update archive.${table} set request_id = 'request ${String(this.below(1e6))}' ${where}`],
      ['inserted', `insert into archive.${table} (${copy}) select ${copy} from archive.${table} ${where}`],
    ] as const);
    return { what: `a row ${what} in a detached month`, statements: [[text, [schemeId, id]]] };
  }

  /** Word of a month that never was detached, for entries that are removed or not: marked by another key, or as another was. */
  private detachmentFaked(): Tampering {
    const like = this.one(this.sealed.detachments);
    const schemeId = this.one(this.sealed.schemes);
    const seal = this.one(this.sealsOf(schemeId));
    const fake: MarkedDetachment = {
      ...like,
      schemeId,
      month: '2024-12',
      table: 'audit_entry_2024_12',
      whole: [[seal.number, seal.number]],
      parts: [],
    };
    const own = this.next() < 0.5;
    const details = own ? { ...fake, mac: markOf(this.otherKey, fake) } : fake;
    const statements: Tampering['statements'] = [
      [
        `insert into audit_entry (scheme_id, at, actor_kind, actor_name, action, subject_kind, subject_id, details)
         values ($1, now(), 'system', 'audit', $2, 'scheme', $1, $3)`,
        [schemeId, DETACH, JSON.stringify(details)],
      ],
    ];
    const live = this.entriesOf(schemeId).some(
      ({ xid }) => BigInt(xid) >= BigInt(seal.fromXid) && BigInt(xid) < BigInt(seal.toXid),
    );
    const removed = live && this.next() < 0.7;
    if (removed) {
      statements.push([
        'delete from audit_entry where scheme_id = $1 and xid >= $2::xid8 and xid < $3::xid8',
        [schemeId, seal.fromXid, seal.toXid],
      ]);
    }
    return { what: `a detachment faked${removed ? ' for what was removed' : ''}`, statements };
  }
}

const placeOf = ({ schemeId, number }: Place): [string, number] => [schemeId, number];
