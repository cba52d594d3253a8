import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';

export interface CoverOn {
  /** Who does the work instead; null when nobody is away, or when it falls to the team. */
  coverId: string | null;
  absent: boolean;
}

/** Somebody whose membership stands. `m` is a row of membership. */
export const standing = (m: Sql): Sql =>
  sql`(${m}.ended_at is null and ${m}.disabled_at is null and ${m}.user_disabled_at is null)`;

/** Whoever may have people to look after: link workers, and managers who took over from one who left. */
export const caresForPeople = (m: Sql): Sql => sql`${m}.role in ('link_worker', 'scheme_manager')`;

/** An arrangement in force on a date. `c` is a row of cover. */
const inForce = (c: Sql, on: Sql): Sql =>
  sql`(${c}.ended_at is null and ${c}.starts_on <= ${on} and coalesce(${c}.ends_on, 'infinity'::date) >= ${on})`;

/** Somebody who can be turned to: their membership stands and they are not away themselves. `o` is a row of membership. */
const present = (o: Sql, on: Sql): Sql => sql`(${standing(o)} and not exists (
  select 1 from cover away
  where away.scheme_id = ${o}.scheme_id and away.worker_id = ${o}.id and away.reason <> 'part_time'
    and ${inForce(sql`away`, on)}))`;

/**
 * The membership that does the work of an arrangement on a date: the cover it names, else the standing cover of the
 * scheme, whichever is there to be turned to; null when it falls to the team. `c` is a row of cover, `h` of scheme.
 */
export const substitute = (c: Sql, h: Sql, on: Sql): Sql => sql`(
  select o.id from membership o
  where o.scheme_id = ${c}.scheme_id and o.id in (${c}.cover_id, ${h}.standing_cover_id) and o.id <> ${c}.worker_id
    and ${present(sql`o`, on)}
  order by (o.id = ${c}.cover_id) desc nulls last limit 1)`;

/**
 * An array of the memberships whose work `m` does on a date: of those part-time it shares with, of the absent whose
 * substitute it is, and, for a link worker who triages, of the absent who have none. The same rule as `coverFor`.
 * `m` is a row of membership, `h` that of its scheme.
 */
export const coveredBy = (m: Sql, h: Sql, on: Sql): Sql => sql`
  case when ${caresForPeople(m)} then array(
    select distinct c.worker_id from cover c
    where c.scheme_id = ${m}.scheme_id and ${inForce(sql`c`, on)} and c.worker_id <> ${m}.id
      and (c.cover_id = ${m}.id or ${h}.standing_cover_id = ${m}.id or ${m}.triages)
      and case when c.reason = 'part_time' then c.cover_id = ${m}.id
        else coalesce(${substitute(sql`c`, h, on)} = ${m}.id, ${m}.role = 'link_worker' and ${m}.triages) end
  ) else '{}'::uuid[] end`;

/** An absence in force on a date. `c` is a row of cover. A part-time arrangement is no absence. */
export const absence = (c: Sql, on: Sql): Sql => sql`(${c}.reason <> 'part_time' and ${inForce(c, on)})`;

/** Who does a membership's work on a date ('YYYY-MM-DD'): a part-time arrangement alone is no absence. */
export async function coverFor(tx: Tx, membershipId: string, onDate: string): Promise<CoverOn> {
  const on = sql`${onDate}::date`;
  const row = await tx.maybe<{ cover_id: string | null }>(sql`
    select ${substitute(sql`c`, sql`h`, on)} as cover_id
    from cover c join scheme h on h.id = c.scheme_id
    where c.scheme_id = ${tx.schemeId} and c.worker_id = ${membershipId} and ${absence(sql`c`, on)}`);
  return { coverId: row?.cover_id ?? null, absent: row !== null };
}
