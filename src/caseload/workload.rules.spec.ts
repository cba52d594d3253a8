import {
  caseloadWeight,
  caseWeight,
  fullness,
  supervisionPrompts,
  withRoom,
  type CaseFacts,
} from './workload.rules.js';

const TODAY = '2026-11-23';
/** An easy case: taken on a fortnight ago, reached a week ago, due in a fortnight, with a plan. */
const easy: CaseFacts = {
  onHold: false,
  nextOn: '2026-12-07',
  takenOn: '2026-11-09',
  lastContactOn: '2026-11-16',
  lastReachedOn: '2026-11-16',
  unreachedInARow: 0,
  reasons: 1,
  needsInterpreter: false,
  safetyFlag: false,
  liveOffers: 0,
  hasPlan: true,
  reviewOn: '2026-12-21',
  leastConfidence: 7,
  chosen: false,
};

describe('caseWeight', () => {
  it.each<[string, Partial<CaseFacts>, number]>([
    ['an easy case', {}, 1],
    ['on hold, whatever else', { onHold: true, nextOn: '2026-11-01', safetyFlag: true }, 0.5],
    ['due in seven days', { nextOn: '2026-11-30' }, 2],
    ['due in eight days', { nextOn: '2026-12-01' }, 1],
    ['late', { nextOn: '2026-11-01' }, 2],
    ['an interpreter', { needsInterpreter: true }, 1.5],
    ['two reasons', { reasons: 2 }, 1],
    ['three reasons', { reasons: 3 }, 1.5],
    ['one offer', { liveOffers: 1 }, 1],
    ['two offers', { liveOffers: 2 }, 1.5],
    ['one try', { unreachedInARow: 1 }, 1],
    ['two tries', { unreachedInARow: 2 }, 1.5],
    ['quiet for 21 days', { lastContactOn: '2026-11-02' }, 1],
    ['quiet for 22 days', { lastContactOn: '2026-11-01' }, 1.5],
    ['never in touch, taken on 22 days ago', { lastContactOn: null, takenOn: '2026-11-01' }, 1.5],
    [
      'everything at once',
      {
        nextOn: TODAY,
        needsInterpreter: true,
        safetyFlag: true,
        reasons: 4,
        liveOffers: 3,
        unreachedInARow: 3,
        lastContactOn: '2026-01-01',
      },
      5,
    ],
  ])('of %s', (_name, changes, weight) => {
    expect(caseWeight({ ...easy, ...changes }, TODAY)).toBe(weight);
  });

  it('sums to that of a caseload, and fills a limit of ordinary cases', () => {
    expect(caseloadWeight([], TODAY)).toBe(0);
    expect(caseloadWeight([easy, { ...easy, onHold: true }, { ...easy, nextOn: TODAY }], TODAY)).toBe(3.5);
    expect(fullness(60, 40)).toBe(1);
    expect(fullness(0, 40)).toBe(0);
    expect(fullness(0, 0)).toBe(Infinity);
  });
});

describe('supervisionPrompts', () => {
  it.each<[string, Partial<CaseFacts>, string[]]>([
    ['an easy case', {}, []],
    ['seven days late', { nextOn: '2026-11-16' }, []],
    ['eight days late', { nextOn: '2026-11-15' }, ['late']],
    ['nobody reached for 28 days', { lastReachedOn: '2026-10-26' }, []],
    ['nobody reached for 29 days', { lastReachedOn: '2026-10-25' }, ['silent']],
    ['never reached, taken on 29 days ago', { lastReachedOn: null, takenOn: '2026-10-25' }, ['silent']],
    ['three tries', { unreachedInARow: 3 }, ['unreached']],
    ['three tries and a choice', { unreachedInARow: 3, chosen: true }, []],
    ['a safety flag, in touch 14 days ago', { safetyFlag: true, lastContactOn: '2026-11-09' }, []],
    ['a safety flag, in touch 15 days ago', { safetyFlag: true, lastContactOn: '2026-11-08' }, ['safety']],
    ['no plan after 42 days', { hasPlan: false, takenOn: '2026-10-12' }, []],
    ['no plan after 43 days', { hasPlan: false, takenOn: '2026-10-11' }, ['no_plan']],
    ['a review seven days ago', { reviewOn: '2026-11-16' }, []],
    ['a review eight days ago', { reviewOn: '2026-11-15' }, ['review_late']],
    ['confidence of 4', { leastConfidence: 4 }, []],
    ['confidence of 3', { leastConfidence: 3 }, ['low_confidence']],
    ['taken on 180 days ago', { takenOn: '2026-05-27' }, []],
    ['taken on 181 days ago', { takenOn: '2026-05-26' }, ['long']],
    [
      'on hold, only late and long',
      {
        onHold: true,
        nextOn: '2026-11-01',
        takenOn: '2026-01-01',
        lastReachedOn: null,
        lastContactOn: null,
        unreachedInARow: 5,
        safetyFlag: true,
        hasPlan: false,
        reviewOn: '2026-02-01',
        leastConfidence: 1,
      },
      ['late', 'long'],
    ],
  ])('of %s', (_name, changes, prompts) => {
    expect(supervisionPrompts({ ...easy, ...changes }, TODAY)).toEqual(prompts);
  });
});

describe('withRoom', () => {
  it('leaves out who is away or full, and begins with the least full, then with most room', () => {
    const team = [
      { name: 'away', absent: true, room: 9, fullness: 0 },
      { name: 'full', absent: false, room: 0, fullness: 0.1 },
      { name: 'half', absent: false, room: 3, fullness: 0.5 },
      { name: 'light', absent: false, room: 1, fullness: 0.2 },
      { name: 'light and wide', absent: false, room: 2, fullness: 0.2 },
      { name: 'without a limit’s worth', absent: false, room: 5, fullness: null },
    ];
    expect(withRoom(team).map(({ name }) => name)).toEqual([
      'light and wide',
      'light',
      'half',
      'without a limit’s worth',
    ]);
  });
});
