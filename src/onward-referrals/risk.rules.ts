import type { LoneWorkerFlag } from '../clients/lone-worker-flag.types.js';
import type { Circumstance } from '../platform/words/circumstances.js';
import type { Level } from '../providers/provider.types.js';
import { addedAt, type FitChange } from './fit.rules.js';
import type { SafetyInstruction } from './onward.types.js';

/** The risks to those who help that a group can be kept safe from by instructions, and which ones speak to each. */
const SAFE_BY = {
  violence_or_aggression: [
    'meet_in_pairs',
    'not_alone_with_one_person',
    'meet_in_public_place',
    'worker_comes_first_time',
    'ring_worker_first',
  ],
  unsafe_home: ['no_home_visits', 'meet_in_public_place', 'meet_in_pairs'],
} as const satisfies Partial<Record<Circumstance, readonly SafetyInstruction[]>>;

/**
 * The same for what is flagged for whoever visits the person. It counts where a service meets people alone or at home: a
 * group that does so stands where the worker stands.
 */
const SAFE_BY_FLAG = {
  visit_in_pairs: ['meet_in_pairs', 'not_alone_with_one_person', 'meet_in_public_place'],
  no_home_visits: ['no_home_visits', 'meet_in_public_place'],
  meet_in_public_place: ['meet_in_public_place'],
  daytime_only: ['daytime_only'],
  ring_before_visit: ['ring_worker_first', 'no_home_visits', 'meet_in_public_place'],
  dangerous_animal: ['no_home_visits', 'meet_in_public_place', 'ring_worker_first'],
  others_at_address: ['no_home_visits', 'meet_in_public_place', 'meet_in_pairs'],
  hazard_at_address: ['no_home_visits', 'meet_in_public_place', 'ring_worker_first'],
  infection_risk: ['ring_worker_first'],
  do_not_be_followed: ['meet_in_public_place', 'worker_comes_first_time', 'ring_worker_first'],
} as const satisfies Record<LoneWorkerFlag, readonly SafetyInstruction[]>;

const MEETS_ALONE: Level = 'alone_or_vulnerable';

/** What is known of a risk between a person and the people of one service. */
export interface RiskFacts {
  /** The referral's codes. */
  risks: readonly string[];
  /** The person's live lone-worker flags. */
  flags: readonly LoneWorkerFlag[];
  /** How close the service comes to a person. */
  level: Level;
}

export type RiskToOthers = keyof typeof SAFE_BY | LoneWorkerFlag;

export const RISKS_TO_OTHERS = Object.keys(SAFE_BY) as (keyof typeof SAFE_BY)[];

/** Every code of a risk to others. */
export const RISK_CODES: RiskToOthers[] = [
  ...RISKS_TO_OTHERS,
  ...(Object.keys(SAFE_BY_FLAG) as (keyof typeof SAFE_BY_FLAG)[]),
];

const safeBy: Record<RiskToOthers, readonly SafetyInstruction[]> = { ...SAFE_BY, ...SAFE_BY_FLAG };

/** The risks to others that these instructions leave unanswered. Limits and presences are gates: see `barRefusal`. */
export function unanswered(
  { risks, flags, level }: RiskFacts,
  instructions: readonly SafetyInstruction[],
): RiskToOthers[] {
  const counted: RiskToOthers[] = [
    ...RISKS_TO_OTHERS.filter((risk) => risks.includes(risk)),
    ...(level === MEETS_ALONE ? flags : []),
  ];
  return counted.filter((risk) => !safeBy[risk].some((code) => instructions.includes(code)));
}

/**
 * A risk to others is never told as a story, so it must be expressed as instructions a group can follow; where it
 * cannot, the offer is refused. Null where nothing is left unanswered.
 */
export function riskRefusal(facts: RiskFacts, instructions: readonly SafetyInstruction[]): string | null {
  const [first] = unanswered(facts, instructions);
  if (first === undefined) return null;
  return `A risk to others is recorded. Choose what keeps the group safe (${safeBy[first].join(', ')}), or do not offer`;
}

/** Something said of a referral's risks, as its history keeps it; `before` only where all of them were said anew. */
export interface RisksSaid {
  at: string;
  risks: readonly string[];
  before: readonly string[] | null;
}

/** Moments as ISO texts, since the database gives them as JSON. */
export interface RisksLearned extends RiskFacts {
  /** Of the referral, oldest first. */
  said: readonly RisksSaid[];
  flaggedAt: Partial<Record<LoneWorkerFlag, string>>;
}

/**
 * Since when a risk to others that the instructions leave unanswered is known, the last learned where there are several;
 * null where there is none. What was known from the start counts from the offer; what is flagged for whoever visits, from
 * when the service came to meet people alone.
 */
export function learnedAt(
  learned: RisksLearned,
  offer: { safetyInstructions: readonly SafetyInstruction[]; offeredAt: Date },
  changes: readonly FitChange[] = [],
): Date | null {
  const closer = addedAt(changes, ['level'], MEETS_ALONE)?.getTime() ?? 0;
  const since = (risk: RiskToOthers): Date => {
    const at = isFlag(risk) ? learned.flaggedAt[risk] : saidSince(risk, learned.said);
    const known = at === undefined ? offer.offeredAt : new Date(at);
    return isFlag(risk) ? new Date(Math.max(known.getTime(), closer)) : known;
  };
  const moments = unanswered(learned, offer.safetyInstructions).map((risk) => since(risk).getTime());
  return moments.length === 0 ? null : new Date(Math.max(...moments));
}

const isFlag = (risk: RiskToOthers): risk is LoneWorkerFlag => risk in SAFE_BY_FLAG;

/** When a risk was said, undefined where it was known from the start. Unsaid since, it counts from when it was said again. */
export function saidSince(risk: string, said: readonly RisksSaid[]): string | undefined {
  const unsaid = said.findLastIndex(({ risks, before }) => before !== null && !risks.includes(risk));
  const since = said.slice(unsaid + 1);
  if (unsaid === -1 && since[0]?.before?.includes(risk)) return undefined;
  return since.find(({ risks }) => risks.includes(risk))?.at;
}
