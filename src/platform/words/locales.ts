/** How days, hours and numbers are written; with the digits of a telephone everywhere: codes and dates are typed with them. */
export const LOCALES = {
  en: 'en-GB',
  cy: 'cy-GB',
  pl: 'pl-PL',
  ro: 'ro-RO',
  bn: 'bn-u-nu-latn',
  ne: 'ne-u-nu-latn',
  ur: 'ur-u-nu-latn',
  ar: 'ar-u-ca-gregory-nu-latn',
} as const;
