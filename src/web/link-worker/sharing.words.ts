import type { AgreementScope } from '../../clients/agreement.types.js';
import { sayAll } from '../words/staff/staff-words.js';

/** What somebody agreed that a recipient may know, or do. */
export const SCOPE_WORDS: Record<AgreementScope, string> = sayAll({
  scheme_support: 'Our support itself',
  contact_details: 'Their name and how to reach them',
  needs: 'What they want help with',
  access_needs: 'What they need to take part',
  progress_feedback: 'How it goes',
  full_feedback: 'How it goes and what came of it',
  plan: 'What matters to them and what they plan',
});
