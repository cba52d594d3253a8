import type { Channel } from '../clients/client.types.js';
import { atLondon, londonDate } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { nextDateProblem } from '../referrals/referral.rules.js';
import {
  UNREACHED_LIMIT,
  type ContactKind,
  type ContactOutcome,
  type UnreachedChoice,
} from './contact.types.js';

export interface ContactFacts {
  kind: ContactKind;
  outcome: ContactOutcome;
  at: Date;
  /** The next contact date (YYYY-MM-DD in London); left out where it is not being chosen, as in an amendment. */
  nextOn?: string;
}

/** How a wrong number or address reaches the client's contact rules: every way that uses it is switched off. */
const WRONG: Partial<Record<ContactKind, readonly Channel[]>> = {
  // A call, a text and a voicemail use one number, and a stranger would get them.
  phone: ['call', 'text', 'leave_message'],
  text: ['call', 'text', 'leave_message'],
  email: ['email'],
  letter: ['write'],
};

/** The channels to switch off when this kind of contact went to the wrong number or address; none for meetings. */
export const wrongChannels = (kind: ContactKind): readonly Channel[] => WRONG[kind] ?? [];

/**
 * When it happened: the moment that is given; of a day alone, of which nobody knows the time, its noon or the moment the
 * referral came in, where that was later; else now.
 */
export function happenedAt(
  { at, on }: { at?: string | undefined; on?: string | undefined },
  { now, referredAt }: { now: Date; referredAt: Date },
): Date {
  if (at !== undefined) return new Date(at);
  if (on === undefined || on === londonDate(now)) return now;
  const noon = atLondon(on, '12:00');
  return on === londonDate(referredAt) && referredAt > noon ? referredAt : noon;
}

/**
 * What is wrong with a contact, field by field; none when it may be written. A contact happened: not in the future, not
 * before the referral. Its next date is today in London or later, and within twelve months.
 */
export function contactProblems(
  contact: ContactFacts,
  { now, referredAt }: { now: Date; referredAt: Date },
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (contact.at > now)
    problems.push({ field: 'at', message: 'Enter when it happened: this is in the future' });
  if (contact.at < referredAt) {
    problems.push({
      field: 'at',
      message: 'Enter when it happened: this is before the referral was received',
    });
  }
  if (contact.outcome === 'wrong_number' && wrongChannels(contact.kind).length === 0) {
    problems.push({
      field: 'outcome',
      message:
        'Choose another answer: only a call, text, e-mail or letter can go to the wrong number or address',
    });
  }
  const nextOn = contact.nextOn === undefined ? null : nextDateProblem(contact.nextOn, now, 0);
  if (nextOn !== null) problems.push({ field: 'nextOn', message: nextOn });
  return problems;
}

/** How many contacts since the person was last reached, from outcomes in order, newest first. */
export function unreachedInARow(newestFirst: readonly ContactOutcome[]): number {
  const reached = newestFirst.indexOf('reached');
  return reached === -1 ? newestFirst.length : reached;
}

/** Whether a change from one count to another is the one that asks for a decision; a fourth and fifth do not ask again. */
export const isThirdUnreached = (before: number, after: number): boolean =>
  before < UNREACHED_LIMIT && after >= UNREACHED_LIMIT;

/** What each changed field said and says, as the history keeps it. */
export const changesBetween = <Said extends object>(
  before: Said,
  after: Said,
  changed: readonly string[],
): Record<string, { from: unknown; to: unknown }> =>
  Object.fromEntries(
    changed.map((field) => [field, { from: before[field as keyof Said], to: after[field as keyof Said] }]),
  );

export interface ChoiceFacts {
  /** Unreached in a row up to now. */
  unreached: number;
  /** Whether a text may be sent, and whether there is a number for it. */
  safeToText: string;
  hasPhone: boolean;
  safeToWrite: string;
  hasAddress: boolean;
  /** How much the practice or other organisation that referred may hear; null when nobody did. */
  hears: string | null;
}

/**
 * Why a choice after three tries cannot be made; null when it can. A text needs a yes, since *not asked* is no yes; a
 * letter an address that is not unsafe; asking the referrer that it may hear anything at all.
 */
export function choiceProblem(choice: UnreachedChoice, facts: ChoiceFacts): string | null {
  if (facts.unreached < UNREACHED_LIMIT) {
    return `This is for after ${String(UNREACHED_LIMIT)} tries in a row without an answer. There were ${String(facts.unreached)}.`;
  }
  switch (choice) {
    case 'text':
      return facts.safeToText === 'yes' && facts.hasPhone
        ? null
        : 'Nobody has said that a text is safe, or there is no number for it.';
    case 'letter':
      return facts.safeToWrite !== 'no' && facts.hasAddress
        ? null
        : 'A letter is not safe, or there is no address for it.';
    case 'ask_practice':
      if (facts.hears === null) return 'No organisation referred this person.';
      return facts.hears === 'nothing' ? 'The person does not want the referrer to hear anything.' : null;
    case 'close':
      return null;
  }
}

/** What follows from each choice, as the answer says it. */
export const CHOICE_FOLLOWS: Record<UnreachedChoice, string> = {
  letter:
    'A letter goes out by itself where letters are sent for the scheme and the person said that is safe. Otherwise writing it is on the owner’s list.',
  text: 'A text goes out by itself where texts are sent for the scheme. Otherwise sending it is on the owner’s list.',
  ask_practice: 'The organisation that referred is asked for another way to reach them.',
  close: 'The referral is closed as could not reach.',
};
