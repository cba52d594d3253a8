import type { FieldProblem } from '../platform/errors/refusal.js';
import type { ListingRow } from './listing.types.js';

export const PERIOD_STATES = ['coming', 'running', 'ended'] as const;
export type PeriodState = (typeof PERIOD_STATES)[number];

/** A session or a part of the year with places of its own. Dates are YYYY-MM-DD and both count; null is open. */
export interface PlacePeriod {
  id: string;
  name: string;
  fromOn: string | null;
  untilOn: string | null;
  state: PeriodState;
  total: number;
  taken: number;
}

/** Where a period stands on a day in London. Whatever has ended stays ended. */
export function periodState(
  period: Pick<PlacePeriod, 'fromOn' | 'untilOn' | 'state'>,
  today: string,
): PeriodState {
  if (period.state === 'ended' || (period.untilOn !== null && period.untilOn < today)) return 'ended';
  return period.fromOn !== null && period.fromOn > today ? 'coming' : 'running';
}

type Places = Pick<
  ListingRow,
  'placesKind' | 'placesTotal' | 'placesTaken' | 'placesByPeriod' | 'placesOtherwise'
>;

/**
 * The places of a service, from its periods: those that run come to its number, beside what is held outside them, which
 * is free for nobody. When none runs, what was said before counts again, or "ask first" where nothing was.
 */
export function placesOf(places: Places, periods: readonly PlacePeriod[]): Places {
  const running = periods.filter(({ state }) => state === 'running');
  const sum = (of: 'total' | 'taken') => running.reduce((all, period) => all + period[of], 0);
  if (running.length > 0) {
    return {
      ...places,
      placesKind: 'counted',
      placesTotal: sum('total') + places.placesTaken - sum('taken'),
      placesByPeriod: true,
      placesOtherwise: places.placesByPeriod ? places.placesOtherwise : places.placesTotal,
    };
  }
  if (!places.placesByPeriod) return places;
  const { placesOtherwise, placesTaken } = places;
  // Those who still come from what has ended fill more than there was before: nobody new until it has room again.
  if (placesOtherwise !== null && placesTaken > placesOtherwise)
    return { ...places, placesTotal: placesTaken };
  return {
    placesKind: placesOtherwise === null ? 'ask_first' : 'counted',
    placesTotal: placesOtherwise,
    placesTaken,
    placesByPeriod: false,
    placesOtherwise: null,
  };
}

/**
 * Which period an offer is for: the one asked for, the only one that runs, or null where none runs. Several are asked
 * about by name. One that has not begun has a waiting list, and no places yet.
 */
export function periodFor(
  periods: readonly PlacePeriod[],
  asked: string | null,
): { ok: true; id: string | null } | { ok: false; problem: FieldProblem } {
  const open = periods.filter(({ state }) => state !== 'ended');
  const wrong = (message: string) => ({ ok: false, problem: { field: 'periodId', message } }) as const;
  if (asked !== null) {
    return open.some(({ id }) => id === asked)
      ? { ok: true, id: asked }
      : wrong(
          open.length === 0
            ? 'This service does not go by sessions or times any more: ask without one'
            : `Choose a session or time of this service that has not ended: ${named(open)}`,
        );
  }
  const running = open.filter(({ state }) => state === 'running');
  if (running.length <= 1) return { ok: true, id: running[0]?.id ?? null };
  return wrong(`Choose which: ${named(running)}`);
}

/** The period of somebody who waited for one, which may have ended since: see periodNow. */
export function periodAfter(
  periods: readonly PlacePeriod[],
  waitedFor: string | null,
  people: number,
): string | null {
  if (periods.some(({ id, state }) => id === waitedFor && state !== 'ended')) return waitedFor;
  const running = periods
    .filter(({ state }) => state === 'running')
    .sort((a, b) => ((a.fromOn ?? '') < (b.fromOn ?? '') ? -1 : (a.fromOn ?? '') > (b.fromOn ?? '') ? 1 : 0));
  const roomy = running.find(({ total, taken }) => total - taken >= people);
  return (roomy ?? running[0])?.id ?? null;
}

const named = (periods: readonly PlacePeriod[]): string =>
  periods
    .map(({ name, state, total, taken }) =>
      state === 'running' ? `${name} (${String(total - taken)} free)` : `${name} (not begun)`,
    )
    .join(', ');

/** What is wrong with a period, by field; none of these depends on who holds what. */
export function periodProblems(
  given: { from: string | null; until: string | null },
  today: string,
): FieldProblem[] {
  if (given.until !== null && given.until < today) {
    return [{ field: 'until', message: 'Enter today or a later date' }];
  }
  return given.from !== null && given.until !== null && given.until < given.from
    ? [{ field: 'until', message: 'Enter the day it begins, or a later one' }]
    : [];
}
