import type { Action } from '../permissions/permission.table.js';
import { addMonths } from '../platform/clock/calendar.js';
import { move } from '../platform/pure/lifecycle.js';
import { STORY_LIFECYCLE, type StoryVerb } from './story.lifecycle.js';
import {
  CONSENT_MONTHS,
  CONSENT_MONTHS_MAX,
  STORY_ACTIONS,
  type StoryAction,
  type StoryState,
} from './story.types.js';

/** What each is by the permission table, and by the lifecycle where it moves the story. */
// prettier-ignore
const ACTION_NEEDS: Record<StoryAction, { needs: Action; verb: StoryVerb | null }> = {
  change:   { needs: 'story.write',    verb: 'amend' },
  consent:  { needs: 'story.consent',  verb: null },
  offer:    { needs: 'story.write',    verb: 'offer' },
  read:     { needs: 'story.approve',  verb: 'approve' },
  withdraw: { needs: 'story.withdraw', verb: 'withdraw' },
};

/** Whom the person and those close to them are called, as far as the record knows. */
export interface KnownNames {
  /** First and last names and what they are called, of everybody the record links with the person. */
  names: readonly string[];
}

/** What makes somebody findable whoever they are: never in a story that is shown. */
const FINDABLE: readonly { what: string; pattern: RegExp }[] = [
  { what: 'an e-mail address', pattern: /[^\s@<>()]@[^\s@<>()]+\.[a-z]{2}/iu },
  { what: 'an NHS number', pattern: /\b\d{3}[ -]?\d{3}[ -]?\d{4}\b/u },
  { what: 'a telephone number', pattern: /(?:\+44|\b0)(?:[\s-]?\d){9,10}\b/u },
  { what: 'a postcode', pattern: /\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b/iu },
  { what: 'a date of birth', pattern: /\bborn (?:on )?(?:the )?\d{1,2}\b/iu },
  {
    what: 'an address',
    pattern:
      /\b\d{1,4}[a-z]? [A-Z][\p{L}']{1,40} (?:Street|Road|Avenue|Close|Lane|Drive|Way|Court|Gardens|Terrace|Place)\b/u,
  },
];

/** What in these words would let somebody be found, such as "a telephone number"; each once. Names are another matter. */
export const findableIn = (words: string): string[] =>
  FINDABLE.filter(({ pattern }) => pattern.test(words)).map(({ what }) => what);

// prettier-ignore
/** Words with a capital that name nobody. */
const NOBODY = new Set([
  'I', 'GP', 'NHS', 'PCN', 'OK', 'TV', 'UK', 'DWP', 'PIP', 'ESA', 'A&E', 'BSL', 'English', 'British', 'God',
  'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday', 'Mondays', 'Tuesdays', 'Wednesdays',
  'Thursdays', 'Fridays', 'Saturdays', 'Sundays', 'January', 'February', 'March', 'April', 'May', 'June', 'July',
  'August', 'September', 'October', 'November', 'December', 'Christmas', 'Easter', 'Ramadan', 'Eid', 'Diwali', 'Covid',
]);

const WORD = /\p{L}[\p{L}\p{M}'’-]*/gu;

/** Whether a word at this place begins a sentence or a line, where a capital says nothing. */
const begins = (words: string, at: number): boolean =>
  /(?:^|[.!?…:]["'”’)\]]*\s+|[\n"“‘(])$/u.test(words.slice(0, at));

const bare = (word: string): string => word.replace(/(?:['’]s|['’](?:m|d|ve|ll|re)|['’-])$/iu, '');

/**
 * Words that a second reader must look at, in the order they come, each once: names the record knows of the person and
 * those close to them, wherever they stand, and words with a capital inside a sentence. It finds too many rather than
 * too few, and in scripts without capitals only the known ones, so that it helps a reader and replaces none.
 */
export function possibleNames(words: string, { names }: KnownNames): string[] {
  const known = knownIn(names);
  const found = new Set<string>();
  for (const match of words.matchAll(WORD)) {
    const word = bare(match[0]);
    const capital = /^\p{Lu}/u.test(word) && !NOBODY.has(word) && !begins(words, match.index);
    if (capital || known.has(folded(word))) found.add(word);
  }
  return [...found];
}

/** Those of `found` that are names the record knows: of the person, and of those close to them. */
export function namesOfRecord(found: readonly string[], { names }: KnownNames): string[] {
  const known = knownIn(names);
  return found.filter((word) => known.has(folded(word)));
}

const knownIn = (names: readonly string[]): ReadonlySet<string> =>
  new Set(
    names
      .flatMap((name) => name.match(WORD) ?? [])
      .filter((name) => name.length > 1)
      .map(folded),
  );

/** How many places of names are told at once; whoever takes these out is told of the next. */
const PLACES_TOLD = 5;
const AROUND = 3;

/** "Zoë" and "Zoe", "OKORO" and "Okoro" are one name; "grace" and "will" are words until a reader has looked at them. */
const folded = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
const parts = (word: string): string[] => word.split(/[-–]/u).filter((part) => part.length > 1);
const writtenAsName = (part: string): boolean =>
  /^\p{Lu}/u.test(part) || part.toLowerCase() === part.toUpperCase();

/**
 * Where words still call the person by one of their own names, such as "“Grace” in “… said Grace to me …”". Unlike the names
 * of others, which a reader decides about one by one, these are never in a form that may be shown.
 */
export function ownNamesIn(words: string, own: readonly string[]): string[] {
  const names = new Set(
    own
      .flatMap((name) => name.match(WORD) ?? [])
      .flatMap(parts)
      .filter(writtenAsName)
      .map(folded),
  );
  const tokens = words.split(/\s+/u).filter(Boolean);
  return tokens
    .flatMap((token, at) =>
      (token.match(WORD) ?? [])
        .flatMap((word) => parts(bare(word)))
        .filter((part) => writtenAsName(part) && names.has(folded(part)))
        .map((part) => `“${part}” in “${tokens.slice(Math.max(0, at - AROUND), at + AROUND + 1).join(' ')}”`),
    )
    .slice(0, PLACES_TOLD);
}

/** What somebody may do with a story as it stands, by what they may do at all. */
export const storyActions = (
  { state, hasDied, readsSecond }: { state: StoryState; hasDied: boolean; readsSecond: boolean },
  may: (action: Action) => boolean,
): StoryAction[] =>
  STORY_ACTIONS.filter((one) => {
    const { needs, verb } = ACTION_NEEDS[one];
    return (
      may(needs) &&
      (verb === null ? state !== 'withdrawn' : move(STORY_LIFECYCLE, verb, state).ok) &&
      (one !== 'consent' || !hasDied) &&
      (one !== 'read' || readsSecond)
    );
  });

/** Of the words a reader must look at, those they did not say they had. */
export const notLookedAt = (found: readonly string[], lookedAt: readonly string[]): string[] =>
  found.filter((word) => !lookedAt.includes(word));

/** The last day of a consent (YYYY-MM-DD) unless another is chosen. */
export const usualExpiry = (agreedOn: string): string => addMonths(agreedOn, CONSENT_MONTHS);

/** Why a consent cannot run until this day; null when it can. It is still to come, and within three years. */
export function expiryProblem(
  expiresOn: string,
  { agreedOn, today }: { agreedOn: string; today: string },
): string | null {
  if (expiresOn <= today) return 'Choose a day that is still to come';
  return expiresOn > addMonths(agreedOn, CONSENT_MONTHS_MAX)
    ? `Choose a day within ${String(CONSENT_MONTHS_MAX)} months of the agreement`
    : null;
}

/**
 * Whether somebody may be the second reader: neither who wrote the story down nor who gave this edition to be read, by
 * account, so that one person with two roles stays one person. Gives why not, or null.
 */
export function secondReaderProblem(
  reader: string,
  { writtenBy, offeredBy }: { writtenBy: string | null; offeredBy: string | null },
): string | null {
  return reader === writtenBy || reader === offeredBy
    ? 'Somebody else reads it: whoever wrote it down sees what they expect to see.'
    : null;
}
