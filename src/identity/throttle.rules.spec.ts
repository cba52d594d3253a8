import { waitSeconds } from './throttle.rules.js';

it.each([
  [0, 0],
  [1, 0],
  [4, 0],
  [5, 30],
  [6, 60],
  [7, 120],
  [8, 240],
  [9, 480],
  [10, 900],
  [11, 900],
  [1000, 900],
])('after %i tries the wait is %i seconds', (tries, seconds) => {
  expect(waitSeconds(tries)).toBe(seconds);
});
