import { coverProblems, type ProposedCover } from './cover.rules.js';

const TODAY = '2026-11-23';
const proposed = (changes: Partial<ProposedCover> = {}): ProposedCover => ({
  workerId: 'sam',
  coverId: 'ann',
  reason: 'leave',
  startsOn: TODAY,
  endsOn: null,
  ...changes,
});

it.each<[string, Partial<ProposedCover>, string[]]>([
  ['from today, open-ended', {}, []],
  ['for one day', { endsOn: TODAY }, []],
  ['without a named cover', { coverId: null }, []],
  ['a year ahead', { startsOn: '2027-11-24' }, []],
  ['further than a year ahead', { startsOn: '2027-11-25' }, ['startsOn']],
  ['from yesterday', { startsOn: '2026-11-22' }, ['startsOn']],
  ['that ends before it starts', { endsOn: '2026-11-22' }, ['endsOn']],
  ['by oneself', { coverId: 'sam' }, ['coverId']],
  ['part-time with a colleague', { reason: 'part_time' }, []],
  ['part-time with nobody', { reason: 'part_time', coverId: null }, ['coverId']],
  [
    'wrong in every way',
    { startsOn: '2026-01-02', endsOn: '2026-01-01', coverId: 'sam' },
    ['startsOn', 'endsOn', 'coverId'],
  ],
])('a cover %s', (_name, changes, fields) => {
  expect(coverProblems(proposed(changes), TODAY).map((problem) => problem.field)).toEqual(fields);
});
