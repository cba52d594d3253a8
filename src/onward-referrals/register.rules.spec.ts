import type { Attendance } from './onward.types.js';
import { markProblems } from './register.rules.js';

const marks = (...results: Attendance[]) =>
  results.map((result, index) => ({ onwardReferralId: String(index), result }));

describe('markProblems', () => {
  it.each<[string, Parameters<typeof markProblems>, string[]]>([
    ['some came and some did not', [marks('attended', 'late', 'absent_logistics'), [], 3], []],
    ['nobody yet', [[], [], 0], []],
    [
      'it did not happen, for everybody',
      [marks('session_did_not_happen', 'session_did_not_happen'), [], 0],
      [],
    ],
    ['it did not happen for one of two', [marks('session_did_not_happen', 'attended'), [], 0], ['marks']],
    ['it did not happen, after somebody came', [marks('session_did_not_happen'), ['late'], 0], ['marks']],
    ['somebody came, after it did not happen', [marks('attended'), ['session_did_not_happen'], 0], ['marks']],
    ['walk-ins at one that did not happen', [marks('session_did_not_happen'), [], 2], ['walkIns']],
    ['the same person twice', [[...marks('attended'), ...marks('late')], [], 0], ['marks']],
  ])('%s', (_name, given, fields) => {
    expect(markProblems(...given).map(({ field }) => field)).toEqual(fields);
  });
});
