import { agreementProblems, scopeLeft, type AgreementFacts, type AgreeingPerson } from './agreement.rules.js';

const TODAY = '2026-11-23';
const adult: AgreeingPerson = { dateOfBirth: '1951-03-02', underAgeBasis: null };
const agreed: AgreementFacts = {
  scope: ['scheme_support'],
  basis: 'agreed',
  decidedBy: null,
  authoritySeenOn: null,
  consulted: null,
  agreedOn: '2026-11-20',
  renewOn: null,
  organisationId: null,
};
const attorney: Partial<AgreementFacts> = {
  basis: 'attorney_or_deputy',
  decidedBy: 'Ada Okoro, attorney',
  authoritySeenOn: '2026-11-01',
};
const interests: Partial<AgreementFacts> = {
  basis: 'best_interests',
  decidedBy: 'Sam Reid, link worker',
  consulted: 'Her daughter and her GP',
};
const parent: Partial<AgreementFacts> = { basis: 'parental_responsibility', decidedBy: 'Ada Okoro, mother' };
const aged = (years: number, underAgeBasis: AgreeingPerson['underAgeBasis'] = null): AgreeingPerson => ({
  dateOfBirth: `${String(2026 - years)}-11-23`,
  underAgeBasis,
});

describe('agreementProblems', () => {
  it.each<[string, Partial<AgreementFacts>, AgreeingPerson, string[]]>([
    ['agreed themselves', {}, adult, []],
    ['agreed, but somebody else decided', { decidedBy: 'A neighbour' }, adult, ['decidedBy']],
    ['agreed tomorrow', { agreedOn: '2026-11-24' }, adult, ['agreedOn']],
    ['agreed before birth', { agreedOn: '1951-03-01' }, adult, ['agreedOn']],
    ['renewed the same day', { renewOn: '2026-11-20' }, adult, ['renewOn']],
    ['renewed the next day', { renewOn: '2026-11-21' }, adult, []],
    ['attorney', attorney, adult, []],
    ['attorney, nameless', { ...attorney, decidedBy: null }, adult, ['decidedBy']],
    ['attorney, authority not seen', { ...attorney, authoritySeenOn: null }, adult, ['authoritySeenOn']],
    [
      'attorney, authority seen tomorrow',
      { ...attorney, authoritySeenOn: '2026-11-24' },
      adult,
      ['authoritySeenOn'],
    ],
    ['attorney, people consulted', { ...attorney, consulted: 'Family' }, adult, ['consulted']],
    ['best interests', interests, adult, []],
    ['best interests, nobody decided', { ...interests, decidedBy: null }, adult, ['decidedBy']],
    ['best interests, nobody consulted', { ...interests, consulted: null }, adult, ['consulted']],
    [
      'best interests with an authority',
      { ...interests, authoritySeenOn: '2026-11-01' },
      adult,
      ['authoritySeenOn'],
    ],
    ['parent of an adult', parent, adult, ['basis']],
    ['parent of somebody of 18', parent, aged(18), ['basis']],
    ['parent of somebody of 17', parent, aged(17, 'parental_responsibility'), []],
    ['parent, nameless', { ...parent, decidedBy: null }, aged(17, 'parental_responsibility'), ['decidedBy']],
    ['competent at 17', {}, aged(17, 'competence'), []],
    ['not competent at 17', {}, aged(17, 'parental_responsibility'), ['basis']],
    ['nothing recorded at 17', {}, aged(17), ['basis']],
    ['support agreed with an organisation', { organisationId: 'x' }, adult, ['scope']],
    [
      'needs agreed with an organisation',
      { organisationId: 'x', scope: ['needs', 'contact_details'] },
      adult,
      [],
    ],
    ['feedback agreed with the scheme', { scope: ['scheme_support', 'progress_feedback'] }, adult, []],
  ])('%s', (_what, change, person, fields) => {
    const problems = agreementProblems({ ...agreed, ...change }, person, TODAY, 18);
    expect(problems.map(({ field }) => field)).toEqual(fields);
  });

  it('lets a young person agree in a scheme whose minimum age they have reached', () => {
    expect(agreementProblems(agreed, aged(16), TODAY, 16)).toEqual([]);
  });
});

describe('scopeLeft', () => {
  it('keeps what was not taken back, in order', () => {
    expect(scopeLeft(['needs', 'access_needs', 'contact_details'], ['access_needs'])).toEqual([
      'needs',
      'contact_details',
    ]);
    expect(scopeLeft(['needs'], ['needs', 'full_feedback'])).toEqual([]);
    expect(scopeLeft(['needs'], ['full_feedback'])).toEqual(['needs']);
  });
});
