import { askerAt, waitSeconds } from './throttle.rules.js';

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

it('waits from later on where more tries are free', () => {
  expect([99, 100, 101].map((tries) => waitSeconds(tries, 100))).toEqual([0, 30, 60]);
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
])('takes %s for %s', (address, asker) => {
  expect(askerAt(address)).toBe(asker);
});
