/** What pages for people, groups and the public can be read in. English is the source of the others. */
export const LANGUAGES = ['en', 'cy', 'pl', 'ro', 'bn', 'ne', 'ur', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each as those who read it write it: somebody who reads no other must find it. */
export const OWN_NAMES: Record<Language, string> = {
  en: 'English',
  cy: 'Cymraeg',
  pl: 'Polski',
  ro: 'Română',
  bn: 'বাংলা',
  ne: 'नेपाली',
  ur: 'اردو',
  ar: 'العربية',
};

export const isLanguage = (code: unknown): code is Language =>
  (LANGUAGES as readonly unknown[]).includes(code);

/** Which way it is written. */
export const directionIn = (language: Language): 'ltr' | 'rtl' =>
  language === 'ur' || language === 'ar' ? 'rtl' : 'ltr';
