import type { PublishedService } from '../../providers/published-service.types.js';
import { longDate } from '../layout/dates.js';
import type { Interpreter } from '../../clients/client.types.js';
import { ACCESS_NEEDS, type AccessNeed } from '../../platform/words/access.js';
import { NEEDS, type Need } from '../../platform/words/needs.js';
import { inWords } from '../reply/reply.words.js';
import type { Speech } from '../words/speech.js';
import { COST_WORDS, DAY_WORDS, EVERY_WORDS } from '../link-worker/groups.words.js';

/** What people may want help with, as they would say it of themselves. */
export const myNeedWords = (t: Speech['t']): Record<Need, string> =>
  inWords(NEEDS, (need) => t(`selfReferral.need.${need}`));

/** Whether somebody would like an interpreter, as they are asked. Nobody asks for a worker who speaks it: that is ours to find. */
const INTERPRETERS = ['not_needed', 'professional', 'own_choice'] as const satisfies readonly Interpreter[];
export const interpreterWords = (t: Speech['t']): Record<(typeof INTERPRETERS)[number], string> =>
  inWords(INTERPRETERS, (one) => t(`selfReferral.interpreter.${one}`));

/** Each by itself, in a list of boxes: elsewhere they stand within a sentence. */
export const accessWords = ({ t, tag }: Speech): Record<AccessNeed, string> =>
  inWords(ACCESS_NEEDS, (need) => capital(t(`reply.access.${need}`), tag));

const capital = (text: string, tag: string): string => text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);

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
