/** How much a goal matters, how far it was at first, and how far at last; null where nobody said. */
export type GoalNumbers = readonly [importance: number, first: number, last: number | null];

/** Fourteen people, two of whom leave goals without a second number, and one of whom said nothing twice. */
export const FOURTEEN_PEOPLE: readonly (readonly GoalNumbers[])[] = [
  [
    [8, 5, 8],
    [2, 4, 3],
    [7, 3, 10],
  ],
  [
    [8, 4, 2],
    [9, 5, null],
  ],
  [[9, 5, 1]],
  [
    [1, 0, 2],
    [4, 1, null],
  ],
  [
    [7, 3, 6],
    [9, 1, 10],
    [9, 0, 10],
  ],
  [[10, 4, 2]],
  [[1, 3, 9]],
  [
    [5, 0, null],
    [7, 3, 6],
    [2, 5, 6],
  ],
  [[1, 0, 6]],
  [[4, 0, 5]],
  [
    [6, 2, 9],
    [4, 3, 7],
    [8, 4, 7],
  ],
  [
    [5, 0, null],
    [9, 0, 3],
  ],
  [
    [5, 4, 4],
    [3, 7, 7],
  ],
  [
    [6, 3, null],
    [2, 9, null],
  ],
];
