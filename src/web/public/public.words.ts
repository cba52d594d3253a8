import type { PublishedService } from '../../providers/published-service.types.js';
import { longDate } from '../layout/dates.js';
import type { Interpreter } from '../../clients/client.types.js';
import type { Need } from '../../platform/words/needs.js';
import { COST_WORDS, DAY_WORDS, EVERY_WORDS } from '../link-worker/groups.words.js';

/** What people may want help with, as they would say it of themselves. */
export const MY_NEED_WORDS: Record<Need, string> = {
  loneliness: 'I feel lonely or cut off',
  bereavement: 'Somebody died',
  debt_and_money: 'Money or debt',
  housing: 'Where I live',
  food: 'Food',
  inactivity: 'Being more active',
  low_mood: 'Feeling low or worried',
  carer_support: 'I look after somebody',
  work_and_learning: 'Work or learning',
  digital: 'Getting online',
  long_term_condition: 'Living with an illness',
  domestic_difficulty: 'Trouble at home',
  practical_help: 'Help with everyday things',
  creativity_and_nature: 'Making things, or being outdoors',
  faith_and_belonging: 'Faith and belonging',
  other: 'Something else',
};

/** Whether somebody would like an interpreter, as they are asked. Nobody asks for a worker who speaks it: that is ours to find. */
export const MY_INTERPRETER_WORDS: Partial<Record<Interpreter, string>> = {
  not_needed: 'No',
  professional: 'Yes, please arrange one',
  own_choice: 'I will bring a grown-up whom I choose myself',
};

/** What anybody may read of a service, in words. */
export interface PublicCard {
  service: PublishedService & { miles: number | null };
  when: string[];
  cost: string | null;
  /** Nothing where nobody can rely on what was said. */
  places: string | null;
  confirmed: string | null;
}

export const cardOf = (service: PublishedService & { miles: number | null }): PublicCard => ({
  service,
  when: service.schedule.map(({ day, from, to, every, note }) =>
    [`${DAY_WORDS[day]} ${from} to ${to}`, EVERY_WORDS[every], note ?? ''].filter(Boolean).join(', '),
  ),
  cost:
    service.cost === null
      ? null
      : [COST_WORDS[service.cost], service.costNote ?? ''].filter(Boolean).join(': '),
  places: placesOf(service),
  confirmed: service.confirmedOn === null ? null : longDate(service.confirmedOn),
});

function placesOf(service: PublishedService): string | null {
  if (service.temporarilyClosed) return 'Closed for now';
  if (service.fullUntil !== null) return `Full until ${longDate(service.fullUntil)}`;
  if (!service.placesKnown || service.placesLeft === null) return null;
  return service.placesLeft > 0 ? 'Has places' : 'Full';
}
