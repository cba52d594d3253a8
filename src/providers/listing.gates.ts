import { daysBetween, spokenDate } from '../platform/clock/calendar.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';
import type { Circumstance, Presence } from '../platform/words/circumstances.js';
import type { Need } from '../platform/words/needs.js';
import { coveredUntil } from './assurance.rules.js';
import type { CheckedLevel } from './assurance.types.js';
import { coverage, isAreaKnown, noRoom, placesLeft, placesReading, type Place } from './listing.rules.js';
import type { ForWhom, ListingRow } from './listing.types.js';
import type { Level, Limit, ProviderRow } from './provider.types.js';
import { isPaused } from './provider.rules.js';
import { closedUntil, silentUntil } from './rhythm.rules.js';
import { LONG_SILENCE_DAYS, type Period } from './rhythm.types.js';

/**
 * All that the gates need to know of a person, put together by whoever may read the record. Codes only: no name,
 * no number, no story.
 */
export interface ClientFacts extends Place {
  /** Whole years today. */
  age: number;
  /** What help is wanted with; at least one. */
  needs: readonly Need[];
  circumstances: readonly Circumstance[];
  mustAvoid: readonly Presence[];
  /** Rules such as "women only" that somebody has confirmed the person meets. */
  meets: readonly Exclude<ForWhom, 'everyone'>[];
  faithPreference: 'not_asked' | 'do_not_mind' | 'own_tradition' | 'non_religious';
  faithTradition: string | null;
  /** Whether this provider is on the person's never-offer list. */
  neverOffer: boolean;
  /** The person and any companions: each takes a place. */
  people: number;
}

export type GateListing = Pick<
  ListingRow,
  | 'state'
  | 'needs'
  | 'areas'
  | 'radiusMiles'
  | 'latitude'
  | 'longitude'
  | 'minimumAge'
  | 'maximumAge'
  | 'forWhom'
  | 'excludes'
  | 'present'
  | 'level'
  | 'setting'
  | 'placesKind'
  | 'placesTotal'
  | 'placesTaken'
  | 'placesConfirmedOn'
  | 'fullUntil'
>;

export type GateProvider = Pick<
  ProviderRow,
  | 'sector'
  | 'tradition'
  | 'prayer'
  | 'religiousContent'
  | 'remit'
  | 'limits'
  | 'pausedFrom'
  | 'pausedUntil'
  | 'personalContactUntil'
  | 'aloneUntil'
  | 'noPressureAgreed'
  | 'closedForGoodOn'
  | 'active'
  | 'quietDays'
> & { periods: readonly Period[] };

export interface Verdict {
  passed: boolean;
  /** For a link worker to read: why it may be offered, or why not. */
  because: string;
}

type Rule = (about: {
  facts: ClientFacts;
  listing: GateListing;
  provider: GateProvider;
  today: string;
  settings: Pick<SchemeSettings, 'placesStaleCalendarDays' | 'noPressureRequired'>;
}) => Verdict;

const yes = (because: string): Verdict => ({ passed: true, because });
const no = (because: string): Verdict => ({ passed: false, because });

/** Written after "This group does not take ...". */
const LIMIT_WORDS = {
  under_18s: 'people under 18',
  crisis_mental_health: 'people in a mental health crisis',
  self_harm_or_suicide: 'people at risk of harming themselves',
  violence_or_aggression: 'people who may be violent or aggressive',
  alcohol_or_drugs: 'people who need help with alcohol or drugs',
  domestic_abuse: 'people who live with domestic abuse',
  safeguarding_concern: 'people with an open safeguarding concern',
  not_with_children: 'people who may not be with children',
  personal_care: 'people who need personal care',
  medication: 'people who need help with medicines',
  moving_and_handling: 'people who need help to move',
  falls: 'people at risk of falling',
  confusion_or_memory_loss: 'people with confusion or memory loss',
  cannot_be_left_alone: 'people who cannot be left alone',
  infection: 'people with an infection that spreads',
  unsafe_home: 'visits to a home that is not safe',
} as const satisfies Record<Limit, string>;

const PRESENCE_WORDS = {
  children: 'Children are there',
  alcohol: 'Alcohol is there',
  animals: 'Animals are there',
  smoking: 'People smoke there',
  crowds: 'It is crowded',
} as const satisfies Record<Presence, string>;

const LEVEL_WORDS = {
  personal_contact: 'personal contact',
  alone_or_vulnerable: 'being alone with somebody, at home, with children, or with money or medicines',
} as const satisfies Record<CheckedLevel, string>;

const STATE_WORDS = {
  draft: 'This service is not published yet.',
  in_review: 'This service is not published yet.',
  paused: 'This service is paused.',
  closed: 'This service has closed.',
} as const satisfies Record<Exclude<ListingRow['state'], 'published'>, string>;

const ADULT = 18;

const openNow: Rule = ({ listing, provider, today }) => {
  if (!provider.active) return no('This group is no longer active.');
  if (provider.closedForGoodOn !== null) return no('This group has closed for good.');
  if (listing.state !== 'published') return no(STATE_WORDS[listing.state]);
  const closed = closedUntil(provider.periods, today);
  if (closed !== null) return no(`This group is closed until ${spokenDate(closed.until)} (${closed.name}).`);
  if (!isPaused(provider, today)) {
    const told = silentUntil(today, provider);
    return daysBetween(today, told) <= LONG_SILENCE_DAYS
      ? yes('Open now.')
      : yes(
          `Open now, but it is sent no messages until ${spokenDate(told)}. Ring them, or ask another group.`,
        );
  }
  const until = provider.pausedUntil;
  return no(until === null ? 'This group is paused.' : `This group is paused until ${spokenDate(until)}.`);
};

const inArea: Rule = ({ facts, listing }) => {
  if (!isAreaKnown(listing)) return yes('Area not known: nobody has said where it takes people from. Ask.');
  switch (coverage(listing, facts)) {
    case 'everywhere':
      return yes('It takes people from anywhere in the scheme.');
    case 'inside':
      return yes('It covers where they live.');
    case 'unknown':
      return yes('We do not know whether it covers where they live. Ask.');
    case 'outside':
      return no('It does not cover where they live.');
  }
};

const eligible: Rule = ({ facts, listing }) => {
  const { minimumAge, maximumAge, forWhom } = listing;
  if (minimumAge !== null && facts.age < minimumAge) {
    return no(`It is for people aged ${minimumAge} and over.`);
  }
  if (maximumAge !== null && facts.age > maximumAge) {
    return no(`It is for people up to ${maximumAge} years old.`);
  }
  if (facts.age < ADULT && minimumAge === null) return no('It has not said that it takes people under 18.');
  if (forWhom === 'everyone') return yes('It is for people like them.');
  return facts.meets.includes(forWhom)
    ? yes(`It is for ${forWhom} only: confirmed.`)
    : no(`It is for ${forWhom} only, and nobody has confirmed that this suits them.`);
};

const takesThisNeed: Rule = ({ facts, listing, provider }) => {
  const met = facts.needs.filter((need) => listing.needs.includes(need));
  if (met.length === 0) return no('It does not offer help with what they want help with.');
  const taken = met.some((need) => provider.remit.length === 0 || provider.remit.includes(need));
  return taken
    ? yes('It offers help with what they want help with.')
    : no('This group has said that it does not take on this kind of help.');
};

/** What somebody is, what a service says no to, and what is found there; it may be asked again long after an offer. */
export const withinLimits = ({
  facts,
  listing,
  provider,
}: {
  facts: Pick<ClientFacts, 'age' | 'circumstances' | 'mustAvoid'>;
  listing: Pick<GateListing, 'excludes' | 'present'>;
  provider: Pick<GateProvider, 'limits'>;
}): Verdict => {
  const applies = (limit: Limit): boolean =>
    limit === 'under_18s' ? facts.age < ADULT : facts.circumstances.includes(limit);
  const limit = [...provider.limits, ...listing.excludes].find(applies);
  if (limit !== undefined) return no(`This group does not take ${LIMIT_WORDS[limit]}.`);
  const avoid: readonly Presence[] = facts.circumstances.includes('not_with_children')
    ? [...facts.mustAvoid, 'children']
    : facts.mustAvoid;
  const there = avoid.find((presence) => listing.present.includes(presence));
  return there === undefined
    ? yes('Nothing they have told us is outside its limits.')
    : no(`${PRESENCE_WORDS[there]}, which does not suit them.`);
};

const assuredForLevel: Rule = ({ facts, listing, provider, today, settings }) => {
  if (settings.noPressureRequired && !provider.noPressureAgreed) {
    return no('It has not promised, as this scheme asks, that nobody is put under religious pressure.');
  }
  const needed: Level = facts.age < ADULT ? 'alone_or_vulnerable' : listing.level;
  if (needed === 'open_door') return yes('An open door service needs no safety checks.');
  const until = coveredUntil(provider, needed);
  if (until === null) return no(`Its safety checks do not cover ${LEVEL_WORDS[needed]}.`);
  return until < today
    ? no(`Its safety checks lapsed after ${until}. New offers wait until they are done.`)
    : yes(`Its safety checks cover ${LEVEL_WORDS[needed]}.`);
};

const hasPlaces: Rule = ({ facts, listing, today, settings }) => {
  const reading = placesReading(listing, today, settings.placesStaleCalendarDays);
  if (listing.fullUntil !== null && listing.fullUntil > today) {
    return no(`It is full until ${spokenDate(listing.fullUntil)}.`);
  }
  const left = placesLeft(listing);
  if (left !== null && left < facts.people) {
    const old = reading === 'ask_first' ? ' The number is old: ring them, and correct it.' : '';
    return no(`${noRoom(left, facts.people)}${old}`);
  }
  switch (reading) {
    case 'free':
      return yes(left === 1 ? '1 place is left.' : `${left ?? 0} places are left.`);
    case 'drop_in':
      return yes('People drop in: no place is needed.');
    case 'ask_first':
    case 'full':
      return yes('We do not know how many places there are. Ask first.');
  }
};

/** Null: nobody has said so, and nothing else tells. */
function isReligious({ setting }: GateListing, provider: GateProvider): boolean | null {
  if (provider.religiousContent === 'part_of_it' || provider.prayer === 'may_ask_first') return true;
  return setting === null ? null : setting !== 'non_religious';
}

const preferenceRespected: Rule = ({ facts, listing, provider }) => {
  const religious = isReligious(listing, provider);
  switch (facts.faithPreference) {
    case 'not_asked':
    case 'do_not_mind':
      return yes('They have not asked for, or against, a religious setting.');
    case 'non_religious':
      if (listing.setting === 'place_of_worship') {
        return no('It meets in a place of worship, and they asked for a non-religious setting.');
      }
      if (religious === null) {
        return no(
          'Setting not known, and they asked for a non-religious one. Ask the group, and say it here.',
        );
      }
      return religious
        ? no('Religion is part of it, and they asked for a non-religious setting.')
        : yes('It is a non-religious setting, as they asked.');
    case 'own_tradition': {
      const other = provider.sector === 'faith' || religious === true;
      if (!other && religious === false) return yes('It is not of another tradition than theirs.');
      // A group may keep its tradition to itself, so the reason never says which it is.
      const same = facts.faithTradition !== null && facts.faithTradition !== 'other';
      if (same && provider.tradition === facts.faithTradition) {
        return yes('It is of their own tradition, as they asked.');
      }
      return other
        ? no('They asked for their own tradition, and this group is not known to be of it.')
        : yes('Setting not known. Ask whether it is of another tradition than theirs.');
    }
  }
};

/** Says nothing of why, to anybody: the list may be all that keeps somebody safe. */
export const mayBeOffered = ({ facts }: { facts: Pick<ClientFacts, 'neverOffer'> }): Verdict =>
  facts.neverOffer ? no('This service is not suitable for this person.') : yes('It may be offered.');

/** Every one must pass before a person is offered to a service; in the order people ask. */
export const GATES = {
  open_now: openNow,
  in_area: inArea,
  eligible,
  takes_this_need: takesThisNeed,
  within_limits: withinLimits,
  assured_for_level: assuredForLevel,
  has_places: hasPlaces,
  preference_respected: preferenceRespected,
  may_be_offered: mayBeOffered,
} as const satisfies Record<string, Rule>;

export type GateName = keyof typeof GATES;
export const GATE_NAMES = Object.keys(GATES) as GateName[];

export interface Gate extends Verdict {
  gate: GateName;
}

/**
 * Every gate with its answer and a reason a person can read. `today` is a date in London. An offer to the waiting list
 * may disregard `has_places`, and nothing else.
 */
export function checkGates(
  facts: ClientFacts,
  listing: GateListing,
  provider: GateProvider,
  today: string,
  settings: Pick<SchemeSettings, 'placesStaleCalendarDays' | 'noPressureRequired'>,
): Gate[] {
  const about = { facts, listing, provider, today, settings };
  return GATE_NAMES.map((gate) => ({ gate, ...GATES[gate](about) }));
}

/** Those that say the same of everybody, in the order people ask. */
const OF_EVERYBODY = ['open_now', 'takes_this_need', 'assured_for_level', 'has_places'] as const;

/** What stands in the way of everybody, or does not: for one adult who asks for what the service offers. */
export function readinessOf(
  listing: GateListing,
  provider: GateProvider,
  today: string,
  settings: Pick<SchemeSettings, 'placesStaleCalendarDays' | 'noPressureRequired'>,
): Gate[] {
  const facts: ClientFacts = {
    age: ADULT,
    needs: listing.needs,
    circumstances: [],
    mustAvoid: [],
    meets: [],
    faithPreference: 'not_asked',
    faithTradition: null,
    neverOffer: false,
    people: 1,
    outward: null,
    point: null,
  };
  const about = { facts, listing, provider, today, settings };
  return OF_EVERYBODY.map((gate) => ({ gate, ...GATES[gate](about) }));
}
