import { currentMeasure } from './measures.catalogue.js';
import {
  dateProblems,
  type Episode,
  modeProblems,
  occasionRefusal,
  occasionsToday,
  riskIn,
  riskProblems,
  saysNothing,
} from './response.rules.js';
import { type Mode, OCCASIONS, type Occasion } from './response.types.js';

const utc = (instant: string): Date => new Date(Date.parse(instant));
const now = utc('2026-11-23T10:00:00Z');
const episode = (changes: Partial<Episode> = {}): Episode => ({
  state: 'active',
  mayAskAgain: null,
  receivedOn: '2026-06-01',
  endedOn: null,
  bornOn: '1950-04-03',
  hasDied: false,
  asksNothing: false,
  ...changes,
});
const closed = (changes: Partial<Episode> = {}) =>
  episode({ state: 'closed', mayAskAgain: true, endedOn: '2026-08-20', ...changes });

const STATES = [
  'draft',
  'sent',
  'returned',
  'accepted',
  'allocated',
  'active',
  'on_hold',
  'joined',
  'declined',
  'closed',
  'withdrawn',
  'entered_in_error',
];
const ALLOWED: Record<Occasion, readonly string[]> = {
  baseline: ['allocated', 'active', 'on_hold'],
  review: ['allocated', 'active', 'on_hold'],
  closing: ['allocated', 'active', 'on_hold', 'closed'],
  three_months: ['closed'],
  six_months: ['closed'],
};

describe('occasionRefusal', () => {
  it.each(OCCASIONS.flatMap((occasion) => STATES.map((state) => [occasion, state] as const)))(
    '%s while %s',
    (occasion, state) => {
      const refused = occasionRefusal(occasion, episode({ state })) !== null;
      expect(refused).toBe(!ALLOWED[occasion].includes(state));
    },
  );

  it.each([
    ['three_months', true, null],
    ['three_months', null, null],
    ['three_months', false, 'They said we may not ask again after closing.'],
    ['six_months', false, 'They said we may not ask again after closing.'],
    ['closing', false, null],
  ] as const)('%s when asked again: %p', (occasion, mayAskAgain, because) => {
    expect(occasionRefusal(occasion, closed({ mayAskAgain }))).toBe(because);
  });

  it.each(OCCASIONS)('%s is never asked of somebody who died', (occasion) => {
    const whichever = occasion.endsWith('months') ? closed : episode;
    expect(occasionRefusal(occasion, whichever({ hasDied: true }))).toMatch(/died/);
  });
});

describe('dateProblems', () => {
  type Others = Parameters<typeof dateProblems>[2];
  const none: Others = { baselineOn: null, firstFollowUpOn: null };

  it.each<[string, Occasion, string, Episode, Partial<Others>]>([
    ['today', 'baseline', '2026-11-23', episode(), {}],
    ['the day of the referral', 'baseline', '2026-06-01', episode(), {}],
    ['the day of the baseline', 'review', '2026-07-01', episode(), { baselineOn: '2026-07-01' }],
    [
      'a baseline typed in after its follow-up',
      'baseline',
      '2026-07-01',
      episode(),
      {
        firstFollowUpOn: '2026-07-01',
      },
    ],
    ['two months after', 'three_months', '2026-10-20', closed(), {}],
    ['five months after', 'six_months', '2026-11-20', closed({ endedOn: '2026-06-20' }), {}],
    ['a closing paper dated before closing', 'closing', '2026-08-10', closed(), {}],
    ['a sixteenth birthday', 'baseline', '2026-11-20', episode({ bornOn: '2010-11-20' }), {}],
  ])('accepts %s', (_name, occasion, answeredOn, known, others) => {
    expect(dateProblems({ occasion, answeredOn }, known, { ...none, ...others }, now)).toEqual([]);
  });

  it.each<[string, Occasion, string, Episode, Partial<Others>]>([
    ['tomorrow', 'baseline', '2026-11-24', episode(), {}],
    ['the day before the referral', 'baseline', '2026-05-31', episode(), {}],
    ['the day before the baseline', 'review', '2026-06-30', episode(), { baselineOn: '2026-07-01' }],
    [
      'a baseline after its follow-up',
      'baseline',
      '2026-07-02',
      episode(),
      {
        firstFollowUpOn: '2026-07-01',
      },
    ],
    ['the day before two months after', 'three_months', '2026-10-19', closed(), {}],
    ['the day before five months after', 'six_months', '2026-11-19', closed({ endedOn: '2026-06-20' }), {}],
    ['the day before a sixteenth birthday', 'baseline', '2026-11-19', episode({ bornOn: '2010-11-20' }), {}],
    ['before they were born', 'baseline', '2026-11-19', episode({ bornOn: '2026-11-20' }), {}],
  ])('refuses %s', (_name, occasion, answeredOn, known, others) => {
    const problems = dateProblems({ occasion, answeredOn }, known, { ...none, ...others }, now);
    expect(problems.map((problem) => problem.field)).toEqual(['answeredOn']);
  });
});

describe('what can be recorded today', () => {
  it.each<[string, Episode, string, Occasion[]]>([
    ['while a worker has it', episode(), '2026-11-23', ['baseline', 'review', 'closing']],
    ['the day it closed', closed(), '2026-08-20', ['closing']],
    ['the day before two months', closed(), '2026-10-19', ['closing']],
    ['from two months on', closed(), '2026-10-20', ['closing', 'three_months']],
    ['from five months on', closed(), '2027-01-20', ['closing', 'three_months', 'six_months']],
    ['where they said not to ask', closed({ mayAskAgain: false }), '2027-01-20', ['closing']],
    ['before a worker has it', episode({ state: 'sent' }), '2026-11-23', []],
  ])('%s', (_name, known, today, occasions) => {
    expect(occasionsToday(known, today)).toEqual(occasions);
  });

  it('is no set of nothing but "rather not say"', () => {
    expect([saysNothing({ a: null, b: null }), saysNothing({ a: null, b: 0 })]).toEqual([true, false]);
  });
});

describe('how it was asked', () => {
  const measure = (id: string) => currentMeasure(id) ?? fail(id);

  it.each<[string, Mode, boolean]>([
    ['ons4', 'paper', true],
    ['ons4', 'online', true],
    ['phq9', 'in_person', true],
    ['phq9', 'phone', true],
    ['phq9', 'video', true],
    ['phq9', 'paper', false],
    ['gad7', 'online', false],
    ['swemwbs', 'paper', true],
    ['swemwbs', 'online', false],
  ])('%s, %s: %s', (id, mode, allowed) => {
    expect(modeProblems(measure(id), mode).map(({ field }) => field)).toEqual(allowed ? [] : ['mode']);
  });
});

describe('an answer that must not wait', () => {
  const phq9 = currentMeasure('phq9') ?? fail('phq9');
  const done = { seen: true, steps: ['rang_crisis_line'] } as const;
  const last = (q9: number | null) => ({ q9 });

  it.each<[string, number | null, Parameters<typeof riskProblems>[2], string[]]>([
    ['is asked about', 1, undefined, ['risk']],
    ['must have been read', 3, { ...done, seen: false }, ['risk.seen']],
    ['is kept with what was done', 1, done, []],
    ['wants words for something else', 2, { seen: true, steps: ['other'] }, ['risk.note']],
    ['takes words for something else', 2, { seen: true, steps: ['other'], note: 'Her son came' }, []],
    ['asks nothing of a nought', 0, undefined, []],
    ['asks nothing of "rather not say"', null, undefined, []],
    ['takes nothing with a nought', 0, done, ['risk']],
  ])('%s', (_name, q9, given, fields) => {
    expect(riskProblems(phq9, last(q9), given).map(({ field }) => field)).toEqual(fields);
  });

  it('says what to do now', () => {
    expect(riskProblems(phq9, last(1), undefined)[0]?.message).toMatch(/999.*111.*GP/);
  });

  it('is no matter of other questionnaires', () => {
    expect(riskIn(currentMeasure('ons4') ?? fail('ons4'), { anxious: 10 })).toBeNull();
  });
});

function fail(id: string): never {
  throw new Error(`There is no measure ${id}`);
}
