import type { AmendContactInput } from '../../caseload/contact.dto.js';
import type { SectionKind } from '../../caseload/contact.types.js';
import { sayAll } from '../words/staff/staff-words.js';

/** Who reads what stands beside a note. */
export const SECTION_WORDS: Record<SectionKind, string> = sayAll({
  restricted: 'Only I read it, and a manager who says why',
  safety: 'Whoever works with them must know it to be safe',
});

/** The same as the heading of what was written. */
export const SECTION_HEADINGS: Record<SectionKind, string> = sayAll({
  restricted: 'Not for everybody',
  safety: 'To be safe',
});

/** What of a contact can be put right. */
export const CONTACT_FIELD_WORDS: Record<Exclude<keyof AmendContactInput, 'reason'> | 'sections', string> =
  sayAll({
    kind: 'How',
    outcome: 'Did you reach them?',
    at: 'When',
    minutes: 'Minutes',
    note: 'What was said',
    sections: 'Words beside it',
  });
