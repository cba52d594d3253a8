import { answersIn, unanswered } from './draft.answers.js';

describe('a draft as the form of a referral has it', () => {
  it('gives lists as ticks, yes and no as words, and a day in three boxes', () => {
    expect(
      answersIn({
        client: { firstName: 'Grace', dateOfBirth: '1951-03-02', noFixedAddress: true },
        reasons: ['food'],
        noKnownRisks: false,
        note: null,
      }),
    ).toEqual({
      'client.firstName': 'Grace',
      'client.dateOfBirth.day': '2',
      'client.dateOfBirth.month': '3',
      'client.dateOfBirth.year': '1951',
      'client.noFixedAddress': 'yes',
      reasons: ['food'],
      noKnownRisks: 'no',
    });
  });

  it('knows what was answered before and is not any more', () => {
    const left = unanswered({ client: { firstName: 'Grace' }, reasons: ['food'] });
    expect(left).toContain('client.lastName');
    expect(left).toContain('note');
    expect(left).not.toContain('client.firstName');
    expect(left).not.toContain('reasons');
    expect(unanswered({})).toContain('client.firstName');
  });
});
