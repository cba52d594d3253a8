import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { SETTING_LIMITS, settingsProblems } from './scheme.rules.js';

const settings = (changes: Partial<SchemeSettings> = {}): SchemeSettings => ({
  ...DEFAULT_SETTINGS,
  ...changes,
});

describe('the settings of a scheme', () => {
  it('agree with each other as they come', () => {
    expect(settingsProblems(settings())).toEqual([]);
  });

  it.each(Object.entries(SETTING_LIMITS))('%s comes within its limits %j', (key, [least, most]) => {
    const value = DEFAULT_SETTINGS[key as keyof typeof SETTING_LIMITS];
    expect(value).toBeGreaterThanOrEqual(least);
    expect(value).toBeLessThanOrEqual(most);
  });

  it.each<[Partial<SchemeSettings>, string]>([
    [{ triageEscalateDays: 1 }, 'settings.triageEscalateDays'],
    [{ triageDays: 5 }, 'settings.triageEscalateDays'],
    [{ returnDays: 2 }, 'settings.returnDays'],
    [{ firstContactEscalateDays: 4 }, 'settings.firstContactEscalateDays'],
    [{ nextContactEscalateDays: 2 }, 'settings.nextContactEscalateDays'],
    [{ draftAuthorDays: 4 }, 'settings.draftPracticeDays'],
    [
      { secondFactorOffered: ['referrer'], secondFactorRequired: ['link_worker'] },
      'settings.secondFactorRequired',
    ],
  ])('%j contradict the others', (changes, field) => {
    expect(settingsProblems(settings(changes)).map((problem) => problem.field)).toEqual([field]);
  });

  it.each<Partial<SchemeSettings>>([
    { triageDays: 4 },
    { returnDays: 3 },
    { draftPracticeDays: 1 },
    { secondFactorRequired: ['link_worker'], secondFactorOffered: ['link_worker'], secondFactorByMail: [] },
  ])('%j are only just in order', (changes) => {
    expect(settingsProblems(settings(changes))).toEqual([]);
  });
});
