import type { GapCountView } from '../../onward-referrals/gap.dto.js';
import { barsOf, findingOf, gridLine, gridOf, roomOf } from './gaps.grid.js';

const cell = (
  need: GapCountView['need'],
  area: string | null,
  gaps: number,
  referrals = 0,
  services = 0,
  room: Partial<GapCountView> = {},
): GapCountView => ({
  ...{ need, area, gaps, referrals, services, placesFree: 0, dropIn: 0, askFirst: 0 },
  ...room,
});

describe('gaps by need and place', () => {
  it.each([
    [[], 'No gap is open'],
    [[cell('food', 'CO15', 0, 9)], 'No gap is open'],
    [[cell('food', 'CO15', 1)], '1 gap is open, all of them: food'],
    [
      [cell('food', 'CO15', 2), cell('food', null, 1), cell('housing', 'CO15', 1)],
      '4 gaps are open, 3 of them: food',
    ],
    [[cell('food', 'CO15', 2), cell('housing', 'CO16', 2)], '4 gaps are open'],
  ])('say what is found: %j', (counts, finding) => {
    expect(findingOf(counts)).toBe(finding);
  });

  it('draw no more than six needs, most first', () => {
    const needs = [
      'food',
      'housing',
      'digital',
      'low_mood',
      'inactivity',
      'bereavement',
      'loneliness',
    ] as const;
    const bars = barsOf(needs.map((need, index) => cell(need, 'CO15', index + 1)));
    expect(bars.map(({ value }) => value)).toEqual([7, 6, 5, 4, 3, 2]);
  });

  it('stand under the six places that miss most, and say how many more there are', () => {
    const places = ['CO1', 'CO2', 'CO3', 'CO4', 'CO5', 'CO6'].map((area) => cell('food', area, 1));
    const {
      places: shown,
      rows,
      more,
    } = gridOf([...places, cell('housing', 'CO7', 0, 50), cell('digital', null, 2)]);
    expect(shown).toEqual(['Place not known', 'CO1', 'CO2', 'CO3', 'CO4', 'CO5']);
    expect(rows.map(({ need }) => need)).toEqual(['food', 'digital']);
    expect(rows[1]?.cells.map((one) => one?.gaps ?? null)).toEqual([2, null, null, null, null, null]);
    expect(more).toBe(2);
    expect(gridLine(cell('digital', null, 2, 5, 1))).toEqual([
      'Getting online',
      'Place not known',
      2,
      5,
      1,
      0,
      0,
      0,
    ]);
  });

  it.each([
    [0, {}, null],
    [2, {}, 'full'],
    [2, { placesFree: 1 }, '1 place free'],
    [4, { placesFree: 5, dropIn: 1, askFirst: 2 }, '5 places free, 1 without a limit, 2 to ask first'],
  ])('say what room %i services have: %j', (services, room, words) => {
    expect(roomOf(cell('food', 'CO15', 0, 0, services, room))).toBe(words);
  });
});
