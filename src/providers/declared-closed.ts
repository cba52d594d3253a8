import sql from 'sql-template-tag';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { closedUntil, periodProblems } from './rhythm.rules.js';
import { MOST_PERIODS, type Period } from './rhythm.types.js';
import { tellOfProvider } from './telling.js';

const NAME = 'Closed for now';

const tell = (tx: Tx, organisationId: string, change: { from: Period | null; to: Period | null }) =>
  tellOfProvider(tx, organisationId, 'provider.amend', PROVIDER_EVENTS.amend, { period: change });

/**
 * Says that a group is closed from today until the day it is there again, as part of somebody's answer. Gives the time
 * that was entered for it, so that an answer taken back can take this back too; null where it was closed as long already.
 */
export async function declareClosed(
  tx: Tx,
  organisationId: string,
  opensOn: string,
  field: string,
): Promise<string | null> {
  await tx.run(sql`
    select 1 from provider
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} for no key update`);
  const today = londonDate(tx.now);
  const others = await tx.rows<Period & Record<string, unknown>>(sql`
    select kind, name, from_on::text as from, until_on::text as until from provider_period
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and until_on >= ${today}::date
    order by from_on, id`);
  if ((closedUntil(others, today)?.until ?? '') >= opensOn) return null;
  const period: Period = { kind: 'closed', name: NAME, from: today, until: addDays(opensOn, -1) };
  const [problem] = periodProblems(period, others, today);
  if (problem) throw Refusal.invalidField(field, problem.message);
  if (others.length >= MOST_PERIODS) {
    throw Refusal.invalidField(field, 'Too many times are entered for this group already');
  }
  const id = newId();
  await tx.run(sql`
    insert into provider_period (scheme_id, id, organisation_id, kind, name, from_on, until_on, entered_at)
    values (${tx.schemeId}, ${id}, ${organisationId}, 'closed', ${NAME}, ${period.from}, ${period.until}, ${tx.now})`);
  await tell(tx, organisationId, { from: null, to: period });
  return id;
}

/** Takes such a time back, unless somebody has taken it away since. */
export async function takeBackClosed(tx: Tx, organisationId: string, id: string): Promise<void> {
  const gone = await tx.maybe<Period & Record<string, unknown>>(sql`
    delete from provider_period
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and id = ${id}
    returning kind, name, from_on::text as from, until_on::text as until`);
  if (gone) await tell(tx, organisationId, { from: gone, to: null });
}
