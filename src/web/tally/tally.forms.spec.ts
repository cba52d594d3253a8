import { readTally } from './tally.forms.js';

const FULL = { kind: 'food_parcel', quantity: '3', day: '23', month: '11', year: '2026' };
const read = (more: Record<string, string>) =>
  readTally({ ...FULL, ...more }, new Set(['saltwick']), '2026-11-23');
const wrong = (more: Record<string, string>): string[] => {
  const answer = read(more);
  return 'problems' in answer ? answer.problems.map(({ field }) => field) : [];
};

describe('a form that counts help', () => {
  it('says kind, number, household, day and area', () => {
    const given = { id: null, kind: 'food_parcel', quantity: 3, givenOn: '2026-11-23' };
    expect(read({})).toEqual({ form: { ...given, householdMembers: null, neighbourhoodId: null } });
    expect(read({ householdMembers: ' 4 ', area: 'saltwick' })).toEqual({
      form: { ...given, householdMembers: 4, neighbourhoodId: 'saltwick' },
    });
    const form = '01a2003a-c4e9-7083-86ce-f6fe0d8fb6de';
    expect(read({ form })).toMatchObject({ form: { id: form } });
    expect(read({ form: 'x' })).toMatchObject({ form: { id: null } });
    expect(read({ area: 'elsewhere' })).toMatchObject({ form: { neighbourhoodId: null } });
  });

  it.each([
    [{ kind: 'gold' }, ['kind']],
    [{ kind: 'constructor' }, ['kind']],
    [{ quantity: '' }, ['quantity']],
    [{ quantity: '0' }, ['quantity']],
    [{ quantity: '1000' }, []],
    [{ quantity: '1001' }, ['quantity']],
    [{ quantity: '1.5' }, ['quantity']],
    [{ householdMembers: '31' }, ['householdMembers']],
    [{ householdMembers: 'four' }, ['householdMembers']],
    [{ day: '24' }, ['day']],
    [{ day: '31', month: '2' }, ['day']],
    [{ kind: '', quantity: '', day: '' }, ['kind', 'quantity', 'day']],
  ])('%j: %j', (more: Record<string, string>, fields: string[]) => {
    expect(wrong(more)).toEqual(fields);
  });
});
