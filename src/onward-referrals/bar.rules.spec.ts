import { barredSince, barRefusal, type BarFacts } from './bar.rules.js';
import type { FitChange } from './fit.rules.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const OFFERED = '2026-11-02T09:00:00.000Z';
const [FIRST, SECOND] = ['2026-11-09T10:00:00.000Z', '2026-11-10T10:00:00.000Z'];

const facts = (changes: Partial<BarFacts> = {}): BarFacts => ({
  neverOfferSince: null,
  dateOfBirth: '1950-01-01',
  risks: [],
  mustAvoid: [],
  excludes: [],
  present: [],
  limits: [],
  ...changes,
});

describe('what bars a person from a group', () => {
  it.each([
    [{ neverOfferSince: FIRST }, 'This service is not suitable for this person.'],
    [{ risks: ['falls'], limits: ['falls'] }, 'This group does not take people at risk of falling.'],
    [{ risks: ['falls'], excludes: ['falls'] }, 'This group does not take people at risk of falling.'],
    [
      { risks: ['not_with_children'], present: ['children'] },
      'Children are there, which does not suit them.',
    ],
    [{ mustAvoid: ['alcohol'], present: ['alcohol'] }, 'Alcohol is there, which does not suit them.'],
    [{ dateOfBirth: '2010-01-01', limits: ['under_18s'] }, 'This group does not take people under 18.'],
  ] as [Partial<BarFacts>, string][])('%j: %s', (changes, words) => {
    expect(barRefusal(facts(changes), NOW)).toBe(`${words} End it, or ring the group first.`);
  });

  it.each([
    {},
    { risks: ['falls'], limits: ['infection'], present: ['children'] },
    { mustAvoid: ['alcohol'], present: ['crowds'] },
    { limits: ['under_18s'] },
  ] as Partial<BarFacts>[])('%j is nothing', (changes) => {
    expect(barRefusal(facts(changes), NOW)).toBeNull();
    expect(barredSince(facts(changes), [], new Date(OFFERED), NOW)).toBeNull();
  });
});

describe('since when it is known', () => {
  const said = [
    { at: FIRST, risks: ['falls'], before: [] },
    { at: SECOND, risks: ['falls', 'infection'], before: ['falls'] },
  ];

  it.each([
    ['never to be offered', { neverOfferSince: FIRST }, FIRST],
    ['learned', { risks: ['falls', 'infection'], limits: ['falls'] }, FIRST],
    ['two learned', { risks: ['falls', 'infection'], limits: ['falls'], excludes: ['infection'] }, SECOND],
    ['both', { neverOfferSince: SECOND, risks: ['falls'], limits: ['falls'] }, SECOND],
    ['never said', { risks: ['medication'], limits: ['medication'] }, OFFERED],
    ['no risk at all', { risks: ['falls'], mustAvoid: ['alcohol'], present: ['alcohol'] }, OFFERED],
  ] as [string, Partial<BarFacts>, string][])('%s', (_what, changes, since) => {
    expect(barredSince(facts(changes), said, new Date(OFFERED), NOW)?.toISOString()).toBe(since);
  });

  const LATER = '2026-11-11T10:00:00.000Z';
  const added = (field: FitChange['field'], from: unknown, to: unknown, at = LATER): FitChange => ({
    at: new Date(at),
    field,
    from,
    to,
  });
  it.each([
    ['a limit said since', { risks: ['falls'], limits: ['falls'] }, [added('limits', [], ['falls'])], LATER],
    [
      'another limit said since',
      { risks: ['falls'], limits: ['falls', 'infection'] },
      [added('limits', ['falls'], ['falls', 'infection'])],
      FIRST,
    ],
    [
      'a limit of the service, and of an age',
      { dateOfBirth: '2010-01-01', excludes: ['under_18s'] },
      [added('excludes', [], ['under_18s'])],
      LATER,
    ],
    [
      'somebody who is there now',
      { mustAvoid: ['alcohol'], present: ['alcohol'] },
      [added('present', ['crowds'], ['alcohol'])],
      LATER,
    ],
    [
      'a limit said before the risk was',
      { risks: ['infection'], limits: ['infection'] },
      [added('limits', [], ['infection'], FIRST)],
      SECOND,
    ],
    [
      'a limit unsaid and said again',
      { risks: ['falls'], limits: ['falls'] },
      [added('limits', ['falls'], [], FIRST), added('limits', [], ['falls'], SECOND)],
      SECOND,
    ],
  ] as [string, Partial<BarFacts>, FitChange[], string][])('%s', (_what, changes, fit, since) => {
    expect(barredSince(facts(changes), said, new Date(OFFERED), NOW, fit)?.toISOString()).toBe(since);
  });
});
