import { GRACE, GROUP, LUNCH, TODAY } from '../../test/factories/suitable.js';
import {
  inOrder,
  loadSince,
  ORDER,
  PART_NAMES,
  scored,
  standingOf,
  type Load,
  type OrderFacts,
  type OrderListing,
  type OrderProvider,
  type PartName,
  type Ranked,
} from './matching.rules.js';

const LOAD: Load = { carrying: 0, average: 0, asked: 0, noReply: 0, waiting: 0, expectedWeeks: null };

interface Case {
  facts?: Partial<OrderFacts>;
  listing?: Partial<OrderListing>;
  provider?: Partial<OrderProvider>;
  load?: Partial<Load>;
}
const order = ({ facts, listing, provider, load }: Case) =>
  scored(
    { ...GRACE, ...facts },
    { ...LUNCH, ...listing },
    { ...GROUP, ...provider },
    { ...LOAD, ...load },
    TODAY,
    90,
  );

/** So far north of Clacton. */
const milesNorth = (miles: number) => ({ latitude: 51.79 + miles / 69.09, longitude: 1.155 });
const FULL = { placesTotal: 3, placesTaken: 3 };

type Row = readonly [part: PartName, name: string, about: Case, points: number, because: string];
const ROWS: Row[] = [
  ['need_fit', 'all of one need, and nothing else', {}, 40, 'It helps with all they ask for: loneliness.'],
  [
    'need_fit',
    'all of them, among others',
    { listing: { needs: ['loneliness', 'food', 'digital', 'other'] } },
    33,
    'It helps with all they ask for: loneliness.',
  ],
  [
    'need_fit',
    'one of three',
    { facts: { needs: ['loneliness', 'debt_and_money', 'food'] } },
    20,
    'It helps with 1 of the 3 things they ask for: loneliness.',
  ],
  [
    'need_fit',
    'none of them',
    { facts: { needs: ['housing'] } },
    0,
    'It does not offer help with what they want help with.',
  ],
  ['distance', 'here', {}, 20, 'It is less than a mile away.'],
  ['distance', 'two miles', { listing: milesNorth(2) }, 16, 'It is 2.0 miles away.'],
  ['distance', 'four miles', { listing: milesNorth(4) }, 12, 'It is 4.0 miles away.'],
  ['distance', 'eight miles', { listing: milesNorth(8) }, 7, 'It is 8.0 miles away.'],
  ['distance', 'nineteen miles', { listing: milesNorth(19) }, 3, 'It is 19.0 miles away.'],
  ['distance', 'far', { listing: milesNorth(60) }, 0, 'It is 60.0 miles away.'],
  [
    'distance',
    'a service of unknown place',
    { listing: { latitude: null, longitude: null } },
    10,
    'We do not know how far away it is.',
  ],
  [
    'distance',
    'a person of unknown place',
    { facts: { point: null } },
    10,
    'We do not know how far away it is.',
  ],
  ['expected_wait', 'counted and free', {}, 15, 'It has room now.'],
  [
    'expected_wait',
    'drop in',
    { listing: { placesKind: 'drop_in', placesTotal: null } },
    15,
    'People drop in: there is no wait.',
  ],
  [
    'expected_wait',
    'ask first',
    { listing: { placesKind: 'ask_first', placesTotal: null } },
    8,
    'We do not know how long the wait is. Ask first.',
  ],
  [
    'expected_wait',
    'counted 90 days ago',
    { listing: { placesConfirmedOn: '2026-08-25' } },
    15,
    'It has room now.',
  ],
  [
    'expected_wait',
    'counted 91 days ago',
    { listing: { placesConfirmedOn: '2026-08-24' } },
    6,
    'The number of places is old. Ask first.',
  ],
  [
    'expected_wait',
    'full, nobody waiting',
    { listing: FULL },
    2,
    'It is full, and the wait is not known. Nobody waits yet.',
  ],
  [
    'expected_wait',
    'full for weeks',
    { listing: FULL, load: { waiting: 1, expectedWeeks: 4 } },
    5,
    'The wait is about 4 weeks. 1 person already waiting.',
  ],
  [
    'expected_wait',
    'full for ever',
    { listing: FULL, load: { waiting: 9, expectedWeeks: 52 } },
    0,
    'The wait is about 52 weeks. 9 people already waiting.',
  ],
  ['freshness', 'today', {}, 10, 'Confirmed on 23 November 2026.'],
  ['freshness', '91 days ago', { listing: { confirmedOn: '2026-08-24' } }, 5, 'Confirmed on 24 August 2026.'],
  ['freshness', 'half a year ago', { listing: { confirmedOn: '2026-05-01' } }, 2, 'Confirmed on 1 May 2026.'],
  ['freshness', 'years ago', { listing: { confirmedOn: '2024-05-01' } }, 0, 'Confirmed on 1 May 2024.'],
  [
    'freshness',
    'never',
    { listing: { confirmedOn: null } },
    0,
    'Nobody has confirmed that this is still right.',
  ],
  ['preferences', 'none said', {}, 15, 'Nothing they prefer speaks against it.'],
  [
    'preferences',
    'non-religious, as asked',
    { facts: { faithPreference: 'non_religious' } },
    15,
    'A non-religious setting, as they asked.',
  ],
  [
    'preferences',
    'religious, against the wish',
    { facts: { faithPreference: 'non_religious' }, listing: { setting: 'religious' } },
    10,
    'Not the non-religious setting they asked for.',
  ],
  [
    'preferences',
    'a setting nobody has said',
    { facts: { faithPreference: 'non_religious' }, listing: { setting: null } },
    10,
    'Setting not known, and they asked for a non-religious one.',
  ],
  [
    'preferences',
    'their own tradition, never named',
    {
      facts: { faithPreference: 'own_tradition', faithTradition: 'muslim' },
      provider: { sector: 'faith', tradition: 'muslim' },
    },
    15,
    'Of their own tradition, as they asked.',
  ],
  [
    'preferences',
    'no tradition where theirs was asked for',
    { facts: { faithPreference: 'own_tradition', faithTradition: 'muslim' } },
    12,
    'Not known to be of their own tradition.',
  ],
  [
    'preferences',
    'their language',
    { facts: { language: 'bn' }, listing: { languages: ['en', 'bn'] } },
    15,
    'In their language (bn).',
  ],
  [
    'preferences',
    'not their language, half of the access',
    {
      facts: { language: 'bn', accessNeeds: ['step_free', 'hearing_loop'] },
      listing: { access: ['step_free'] },
    },
    8,
    'Not known to be in their language (bn). Ask about access: hearing loop.',
  ],
  ['replies', 'within ten days', {}, 3, 'It answers within 10 working days.'],
  ['replies', 'next day', { provider: { replyWithinDays: 1 } }, 5, 'It answers within 1 working day.'],
  [
    'replies',
    'within sixty days',
    { provider: { replyWithinDays: 60 } },
    0,
    'It answers within 60 working days.',
  ],
  [
    'replies',
    'silent, but asked only twice',
    { load: { asked: 2, noReply: 2 } },
    3,
    'It answers within 10 working days.',
  ],
  [
    'replies',
    'silent once in four',
    { load: { asked: 4, noReply: 1 } },
    2,
    'It answers within 10 working days. We did not hear back from 1 of its last 4 offers.',
  ],
  [
    'replies',
    'always silent',
    { load: { asked: 9, noReply: 9 } },
    0,
    'It answers within 10 working days. We did not hear back from 9 of its last 9 offers.',
  ],
  [
    'expected_wait',
    'shorter times, said and not held against it',
    { provider: { periods: [{ kind: 'shorter', name: 'Advent', from: TODAY, until: '2026-12-24' }] } },
    15,
    'It has room now. It has shorter times until 24 December 2026 (Advent).',
  ],
  [
    'fair_share',
    'a time when it does more',
    {
      provider: { periods: [{ kind: 'extra', name: 'Ramadan', from: TODAY, until: '2026-12-24' }] },
      load: { carrying: 40, average: 4 },
    },
    0,
    'It does more than usual until 24 December 2026 (Ramadan).',
  ],
  ['fair_share', 'nothing', {}, 0, 'It does not carry more than its share.'],
  [
    'fair_share',
    'half as much again',
    { load: { carrying: 6, average: 4 } },
    0,
    'It does not carry more than its share.',
  ],
  [
    'fair_share',
    'twice as much',
    { load: { carrying: 8, average: 4 } },
    -3,
    'It carries 8 people now, where groups like it carry 4.0 on average.',
  ],
  [
    'fair_share',
    'ten times as much, and no more than gently',
    { load: { carrying: 40, average: 4 } },
    -10,
    'It carries 40 people now, where groups like it carry 4.0 on average.',
  ],
  [
    'fair_share',
    'far above the average, but few',
    { load: { carrying: 3, average: 0.2 } },
    0,
    'It does not carry more than its share.',
  ],
];

describe('the order of services', () => {
  it.each(ROWS)('%s: %s', (name, _what, about, points, because) => {
    const part = order(about).parts.find((one) => one.part === name);
    expect(part).toEqual({ part: name, of: ORDER[name][0], points, because });
  });

  it('has a case for every part, and no part gives more than it may', () => {
    expect([...new Set(ROWS.map(([part]) => part))].sort()).toEqual([...PART_NAMES].sort());
    for (const [part, , , points] of ROWS) expect(points).toBeLessThanOrEqual(ORDER[part][0]);
    expect(order({}).points).toBe(103);
  });

  it('never lowers a group of fewer than three offers for silence', () => {
    for (const asked of [0, 1, 2]) {
      expect(order({ load: { asked, noReply: asked } }).points).toBe(order({}).points);
    }
    expect(order({ load: { asked: 3, noReply: 3 } }).points).toBeLessThan(order({}).points);
  });

  it('ranks old or unknown places lower than free ones, and above full ones', () => {
    const free = order({}).points;
    const stale = order({ listing: { placesConfirmedOn: '2026-01-01' } }).points;
    const unknown = order({ listing: { placesKind: 'ask_first', placesTotal: null } }).points;
    const full = order({ listing: FULL }).points;
    expect(free).toBeGreaterThan(unknown);
    expect(unknown).toBeGreaterThan(stale);
    expect(stale).toBeGreaterThan(full);
  });

  it('pushes gently: what suits better stays ahead of what merely carries less', () => {
    const busyAndNear = order({ load: { carrying: 40, average: 4 } });
    const idleAndFar = order({ listing: milesNorth(19) });
    expect(busyAndNear.points).toBeGreaterThan(idleAndFar.points);
    const idleAndNear = order({ listing: milesNorth(2) });
    expect(idleAndNear.points).toBeGreaterThan(busyAndNear.points);
  });
});

describe('where a service stands', () => {
  const gate = (name: 'has_places' | 'eligible' | 'in_area', passed: boolean) => ({ gate: name, passed });
  it.each([
    [[gate('has_places', true), gate('eligible', true)], 'may_be_offered'],
    [[gate('has_places', false), gate('eligible', true)], 'waiting_list'],
    [[gate('has_places', false), gate('eligible', false)], 'not_suitable'],
    [[gate('has_places', true), gate('in_area', false)], 'not_suitable'],
  ] as const)('%j is %s', (gates, standing) => {
    expect(standingOf(gates)).toBe(standing);
  });

  it('orders by standing, points, miles and id', () => {
    const rows: Ranked[] = [
      { standing: 'not_suitable', points: 100, miles: 0, id: 'a' },
      { standing: 'may_be_offered', points: 50, miles: null, id: 'b' },
      { standing: 'waiting_list', points: 90, miles: 1, id: 'c' },
      { standing: 'may_be_offered', points: 50, miles: 2, id: 'e' },
      { standing: 'may_be_offered', points: 50, miles: 2, id: 'd' },
      { standing: 'may_be_offered', points: 60, miles: 9, id: 'f' },
    ];
    expect(rows.sort(inOrder).map(({ id }) => id)).toEqual(['f', 'd', 'e', 'b', 'c', 'a']);
  });

  it('counts a year', () => {
    expect(loadSince(TODAY)).toBe('2025-11-23');
  });
});
