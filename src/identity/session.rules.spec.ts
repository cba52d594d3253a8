import { answerRefresh } from './session.rules.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

it.each([
  ['fresh', null, -60, null, 'rotate'],
  ['at the moment it expires', null, 0, null, 'expired'],
  ['too old', null, 1, null, 'expired'],
  ['shown again at once, successor unused', 1, -60, false, 'repeat'],
  ['shown again at the end of the grace', 30, -60, false, 'repeat'],
  ['shown again after the grace', 30.001, -60, false, 'reuse'],
  ['shown again when the successor is in use', 1, -60, true, 'reuse'],
  ['put aside without a successor', 1, -60, null, 'reuse'],
  ['used and expired', 3600, 1, false, 'reuse'],
] as const)('a refresh token %s', (_name, usedAgo, expiredAgo, successorUsed, answer) => {
  const usedAt = usedAgo === null ? null : secondsAgo(usedAgo);
  expect(answerRefresh({ usedAt, expiresAt: secondsAgo(expiredAgo), successorUsed }, NOW)).toBe(answer);
});
