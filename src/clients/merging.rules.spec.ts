import { answersOf, type Answers } from './person.rules.js';
import { cannotJoin, joinedAnswers } from './merging.rules.js';

const person = (details: Partial<Answers> = {}): Answers => ({
  ...answersOf({ firstName: 'Grace', lastName: 'Okoro', dateOfBirth: '1951-03-02' }),
  ...details,
});
const alive = (details: Partial<Answers> = {}) => ({ ...person(details), deathRecordedAt: null });
const dead = () => ({ ...person(), deathRecordedAt: new Date('2026-11-01T00:00:00Z') });

describe('cannotJoin', () => {
  it.each([
    ['two without numbers', alive(), alive(), null],
    ['a number and none', alive({ nhsNumber: '9990000018' }), alive(), null],
    ['the same number', alive({ nhsNumber: '9990000018' }), alive({ nhsNumber: '9990000018' }), null],
    [
      'two numbers',
      alive({ nhsNumber: '9990000018' }),
      alive({ nhsNumber: '9990000026' }),
      'different-nhs-numbers',
    ],
    ['one of them died', alive(), dead(), 'death-differs'],
    ['the other died', dead(), alive(), 'death-differs'],
    ['both died', dead(), dead(), null],
  ])('%s', (_who, kept, other, code) => {
    expect(cannotJoin(kept, other)?.code ?? null).toBe(code);
  });
});

describe('joinedAnswers', () => {
  it('keeps its own answers and fills gaps from the other', () => {
    const kept = person({ phone: '+447700900001', knownAs: null, noNhsNumberBecause: 'not_known' });
    const other = person({
      phone: '+447700900002',
      knownAs: 'Gracie',
      nhsNumber: '9990000018',
      lastName: 'Okorow',
    });
    expect(joinedAnswers(kept, other, 'merged')).toMatchObject({
      phone: '+447700900001',
      knownAs: 'Gracie',
      nhsNumber: '9990000018',
      noNhsNumberBecause: null,
      lastName: 'Okoro',
    });
  });

  it('keeps the needs and cautions of both', () => {
    const kept = person({ accessNeeds: ['step_free', 'bsl'], initialsOnly: true, language: 'en' });
    const other = person({
      accessNeeds: ['bsl', 'large_print'],
      safetyFlag: true,
      language: 'pl',
      interpreter: 'professional',
      faithPreference: 'own_tradition',
      faithTradition: 'Quaker',
    });
    expect(joinedAnswers(kept, other, 'merged')).toMatchObject({
      accessNeeds: ['step_free', 'bsl', 'large_print'],
      initialsOnly: true,
      safetyFlag: true,
      language: 'pl',
      interpreter: 'professional',
      faithPreference: 'own_tradition',
      faithTradition: 'Quaker',
    });
    expect(joinedAnswers(other, kept, 'merged')).toMatchObject({ language: 'pl', faithTradition: 'Quaker' });
  });

  it('takes the stricter contact rule when two records are merged', () => {
    const kept = person({ safeToCall: 'yes', safeToText: 'yes', safeToEmail: 'no' });
    const other = person({ safeToCall: 'no', safeToText: 'not_asked', safeToEmail: 'yes' });
    expect(joinedAnswers(kept, other, 'merged')).toMatchObject({
      safeToCall: 'no',
      safeToText: 'not_asked',
      safeToEmail: 'no',
    });
  });

  it('takes only a "no" from what a sender wrote', () => {
    const kept = person({ phone: '+447700900001', safeToCall: 'yes', safeToText: 'yes' });
    const sent = person({ safeToCall: 'no' });
    expect(joinedAnswers(kept, sent, 'absorbed')).toMatchObject({ safeToCall: 'no', safeToText: 'yes' });
  });

  it('asks again about a number taken over from a sender, and never weakens a "no"', () => {
    const kept = person({ phone: null, safeToCall: 'yes', safeToText: 'yes', safeToLeaveMessage: 'no' });
    const sent = person({ phone: '+447700900002', safeToCall: 'no', safeToText: 'yes' });
    expect(joinedAnswers(kept, sent, 'absorbed')).toMatchObject({
      phone: '+447700900002',
      safeToCall: 'no',
      safeToText: 'not_asked',
      safeToLeaveMessage: 'no',
    });
  });
});
