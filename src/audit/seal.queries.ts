import sql, { type Sql } from 'sql-template-tag';

/** All of an entry, as text that does not depend on who reads it or where. */
const line = sql`jsonb_build_array(e.id, e.xid::text,
  to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_kind, e.actor_id, e.actor_name, e.session_id,
  e.request_id, e.action, e.subject_kind, e.subject_id, e.client_ids, e.details)::text`;

/** How many entries the transactions from `fromXid` to before `toXid` left, and the digest of them in order. */
export const digestOf = (schemeId: string, fromXid: string, toXid: string): Sql => sql`
  select count(*)::int as entries,
    encode(sha256(convert_to(coalesce(
      string_agg(encode(sha256(convert_to(${line}, 'UTF8')), 'hex'), '' order by e.xid, e.id), ''), 'UTF8')), 'hex') as digest
  from audit_entry e
  where e.scheme_id = ${schemeId} and e.xid >= ${fromXid}::xid8 and e.xid < ${toXid}::xid8`;

export const sealColumns = sql`
  scheme_id as "schemeId", number, from_xid::text as "fromXid", to_xid::text as "toXid", entries, digest, previous, mac,
  to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt"`;
