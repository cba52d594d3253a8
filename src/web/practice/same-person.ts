import type { ReferralView, SentPerson, SentReferralView } from '../../referrals/referral.dto.js';
import { longDate } from '../layout/dates.js';
import type { Form } from '../layout/forms.js';
import { spokenNhsNumber } from '../layout/words.js';

/** What was typed and what the sender's own earlier referral says, fact by fact. */
export interface Compared {
  referralId: string;
  reference: string;
  sentAt: Date | null;
  name: string;
  /** Whether it may be somebody else: only a name and a birth date are the same. */
  asks: boolean;
  facts: { what: string; typed: string; there: string; differs: boolean }[];
}

const NOT_SAID = 'Not given';

/** Puts an earlier referral of one's own beside what was typed: as it was sent, whatever is known here by now. */
export function beside(
  referral: SentReferralView | ReferralView,
  values: Form['values'],
  asks: boolean,
): Compared {
  const sent: SentPerson | null = 'sentAs' in referral ? referral.sentAs : referral.client;
  const typed = (name: string): string => String(values[name] ?? '').trim();
  const boxes = ['year', 'month', 'day'].map((part) => typed(`client.dateOfBirth.${part}`).padStart(2, '0'));
  const pairs: [string, string, string | null | undefined][] = [
    ['First name', typed('client.firstName'), sent?.firstName],
    ['Last name', typed('client.lastName'), sent?.lastName],
    ['Date of birth', longDate(boxes.join('-')), sent?.dateOfBirth && longDate(sent.dateOfBirth)],
    [
      'NHS number',
      spokenNhsNumber(typed('client.nhsNumber').replaceAll(' ', '')),
      sent?.nhsNumber && spokenNhsNumber(sent.nhsNumber),
    ],
  ];
  return {
    referralId: referral.id,
    reference: referral.reference,
    sentAt: referral.sentAt,
    name: [sent?.firstName, sent?.lastName].filter(Boolean).join(' '),
    asks,
    facts: pairs.map(([what, now, then]) => ({
      what,
      typed: now || NOT_SAID,
      there: then || NOT_SAID,
      differs: now.toLowerCase() !== (then ?? '').toLowerCase(),
    })),
  };
}
