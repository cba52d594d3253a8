import type { Presence } from '../../platform/words/circumstances.js';
import { ACCESS_NEEDS } from '../../platform/words/access.js';
import type { GateName } from '../../providers/listing.gates.js';
import type { Cost, Every, ForWhom, PlacesKind, Setting } from '../../providers/listing.types.js';
import type { Level, Limit } from '../../providers/provider.types.js';
import { capitalised } from '../link-worker/groups.page.js';
import { DAY_WORDS, FOR_WHOM_WORDS } from '../link-worker/groups.words.js';
import { choicesOf, languageInWords, NEED_WORDS } from '../layout/words.js';
import { OFFERED_LANGUAGES } from '../my/my.words.js';
import { ACCESS_WORDS } from '../reply/reply.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** What a group or one of its services does not take. */
export const LIMIT_WORDS: Record<Limit, string> = sayAll({
  under_18s: 'People under 18',
  crisis_mental_health: 'People in a mental health crisis',
  self_harm_or_suicide: 'People at risk of harming themselves',
  violence_or_aggression: 'People who may be violent or aggressive',
  alcohol_or_drugs: 'People who need help with alcohol or drugs',
  domestic_abuse: 'People who live with domestic abuse',
  safeguarding_concern: 'People with an open safeguarding concern',
  not_with_children: 'People who may not be with children',
  personal_care: 'People who need personal care',
  medication: 'People who need help with medicines',
  moving_and_handling: 'People who need help to move',
  falls: 'People at risk of falling',
  confusion_or_memory_loss: 'People with confusion or memory loss',
  cannot_be_left_alone: 'People who cannot be left alone',
  infection: 'People with an infection that spreads',
  unsafe_home: 'Visits to a home that is not safe',
});

/** What some people must, or want to, stay away from. */
export const PRESENCE_WORDS: Record<Presence, string> = sayAll({
  children: 'Children',
  alcohol: 'Alcohol',
  animals: 'Animals',
  smoking: 'People who smoke',
  crowds: 'Crowds',
});

const EVERY_WORDS: Record<Every, string> = sayAll({
  week: 'Every week',
  fortnight: 'Every other week',
  month: 'Once a month',
});

const COST_WORDS: Record<Cost, string> = sayAll({
  free: 'It is free',
  donation: 'A donation',
  paid: 'It costs money',
});

const SETTING_WORDS: Record<Setting, string> = sayAll({
  non_religious: 'It is not religious',
  place_of_worship: 'It meets in a place of worship, and is not religious itself',
  religious: 'Religion is part of it',
});

const FOR_WHOM: Record<ForWhom, string> = FOR_WHOM_WORDS;

/** How close it comes to a person, as those who run it say it. */
const CLOSENESS_WORDS: Record<Level, string> = sayAll({
  open_door: 'Everybody is together, and people come and go',
  personal_contact: 'Somebody is there for one person, with others around',
  alone_or_vulnerable: 'Somebody is alone with a person, at home, with children, or with money or medicines',
});

export const PLACES_KIND_WORDS: Record<PlacesKind, string> = sayAll({
  counted: 'We count them',
  drop_in: 'No places are needed: people just come along',
  ask_first: 'We do not count: ask us first',
});

/** What may stand in the way of everybody, whoever they are. */
export const READINESS_WORDS: Partial<Record<GateName, string>> = sayAll({
  open_now: 'Open',
  takes_this_need: 'Help it offers',
  assured_for_level: 'Safety checks',
  has_places: 'Places',
});

/** Where it takes people from; a page's own question, of which districts and miles are the answer. */
const FROM_WORDS = sayAll({
  unknown: 'Nobody has said yet',
  everywhere: 'Anywhere in the area of the scheme',
  some: 'Only some districts, or near to where it meets',
} as const);
export type From = keyof typeof FROM_WORDS;

const unsaid = (text: string) => ({ value: '', text });

/** What the questions about a service can be answered with; `languages` are those it has already. */
export const listingChoices = (languages: readonly string[]) => ({
  needs: choicesOf(NEED_WORDS),
  from: choicesOf(FROM_WORDS),
  days: [unsaid(say('No day')), ...choicesOf(DAY_WORDS)],
  every: choicesOf(EVERY_WORDS),
  forWhom: choicesOf(FOR_WHOM),
  limits: choicesOf(LIMIT_WORDS),
  presences: choicesOf(PRESENCE_WORDS),
  levels: choicesOf(CLOSENESS_WORDS),
  settings: [unsaid(say('Nobody has said yet')), ...choicesOf(SETTING_WORDS)],
  costs: [unsaid(say('Nobody has said yet')), ...choicesOf(COST_WORDS)],
  languages: [...new Set([...languages, ...OFFERED_LANGUAGES])].map((value) => ({
    value,
    text: languageInWords(value),
  })),
  access: ACCESS_NEEDS.map((value) => ({ value, text: capitalised(ACCESS_WORDS[value]) })),
  places: choicesOf(PLACES_KIND_WORDS),
});
