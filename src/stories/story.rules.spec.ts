import { STORY_LIFECYCLE } from './story.lifecycle.js';
import { move } from '../platform/pure/lifecycle.js';
import {
  expiryProblem,
  findableIn,
  notLookedAt,
  ownNamesIn,
  namesOfRecord,
  possibleNames,
  secondReaderProblem,
  storyActions,
  usualExpiry,
} from './story.rules.js';
import { STORY_STATES, type StoryState } from './story.types.js';

describe('what lets somebody be found', () => {
  it.each([
    ['Ring me on 07700 900123 any time', ['a telephone number']],
    ['ring +44 7700 900 123', ['a telephone number']],
    ['write to grace.o@example.org please', ['an e-mail address']],
    ['I live at CO97 1AA', ['a postcode']],
    ['i live at co971aa', ['a postcode']],
    ['my number is 999 123 4567', ['an NHS number']],
    ['I was born on 3 March', ['a date of birth']],
    ['the house at 12 Mill Lane', ['an address']],
    ['I walked for 2 hours, 3 times a week, with 10 others', []],
    ['It cost 120 pounds in 2026', []],
    ['كنت وحيدة 🍞', []],
  ])('%s', (words, found) => {
    expect(findableIn(words)).toEqual(found);
  });
});

describe('a person’s own names', () => {
  const own = ['Grace', 'Okoro-Smith', 'Zoë', 'de Vries', 'ليلى', 'Li'];
  it.each([
    ['A friend said: “Come on, Grace!” and I did.', ['“Grace” in “said: “Come on, Grace!” and I did.”']],
    ['With grace, the will and a van.', []],
    ['GRACE’S tea', ['“GRACE” in “GRACE’S tea”']],
    ['Zoe laughed', ['“Zoe” in “Zoe laughed”']],
    ['Mrs Smith', ['“Smith” in “Mrs Smith”']],
    ['Off to Vries, not to de la Mare', ['“Vries” in “Off to Vries, not to de”']],
    ['كانت ليلى هنا', ['“ليلى” in “كانت ليلى هنا”']],
    ['Gracefully, in Lisbon', []],
    ['Grace '.repeat(9), Array.from({ length: 5 }, () => expect.stringContaining('Grace') as string)],
    ['', []],
  ])('%s', (words, found) => {
    expect(ownNamesIn(words, own)).toEqual(found);
  });
});

describe('what may be done with a story', () => {
  const may = () => true;
  const now = (state: StoryState, more: object = {}) =>
    storyActions({ state, hasDied: false, readsSecond: true, ...more }, may);
  it.each([
    ['draft', ['change', 'consent', 'offer', 'withdraw']],
    ['waiting', ['change', 'consent', 'read', 'withdraw']],
    ['approved', ['change', 'consent', 'withdraw']],
    ['withdrawn', []],
  ] as const)('%s', (state, actions) => {
    expect(now(state)).toEqual(actions);
  });

  it('is read by a second person only, agreed to by somebody alive, and done by whoever may', () => {
    expect(now('waiting', { readsSecond: false })).not.toContain('read');
    expect(now('draft', { hasDied: true })).not.toContain('consent');
    expect(
      storyActions(
        { state: 'draft', hasDied: false, readsSecond: true },
        (action) => action === 'story.withdraw',
      ),
    ).toEqual(['withdraw']);
  });
});

describe('words that could be names', () => {
  const names = ['Grace', 'Okoro', 'Ada Lovelace', 'Li', 'ليلى'];
  it.each([
    ['Grace came with me.', ['Grace']],
    ['I met grace in the hall, of course.', ['grace']],
    ['At the hall I met Grace’s sister Ada.', ['Grace', 'Ada']],
    ['One day a man called Tom-Lee Smith said: “Come in.”', ['Tom-Lee', 'Smith']],
    ['We went on Tuesday in March. The GP said I should.', []],
    ['First line\nSecond line', []],
    ['"Never again" I said. Then we laughed! And he? He too.', []],
    ['I saw Li and then St Mary’s', ['Li', 'St', 'Mary']],
    ['ذهبت مع ليلى', ['ليلى']],
    ['Tom. I like Tom.', ['Tom']],
  ])('%s', (words, found) => {
    expect(possibleNames(words, { names })).toEqual(found);
  });
  it('are told apart where the record knows them, however they are written', () => {
    expect(namesOfRecord(['grace', 'LOVELACE', 'Smith', 'Mary'], { names })).toEqual(['grace', 'LOVELACE']);
  });
  it('are each to be looked at', () => {
    expect(notLookedAt(['Tom', 'Mary'], ['Mary', 'Anything'])).toEqual(['Tom']);
    expect(notLookedAt([], [])).toEqual([]);
  });
});

describe('a consent', () => {
  it('runs for a year unless another day is chosen', () => {
    expect(usualExpiry('2026-11-23')).toBe('2027-11-23');
    expect(usualExpiry('2028-02-29')).toBe('2029-02-28');
  });
  it.each([
    ['2026-11-23', 'Choose a day that is still to come'],
    ['2026-11-24', null],
    ['2029-11-20', null],
    ['2029-11-21', 'Choose a day within 36 months of the agreement'],
  ])('until %s', (expiresOn, problem) => {
    expect(expiryProblem(expiresOn, { agreedOn: '2026-11-20', today: '2026-11-23' })).toBe(problem);
  });
});

it('is read by somebody who neither wrote nor offered it', () => {
  expect(secondReaderProblem('a', { writtenBy: 'b', offeredBy: 'c' })).toBeNull();
  expect(secondReaderProblem('a', { writtenBy: null, offeredBy: null })).toBeNull();
  expect(secondReaderProblem('b', { writtenBy: 'b', offeredBy: 'c' })).toMatch(/Somebody else/);
  expect(secondReaderProblem('c', { writtenBy: 'b', offeredBy: 'c' })).toMatch(/Somebody else/);
});

describe('the lifecycle of a story', () => {
  const verbs = ['amend', 'offer', 'approve', 'sendBack', 'withdraw'] as const;
  it.each(STORY_STATES)('from %s', (state) => {
    const may = verbs.filter((verb) => move(STORY_LIFECYCLE, verb, state).ok);
    expect(may).toEqual(
      {
        draft: ['amend', 'offer', 'withdraw'],
        waiting: ['amend', 'approve', 'sendBack', 'withdraw'],
        approved: ['amend', 'withdraw'],
        withdrawn: [],
      }[state],
    );
  });
});
