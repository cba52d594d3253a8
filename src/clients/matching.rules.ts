import { nameSound, normaliseName } from '../platform/pure/names.js';

/** How one fact of two records compares. `unknown`: at least one of them lacks it. */
export type Agreement = 'same' | 'alike' | 'different' | 'unknown';

export const LIKELIHOODS = ['certain', 'likely', 'possible'] as const;
/** Certain: an NHS number and a second fact. Likely: must be ruled out before a new record is made. Possible: worth a look. */
export type Likelihood = (typeof LIKELIHOODS)[number];

export interface MatchFacts {
  nhsNumber: string | null;
  firstName: string;
  lastName: string;
  knownAs: string | null;
  dateOfBirth: string;
  postcode: string | null;
  phone: string | null;
}

export const FACTS = ['nhsNumber', 'firstName', 'lastName', 'dateOfBirth', 'postcode', 'phone'] as const;
export type Fact = (typeof FACTS)[number];
export type FactComparison = Record<Fact, Agreement>;

type Condition = Partial<Record<Fact, readonly Agreement[]>>;

const SAME = ['same'] as const;
const CLOSE = ['same', 'alike'] as const;

/**
 * Which agreements mean what; the first row that holds decides, and none means not the same person. An NHS number
 * alone is never enough (it may be mistyped into somebody else's), and two different numbers speak against it.
 */
const MEANINGS: readonly (readonly [when: Condition, means: Likelihood | null])[] = [
  [{ nhsNumber: SAME, dateOfBirth: CLOSE }, 'certain'],
  [{ nhsNumber: SAME, lastName: CLOSE }, 'certain'],
  [{ nhsNumber: SAME, firstName: CLOSE }, 'certain'],
  [{ nhsNumber: SAME }, 'possible'],
  [{ nhsNumber: ['different'], firstName: SAME, lastName: SAME, dateOfBirth: SAME }, 'possible'],
  [{ nhsNumber: ['different'] }, null],
  [{ firstName: CLOSE, lastName: CLOSE, dateOfBirth: SAME }, 'likely'],
  [{ firstName: CLOSE, dateOfBirth: SAME, postcode: SAME }, 'likely'],
  [{ firstName: CLOSE, dateOfBirth: SAME, phone: SAME }, 'likely'],
  [{ firstName: CLOSE, lastName: CLOSE, dateOfBirth: ['alike'], postcode: SAME }, 'likely'],
  [{ firstName: CLOSE, lastName: CLOSE, dateOfBirth: ['alike'], phone: SAME }, 'likely'],
  [{ firstName: CLOSE, lastName: CLOSE, dateOfBirth: ['alike'] }, 'possible'],
  // Twins, and fathers and sons of one name, look like this.
  [{ lastName: CLOSE, dateOfBirth: SAME, postcode: SAME }, 'possible'],
  [{ firstName: CLOSE, lastName: CLOSE, postcode: SAME }, 'possible'],
  [{ firstName: CLOSE, lastName: CLOSE, phone: SAME }, 'possible'],
];

/** Fact by fact, with no weight given yet. Symmetrical: the order of the two makes no difference. */
export function compareFacts(a: MatchFacts, b: MatchFacts): FactComparison {
  return {
    nhsNumber: equality(a.nhsNumber, b.nhsNumber),
    firstName: compareFirstNames(a, b),
    lastName: compareLastNames(a.lastName, b.lastName),
    dateOfBirth: compareBirths(a.dateOfBirth, b.dateOfBirth),
    postcode: comparePostcodes(a.postcode, b.postcode),
    phone: equality(a.phone, b.phone),
  };
}

/** Whether two records may be one person; null for no. */
export function likelihoodOf(facts: FactComparison): Likelihood | null {
  const row = MEANINGS.find(([when]) =>
    Object.entries(when).every(([fact, wanted]) => wanted.includes(facts[fact as Fact])),
  );
  return row ? row[1] : null;
}

export interface Match<Candidate> {
  candidate: Candidate;
  likelihood: Likelihood;
  facts: FactComparison;
}

/** Those who may be the person asked about, likeliest first; equals in the order they came. */
export function matchesAmong<Candidate extends MatchFacts>(
  person: MatchFacts,
  candidates: readonly Candidate[],
): Match<Candidate>[] {
  return candidates
    .flatMap((candidate) => {
      const facts = compareFacts(person, candidate);
      const likelihood = likelihoodOf(facts);
      return likelihood ? [{ candidate, likelihood, facts }] : [];
    })
    .sort((a, b) => LIKELIHOODS.indexOf(a.likelihood) - LIKELIHOODS.indexOf(b.likelihood));
}

/** Whether somebody must say "that is somebody else" before a new record is made. */
export const mustBeRuledOut = (match: Match<{ id: string }>, ruledOut: readonly string[]): boolean =>
  match.likelihood !== 'possible' && !ruledOut.includes(match.candidate.id);

function equality(a: string | null, b: string | null): Agreement {
  if (a === null || b === null) return 'unknown';
  return a === b ? 'same' : 'different';
}

function compareFirstNames(a: MatchFacts, b: MatchFacts): Agreement {
  const [ofA, ofB] = [namesOf(a), namesOf(b)];
  if (ofA[0] === ofB[0]) return 'same';
  const alike = ofA.some((one) => ofB.some((other) => soundsOrStartsAlike(one, other)));
  return alike ? 'alike' : 'different';
}

const namesOf = ({ firstName, knownAs }: MatchFacts): string[] =>
  [firstName, knownAs ?? ''].map(normaliseName).filter((name) => name !== '');

/** "Jo" and "Joanne", "J" and "John", "Catherine" and "Kathryn". */
function soundsOrStartsAlike(a: string, b: string): boolean {
  const [first, other] = [a.split(' ')[0] ?? '', b.split(' ')[0] ?? ''];
  return (
    first.startsWith(other) ||
    other.startsWith(first) ||
    nameSound(first) === nameSound(other) ||
    oneSlip(first, other)
  );
}

function compareLastNames(a: string, b: string): Agreement {
  const [one, other] = [normaliseName(a), normaliseName(b)];
  if (one === other) return 'same';
  if (nameSound(one) === nameSound(other) || oneSlip(one, other)) return 'alike';
  const [parts, otherParts] = [one.split(' '), other.split(' ')];
  const sharesPart = parts.some((part) => part.length > 2 && otherParts.includes(part));
  return sharesPart ? 'alike' : 'different';
}

/** Below this one letter makes another name: Lee and Lea, Ann and Amy. */
const SHORTEST_MISTYPED = 5;

/** Whether one letter left out, added, changed or exchanged with its neighbour makes one name of the other. */
function oneSlip(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < SHORTEST_MISTYPED || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.length !== restB.length) return restA.slice(1) === restB || restA === restB.slice(1);
  if (restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}

/** Alike: day and month exchanged, or one digit mistyped. */
function compareBirths(a: string, b: string): Agreement {
  if (a === b) return 'same';
  const [year, month, day] = a.split('-');
  if (b === `${year ?? ''}-${day ?? ''}-${month ?? ''}`) return 'alike';
  const wrong = Array.from(a).filter((digit, place) => digit !== b[place]).length;
  return wrong === 1 ? 'alike' : 'different';
}

function comparePostcodes(a: string | null, b: string | null): Agreement {
  if (a === null || b === null) return 'unknown';
  if (a === b) return 'same';
  return a.slice(0, -4) === b.slice(0, -4) ? 'alike' : 'different';
}
