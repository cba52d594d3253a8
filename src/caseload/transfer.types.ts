import type { Answers } from '../clients/person.rules.js';
import type { Need } from '../platform/words/needs.js';
import type { PlanContent } from './plan.types.js';

/** To a scheme that runs in the same installation, or by a copy to one that does not. */
export const TRANSFER_WAYS = ['scheme', 'document'] as const;
export type TransferWay = (typeof TRANSFER_WAYS)[number];

/**
 * What may travel beside what is needed to take somebody on (who they are, how to reach them safely, access needs, what
 * they want help with): each is chosen with the person.
 */
export const TRANSFER_ITEMS = ['about_them', 'reasons', 'risks', 'plan', 'contacts'] as const;
export type TransferItem = (typeof TRANSFER_ITEMS)[number];

export const TRANSFER_STATES = ['offered', 'received', 'refused', 'expired', 'cancelled'] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

/** Working days in which the other scheme answers. */
export const TRANSFER_ANSWER_DAYS = 10;

type AboutThem = 'sex' | 'gender' | 'ethnicity' | 'faithPreference' | 'faithTradition';

/** Exactly what the other scheme gets. A part that was not chosen is not there. */
export interface Carries {
  person: Omit<Answers, AboutThem> & Partial<Pick<Answers, AboutThem>>;
  practice: string | null;
  needs: Need[];
  reasons?: { reasonNote: string | null; note: string | null };
  risks?: { risks: string[]; noKnownRisks: boolean; riskNote: string | null };
  plan?: PlanContent | null;
  contacts?: { on: string; kind: string; outcome: string }[];
}
