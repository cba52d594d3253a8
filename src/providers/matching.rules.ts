import { addDays, spokenDate } from '../platform/clock/calendar.js';
import { milesBetween } from '../platform/pure/distance.js';
import type { AccessNeed } from '../platform/words/access.js';
import type { Need } from '../platform/words/needs.js';
import type { ClientFacts, Gate, GateListing, GateProvider } from './listing.gates.js';
import { isFresh, placesReading } from './listing.rules.js';
import { LISTING_CHECK_DAYS, type ListingRow } from './listing.types.js';
import type { ProviderRow } from './provider.types.js';
import { periodOn } from './rhythm.rules.js';

/** What the order asks of a person beside what the gates ask. */
export interface OrderFacts extends ClientFacts {
  /** ISO 639. */
  language: string;
  accessNeeds: readonly AccessNeed[];
}

export type OrderListing = GateListing & Pick<ListingRow, 'confirmedOn' | 'languages' | 'access'>;
export type OrderProvider = GateProvider & Pick<ProviderRow, 'replyWithinDays'>;

/** How much a group carries, and what is known of its waits and answers. */
export interface Load {
  /** People with the group now: asked, waiting, accepted or started. */
  carrying: number;
  /** The same of an average group among those compared. */
  average: number;
  /** Its last offers within a year, a hundred at most, and how many of them it did not answer in time. */
  asked: number;
  noReply: number;
  /** People on the waiting list of this service, and the weeks they were told, on average. */
  waiting: number;
  expectedWeeks: number | null;
}

export interface Part {
  points: number;
  /** The most it can give; below nothing it only takes. */
  of: number;
  because: string;
}

interface About {
  facts: OrderFacts;
  listing: OrderListing;
  provider: OrderProvider;
  load: Load;
  miles: number | null;
  today: string;
  staleDays: number;
}

type Rule = (about: About) => Omit<Part, 'of'>;

/** The first step whose limit is not passed; beyond the last, nothing. */
const stepped = (value: number, steps: readonly (readonly [upTo: number, points: number])[]): number =>
  steps.find(([upTo]) => value <= upTo)?.[1] ?? 0;

const MILES = [
  [1, 20],
  [3, 16],
  [5, 12],
  [10, 7],
  [20, 3],
] as const;
/** Between near and far: what nobody knows must not decide. */
const UNKNOWN_DISTANCE = 10;

const REPLY_DAYS = [
  [3, 5],
  [5, 4],
  [10, 3],
  [20, 2],
] as const;

const FRESH_DAYS = [
  [LISTING_CHECK_DAYS, 10],
  [2 * LISTING_CHECK_DAYS, 5],
  [4 * LISTING_CHECK_DAYS, 2],
] as const;

/** A record of silence is believed from this many offers on: below it, one bad week would follow a small group for ever. */
const OFFERS_THAT_TELL = 3;
/** So many more than the average is still fair; and a group with fewer people than this carries nothing too heavy. */
const FAIR_SHARE = 1.5;
const LIGHT_LOAD = 3;

const inWords = (needs: readonly Need[]): string => needs.map((need) => need.replaceAll('_', ' ')).join(', ');
const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);

const needFit: Rule = ({ facts, listing }) => {
  const met = facts.needs.filter((need) => listing.needs.includes(need));
  if (met.length === 0)
    return { points: 0, because: 'It does not offer help with what they want help with.' };
  // Three quarters for how much of what they ask is met, a quarter for how much of what it does is that.
  const points = Math.round(
    (30 * met.length) / facts.needs.length + (10 * met.length) / listing.needs.length,
  );
  const because =
    met.length === facts.needs.length
      ? `It helps with all they ask for: ${inWords(met)}.`
      : `It helps with ${met.length} of the ${facts.needs.length} things they ask for: ${inWords(met)}.`;
  return { points, because };
};

const distance: Rule = ({ miles }) => {
  if (miles === null) return { points: UNKNOWN_DISTANCE, because: 'We do not know how far away it is.' };
  const because = miles < 1 ? 'It is less than a mile away.' : `It is ${miles.toFixed(1)} miles away.`;
  return { points: stepped(miles, MILES), because };
};

const expectedWait: Rule = (about) => {
  const { points, because } = wait(about);
  const shorter = periodOn(about.provider.periods, 'shorter', about.today);
  if (shorter === null) return { points, because };
  return {
    points,
    because: `${because} It has shorter times until ${spokenDate(shorter.until)} (${shorter.name}).`,
  };
};

const wait: Rule = ({ listing, load, today, staleDays }) => {
  const reading = placesReading(listing, today, staleDays);
  switch (reading) {
    case 'free':
      return { points: 15, because: 'It has room now.' };
    case 'drop_in':
      return { points: 15, because: 'People drop in: there is no wait.' };
    case 'ask_first':
      return listing.placesKind === 'counted'
        ? { points: 6, because: 'The number of places is old. Ask first.' }
        : { points: 8, because: 'We do not know how long the wait is. Ask first.' };
    case 'full': {
      const ahead = load.waiting === 0 ? 'Nobody waits yet.' : `${people(load.waiting)} already waiting.`;
      const weeks = load.expectedWeeks;
      const told =
        weeks === null ? 'It is full, and the wait is not known.' : `The wait is about ${weeks} weeks.`;
      return {
        points: weeks === null ? 2 : Math.max(0, 6 - Math.round(weeks / 4)),
        because: `${told} ${ahead}`,
      };
    }
  }
};

const freshness: Rule = ({ listing, today }) => {
  const { confirmedOn } = listing;
  if (confirmedOn === null) return { points: 0, because: 'Nobody has confirmed that this is still right.' };
  const step = FRESH_DAYS.find(([days]) => isFresh(confirmedOn, today, days));
  return { points: step?.[1] ?? 0, because: `Confirmed on ${spokenDate(confirmedOn)}.` };
};

const faith = ({ facts, listing, provider }: About): [points: number, because: string] => {
  switch (facts.faithPreference) {
    case 'not_asked':
    case 'do_not_mind':
      return [5, ''];
    case 'non_religious':
      if (listing.setting === null) return [0, 'Setting not known, and they asked for a non-religious one.'];
      return listing.setting === 'non_religious' && provider.religiousContent !== 'part_of_it'
        ? [5, 'A non-religious setting, as they asked.']
        : [0, 'Not the non-religious setting they asked for.'];
    case 'own_tradition':
      // A group may keep its tradition to itself, so the reason never says which it is.
      return facts.faithTradition !== null &&
        facts.faithTradition !== 'other' &&
        provider.tradition === facts.faithTradition
        ? [5, 'Of their own tradition, as they asked.']
        : [2, 'Not known to be of their own tradition.'];
  }
};

const language = ({ facts, listing }: About): [points: number, because: string] => {
  const spoken = listing.languages.length === 0 ? ['en'] : listing.languages;
  if (spoken.includes(facts.language)) {
    return [5, facts.language === 'en' ? '' : `In their language (${facts.language}).`];
  }
  return [0, `Not known to be in their language (${facts.language}).`];
};

const access = ({ facts, listing }: About): [points: number, because: string] => {
  const wanted = facts.accessNeeds;
  if (wanted.length === 0) return [5, ''];
  const missing = wanted.filter((need) => !listing.access.includes(need));
  const points = Math.round((5 * (wanted.length - missing.length)) / wanted.length);
  return missing.length === 0
    ? [points, 'It says it gives all the access they need.']
    : [points, `Ask about access: ${missing.map((need) => need.replaceAll('_', ' ')).join(', ')}.`];
};

const preferences: Rule = (about) => {
  const answers = [faith(about), language(about), access(about)];
  const said = answers.map(([, because]) => because).filter((because) => because !== '');
  return {
    points: answers.reduce((sum, [points]) => sum + points, 0),
    because: said.length === 0 ? 'Nothing they prefer speaks against it.' : said.join(' '),
  };
};

const replies: Rule = ({ provider, load }) => {
  const days = provider.replyWithinDays;
  const promised = stepped(days, REPLY_DAYS);
  const within = `It answers within ${days} working ${days === 1 ? 'day' : 'days'}.`;
  if (load.asked < OFFERS_THAT_TELL || load.noReply === 0) return { points: promised, because: within };
  const lost = Math.round((5 * load.noReply) / load.asked);
  return {
    points: Math.max(0, promised - lost),
    because: `${within} We did not hear back from ${load.noReply} of its last ${load.asked} offers.`,
  };
};

const fairShare: Rule = ({ provider, load, today }) => {
  const extra = periodOn(provider.periods, 'extra', today);
  if (extra !== null) {
    return {
      points: 0,
      because: `It does more than usual until ${spokenDate(extra.until)} (${extra.name}).`,
    };
  }
  const { carrying, average } = load;
  const over = average > 0 && carrying > LIGHT_LOAD ? carrying / average - FAIR_SHARE : 0;
  if (over <= 0) return { points: 0, because: 'It does not carry more than its share.' };
  return {
    points: -Math.min(10, Math.ceil(over * 5)),
    because: `It carries ${people(carrying)} now, where groups like it carry ${average.toFixed(1)} on average.`,
  };
};

/** Each part of the order, the most it can give, and how; in the order people weigh them. */
export const ORDER = {
  need_fit: [40, needFit],
  distance: [20, distance],
  expected_wait: [15, expectedWait],
  freshness: [10, freshness],
  preferences: [15, preferences],
  replies: [5, replies],
  fair_share: [0, fairShare],
} as const satisfies Record<string, readonly [of: number, rule: Rule]>;

export type PartName = keyof typeof ORDER;
export const PART_NAMES = Object.keys(ORDER) as PartName[];

export interface NamedPart extends Part {
  part: PartName;
}

/** Whether the person may be offered now, only to the waiting list, or not at all; the first come first. */
export const STANDINGS = ['may_be_offered', 'waiting_list', 'not_suitable'] as const;
export type Standing = (typeof STANDINGS)[number];

/** Every gate passed, all but places, or another one failed. */
export function standingOf(gates: readonly Pick<Gate, 'gate' | 'passed'>[]): Standing {
  const failed = gates.filter(({ passed }) => !passed);
  if (failed.length === 0) return 'may_be_offered';
  return failed.every(({ gate }) => gate === 'has_places') ? 'waiting_list' : 'not_suitable';
}

/**
 * The points of every part, each with a reason a person can read. `today` is a date in London; distance is in miles as
 * the crow flies, and unknown where either end is.
 */
export function scored(
  facts: OrderFacts,
  listing: OrderListing,
  provider: OrderProvider,
  load: Load,
  today: string,
  staleDays: number,
): { points: number; miles: number | null; parts: NamedPart[] } {
  const miles =
    facts.point === null || listing.latitude === null || listing.longitude === null
      ? null
      : milesBetween(facts.point, { lat: listing.latitude, lon: listing.longitude });
  const about = { facts, listing, provider, load, miles, today, staleDays };
  const parts = PART_NAMES.map((part) => ({ part, of: ORDER[part][0], ...ORDER[part][1](about) }));
  return { points: parts.reduce((sum, { points }) => sum + points, 0), miles, parts };
}

export interface Ranked {
  standing: Standing;
  points: number;
  miles: number | null;
  id: string;
}

/** Who may be offered first, then most points, then nearest, and the id so that the order never wavers. */
export function inOrder(a: Ranked, b: Ranked): number {
  return (
    STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) ||
    b.points - a.points ||
    (a.miles ?? Infinity) - (b.miles ?? Infinity) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** A year before, from which offers and silences are counted. */
export const loadSince = (today: string): string => addDays(today, -365);
