import type { Barrier, GapBarrierView, GapCountView } from '../../onward-referrals/gap.dto.js';
import { NEEDS, type Need } from '../../platform/words/needs.js';
import type { Bar } from '../charts/bars.js';
import type { AccessNeed } from '../../platform/words/access.js';
import { languageInWords, NEED_WORDS } from '../layout/words.js';
import { ACCESS_WORDS } from '../reply/reply.words.js';
import { say, sayAll, sayCount } from '../words/staff/staff-words.js';

/** So many places stand beside each other; the rest is in the file. */
const MOST_PLACES = 6;
const MOST_BARS = 6;

export const NOWHERE = 'Place not known';

export interface GridRow {
  need: Need;
  /** One for each place, null where nobody asked there and nothing is missing. */
  cells: (GapCountView | null)[];
}

const byNeed = (counts: readonly GapCountView[]): { need: Need; gaps: number }[] =>
  NEEDS.map((need) => ({
    need,
    gaps: counts.filter((one) => one.need === need).reduce((sum, { gaps }) => sum + gaps, 0),
  }))
    .filter(({ gaps }) => gaps > 0)
    .sort((one, other) => other.gaps - one.gaps);

/** Open gaps of each need, most first. */
export const barsOf = (counts: readonly GapCountView[]): Bar[] =>
  byNeed(counts)
    .slice(0, MOST_BARS)
    .map(({ need, gaps }) => ({ title: NEED_WORDS[need], value: gaps }));

/** What the numbers say, in a line. */
export function findingOf(counts: readonly GapCountView[]): string {
  const needs = byNeed(counts);
  const all = needs.reduce((sum, { gaps }) => sum + gaps, 0);
  const [most, second] = needs;
  if (!most) return say('No gap is open');
  const open = sayCount(all, '1 gap is open', '{{count}} gaps are open');
  return second && second.gaps === most.gaps
    ? open
    : say('{{open}}, {{number}} of them: {{need}}', {
        open,
        number: most.gaps === all ? say('all') : most.gaps,
        need: NEED_WORDS[most.need].toLowerCase(),
      });
}

/** Needs down, places across: those places that miss most, by need in the order of the words. */
export function gridOf(counts: readonly GapCountView[]): { places: string[]; rows: GridRow[]; more: number } {
  const weight = new Map<string | null, number>();
  for (const { area, gaps, referrals } of counts)
    weight.set(area, (weight.get(area) ?? 0) + gaps * 1_000_000 + referrals);
  const places = [...weight].sort(([, one], [, other]) => other - one).map(([area]) => area);
  const shown = places.slice(0, MOST_PLACES);
  const rows = NEEDS.map((need) => ({
    need,
    cells: shown.map((area) => counts.find((one) => one.need === need && one.area === area) ?? null),
  })).filter(({ cells }) => cells.some((cell) => cell !== null));
  return { places: shown.map((area) => area ?? say(NOWHERE)), rows, more: places.length - shown.length };
}

export const GRID_HEADINGS = sayAll([
  'Need',
  'District',
  'Open gaps',
  'Referrals in 365 days',
  'Published services',
  'Places free',
  'Without a limit',
  'Ask first',
] as const);

/** What room there is, in words: a number only where it is counted, and nothing where there are no services. */
export function roomOf({ services, placesFree, dropIn, askFirst }: GapCountView): string | null {
  if (services === 0) return null;
  const said = [
    ...(placesFree > 0 ? [sayCount(placesFree, '1 place free', '{{count}} places free')] : []),
    ...(dropIn > 0 ? [sayCount(dropIn, '1 without a limit', '{{count}} without a limit')] : []),
    ...(askFirst > 0 ? [sayCount(askFirst, '1 to ask first', '{{count}} to ask first')] : []),
  ];
  return said.length === 0 ? say('full') : said.join(', ');
}

export const gridLine = ({
  need,
  area,
  gaps,
  referrals,
  services,
  placesFree,
  dropIn,
  askFirst,
}: GapCountView): (string | number)[] => [
  NEED_WORDS[need],
  area ?? say(NOWHERE),
  gaps,
  referrals,
  services,
  placesFree,
  dropIn,
  askFirst,
];

export const BARRIER_WORDS: Record<Barrier, string> = sayAll({
  language: 'Languages that people need',
  access: 'What people need to take part',
});

/** "Bengali", or "Step-free access". */
export function barrierInWords({ barrier, code }: Pick<GapBarrierView, 'barrier' | 'code'>): string {
  if (barrier === 'language') return languageInWords(code);
  const words = ACCESS_WORDS[code as AccessNeed];
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const BARRIER_HEADINGS = sayAll([
  'What',
  'Which',
  'Open gaps',
  'Referrals in 365 days',
  'Published services',
] as const);

export const barrierLine = (one: GapBarrierView): (string | number)[] => [
  BARRIER_WORDS[one.barrier],
  barrierInWords(one),
  one.gaps,
  one.referrals,
  one.services,
];
