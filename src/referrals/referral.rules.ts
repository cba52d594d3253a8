import { randomInt } from 'node:crypto';
import type { AgreementScope } from '../clients/agreement.types.js';
import { addMonths, atLondon, daysBetween, londonDate, workingDeadline } from '../platform/clock/calendar.js';
import { reachOf, type Action } from '../permissions/permission.table.js';
import type { Role } from '../platform/actor/actor.types.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import type { Side } from '../platform/pure/lifecycle.js';
import type { SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { moveReferral, REFERRAL_VERBS, VERB_ACTION, type ReferralVerb } from './referral.lifecycle.js';
import {
  END_REASONS,
  endReasonOf,
  HOLD_REASONS,
  isOpen,
  isWithTriage,
  isWithWorker,
  type EndReason,
  type Feedback,
  type HoldReason,
  type NextKind,
  type ReferralRow,
  type ReferralState,
  type Route,
  type ToldOutcome,
  type ToldStatus,
  type TRIAGE_STATES,
  type Why,
} from './referral.types.js';

/** Without vowels, so that no word appears, and without what is read as something else: 0 O, 1 I L. */
export const REFERENCE_ALPHABET = '23456789BCDFGHJKMNPQRSTVWXYZ';
const REFERENCE_LENGTH = 8;

/** What people quote on the telephone, like K7RX-4PMW: 28^8 of them. The database refuses a second of the same. */
export function newReference(): string {
  const letters = Array.from(
    { length: REFERENCE_LENGTH },
    () => REFERENCE_ALPHABET[randomInt(REFERENCE_ALPHABET.length)],
  );
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** The one kind of next date each open state has; the database refuses another. */
export const NEXT_KIND = {
  sent: 'triage',
  returned: 'return',
  accepted: 'allocate',
  allocated: 'first_contact',
  active: 'next_contact',
  on_hold: 'resume',
} as const satisfies Partial<Record<ReferralState, NextKind>>;

type Days = Pick<SchemeSettings, 'triageDays' | 'returnDays' | 'allocateDays' | 'firstContactDays'>;

const DAYS_FOR = {
  sent: 'triageDays',
  returned: 'returnDays',
  accepted: 'allocateDays',
  allocated: 'firstContactDays',
} as const satisfies Record<(typeof TRIAGE_STATES)[number] | 'allocated', keyof Days>;

/** By when a referral that came into this state must move on: the end of the scheme's nth working day. */
export const dueAt = (
  state: keyof typeof DAYS_FOR,
  since: Date,
  days: Days,
  holidays: ReadonlySet<string>,
): Date => workingDeadline(since, days[DAYS_FOR[state]], holidays);

/** The hour at which a date somebody chose comes up, on London's clock. */
const COMES_UP_AT = '09:00';
export const NEXT_WITHIN_MONTHS = 12;

export const chosenNextAt = (date: string): Date => atLondon(date, COMES_UP_AT);

/** Why a chosen next date (YYYY-MM-DD) will not do; null when it will. `earliest` is 0 for today, 1 for tomorrow. */
export function nextDateProblem(date: string, now: Date, earliest: 0 | 1): string | null {
  const today = londonDate(now);
  if (daysBetween(today, date) < earliest) {
    return earliest === 0 ? 'Choose today or a later date' : 'Choose a date after today';
  }
  if (date > addMonths(today, NEXT_WITHIN_MONTHS)) {
    return `Choose a date within ${NEXT_WITHIN_MONTHS} months, so that nobody is forgotten`;
  }
  return null;
}

/** The last London date on which a closed referral may be reopened is `days` calendar days after it closed. */
export const mayReopen = (endedAt: Date, now: Date, days: number): boolean =>
  daysBetween(londonDate(endedAt), londonDate(now)) <= days;

/** How long after closing the last owner still reaches the person: to reopen, or to ask again at 6 months. */
export const REACH_AFTER_CLOSING_MONTHS = 7;
export function reachUntil(endedAt: Date, mayAskAgain: boolean, reopenDays: number): Date {
  if (mayAskAgain) return atLondon(addMonths(londonDate(endedAt), REACH_AFTER_CLOSING_MONTHS), '23:59');
  return new Date(endedAt.getTime() + (reopenDays + 1) * 24 * 60 * 60 * 1000);
}

type SideAnswer = { side: Side } | { problem: FieldProblem };

function sideFor(fixed: Side | null, given: Side | undefined): SideAnswer {
  if (fixed !== null) {
    return given === undefined || given === fixed
      ? { side: fixed }
      : { problem: { field: 'side', message: `Leave this out: this reason is on the side of the ${fixed}` } };
  }
  return given === undefined
    ? { problem: { field: 'side', message: 'Say whose side "other" was on' } }
    : { side: given };
}

/** Each reason has a side; only for "other" somebody has to say it. */
export const sideOfEnd = (reason: EndReason, given: Side | undefined): SideAnswer =>
  sideFor(endReasonOf(reason).side, given);

export const sideOfHold = (reason: HoldReason, given: Side | undefined): SideAnswer =>
  sideFor(HOLD_REASONS[reason].side, given);

/** What a sender is told of a referral in this state. `begun` is whether the person was ever reached. */
export function toldOf(state: ReferralState, begun: boolean): ToldStatus {
  switch (state) {
    case 'draft':
    case 'sent':
    case 'returned':
    case 'closed':
    case 'withdrawn':
    case 'entered_in_error':
      return state;
    case 'accepted':
    case 'joined':
    case 'allocated':
      return 'taken_on';
    case 'active':
    case 'on_hold':
      return begun ? 'in_touch' : 'taken_on';
    case 'declined':
      return 'not_taken_on';
  }
}

/** The six words for why a referral ended; null while it has not, and for one that should never have been there. */
export function whyOf(row: Pick<ReferralRow, 'state' | 'end_reason'>): Why | null {
  if (row.state !== 'declined' && row.state !== 'closed' && row.state !== 'withdrawn') return null;
  return row.end_reason !== null && row.end_reason in END_REASONS
    ? endReasonOf(row.end_reason as EndReason).why
    : 'other';
}

/**
 * The row after a move: state, owner, next date, ending and what the sender is told always change together, so that no
 * verb can forget one of them. `change` carries what the verb itself adds.
 */
export function movedTo(
  before: ReferralRow,
  to: ReferralState,
  at: Date,
  change: Partial<ReferralRow> = {},
): ReferralRow {
  const after: ReferralRow = { ...before, ...change, state: to, updated_at: at };
  if (isWithTriage(to)) Object.assign(after, { owner_kind: 'triage', owner_id: null });
  else if (isWithWorker(to)) after.owner_kind = 'worker';
  else Object.assign(after, { owner_kind: null, owner_id: null, next_at: null });
  after.next_kind = isOpen(to) ? NEXT_KIND[to] : null;
  if (to !== 'on_hold') after.held_from = null;
  if (to !== 'draft') after.draft = null;
  if (to !== 'withdrawn') after.told_own = false;
  after.ended_at = isOpen(to) || to === 'draft' ? null : at;
  const told = toldOf(to, after.begun_at !== null);
  const why = whyOf(after);
  after.told_result = to === 'closed' ? after.result : null;
  if (to !== 'closed') after.told_outcome = null;
  Object.assign(after, toldFirst(before, told, at));
  if (told !== before.told_status || why !== before.told_why) {
    Object.assign(after, { told_status: told, told_at: at, told_why: why });
  }
  return after;
}

/** When a sender was told first that it was taken on, and that the person was reached; anew where it waits again. */
function toldFirst(
  before: ReferralRow,
  told: ToldStatus,
  at: Date,
): Pick<ReferralRow, 'told_accepted_at' | 'told_reached_at'> {
  const waits = told === 'draft' || told === 'sent' || told === 'returned';
  const inTouch = told === 'in_touch';
  const accepted = told === 'taken_on' || inTouch;
  // One that goes on after its end is with a worker again, whom nobody has reached by that.
  const reached = inTouch && before.ended_at === null;
  return {
    told_accepted_at: waits ? null : (before.told_accepted_at ?? (accepted ? at : null)),
    told_reached_at: waits ? null : (before.told_reached_at ?? (reached ? at : null)),
  };
}

export interface Told {
  status: ToldStatus;
  at: Date;
  why: Why | null;
  acceptedAt: Date | null;
  reachedAt: Date | null;
  /** Both only where the person agreed that the sender hears everything. */
  result: string | null;
  outcome: ToldOutcome | null;
}

/** What the person must have agreed to, for the sender's organisation, before it may hear so much. */
export const TOLD_SCOPES: Record<Feedback, AgreementScope[]> = {
  everything: ['progress_feedback', 'full_feedback'],
  progress: ['progress_feedback'],
  nothing: [],
};

export type ToldRow = Pick<
  ReferralRow,
  | 'told_status'
  | 'told_at'
  | 'told_why'
  | 'told_result'
  | 'told_accepted_at'
  | 'told_reached_at'
  | 'told_outcome'
  | 'told_own'
  | 'sent_at'
>;

/** As much as the person agreed the sender may hear. A draft, a return and the sender's own withdrawal are always theirs. */
export function toldTo(row: ToldRow, feedback: Feedback): Told {
  const ownAct =
    row.told_status === 'draft' ||
    row.told_status === 'returned' ||
    row.told_status === 'entered_in_error' ||
    row.told_own;
  const nothing = { why: null, acceptedAt: null, reachedAt: null, result: null, outcome: null };
  if (feedback === 'nothing' && !ownAct) {
    return { ...nothing, status: 'sent', at: row.sent_at ?? row.told_at };
  }
  return {
    ...nothing,
    status: row.told_status,
    at: row.told_at,
    why: row.told_why,
    ...(feedback !== 'nothing' && { acceptedAt: row.told_accepted_at, reachedAt: row.told_reached_at }),
    ...(feedback === 'everything' && {
      result: row.told_result,
      outcome: row.told_status === 'closed' ? row.told_outcome : null,
    }),
  };
}

interface Reachable {
  phone?: string | null;
  email?: string | null;
  address?: string | null;
  postcode?: string | null;
  safeToCall?: string;
  safeToText?: string;
  safeToEmail?: string;
  safeToWrite?: string;
  reachThrough?: string | null;
  reachNote?: string | null;
}

/** Ways of being reached that stand by themselves; the others need a number or an address as well. */
const THROUGH_SOMEBODY = ['named_worker', 'practice', 'hostel', 'drop_in'];

/** Whether a link worker has any way to this person that nobody said is unsafe. */
export function canBeReached(person: Reachable): boolean {
  const phone = present(person.phone) && (person.safeToCall !== 'no' || person.safeToText !== 'no');
  const email = present(person.email) && person.safeToEmail !== 'no';
  const letter = present(person.address) && present(person.postcode) && person.safeToWrite !== 'no';
  const through = present(person.reachThrough) && THROUGH_SOMEBODY.includes(person.reachThrough ?? '');
  return phone || email || letter || through;
}

const present = (text: string | null | undefined): boolean =>
  text !== null && text !== undefined && text !== '';

export interface SendFacts {
  reasons: readonly string[];
  risks: readonly string[];
  noKnownRisks: boolean;
  person: Reachable;
}

/** "None known" is an answer of its own: neither nothing at all nor both. */
export function riskProblems({
  risks,
  noKnownRisks,
}: Pick<SendFacts, 'risks' | 'noKnownRisks'>): FieldProblem[] {
  if (risks.length === 0 && !noKnownRisks) {
    return [
      { field: 'risks', message: 'Choose the risks you know of, or say that there are no known risks' },
    ];
  }
  if (risks.length > 0 && noKnownRisks) {
    return [{ field: 'noKnownRisks', message: 'Choose either risks or no known risks, not both' }];
  }
  return [];
}

/** What stops a referral from being sent besides the person and the agreement themselves; none when it may go. */
export function sendProblems(facts: SendFacts): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const add = (field: string, message: string): void => void problems.push({ field, message });
  if (facts.reasons.length === 0) add('reasons', 'Choose at least one reason');
  problems.push(...riskProblems(facts));
  if (!canBeReached(facts.person)) {
    add(
      'client.phone',
      'Give a way to reach the person that is safe: phone, e-mail, address with postcode, or through somebody',
    );
  }
  return problems;
}

const ROUTE_OF: Record<string, Route> = {
  gp_practice: 'gp',
  charity: 'community',
  community_group: 'community',
  faith_group: 'community',
  social_enterprise: 'community',
};

/** How a referral came, told from the kind of organisation that sent it. */
export const routeOf = (organisationKind: string): Route => ROUTE_OF[organisationKind] ?? 'professional';

interface Standing {
  state: ReferralState;
  route: Route;
  endedAt: Date | null;
  /** Whether the client has another open referral. */
  otherOpen: boolean;
  /** Whether the client agrees today to be supported. */
  agreed: boolean;
  /** Whether the actor holds the client. */
  held: boolean;
  /** Whether the actor wrote it. */
  authored: boolean;
}

/** What somebody who works for the scheme can do with a referral now: lifecycle, permission and the row itself. */
export function allowedVerbs(
  row: Standing,
  role: Role,
  { now, reopenDays }: { now: Date; reopenDays: number },
): ReferralVerb[] {
  const rowAllows = (verb: ReferralVerb): boolean => {
    if (verb === 'return' || verb === 'setFeedback') return row.route !== 'self';
    if (verb !== 'reopen') return true;
    return row.endedAt !== null && row.agreed && !row.otherOpen && mayReopen(row.endedAt, now, reopenDays);
  };
  const reaches = (action: Action): boolean => {
    const reach = reachOf(action, role);
    if (reach === 'scheme') return true;
    if (reach === 'assigned') return row.held;
    return reach === 'own' && row.authored && ['draft', 'sent', 'returned'].includes(row.state);
  };
  return REFERRAL_VERBS.filter((verb) => {
    const action = VERB_ACTION[verb];
    return action !== null && moveReferral(verb, row.state).ok && reaches(action) && rowAllows(verb);
  });
}

/** What a sender can do, judged by what it is told alone, so that it tells nothing more. */
export const SENDER_ALLOWED: Record<ToldStatus, readonly ReferralVerb[]> = {
  draft: ['amendDraft', 'discard', 'send'],
  sent: ['note', 'withdraw'],
  returned: ['send', 'note', 'withdraw'],
  taken_on: ['note', 'withdraw'],
  in_touch: ['note'],
  not_taken_on: [],
  closed: [],
  withdrawn: [],
  entered_in_error: [],
};

/** The words of a sender's page. */
export const STATUS_WORDS: Record<ToldStatus, string> = {
  draft: 'Not sent yet',
  sent: 'Sent',
  returned: 'Back with you: something is missing',
  taken_on: 'The scheme took it on',
  in_touch: 'In touch with the person',
  not_taken_on: 'The scheme could not take it on',
  closed: 'Closed',
  withdrawn: 'Withdrawn',
  entered_in_error: 'Sent in error',
};

export const WHY_WORDS: Record<Why, string> = {
  person_said_no: 'Person said no',
  could_not_take: 'We could not take it',
  sent_in_error: 'Sent in error',
  moved: 'Moved',
  could_not_reach: 'Could not reach',
  done: 'Done',
  died: 'The person died',
  other: 'Another reason',
};
