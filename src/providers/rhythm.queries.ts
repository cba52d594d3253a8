import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { Clock } from '../platform/clock/clock.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { ofProviderWithin } from './provider.reach.js';
import { WEEKDAYS, type Weekday } from './provider.types.js';
import type { PeriodView, QuietTimeView, RhythmView } from './rhythm.dto.js';
import { daysOff, mayBeWrittenTo } from './rhythm.rules.js';
import type { Period, QuietTime, Rhythm } from './rhythm.types.js';

/** The times a group changes, as one column; from `provider p`. */
export const PERIODS = sql`coalesce((
  select json_agg(json_build_object('kind', t.kind, 'name', t.name, 'from', t.from_on, 'until', t.until_on) order by t.from_on, t.id)
  from provider_period t where t.scheme_id = p.scheme_id and t.organisation_id = p.organisation_id), '[]')`;

/** Its weekly hours without messages, likewise. */
export const QUIET_TIMES = sql`coalesce((
  select json_agg(json_build_object('day', t.day, 'from', to_char(t.from_time, 'HH24:MI'),
    'to', to_char(t.to_time, 'HH24:MI'), 'name', t.name) order by t.day, t.from_time)
  from provider_quiet_time t where t.scheme_id = p.scheme_id and t.organisation_id = p.organisation_id), '[]')`;

interface Row {
  replyWithinDays: number;
  quietDays: number[];
  quietTimes: (QuietTime & { name: string | null })[];
  periods: PeriodView[];
}

@Injectable()
export class RhythmQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(actor: Actor, organisationId: string): Promise<RhythmView> {
    const within = ofProviderWithin(actor, reachFor(actor, 'provider.get'), sql`p.organisation_id`);
    const now = this.clock.now();
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      sql`
        select p.reply_within_days as "replyWithinDays", p.quiet_days as "quietDays", ${QUIET_TIMES} as "quietTimes",
          coalesce((
            select json_agg(json_build_object('id', t.id, 'kind', t.kind, 'name', t.name, 'from', t.from_on,
              'until', t.until_on, 'note', t.note) order by t.from_on, t.id)
            from provider_period t
            where t.scheme_id = p.scheme_id and t.organisation_id = p.organisation_id
              and t.until_on >= ${londonDate(now)}::date), '[]') as periods
        from provider p
        where p.scheme_id = ${actor.schemeId} and p.organisation_id = ${organisationId} and ${within}`,
    );
    if (!row) throw Refusal.notFound();
    return {
      replyWithinDays: row.replyWithinDays,
      quietDays: row.quietDays.map(named),
      quietTimes: row.quietTimes.map((time): QuietTimeView => ({ ...time, day: named(time.day) })),
      periods: row.periods,
      mayBeWrittenTo: mayBeWrittenTo(now, row),
    };
  }
}

const named = (day: number): Weekday => WEEKDAYS[day - 1] ?? 'monday';

/** The hours of every week in which one group wants no messages, by the names of days. */
export async function quietTimesOf(tx: Tx, organisationId: string): Promise<QuietTimeView[]> {
  const { times } = await tx.one<{ times: Row['quietTimes'] }>(sql`
    select ${QUIET_TIMES} as times from provider p
    where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${organisationId}`);
  return times.map((time) => ({ ...time, day: named(time.day) }));
}

/** When each of these groups may be written to, and the ISO weekdays on which its published services meet. */
export async function rhythmsOf(
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, Rhythm & { meetsOn: number[] }>> {
  const rows = await tx.rows<{ id: string; meets: Weekday[] } & Rhythm>(sql`
    select p.organisation_id as id, p.quiet_days as "quietDays", ${QUIET_TIMES} as "quietTimes", ${PERIODS} as periods,
      array(
        select distinct s.session ->> 'day' from listing l, jsonb_array_elements(l.schedule) as s(session)
        where l.scheme_id = p.scheme_id and l.organisation_id = p.organisation_id and l.state = 'published') as meets
    from provider p where p.scheme_id = ${tx.schemeId} and p.organisation_id = any(${organisationIds}::uuid[])`);
  return new Map(
    rows.map(({ id, meets, ...rhythm }) => [
      id,
      { ...rhythm, meetsOn: meets.map((day) => WEEKDAYS.indexOf(day) + 1) },
    ]),
  );
}

/** When one group, which is there, may be written to. */
export async function rhythmOf(tx: Tx, organisationId: string): Promise<Rhythm> {
  const rhythm = (await rhythmsOf(tx, [organisationId])).get(organisationId);
  if (!rhythm) throw Refusal.notFound();
  return rhythm;
}

/** The days besides weekends on which a group's clock stands: the scheme's holidays and its own closed days. */
export async function daysOffOf(tx: Tx, organisationId: string): Promise<ReadonlySet<string>> {
  const [settings, row] = await Promise.all([
    schemeSettings(tx),
    tx.maybe<{ periods: Period[] }>(sql`
      select ${PERIODS} as periods from provider p
      where p.scheme_id = ${tx.schemeId} and p.organisation_id = ${organisationId}`),
  ]);
  return daysOff(holidaysOf(settings), row?.periods ?? []);
}
