import { londonDate } from '../platform/clock/calendar.js';
import { ageOn } from '../platform/pure/names.js';
import type { Circumstance, Presence } from '../platform/words/circumstances.js';
import { mayBeOffered, withinLimits } from '../providers/listing.gates.js';
import type { Limit } from '../providers/provider.types.js';
import { addedAt, type FitChange } from './fit.rules.js';
import { saidSince, type RisksSaid } from './risk.rules.js';

/** What bars a person from a group for their own or others' safety, and may come to be known after an offer. */
export interface BarFacts {
  /** Since when the group is on the person's never-offer list, as an ISO text; null where it is not. */
  neverOfferSince: string | null;
  /** YYYY-MM-DD. */
  dateOfBirth: string;
  /** The referral's codes. */
  risks: readonly Circumstance[];
  mustAvoid: readonly Presence[];
  excludes: Limit[];
  present: Presence[];
  limits: Limit[];
}

const limitsOf = (
  { dateOfBirth, mustAvoid, excludes, present, limits }: BarFacts,
  circumstances: readonly Circumstance[],
  now: Date,
) =>
  withinLimits({
    facts: { age: ageOn(dateOfBirth, londonDate(now)), circumstances, mustAvoid },
    listing: { excludes, present },
    provider: { limits },
  });

/** Why they may not be together, in the words of the gate, which no instruction opens; null where they may. Never for the group. */
export function barRefusal(facts: BarFacts, now: Date): string | null {
  const gates = [
    mayBeOffered({ facts: { neverOffer: facts.neverOfferSince !== null } }),
    limitsOf(facts, facts.risks, now),
  ];
  const closed = gates.find(({ passed }) => !passed);
  return closed ? `${closed.because} End it, or ring the group first.` : null;
}

/**
 * Since when that is known, the last learned where there is more than one: of the person, or said by the group since. What
 * nobody dates counts from the offer.
 */
export function barredSince(
  facts: BarFacts,
  said: readonly RisksSaid[],
  offeredAt: Date,
  now: Date,
  changes: readonly FitChange[] = [],
): Date | null {
  const nothing = { excludes: [], present: [], limits: [] };
  const limits = [...new Set([...facts.limits, ...facts.excludes])].map((code) => ({
    alone: { ...facts, ...nothing, limits: [code] },
    addedAt: addedAt(changes, ['limits', 'excludes'], code),
  }));
  const present = facts.present.map((code) => ({
    alone: { ...facts, ...nothing, present: [code] },
    addedAt: addedAt(changes, ['present'], code),
  }));
  const learned = [...limits, ...present].flatMap(({ alone, addedAt: added }) => {
    const outside = (...circumstances: Circumstance[]) => !limitsOf(alone, circumstances, now).passed;
    const known = outside()
      ? [offeredAt]
      : facts.risks.filter((risk) => outside(risk)).map((risk) => saidSince(risk, said) ?? offeredAt);
    return known.map((moment) => Math.max(new Date(moment).getTime(), added?.getTime() ?? 0));
  });
  const moments = [
    ...(facts.neverOfferSince === null ? [] : [new Date(facts.neverOfferSince).getTime()]),
    ...learned,
  ];
  return moments.length === 0 ? null : new Date(Math.max(...moments));
}
