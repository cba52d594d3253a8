import type { FigureView, ShownView } from '../../reporting/overview.dto.js';
import type { Period } from '../../reporting/overview.rules.js';
import { LONG_WAIT_DAYS } from '../../referrals/referral.types.js';
import { daysInWords } from '../layout/dates.js';

/** One number as a manager reads it: what it is, what it says in words, and where those it counts are. */
export interface Reading {
  key: string;
  title: string;
  number: string;
  words: string;
  definition: string;
  href: string;
}

export const NOT_SHOWN = 'Not shown';
const WHY_NOT_SHOWN = 'So few that somebody could be worked out from it.';

const shown = ({ value }: ShownView): string => (value === null ? NOT_SHOWN : String(value));

/** "5 more than in the time before" of a number and the one before it; nothing where one of them is left out. */
export function change(now: ShownView, before: ShownView): string {
  if (now.value === null || before.value === null) return '';
  const more = now.value - before.value;
  if (more === 0) return 'As many as in the time before.';
  return `${String(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'} than in the time before.`;
}

/** The same of days, where more is longer. */
function slower(now: ShownView, before: ShownView): string {
  if (now.value === null || before.value === null) return '';
  const more = now.value - before.value;
  if (more === 0) return 'As long as in the time before.';
  return `${inDays(Math.abs(more))} ${more > 0 ? 'longer' : 'shorter'} than in the time before.`;
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
  if (figure.value === 0) return 'Nobody is waiting.';
  if (long === null) return '';
  const days = `more than ${String(LONG_WAIT_DAYS)} days`;
  return long === 0 ? `Nobody for ${days}.` : `${String(long)} of them for ${days}.`;
}

function reached(figure: FigureView, before: FigureView): string {
  if (figure.value === null) return 'Nobody has been reached yet.';
  const still = figure.missing.value;
  return [slower(figure, before), still ? `${String(still)} are not reached yet.` : '']
    .filter(Boolean)
    .join(' ');
}

/** The numbers of the overview in the order in which they are read. Both lists are the same figures, of two periods. */
export function readings(now: readonly FigureView[], before: readonly FigureView[]): Reading[] {
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
  const lines: [FigureView, ShownView, string, string, string][] = [
    [received, received, 'Referrals received', change(...pair('received')), '/desk/referrals'],
    [wait, wait, 'Waiting now', waiting(wait), '/desk/triage'],
    [days, days, 'Days to first contact', reached(days, daysBefore), '/desk/caseload?state=allocated'],
    [
      wait,
      wait.denominator,
      'Open now',
      `${shown(partOf(wait, 'supportedNow'))} in touch with a link worker, or on hold.`,
      '/desk/caseload',
    ],
    [
      group,
      group,
      'With a group',
      `Of ${shown(group.denominator)} taken on. ${change(...pair('withAGroup'))}`,
      '/desk/with-groups',
    ],
    [
      closed,
      closed,
      'Closed with a result',
      listed(closed, {
        helped: 'helped',
        partlyHelped: 'partly helped',
        notHelped: 'not helped',
        resultNotKnown: 'not known',
        died: 'died',
      }),
      '/desk/referrals?status=closed',
    ],
  ];
  return lines.map(([figure, number, title, words, href]) => ({
    key: title,
    title,
    number:
      number.value === null
        ? number.suppressed
          ? NOT_SHOWN
          : '–'
        : figure.unit === 'days'
          ? inDays(number.value)
          : String(number.value),
    words: number.suppressed ? WHY_NOT_SHOWN : words,
    definition: number === figure ? figure.definition : wait.denominator.definition,
    href,
  }));
}

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });
const monthOf = (date: string): string => MONTH.format(new Date(`${date}T12:00:00Z`));

/** "July to September 2026"; of one under way "Since 1 October 2026". */
export const periodInWords = ({ from, to }: Period, isUnderWay: boolean): string =>
  isUnderWay
    ? `Since 1 ${monthOf(from)} ${from.slice(0, 4)}`
    : `${monthOf(from)} to ${monthOf(to)} ${to.slice(0, 4)}`;
