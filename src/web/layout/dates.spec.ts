import { agoInWords, dayInWords } from './dates.js';

describe('how long ago something was', () => {
  const now = new Date('2026-11-23T10:00:00Z');

  it.each([
    ['2026-11-23T09:59:30Z', 'Just now'],
    ['2026-11-23T09:59:00Z', '1 minute ago'],
    ['2026-11-23T09:15:00Z', '45 minutes ago'],
    ['2026-11-23T09:00:00Z', '1 hour ago'],
    ['2026-11-23T00:01:00Z', '9 hours ago'],
    // By London's calendar: eleven hours, and the day before.
    ['2026-11-22T23:00:00Z', 'Yesterday'],
    ['2026-11-21T23:59:00Z', '2 days ago'],
    ['2026-09-24T12:00:00Z', '60 days ago'],
    ['2026-09-23T12:00:00Z', 'Wed, 23 September 2026'],
    ['2026-11-23T10:01:00Z', 'Mon, 23 November 2026'],
    ['2026-11-24T10:00:00Z', 'Tue, 24 November 2026'],
  ])('%s is said as %s', (at, words) => {
    expect(agoInWords(new Date(at), now)).toBe(words);
  });

  it.each([
    ['2026-11-23', 'Today'],
    ['2026-11-22', 'Yesterday'],
    ['2026-11-20', '3 days ago'],
    ['2026-11-24', 'Tue, 24 November 2026'],
  ])('the day %s is said as %s', (day, words) => {
    expect(agoInWords(day, now)).toBe(words);
  });
});

describe('a day', () => {
  it.each([
    ['2026-07-31', 'Fri, 31 July 2026'],
    // By London's summer clock the next day, though not by UTC's.
    ['2026-07-31T23:30:00.000Z', 'Sat, 1 August 2026'],
    [new Date('2026-07-31T23:30:00Z'), 'Sat, 1 August 2026'],
    [null, ''],
  ])('%p is said as %s', (when, words) => {
    expect(dayInWords(when)).toBe(words);
  });
});
