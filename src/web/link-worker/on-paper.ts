import type { HeadReferral, PersonHead } from '../../referrals/person-head.queries.js';
import { lateInWords } from '../layout/dates.js';
import { NEED_WORDS, stageTag } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { NEXT_WORDS } from './link-worker.words.js';

/** People on paper for whoever works with them next: how to reach them and what not to do, where each stands and what is due. */
export const onPaper = (people: readonly (PersonHead & { current: HeadReferral })[], now: Date) => ({
  rows: people.map((person) => ({
    person,
    referral: person.current,
    late: person.current.nextAt && lateInWords(person.current.nextAt, now),
    stage: stageTag(person.current.stage),
  })),
  print: true,
  words: { need: NEED_WORDS, next: NEXT_WORDS, reach: REACH_WORDS },
});
