import { workingDeadline } from '../platform/clock/calendar.js';
import { BANK_HOLIDAYS } from '../platform/clock/bank-holidays.js';
import {
  closedUntil,
  daysOff,
  isQuietDay,
  mayBeWrittenTo,
  periodOn,
  periodProblems,
  quietDayProblems,
  quietTimeProblems,
  silentUntil,
  routineAt,
} from './rhythm.rules.js';
import type { Period, PeriodKind, Rhythm } from './rhythm.types.js';

const time = (kind: PeriodKind, from: string, until = from, name = 'Away'): Period => ({
  kind,
  name,
  from,
  until,
});
const rhythm = (more: Partial<Rhythm> = {}): Rhythm => ({
  quietDays: [],
  quietTimes: [],
  periods: [],
  ...more,
});
/** What a clock in London shows: the zone is worked out, not assumed. */
const at = (moment: Date): string =>
  moment.toLocaleString('sv-SE', { timeZone: 'Europe/London' }).slice(0, 16);

const RAMADAN = [
  time('extra', '2026-02-18', '2026-03-19', 'Ramadan'),
  time('extra', '2027-02-08', '2027-03-09', 'Ramadan'),
];
const AUGUST = time('closed', '2026-08-03', '2026-08-28', 'Summer');

describe('the times a group changes', () => {
  it.each([
    ['2026-02-17', null],
    ['2026-02-18', '2026-03-19'],
    ['2026-03-19', '2026-03-19'],
    ['2026-03-20', null],
    // The year after it comes earlier: dates are entered for each.
    ['2027-02-10', '2027-03-09'],
    ['2027-03-15', null],
  ])('move with the year: %s', (day, until) => {
    expect(periodOn(RAMADAN, 'extra', day)?.until ?? null).toBe(until);
  });

  it.each([
    ['before', [AUGUST], '2026-08-02', null],
    ['the first day', [AUGUST], '2026-08-03', { until: '2026-08-29', name: 'Summer' }],
    ['the last day', [AUGUST], '2026-08-28', { until: '2026-08-29', name: 'Summer' }],
    ['after', [AUGUST], '2026-08-29', null],
    [
      'one after the other',
      [AUGUST, time('closed', '2026-08-29', '2026-09-01')],
      '2026-08-10',
      { until: '2026-09-02', name: 'Summer' },
    ],
    ['shorter is not closed', [time('shorter', '2026-08-03')], '2026-08-03', null],
  ] as const)('says until when it is closed: %s', (_what, periods, day, until) => {
    expect(closedUntil(periods, day)).toEqual(until);
  });
});

describe('the clock of a group', () => {
  // Ten working days, to 17:00 in London.
  it.each([
    ['an ordinary fortnight', '2026-11-02T10:00Z', [], '2026-11-16 17:00'],
    ['across the clocks going forward', '2026-03-20T10:00Z', [], '2026-04-07 17:00'],
    ['across the clocks going back', '2026-10-19T10:00Z', [], '2026-11-02 17:00'],
    ['across Christmas', '2026-12-18T10:00Z', [], '2027-01-06 17:00'],
    ['across the early May bank holiday', '2026-04-27T10:00Z', [], '2026-05-12 17:00'],
    ['through a closed August', '2026-07-31T10:00Z', [AUGUST], '2026-09-14 17:00'],
    ['begun while it is closed', '2026-08-20T10:00Z', [AUGUST], '2026-09-14 17:00'],
    ['not slowed by extra times', '2026-02-20T10:00Z', RAMADAN, '2026-03-06 17:00'],
    ['nor by a quiet day', '2026-11-02T10:00Z', [time('quiet', '2026-11-05')], '2026-11-16 17:00'],
    [
      'nor by a closed weekend',
      '2026-11-02T10:00Z',
      [time('closed', '2026-11-07', '2026-11-08')],
      '2026-11-16 17:00',
    ],
  ] as const)('%s', (_what, from, periods, until) => {
    expect(at(workingDeadline(new Date(from), 10, daysOff(BANK_HOLIDAYS, periods)))).toBe(until);
  });

  it('leaves the holidays as they were', () => {
    const before = new Set(BANK_HOLIDAYS);
    daysOff(BANK_HOLIDAYS, [AUGUST]);
    expect(new Set(BANK_HOLIDAYS)).toEqual(before);
    expect(daysOff(BANK_HOLIDAYS, RAMADAN)).toBe(BANK_HOLIDAYS);
  });
});

describe('when a group may be written to', () => {
  const FRIDAY_PRAYER = { day: 5, from: '12:30', to: '14:00' };
  const SUNDAY = { day: 7, from: '09:00', to: '12:30' };
  const LATE = { day: 3, from: '18:00', to: '21:00' };
  it.each([
    ['at once', {}, '2026-11-23T10:00Z', '2026-11-23 10:00'],
    ['not at night', {}, '2026-11-23T22:00Z', '2026-11-24 08:00'],
    ['not on its quiet day', { quietDays: [7] }, '2026-11-22T10:00Z', '2026-11-23 08:00'],
    ['not on two of them', { quietDays: [6, 7] }, '2026-11-21T07:00Z', '2026-11-23 08:00'],
    ['not during a service', { quietTimes: [FRIDAY_PRAYER] }, '2026-11-27T12:30Z', '2026-11-27 14:00'],
    ['just before it', { quietTimes: [FRIDAY_PRAYER] }, '2026-11-27T12:29Z', '2026-11-27 12:29'],
    ['just after it', { quietTimes: [FRIDAY_PRAYER] }, '2026-11-27T14:00Z', '2026-11-27 14:00'],
    ['by the clock of summer', { quietTimes: [FRIDAY_PRAYER] }, '2026-07-03T11:45Z', '2026-07-03 14:00'],
    ['not in a service that ends at night', { quietTimes: [LATE] }, '2026-11-25T18:30Z', '2026-11-26 08:00'],
    [
      'not on a holy day',
      { periods: [time('quiet', '2026-12-25', '2026-12-26')] },
      '2026-12-25T10:00Z',
      '2026-12-27 08:00',
    ],
    ['not while it is closed', { periods: [AUGUST] }, '2026-08-10T10:00Z', '2026-08-29 08:00'],
    [
      'nor into a service after that',
      { periods: [time('closed', '2026-11-21')], quietTimes: [{ ...SUNDAY, from: '07:00' }] },
      '2026-11-21T10:00Z',
      '2026-11-22 12:30',
    ],
    ['in extra times as ever', { periods: RAMADAN }, '2026-02-20T10:00Z', '2026-02-20 10:00'],
    [
      'on the morning the clocks go forward',
      { quietTimes: [SUNDAY] },
      '2026-03-29T08:30Z',
      '2026-03-29 12:30',
    ],
    ['before the service on that morning', { quietTimes: [SUNDAY] }, '2026-03-29T07:30Z', '2026-03-29 08:30'],
    ['on the morning they go back', { quietTimes: [SUNDAY] }, '2026-10-25T09:30Z', '2026-10-25 12:30'],
    ['the night they go back', {}, '2026-10-25T00:30Z', '2026-10-25 08:00'],
    [
      'however long it keeps silent',
      { quietDays: [1, 2, 3, 4, 5, 6, 7] },
      '2026-11-23T10:00Z',
      '2026-11-23 10:00',
    ],
  ] as [string, Partial<Rhythm>, string, string][])('%s', (_what, more, from, moment) => {
    expect(at(mayBeWrittenTo(new Date(from), rhythm(more)))).toBe(moment);
  });

  it('keeps holy days and closed days quiet, not shorter or extra ones', () => {
    const on = (kind: PeriodKind) =>
      isQuietDay('2026-11-24', rhythm({ periods: [time(kind, '2026-11-24')] }));
    expect([on('quiet'), on('closed'), on('shorter'), on('extra')]).toEqual([true, true, false, false]);
  });
});

describe('a routine message', () => {
  // 23 November 2026 is a Monday.
  const NOW = '2026-11-23T09:00:00Z';
  it.each([
    ['goes at once where nobody knows when it meets', null, [], {}, '2026-11-23 09:00'],
    ['goes the day before it meets', null, [5], {}, '2026-11-26 10:00'],
    ['goes today where it meets tomorrow', null, [2], {}, '2026-11-23 10:00'],
    ['waits a week after the last', '2026-11-20T10:00:00Z', [], {}, '2026-11-27 10:00'],
    ['waits a week, then for the day before it meets', '2026-11-20T10:00:00Z', [3], {}, '2026-12-01 10:00'],
    ['is not held up by an older one', '2026-11-01T10:00:00Z', [], {}, '2026-11-23 09:00'],
    ['avoids a quiet day before it meets', null, [3, 5], { quietDays: [2] }, '2026-11-26 10:00'],
    [
      'goes as soon as it may where every such day is quiet',
      null,
      [3],
      { quietDays: [2] },
      '2026-11-23 09:00',
    ],
    [
      'waits until it opens',
      null,
      [],
      { periods: [time('closed', '2026-11-23', '2026-11-29')] },
      '2026-11-30 08:00',
    ],
    [
      'goes after a service on that day',
      null,
      [2],
      { quietTimes: [{ day: 1, from: '09:30', to: '11:00' }] },
      '2026-11-23 11:00',
    ],
  ] as [string, string | null, number[], Partial<Rhythm>, string][])(
    '%s',
    (_what, last, meetsOn, more, moment) => {
      const lastAt = last === null ? null : new Date(last);
      expect(at(routineAt(new Date(NOW), lastAt, meetsOn, rhythm(more)))).toBe(moment);
    },
  );

  it('goes once in seven days across the clock changes too', () => {
    const last = new Date('2026-03-26T10:00:00Z');
    expect(at(routineAt(last, last, [], rhythm()))).toBe('2026-04-02 10:00');
  });
});

it.each([
  ['today', {}, '2026-11-23'],
  ['after a quiet day', { quietDays: [1] }, '2026-11-24'],
  ['after a month of holy days', { periods: [time('quiet', '2026-11-22', '2026-12-22')] }, '2026-12-23'],
  ['never', { quietDays: [1, 2, 3, 4, 5, 6, 7] }, '2026-11-23'],
] as [string, Partial<Rhythm>, string][])('is silent until: %s', (_what, more, day) => {
  expect(silentUntil('2026-11-23', rhythm(more))).toBe(day);
});

describe('what a group enters', () => {
  const TODAY = '2026-11-23';
  it.each([
    ['a fortnight at Christmas', time('closed', '2026-12-21', '2027-01-03'), [], null],
    ['one day', time('quiet', TODAY), [], null],
    ['the wrong way round', time('closed', '2026-12-24', '2026-12-23'), [], 'until'],
    ['the past', time('closed', '2026-11-01', '2026-11-22'), [], 'until'],
    ['what has begun', time('closed', '2026-11-01', '2026-11-24'), [], null],
    ['more than a year', time('closed', '2026-12-01', '2027-12-02'), [], 'until'],
    [
      'two that say opposite things',
      time('extra', '2026-12-24'),
      [time('closed', '2026-12-21', '2027-01-03')],
      'from',
    ],
    ['a holy day while it does more', time('quiet', '2027-02-10'), RAMADAN, null],
    ['a holy day twice', time('quiet', '2026-12-25'), [time('quiet', '2026-12-25')], 'from'],
    [
      'next to each other',
      time('shorter', '2027-01-04', '2027-01-08'),
      [time('closed', '2026-12-21', '2027-01-03')],
      null,
    ],
  ] as const)('%s', (_what, period, others, field) => {
    expect(periodProblems(period, others, TODAY).map((problem) => problem.field)).toEqual(
      field ? [field] : [],
    );
  });

  const WEEK = [1, 2, 3, 4, 5, 6, 7];
  const all = (from: string, to: string, days = WEEK) => days.map((day) => ({ day, from, to }));
  it.each([
    ['every day of the week', [], all('08:00', '20:00'), true],
    ['every hour of every day', [], all('00:00', '23:59'), true],
    ['in pieces', [], [...all('07:00', '13:00'), ...all('13:00', '21:00')], true],
    ['its days and the hours of the others', [6, 7], all('08:00', '20:00', [1, 2, 3, 4, 5]), true],
    ['all but the last minute', [], all('08:00', '19:59'), false],
    ['all but one day', [], all('08:00', '20:00', [1, 2, 3, 4, 5, 6]), false],
    ['the night alone is no time to write', [], all('06:00', '20:30'), true],
    ['six days', [1, 2, 3, 4, 5, 6], [], false],
  ] as const)('leaves nothing to write in: %s', (_what, quietDays, times, never) => {
    expect(quietTimeProblems(times, quietDays).map(({ field }) => field)).toEqual(never ? ['times'] : []);
    expect(quietDayProblems({ quietDays, quietTimes: times }).map(({ field }) => field)).toEqual(
      never ? ['quietDays'] : [],
    );
  });

  it.each([
    ['a year alone', time('quiet', '2026-12-01', '2027-12-01'), [], [], null],
    [
      'a year after two months',
      time('quiet', '2027-02-01', '2028-01-31'),
      [time('closed', TODAY, '2027-01-31')],
      [],
      'until',
    ],
    [
      'two that leave a day',
      time('quiet', '2027-02-02', '2028-02-01'),
      [time('closed', TODAY, '2027-01-31')],
      [],
      null,
    ],
    [
      'that day is a quiet day',
      time('quiet', '2027-02-02', '2028-02-01'),
      [time('closed', TODAY, '2027-01-31')],
      [1],
      'until',
    ],
    [
      'in years to come',
      time('closed', '2029-02-01', '2030-01-31'),
      [time('quiet', '2028-12-01', '2029-01-31')],
      [],
      'until',
    ],
  ] as const)('is silent for too long, or not: %s', (_what, period, others, quietDays, field) => {
    expect(
      periodProblems(period, others, TODAY, { quietDays, quietTimes: [] }).map((problem) => problem.field),
    ).toEqual(field ? [field] : []);
  });

  it.each([
    ['none', [], []],
    [
      'several of a day',
      [
        { day: 7, from: '09:00', to: '10:30' },
        { day: 7, from: '18:00', to: '19:00' },
      ],
      [],
    ],
    [
      'the same hour of two days',
      [
        { day: 6, from: '09:00', to: '10:30' },
        { day: 7, from: '09:00', to: '10:30' },
      ],
      [],
    ],
    ['an end before its start', [{ day: 7, from: '10:30', to: '09:00' }], ['times.0.to']],
    [
      'two that overlap',
      [
        { day: 7, from: '09:00', to: '11:00' },
        { day: 7, from: '10:30', to: '12:00' },
      ],
      ['times.1.from'],
    ],
  ] as const)('as weekly hours: %s', (_what, times, fields) => {
    expect(quietTimeProblems(times).map(({ field }) => field)).toEqual(fields);
  });
});
