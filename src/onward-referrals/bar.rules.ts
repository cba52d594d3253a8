import { londonDate } from '../platform/clock/calendar.js';
import { ageOn } from '../platform/pure/names.js';
import type { Circumstance, Presence } from '../platform/words/circumstances.js';
import { mayBeOffered, withinLimits } from '../providers/listing.gates.js';
import type { Limit } from '../providers/provider.types.js';
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

/** Since when that is known, the last learned where there is more than one; what nobody dates counts from the offer. */
export function barredSince(
  facts: BarFacts,
  said: readonly RisksSaid[],
  offeredAt: Date,
  now: Date,
): Date | null {
  const outside = (...circumstances: Circumstance[]) => !limitsOf(facts, circumstances, now).passed;
  const moments = [
    ...(facts.neverOfferSince === null ? [] : [facts.neverOfferSince]),
    ...(outside()
      ? [offeredAt]
      : facts.risks.filter((risk) => outside(risk)).map((risk) => saidSince(risk, said) ?? offeredAt)),
  ].map((moment) => new Date(moment).getTime());
  return moments.length === 0 ? null : new Date(Math.max(...moments));
}
