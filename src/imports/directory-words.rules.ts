import type { Need } from '../platform/words/needs.js';

const FAITH_WORDS =
  /\b(church|parish|chapel|methodist|baptist|catholic|diocese|salvation army|quaker|mosque|masjid|islamic|muslim|gurdwara|sikh|temple|hindu|mandir|synagogue|jewish|buddhist|christian|faith)\b/i;

/** Words that say plainly what a charity helps with; nothing is guessed beyond them. A manager looks before publishing. */
const NEED_WORDS: readonly (readonly [RegExp, Need])[] = [
  [/\b(lonel\w*|isolat\w*|befriend\w*|friendship)\b/i, 'loneliness'],
  [/\b(bereave\w*|grief)\b/i, 'bereavement'],
  [/\b(debt|money advice|financial hardship|poverty)\b/i, 'debt_and_money'],
  [/\b(homeless\w*|housing)\b/i, 'housing'],
  [/\b(food ?bank|food|meals?)\b/i, 'food'],
  [/\b(sports?|exercise|fitness|walking)\b/i, 'inactivity'],
  [/\b(mental health|wellbeing|depression)\b/i, 'low_mood'],
  [/\bcarers?\b/i, 'carer_support'],
  [/\b(employment|training|education|learning)\b/i, 'work_and_learning'],
  [/\b(arts?|music|garden\w*|nature|wildlife)\b/i, 'creativity_and_nature'],
];

export const soundsLikeFaith = (name: string): boolean => FAITH_WORDS.test(name);

export const needsIn = (text: string): Need[] => [
  ...new Set(NEED_WORDS.filter(([words]) => words.test(text)).map(([, need]) => need)),
];

export const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/;
