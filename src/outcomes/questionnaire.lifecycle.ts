import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { QuestionnaireState } from './questionnaire.types.js';

export type QuestionnaireVerb = 'draft' | 'amend' | 'publish' | 'retire' | 'discard';

/** One version of a scheme's own questionnaire. Publishing a version retires the one before it. */
// prettier-ignore
export const QUESTIONNAIRE_LIFECYCLE: Lifecycle<QuestionnaireState, QuestionnaireVerb> = {
  draft:   { from: null,          to: 'draft' },
  amend:   { from: ['draft'],     to: 'same' },
  publish: { from: ['draft'],     to: 'published' },
  retire:  { from: ['published'], to: 'retired' },
  discard: { from: ['draft'],     to: 'gone' },
};
