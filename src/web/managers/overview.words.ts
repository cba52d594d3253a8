import type { FigureView, ShownView } from '../../reporting/overview.dto.js';
import type { Period } from '../../reporting/overview.rules.js';
import type { OpenedCount } from '../../reporting/overview.types.js';
import { LONG_WAIT_DAYS } from '../../referrals/referral.types.js';
import { nextPage } from '../layout/forms.js';
import { daysInWords, monthInWords } from '../layout/dates.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** One number as a manager reads it: what it is, what it says in words, and where those it counts are. */
export interface Reading {
  key: string;
  title: string;
  number: string;
  words: string;
  definition: string;
  href: string;
}

/** Whom a number counts, as the heading of their list. */
export const COUNTED_WORDS: Record<OpenedCount, string> = sayAll({
  received: 'Referrals received',
  waitingNow: 'Waiting now',
  waitingLong: 'Waiting for long',
  reached: 'Reached',
  notReachedYet: 'Not reached yet',
  openNow: 'Open now',
  withAGroup: 'With a group',
  closed: 'Closed with a result',
});

/** Those whom a number counts, of the same days. */
export const countedAt = (figure: OpenedCount, { from, to }: Period): string =>
  nextPage('/desk/counted', { figure, from, to }, '');

export const NOT_SHOWN = 'Not shown';
const WHY_NOT_SHOWN = 'So few that somebody could be worked out from it.';

const shown = ({ value }: ShownView): string => (value === null ? say(NOT_SHOWN) : String(value));

/** "5 more than in the time before" of a number and the one before it; nothing where one of them is left out. */
export function change(now: ShownView, before: ShownView): string {
  if (now.value === null || before.value === null) return '';
  const more = now.value - before.value;
  if (more === 0) return say('As many as in the time before.');
  const by = Math.abs(more);
  return more > 0
    ? say('{{by}} more than in the time before.', { by })
    : say('{{by}} fewer than in the time before.', { by });
}

/** The same of days, where more is longer. */
function slower(now: ShownView, before: ShownView): string {
  if (now.value === null || before.value === null) return '';
  const more = now.value - before.value;
  if (more === 0) return say('As long as in the time before.');
  const days = inDays(Math.abs(more));
  return more > 0
    ? say('{{days}} longer than in the time before.', { days })
    : say('{{days}} shorter than in the time before.', { days });
}

/** A median may lie between two days. */
const inDays = (days: number): string => daysInWords(Math.round(days * 10) / 10);

const partOf = ({ parts }: FigureView, key: string): ShownView =>
  parts.find((part) => part.key === key) ?? { value: null, suppressed: true };

/** "20 helped, 12 partly helped": the parts that are shown and not nought. */
const listed = (figure: FigureView, titles: Record<string, string>): string =>
  Object.entries(titles)
    .map(([key, title]) => [partOf(figure, key).value ?? 0, title] as const)
    .filter(([count]) => count > 0)
    .map(([count, title]) => `${String(count)} ${title}`)
    .join(', ');

function waiting(figure: FigureView): string {
  const long = partOf(figure, 'waitingLong').value;
  if (figure.value === 0) return say('Nobody is waiting.');
  if (long === null) return '';
  const days = say('more than {{days}} days', { days: LONG_WAIT_DAYS });
  return long === 0
    ? say('Nobody for {{days}}.', { days })
    : say('{{long}} of them for {{days}}.', { long, days });
}

function reached(figure: FigureView, before: FigureView): string {
  if (figure.value === null) return say('Nobody has been reached yet.');
  const still = figure.missing.value;
  return [slower(figure, before), still ? say('{{still}} are not reached yet.', { still }) : '']
    .filter(Boolean)
    .join(' ');
}

/** The numbers of the overview in the order in which they are read. Both lists are the same figures, of two periods. */
export function readings(
  now: readonly FigureView[],
  before: readonly FigureView[],
  period: Period,
): Reading[] {
  const of = (figures: readonly FigureView[], key: string): FigureView => {
    const found = figures.find((figure) => figure.key === key);
    if (!found) throw new RangeError(`The overview has no figure ${key}`);
    return found;
  };
  const pair = (key: string): [FigureView, FigureView] => [of(now, key), of(before, key)];
  const [received] = pair('received');
  const [wait] = pair('waitingNow');
  const [days, daysBefore] = pair('medianDaysToFirstContact');
  const [group] = pair('withAGroup');
  const [closed] = pair('closed');
  const lines: [FigureView, ShownView, string, string, OpenedCount][] = [
    [received, received, say('Referrals received'), change(...pair('received')), 'received'],
    [wait, wait, say('Waiting now'), waiting(wait), 'waitingNow'],
    [days, days, say('Days to first contact'), reached(days, daysBefore), 'reached'],
    [
      wait,
      wait.denominator,
      say('Open now'),
      say('{{number}} in touch with a link worker, or on hold.', {
        number: shown(partOf(wait, 'supportedNow')),
      }),
      'openNow',
    ],
    [
      group,
      group,
      say('With a group'),
      say('Of {{denominator}} taken on. {{change}}', {
        denominator: shown(group.denominator),
        change: change(...pair('withAGroup')),
      }),
      'withAGroup',
    ],
    [
      closed,
      closed,
      say('Closed with a result'),
      listed(closed, {
        helped: say('helped'),
        partlyHelped: say('partly helped'),
        notHelped: say('not helped'),
        resultNotKnown: say('not known'),
        died: say('died'),
      }),
      'closed',
    ],
  ];
  return lines.map(([figure, number, title, words, counts]) => ({
    key: title,
    title,
    number:
      number.value === null
        ? number.suppressed
          ? say(NOT_SHOWN)
          : '–'
        : figure.unit === 'days'
          ? inDays(number.value)
          : String(number.value),
    words: number.suppressed ? say(WHY_NOT_SHOWN) : words,
    definition: number === figure ? figure.definition : wait.denominator.definition,
    href: countedAt(counts, period),
  }));
}

/** "July to September 2026"; of one under way "Since 1 October 2026". */
export const periodInWords = ({ from, to }: Period, isUnderWay: boolean): string =>
  isUnderWay
    ? say('Since 1 {{month}} {{year}}', { month: monthInWords(from), year: from.slice(0, 4) })
    : say('{{from}} to {{to}} {{year}}', {
        from: monthInWords(from),
        to: monthInWords(to),
        year: to.slice(0, 4),
      });
