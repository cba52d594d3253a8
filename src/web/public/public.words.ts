import { type Every, FOR_WHOM, type Session, SETTINGS } from '../../providers/listing.types.js';
import { type Weekday, WEEKDAYS } from '../../providers/provider.types.js';
import type { PublishedService } from '../../providers/published-service.types.js';
import type { Interpreter } from '../../clients/client.types.js';
import { ACCESS_NEEDS, type AccessNeed } from '../../platform/words/access.js';
import { NEEDS, type Need } from '../../platform/words/needs.js';
import { inWords } from '../reply/reply.words.js';
import type { Speech } from '../words/speech.js';

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
  places: string;
  /** Null where everybody may come. */
  forWhom: string | null;
  /** Null where nobody has said: then we introduce people. */
  join: string | null;
  confirmed: string;
}

export const cardOf = (service: PublishedService & { miles: number | null }, speech: Speech): PublicCard => ({
  service,
  when: service.schedule.map((session) => sessionWords(session, speech)),
  cost: costOf(service, speech.t),
  places: placesOf(service, speech),
  forWhom: service.forWhom === 'everyone' ? null : forWhomWords(speech.t)[service.forWhom],
  join: service.howToJoin ?? (service.placesReading === 'drop_in' ? speech.t('finder.places.drop_in') : null),
  confirmed: confirmedOf(service, speech),
});

/** "Friday 12:00–14:00, every other week". */
export const sessionWords = ({ day, from, to, every, note }: Session, speech: Speech): string =>
  [`${weekdayIn(speech)[day]} ${speech.apart(`${from}–${to}`)}`, everyWords(speech.t)[every], note ?? '']
    .filter(Boolean)
    .join(', ');

function costOf({ cost, costNote }: PublishedService, t: Speech['t']): string | null {
  if (cost === null) return null;
  const said = t(`reply.cost.${cost}`);
  return costNote === null ? said : t('reply.row.costNote', { cost: said, note: costNote });
}

function placesOf(
  { temporarilyClosed, fullUntil, placesReading }: PublishedService,
  { t, date }: Speech,
): string {
  if (temporarilyClosed) return t('finder.places.closed');
  if (fullUntil !== null) return t('reply.row.fullUntil', { day: date(fullUntil) });
  return t(`finder.places.${placesReading}`);
}

function confirmedOf({ confirmedOn, confirmed }: PublishedService, { t, date }: Speech): string {
  if (confirmedOn === null) return t('finder.neverConfirmed');
  return t(confirmed ? 'finder.confirmed' : 'finder.notConfirmed', { day: date(confirmedOn) });
}

export const forWhomWords = (t: Speech['t']) => inWords(FOR_WHOM, (one) => t(`finder.forWhom.${one}`));
export const settingWords = (t: Speech['t']) => inWords(SETTINGS, (one) => t(`reply.setting.${one}`));

const everyWords = (t: Speech['t']): Record<Every, string> => ({
  week: '',
  fortnight: t('finder.every.fortnight'),
  month: t('finder.every.month'),
});

/** 23 November 2026 is a Monday. */
const MONDAY = 23;
export const weekdayIn = ({ tag }: Speech): Record<Weekday, string> => {
  const name = new Intl.DateTimeFormat(tag, { weekday: 'long', timeZone: 'UTC' });
  return Object.fromEntries(
    WEEKDAYS.map((day, index) => [day, name.format(Date.UTC(2026, 10, MONDAY + index))]),
  ) as Record<Weekday, string>;
};
