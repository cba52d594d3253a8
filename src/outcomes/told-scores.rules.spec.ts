import { catalogueOf } from './catalogue.rules.js';
import { type StartOrEnd, toldScores } from './told-scores.rules.js';

const CATALOGUE = catalogueOf([], []);
const response = (
  occasion: StartOrEnd['occasion'],
  takenOn: string,
  scores: StartOrEnd['scores'],
): StartOrEnd => ({
  measureId: 'ons4',
  version: '1',
  occasion,
  takenOn,
  scores,
});
const SENT = '2026-10-01';
const START = response('baseline', '2026-10-01', { satisfied: 3, worthwhile: 4, happy: null, anxious: 8 });

describe('the scores that a sender is told', () => {
  it('are those known at the start and at the end, and how the person is, whichever way a score runs', () => {
    const end = response('closing', '2026-11-20', { satisfied: 6, worthwhile: 4, happy: 5, anxious: 9 });
    expect(
      toldScores(CATALOGUE, [START, end], SENT).map(({ before, after, change }) => [before, after, change]),
    ).toEqual([
      [3, 6, 'improved'],
      [4, 4, 'same'],
      [8, 9, 'worse'],
    ]);
  });

  it('take the newest closing, and no review', () => {
    const first = response('closing', '2026-11-01', { satisfied: 1 });
    const second = response('closing', '2026-11-20', { satisfied: 7 });
    const review = response('review', '2026-11-21', { satisfied: 9 });
    expect(toldScores(CATALOGUE, [START, first, second, review], SENT)).toEqual([
      { title: expect.any(String) as string, max: 10, before: 3, after: 7, change: 'improved' },
    ]);
  });

  it.each([
    ['nobody was asked at the end', [START]],
    ['nobody was asked at the start', [response('closing', '2026-11-20', { satisfied: 6 })]],
    [
      'it was another questionnaire',
      [START, { ...response('closing', '2026-11-20', { satisfied: 6 }), measureId: 'ucla3' }],
    ],
    [
      'the start was before it was sent',
      [{ ...START, takenOn: '2026-09-30' }, response('closing', '2026-11-20', { satisfied: 6 })],
    ],
    [
      'it was another version',
      [START, { ...response('closing', '2026-11-20', { satisfied: 6 }), version: '0' }],
    ],
  ])('are none where %s', (_where, responses) => {
    expect(toldScores(CATALOGUE, responses, SENT)).toEqual([]);
  });
});
