import sql, { type Sql } from 'sql-template-tag';

/** The digest of every `entry e`, which a seal is made of, with what puts them in order. */
const lines = sql`e.xid, e.id, encode(sha256(convert_to(audit_line(e), 'UTF8')), 'hex') as line`;

/** How many there are of `l (xid, id, line)`, and the digest of all in order. */
export const digested = sql`
  count(*)::int as entries,
  encode(sha256(convert_to(coalesce(string_agg(l.line, '' order by l.xid, l.id), ''), 'UTF8')), 'hex') as digest`;

/** The lines that the transactions from `fromXid` to before `toXid` left. `from` may be a part of the record. */
export const linesOf = (
  schemeId: string,
  fromXid: string | Sql,
  toXid: string | Sql,
  from: Sql = sql`audit_entry e`,
): Sql => sql`
  select ${lines} from ${from}
  where e.scheme_id = ${schemeId} and e.xid >= ${fromXid}::xid8 and e.xid < ${toXid}::xid8`;

/** How many entries those transactions left, and the digest of them in order. */
export const digestOf = (schemeId: string, fromXid: string | Sql, toXid: string | Sql, from?: Sql): Sql =>
  sql`select ${digested} from (${linesOf(schemeId, fromXid, toXid, from)}) l`;

/** The same, with what is in the archive: of each part (the record as it stands is `''`), and of all together (null). */
export const digestsWithArchive = (schemeId: string, fromXid: string, toXid: string): Sql => sql`
  select l.part, ${digested}
  from (
    select '' as part, live.* from (${linesOf(schemeId, fromXid, toXid)}) live
    union all
    select * from archived_audit_lines(${fromXid}::xid8, ${toXid}::xid8)) l
  group by grouping sets ((l.part), ())`;

export const sealColumns = sql`
  scheme_id as "schemeId", number, from_xid::text as "fromXid", to_xid::text as "toXid", entries, digest, previous, mac,
  to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt"`;
