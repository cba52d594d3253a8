/** One call, visit, message or meeting with a client, reached or not. */
export const CONTACT_KINDS = [
  'phone',
  'text',
  'email',
  'letter',
  'visit',
  'video',
  'meeting',
  'drop_in',
] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** A BSL conversation or a text exchange is `reached`. A text, e-mail or letter nobody answered is `message_left`. */
export const CONTACT_OUTCOMES = ['reached', 'no_answer', 'message_left', 'wrong_number'] as const;
export type ContactOutcome = (typeof CONTACT_OUTCOMES)[number];

/** Beside the note: words their author and a manager with a reason read, and what everybody must know to be safe. */
export const SECTION_KINDS = ['restricted', 'safety'] as const;
export type SectionKind = (typeof SECTION_KINDS)[number];
export const SECTIONS_MAX = 5;

/** The longest note, some ten pages; what is longer belongs in a document. */
export const NOTE_MAX = 20_000;
/** A whole working day and more. */
export const MINUTES_MAX = 600;
/** Unreached in a row at which the owner must choose: letter, text, ask the practice, or close. */
export const UNREACHED_LIMIT = 3;

export const UNREACHED_CHOICES = ['letter', 'text', 'ask_practice', 'close'] as const;
export type UnreachedChoice = (typeof UNREACHED_CHOICES)[number];

/** What stands beside every restricted note (section 13 of the words on pages). */
export const CAN_ASK = 'The person can ask to read this';
