import { inOrderFor, suggestedFor, type MayTake } from './suggestion.rules.js';

const worker = (name: string, more: Partial<MayTake> = {}): MayTake => {
  const { caseload = 10, caseloadLimit = 40 } = more;
  return {
    membershipId: name,
    name,
    caseload,
    caseloadLimit,
    room: Math.max(0, caseloadLimit - caseload),
    languages: [],
    areas: [],
    absence: null,
    ...more,
  };
};
const somebody = { language: 'en', district: 'CO97' };
const names = (person: typeof somebody | { language: string; district: null }, team: MayTake[]) =>
  inOrderFor(person, team).map(({ worker: { name } }) => name);

describe('who somebody new is given to', () => {
  it('is whoever has fewest open against their limit, not fewest at all', () => {
    const team = [worker('Ada', { caseload: 12, caseloadLimit: 15 }), worker('Ben', { caseload: 20 })];
    expect(names(somebody, team)).toEqual(['Ben', 'Ada']);
    expect(suggestedFor(somebody, team)).toMatchObject({
      worker: { name: 'Ben' },
      speaks: false,
      nearby: false,
    });
  });

  it('is first whoever speaks their language, then whoever works where they live', () => {
    const team = [
      worker('Ada', { caseload: 0 }),
      worker('Ben', { caseload: 10, areas: ['Clacton Central', 'co97 '] }),
      worker('Cy', { caseload: 30, languages: ['pl'] }),
    ];
    expect(names({ ...somebody, language: 'pl' }, team)).toEqual(['Cy', 'Ben', 'Ada']);
    expect(names(somebody, team)).toEqual(['Ben', 'Ada', 'Cy']);
    expect(names({ language: 'pl', district: null }, team)).toEqual(['Cy', 'Ada', 'Ben']);
    expect(suggestedFor({ ...somebody, language: 'pl' }, team)).toMatchObject({
      speaks: true,
      nearby: false,
    });
    // Everybody speaks English: to have written it down is no advantage.
    expect(
      names({ language: 'en', district: null }, [worker('Ada'), worker('Ben', { languages: ['en'] })]),
    ).toEqual(['Ada', 'Ben']);
  });

  it('is nobody who is away or full, whatever they speak', () => {
    const away = worker('Ada', { caseload: 0, languages: ['pl'], absence: {} });
    const full = worker('Ben', { caseload: 40, areas: ['CO97'] });
    const none = worker('Cy', { caseload: 0, caseloadLimit: 0 });
    expect(suggestedFor({ ...somebody, language: 'pl' }, [away, full, none])).toBeNull();
    expect(suggestedFor(somebody, [])).toBeNull();
    expect(names(somebody, [away, full, none, worker('Dot', { caseload: 39 })])).toEqual([
      'Dot',
      'Ben',
      'Cy',
      'Ada',
    ]);
  });

  it('is the same every time it is asked', () => {
    const team = [worker('Dot'), worker('Ben'), worker('Ada')];
    expect(names(somebody, team)).toEqual(['Ada', 'Ben', 'Dot']);
    expect(names(somebody, [...team].reverse())).toEqual(['Ada', 'Ben', 'Dot']);
  });
});
