/**
 * What a person needs so that they can take part, and what a service can give: one list, so that the two can be
 * compared. After the Accessible Information Standard (NHS England DAPB1605: specific formats, contact methods,
 * communication support) and the reasonable adjustments of the Equality Act 2010. Anything else is written as a note.
 */
export const ACCESS_NEEDS = [
  'step_free',
  'accessible_toilet',
  'accessible_parking',
  'help_with_transport',
  'home_visit',
  'quiet_space',
  'small_group',
  'more_time',
  'carer_or_supporter_present',
  'assistance_dog',
  'hearing_loop',
  'bsl',
  'lipspeaker_or_notetaker',
  'deafblind_support',
  'text_instead_of_calls',
  'large_print',
  'braille',
  'audio',
  'easy_read',
  'screen_reader_friendly',
  'makaton_or_symbols',
  'reminders',
  'support_with_reading',
] as const;
export type AccessNeed = (typeof ACCESS_NEEDS)[number];

/**
 * A language as its ISO 639 code: two letters where there are two, else three (bfi is British Sign Language). The form
 * is checked, not membership, since every list of languages leaves somebody out.
 */
export const LANGUAGE_CODE = /^[a-z]{2,3}$/;
