import type { FigureView, ShownView } from '../../reporting/overview.dto.js';
import { LONG_WAIT_DAYS } from '../../referrals/referral.types.js';
import type { Bar } from '../charts/bars.js';
import { say, sayAll } from '../words/staff/staff-words.js';

export const CHARTS = ['flow', 'waits'] as const;
export type ChartKey = (typeof CHARTS)[number];

/** A few numbers that a picture says better, with what they say in words. */
export interface Chart {
  key: ChartKey;
  /** What is found, as its title. */
  finding: string;
  caption: string;
  bars: Bar[];
}

const FLOW: Record<string, string> = sayAll({
  received: 'Received',
  accepted: 'Taken on',
  reached: 'Reached',
  withAGroup: 'With a group',
  closed: 'Closed',
});
const WAITS: Record<string, [title: string, finding: string]> = sayAll({
  waitingTriage: ['For triage', 'for triage'],
  waitingAllocation: ['For a link worker', 'for a link worker'],
  waitingFirstContact: ['For a first conversation', 'for a first conversation'],
});

/** Those of the overview that have something to show. What its figures leave out is left out here. */
export function chartsOf(figures: readonly FigureView[]): Chart[] {
  const of = (key: string): FigureView | undefined => figures.find((figure) => figure.key === key);
  const flow = Object.entries(FLOW).map(([key, title]) => ({ title, value: of(key)?.value ?? null }));
  const wait = of('waitingNow');
  const parts = new Map(wait?.parts.map((part) => [part.key, part]));
  const waits = Object.entries(WAITS).map(([key, [title]]) => ({
    title,
    value: parts.get(key)?.value ?? null,
  }));
  const charts: Chart[] = [
    { key: 'flow', finding: flowFinding(flow), caption: say('From referral to result'), bars: flow },
    {
      key: 'waits',
      finding: waitFinding(wait, parts),
      caption: say('What those wait for who wait now'),
      bars: waits,
    },
  ];
  return charts.filter(({ bars }) => bars.some(({ value }) => value !== null && value > 0));
}

function flowFinding(flow: readonly Bar[]): string {
  const [received, ...after] = flow;
  if (received?.value == null) return say('How far referrals come');
  const known = after.filter((bar): bar is Bar & { value: number } => bar.value !== null);
  const parts = known.map(({ title, value }) => `${String(value)} ${title.toLowerCase()}`);
  return parts.length === 0
    ? say('{{value}} received', { value: received.value })
    : say('Of {{value}} received: {{parts}}', { value: received.value, parts: parts.join(', ') });
}

function waitFinding(wait: FigureView | undefined, parts: ReadonlyMap<string, ShownView>): string {
  const all = Object.entries(WAITS).map(([key, [, finding]]) => ({
    value: parts.get(key)?.value ?? null,
    finding,
  }));
  const [most] = all.filter(({ value }) => value !== null).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  // With a number left out, which of them is the most may not be said either.
  if (wait?.value == null || !most || all.some(({ value }) => value === null))
    return say('What those wait for who wait now');
  const long = parts.get('waitingLong')?.value;
  const late = long
    ? say(', {{long}} of all for more than {{days}} days', { long, days: LONG_WAIT_DAYS })
    : '';
  return say('{{most}} of {{all}} who are waiting wait {{finding}}{{late}}', {
    most: most.value ?? 0,
    all: wait.value,
    finding: most.finding,
    late,
  });
}
