import { isPaused, providerProblems } from './provider.rules.js';

const TODAY = '2026-11-23';

describe('a pause', () => {
  it.each([
    [null, null, false],
    [TODAY, null, true],
    ['2026-11-24', null, false],
    ['2026-11-01', '2026-11-24', true],
    ['2026-11-01', TODAY, false],
    ['2026-11-01', '2026-11-20', false],
  ])('from %s until %s: %s', (pausedFrom, pausedUntil, paused) => {
    expect(isPaused({ pausedFrom, pausedUntil }, TODAY)).toBe(paused);
  });
});

describe('what is wrong with a profile', () => {
  const right: Parameters<typeof providerProblems>[0] = {
    pausedFrom: null,
    pausedUntil: null,
    answersBy: 'sign_in',
    contactEmail: null,
    contactPhone: null,
    tradition: null,
    traditionShown: false,
    languages: ['en'],
  };
  const cases: [string, Partial<typeof right>, string[]][] = [
    ['nothing', {}, []],
    ['an end without a start', { pausedUntil: TODAY }, ['pausedFrom']],
    ['an end on the first day', { pausedFrom: TODAY, pausedUntil: TODAY }, ['pausedUntil']],
    ['a pause of a day', { pausedFrom: TODAY, pausedUntil: '2026-11-24' }, []],
    ['e-mail without an address', { answersBy: 'email' }, ['contactEmail']],
    ['e-mail with one', { answersBy: 'email', contactEmail: 'rose@example.org' }, []],
    ['phone without a number', { answersBy: 'phone' }, ['contactPhone']],
    ['phone with one', { answersBy: 'phone', contactPhone: '+447700900001' }, []],
    ['text without a number', { answersBy: 'text', contactEmail: 'rose@example.org' }, ['contactPhone']],
    ['text to a landline', { answersBy: 'text', contactPhone: '+441632960001' }, ['contactPhone']],
    ['text to a mobile', { answersBy: 'text', contactPhone: '+447700900001' }, []],
    ['a tradition to show that is not said', { traditionShown: true }, ['tradition']],
    ['a tradition to show', { traditionShown: true, tradition: 'sikh' }, []],
    ['a name as a language', { languages: ['Welsh'] }, ['languages']],
  ];
  it.each(cases)('%s', (_name, wrong, fields) => {
    expect(providerProblems({ ...right, ...wrong }).map(({ field }) => field)).toEqual(fields);
  });

  const left: Partial<typeof right> = { answersBy: 'email', contactEmail: null };
  const amendments: [string, Partial<typeof right>, string[], string[]][] = [
    ['a pause, once the contact has left', { ...left, pausedFrom: TODAY }, ['pausedFrom'], []],
    ['a wrong pause then', { ...left, pausedUntil: TODAY }, ['pausedUntil'], ['pausedFrom']],
    ['other languages then', { ...left, languages: ['Welsh'] }, ['languages'], ['languages']],
    ['text then, without a number', { ...left, answersBy: 'text' }, ['answersBy'], ['contactPhone']],
    ['an address taken away', left, ['contactEmail'], ['contactEmail']],
    ['nothing', left, [], []],
  ];
  it.each(amendments)('when an amendment gives %s', (_name, now, changed, fields) => {
    expect(providerProblems({ ...right, ...now }, changed).map(({ field }) => field)).toEqual(fields);
  });
});
