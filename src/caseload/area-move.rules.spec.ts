import { choiceProblems, movedOnProblem, type ChoiceAnswers } from './area-move.rules.js';

const NOW = new Date('2026-11-23T10:00:00Z');

describe('what is said of somebody who moved away', () => {
  it.each<[ChoiceAnswers, string[]]>([
    [{ choice: 'hand_over' }, []],
    [{ choice: 'hand_over', keepUntil: '2026-12-01' }, ['keepUntil']],
    [{ choice: 'keep', keepUntil: '2026-11-24' }, []],
    [{ choice: 'keep', keepUntil: '2027-05-23' }, []],
    [{ choice: 'keep', keepUntil: '2027-05-24' }, ['keepUntil']],
    [{ choice: 'keep', keepUntil: '2026-11-23' }, ['keepUntil']],
    [{ choice: 'keep' }, ['keepUntil']],
    [
      { choice: 'keep', keepUntil: '2026-12-01', result: 'helped', mayAskAgain: true },
      ['result', 'mayAskAgain'],
    ],
    [{ choice: 'close', result: 'helped', mayAskAgain: false, noResponseBecause: 'moved' }, []],
    [{ choice: 'close' }, ['result', 'mayAskAgain']],
    [{ choice: 'hand_over', noResponseBecause: 'moved' }, ['noResponseBecause']],
  ])('%j', (answers, fields) => {
    expect(choiceProblems(answers, NOW).map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    ['2026-11-01', true],
    ['2027-11-23', true],
    ['2027-11-24', false],
    ['2021-11-22', false],
  ])('moved on %s', (on, well) => {
    expect(movedOnProblem(on, NOW) === null).toBe(well);
  });
});
