import type { Area } from '../../audit/acts.js';
import type { RetentionReviewView } from '../../records/record.dto.js';
import type {
  AccessState,
  AskedBy,
  KeptBecause,
  ReleasedHow,
  RetentionDecision,
} from '../../records/record.types.js';
import type { RemovalReason } from '../../records/record-document.types.js';
import type { Did } from '../../records/audit-search.dto.js';
import { say, sayAll } from '../words/staff/staff-words.js';

export const AREA_WORDS: Record<Area, string> = sayAll({
  people: 'People’s records',
  referrals: 'Referrals',
  work: 'Contacts, appointments and plans',
  safety: 'Safety',
  sharing: 'Agreement and sharing',
  onward: 'Referring to groups',
  groups: 'Groups, services and neighbourhoods',
  answers: 'Questionnaires, stories and feedback',
  ownPage: 'A person’s own page',
  messages: 'Messages and tasks',
  records: 'Copies, keeping and who looked',
  access: 'Signing in and access',
  scheme: 'The scheme, its figures and imports',
});

export const DID_WORDS: Record<Did, string> = sayAll({
  looked: 'Only looked',
  wrote: 'Did something',
});

export const DECISION_WORDS: Record<RetentionDecision, string> = sayAll({
  destroy: 'Destroy it, two weeks from now',
  keep: 'Keep it longer',
});

export const KEPT_WORDS: Record<KeptBecause, string> = sayAll({
  research: 'For research',
  legal: 'For a legal matter',
  still_needed: 'It is still needed',
  inquiry: 'For an inquiry',
});

/** Where a decision stands, and whether it may still be taken back. */
export function standingOf(review: RetentionReviewView): { text: string; colour: string; open?: true } {
  if (review.destroyedAt !== null) return { text: say('Destroyed'), colour: 'grey' };
  if (review.cancelledAt !== null) return { text: say('Taken back'), colour: 'grey' };
  if (review.overtakenAt !== null)
    return { text: say('Kept: something happened in between'), colour: 'blue' };
  return review.decision === 'keep'
    ? { text: say('Kept longer'), colour: 'blue' }
    : { text: say('To be destroyed'), colour: 'red', open: true };
}

export const COPY_STATE_WORDS: Record<AccessState, string> = sayAll({
  asked: 'Being collected',
  prepared: 'To be read',
  released: 'Given',
  refused: 'Refused',
});

export const ASKED_BY_WORDS: Record<AskedBy, string> = sayAll({
  person: 'The person',
  representative: 'Somebody on their behalf',
});

export const RELEASED_WORDS: Record<ReleasedHow, string> = sayAll({
  in_person: 'In person',
  post: 'By post',
  secure_mail: 'By secure mail',
  online: 'Online',
});

export const REMOVAL_WORDS: Record<RemovalReason, string> = sayAll({
  somebody_else: 'Remove it: it tells of somebody else',
  serious_harm: 'Remove it: it could cause serious harm',
  legal_advice: 'Remove it: legal advice',
  crime: 'Remove it: about a crime being looked into',
});
