import { BANK_HOLIDAYS } from '../platform/clock/bank-holidays.js';
import { safetyAnswerBy } from './safety-message.rules.js';
import { safetyLetter } from './safety-message.words.js';

describe('a message about somebody’s safety', () => {
  it.each([
    ['in the morning', '2026-11-23T10:00:00Z', '2026-11-23T17:00:00.000Z'],
    ['late in the day', '2026-11-23T16:40:00Z', '2026-11-23T17:40:00.000Z'],
    ['after hours', '2026-11-23T17:00:00Z', '2026-11-24T10:00:00.000Z'],
    ['on a Saturday', '2026-11-28T10:00:00Z', '2026-11-30T10:00:00.000Z'],
    ['on Christmas Eve at night', '2026-12-24T20:00:00Z', '2026-12-29T10:00:00.000Z'],
    ['in summer', '2026-07-01T10:00:00Z', '2026-07-01T16:00:00.000Z'],
  ])('sent %s is looked for', (_when, now, by) => {
    expect(safetyAnswerBy(new Date(now), BANK_HOLIDAYS).toISOString()).toBe(by);
  });

  it('says who it is about only where that may be written', () => {
    const facts = { reference: 'BT-1', link: 'https://example.org/x', phone: null, identity: null };
    expect(JSON.stringify(safetyLetter(facts))).not.toContain('Grace');
    const named = safetyLetter({ ...facts, identity: 'Grace OKAFOR, born 1 May 1950' });
    expect([named.subject, named.text.split('\n')[0]]).toEqual([
      'Please read today: BT-1',
      'Grace OKAFOR, born 1 May 1950',
    ]);
  });
});
