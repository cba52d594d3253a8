import { NEED_WORDS } from '../layout/words.js';
import {
  COST_WORDS,
  DAY_WORDS,
  EVERY_WORDS,
  FOR_WHOM_WORDS,
  PLACES_WORDS,
  SETTING_WORDS,
} from '../link-worker/groups.words.js';
import { ACCESS_WORDS } from '../reply/reply.words.js';

/** What the card of a service says in words, wherever link workers, or those who show it to them, read it. */
export const CARD_WORDS = {
  need: NEED_WORDS,
  places: PLACES_WORDS,
  cost: COST_WORDS,
  setting: SETTING_WORDS,
  forWhom: FOR_WHOM_WORDS,
  day: DAY_WORDS,
  every: EVERY_WORDS,
  access: ACCESS_WORDS,
};
