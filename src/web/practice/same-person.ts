import type {
  ReferralView,
  SentPerson,
  SentReferralLine,
  SentReferralView,
} from '../../referrals/referral.dto.js';
import { longDate } from '../layout/dates.js';
import type { Form } from '../layout/forms.js';
import { spokenNhsNumber } from '../layout/words.js';
import { say } from '../words/staff/staff-words.js';

interface Fact {
  what: string;
  typed: string;
  there: string;
  differs: boolean;
}

/** What was typed and what the sender's own earlier referral says, fact by fact. */
export interface Compared {
  referralId: string;
  reference: string;
  sentAt: Date | null;
  name: string;
  /** Whether it may be somebody else: only a name and a birth date are the same. */
  asks: boolean;
  facts: Fact[];
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
    [say('First name'), typed('client.firstName'), sent?.firstName],
    [say('Last name'), typed('client.lastName'), sent?.lastName],
    [say('Date of birth'), longDate(boxes.join('-')), sent?.dateOfBirth && longDate(sent.dateOfBirth)],
    [
      say('NHS number'),
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
    facts: pairs.map(factOf),
  };
}

/** One's own that is still open, of whoever it is about. */
export const stillOpen = ({ id, reference, sentAt, client }: SentReferralLine): Compared => ({
  referralId: id,
  reference,
  sentAt,
  name: [client.firstName, client.lastName].filter(Boolean).join(' '),
  asks: false,
  facts: [],
});

const factOf = ([what, now, then]: readonly [string, string, string | null | undefined]): Fact => ({
  what,
  typed: now || say(NOT_SAID),
  there: then || say(NOT_SAID),
  differs: now.toLowerCase() !== (then ?? '').toLowerCase(),
});

const dayIn = (text: string | null): string => {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text ?? '') ?? [];
  const iso = year === '' ? (text ?? '') : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return /^\d{4}-\d{2}-\d{2}$/.test(iso) ? longDate(iso) : iso;
};

/** The same of a row of a list, where a date is as its sheet writes it. */
export const sideBySide = (row: SentPerson, there: SentPerson): Fact[] =>
  (
    [
      [say('First name'), row.firstName ?? '', there.firstName],
      [say('Last name'), row.lastName ?? '', there.lastName],
      [say('Date of birth'), dayIn(row.dateOfBirth), there.dateOfBirth && longDate(there.dateOfBirth)],
      [
        say('NHS number'),
        row.nhsNumber ? spokenNhsNumber(row.nhsNumber.replaceAll(/\D/g, '')) : '',
        there.nhsNumber && spokenNhsNumber(there.nhsNumber),
      ],
    ] as const
  ).map(factOf);
