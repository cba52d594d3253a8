/** What is known of a link worker who may be given somebody. */
export interface MayTake {
  membershipId: string;
  name: string;
  caseload: number;
  caseloadLimit: number;
  room: number;
  languages: readonly string[];
  areas: readonly string[];
  absence: object | null;
}

/** Of somebody who waits: what they speak, and the postcode district they live in where it is known. */
export interface Waits {
  language: string | null;
  district: string | null;
}

export interface Suggestion {
  worker: MayTake;
  /** English is spoken by all, so that it is no reason. */
  speaks: boolean;
  nearby: boolean;
}

/** How much of their limit a worker has: one of nought is full. */
const share = ({ caseload, caseloadLimit }: MayTake): number =>
  caseloadLimit === 0 ? Infinity : caseload / caseloadLimit;

/**
 * The team in the order in which they would be asked: who is at work and has room, then who speaks the language, works in
 * the area, and has fewest open against their limit.
 */
export function inOrderFor(person: Waits, team: readonly MayTake[]): Suggestion[] {
  const { district } = person;
  const language = person.language ?? 'en';
  const rank = ({ worker, speaks, nearby }: Suggestion): number[] => [
    worker.absence === null ? 0 : 1,
    worker.room > 0 ? 0 : 1,
    language === 'en' || speaks ? 0 : 1,
    nearby ? 0 : 1,
    share(worker),
  ];
  return team
    .map((worker) => ({
      worker,
      speaks: language !== 'en' && worker.languages.includes(language),
      nearby: district !== null && worker.areas.some((one) => one.trim().toUpperCase() === district),
    }))
    .sort((one, other) => {
      const [left, right] = [rank(one), rank(other)];
      const differs = left.findIndex((value, at) => value !== right[at]);
      return differs < 0
        ? one.worker.name.localeCompare(other.worker.name, 'en-GB')
        : (left[differs] ?? 0) - (right[differs] ?? 0);
    });
}

/** Who is suggested: the first who is at work and has room; nobody where there is none. */
export const suggestedFor = (person: Waits, team: readonly MayTake[]): Suggestion | null =>
  inOrderFor(person, team).find(({ worker }) => worker.absence === null && worker.room > 0) ?? null;
