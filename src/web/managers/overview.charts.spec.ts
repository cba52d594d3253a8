import type { FigureView } from '../../reporting/overview.dto.js';
import { chartsOf } from './overview.charts.js';

const shown = (value: number | null) => ({ value, suppressed: value === null });
const figure = (
  key: string,
  value: number | null,
  parts: Record<string, number | null> = {},
): FigureView => ({
  key,
  title: key,
  definition: '',
  unit: 'referrals',
  ...shown(value),
  denominator: { ...shown(1), definition: '' },
  missing: { ...shown(0), definition: '' },
  parts: Object.entries(parts).map(([part, count]) => ({ key: part, title: part, ...shown(count) })),
});
const overview = (
  [received, accepted, reached, withAGroup, closed]: (number | null)[],
  waiting: number | null = 0,
  waits: Record<string, number | null> = { waitingTriage: 0, waitingAllocation: 0, waitingFirstContact: 0 },
) => [
  figure('received', received ?? null),
  figure('accepted', accepted ?? null),
  figure('reached', reached ?? null),
  figure('withAGroup', withAGroup ?? null),
  figure('closed', closed ?? null),
  figure('waitingNow', waiting, waits),
];
const findings = (figures: FigureView[]) => chartsOf(figures).map(({ finding }) => finding);

describe('charts of the overview', () => {
  it('have what they found as their title', () => {
    const waits = { waitingTriage: 6, waitingAllocation: 20, waitingFirstContact: 12, waitingLong: 9 };
    expect(findings(overview([120, 96, 80, 30, 0], 38, waits))).toEqual([
      'Of 120 received: 96 taken on, 80 reached, 30 with a group, 0 closed',
      '20 of 38 who are waiting wait for a link worker, 9 of all for more than 10 days',
    ]);
  });

  it('are not drawn of nothing', () => {
    expect(findings(overview([0, 0, 0, 0, 0]))).toEqual([]);
    expect(findings(overview([null, null, null, null, null], null, {}))).toEqual([]);
  });

  it('say nothing of what is left out, nor which is the most beside it', () => {
    const waits = { waitingTriage: 6, waitingAllocation: null, waitingFirstContact: 12, waitingLong: 9 };
    const [flow, wait] = chartsOf(overview([50, 40, null, null, 6], 20, waits));
    expect(flow?.finding).toBe('Of 50 received: 40 taken on, 6 closed');
    expect(flow?.bars.map(({ value }) => value)).toEqual([50, 40, null, null, 6]);
    expect(wait?.finding).toBe('What those wait for who wait now');
    expect(findings(overview([null, 40, 20, 10, 6]))).toEqual(['How far referrals come']);
    expect(findings(overview([8, null, null, null, null]))).toEqual(['8 received']);
  });
});
