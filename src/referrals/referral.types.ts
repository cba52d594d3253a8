import type { Side } from '../platform/pure/lifecycle.js';
import { CIRCUMSTANCES } from '../platform/words/circumstances.js';

/** Where a referral stands. */
export const REFERRAL_STATES = [
  'draft',
  'sent',
  'returned',
  'accepted',
  'allocated',
  'active',
  'on_hold',
  'joined',
  'declined',
  'closed',
  'withdrawn',
  'entered_in_error',
] as const;
export type ReferralState = (typeof REFERRAL_STATES)[number];

/** Owned by the triage queue. */
export const TRIAGE_STATES = ['sent', 'returned', 'accepted'] as const satisfies readonly ReferralState[];

/** Owned by a link worker. */
/** What a caseload can be put in order by: the next date, how long ago it was sent, the surname. */
export const CASELOAD_SORTS = ['next', 'sent', 'name', 'state'] as const;
export type CaseloadSort = (typeof CASELOAD_SORTS)[number];

export const TRIAGE_SORTS = ['sent', 'name', 'from'] as const;
export type TriageSort = (typeof TRIAGE_SORTS)[number];

export const REFERRAL_SORTS = ['made', 'name', 'status'] as const;
export type ReferralSort = (typeof REFERRAL_SORTS)[number];

export const WORKER_STATES = ['allocated', 'active', 'on_hold'] as const satisfies readonly ReferralState[];

export const OPEN_STATES = [...TRIAGE_STATES, ...WORKER_STATES] as const;

/** States from which a referral comes back only by reopening, if at all. */
export const ENDED_STATES = [
  'joined',
  'declined',
  'closed',
  'withdrawn',
  'entered_in_error',
] as const satisfies readonly ReferralState[];

/**
 * Where somebody stands, as lists and records say it: the lifecycle's states, and between them what the work has come to.
 * In the order in which a list puts them.
 */
export const REFERRAL_STAGES = [
  'draft',
  'new',
  'returned',
  'taken_on',
  'waiting',
  'in_conversation',
  'plan_agreed',
  'with_a_group',
  'on_hold',
  'joined',
  'declined',
  'closed_done',
  'closed_could_not_reach',
  'closed_said_no',
  'closed_moved',
  'closed_died',
  'closed_could_not_help',
  'closed_otherwise',
  'withdrawn',
  'entered_in_error',
] as const;
export type ReferralStage = (typeof REFERRAL_STAGES)[number];

/** The stage of each state but those on which the work itself has to be asked. */
export const STAGE_OF = {
  draft: 'draft',
  sent: 'new',
  returned: 'returned',
  accepted: 'taken_on',
  on_hold: 'on_hold',
  joined: 'joined',
  declined: 'declined',
  withdrawn: 'withdrawn',
  entered_in_error: 'entered_in_error',
} as const satisfies Record<Exclude<ReferralState, 'allocated' | 'active' | 'closed'>, ReferralStage>;

const isOneOf =
  <Item extends string>(list: readonly Item[]) =>
  (item: string): item is Item =>
    (list as readonly string[]).includes(item);

export const isOpen = isOneOf(OPEN_STATES);
export const isWithTriage = isOneOf(TRIAGE_STATES);
export const isWithWorker = isOneOf(WORKER_STATES);

/** How a referral came. `self` is the person, or somebody who types for them, through the public form. */
export const ROUTES = ['gp', 'professional', 'community', 'self'] as const;
export type Route = (typeof ROUTES)[number];

/** What a referrer may say about risk: the same list that groups use for their limits. */
export const RISKS = CIRCUMSTANCES;

/** How much of what became of it the sender is told, chosen with the client. */
export const FEEDBACK = ['everything', 'progress', 'nothing'] as const;
export type Feedback = (typeof FEEDBACK)[number];

export const NEXT_KINDS = [
  'triage',
  'return',
  'allocate',
  'first_contact',
  'next_contact',
  'resume',
] as const;
export type NextKind = (typeof NEXT_KINDS)[number];

export const OWNER_KINDS = ['triage', 'worker'] as const;
export type OwnerKind = (typeof OWNER_KINDS)[number];

/** What triage may find missing when it sends a referral back. */
export const MISSING = [
  'agreement',
  'contact_details',
  'reasons',
  'risks',
  'nhs_number',
  'gp_practice',
  'wrong_person',
  'other',
] as const;
export type Missing = (typeof MISSING)[number];

/** Why a closed referral shows as it does to those outside the scheme: six words, and one for all else. */
export const WHYS = [
  'person_said_no',
  'could_not_take',
  'sent_in_error',
  'moved',
  'could_not_reach',
  'done',
  'died',
  'other',
] as const;
export type Why = (typeof WHYS)[number];

export const ENDING_VERBS = ['decline', 'close', 'withdraw'] as const;
export type EndingVerb = (typeof ENDING_VERBS)[number];

interface EndReasonRule {
  /** null: whoever gives the reason says which side. */
  side: Side | null;
  why: Why;
  for: readonly EndingVerb[];
  /** Given by the product when something else ends the referral, never by a person. */
  byProduct?: true;
}

/** Every reason a referral ends for, with its side: what happens next depends on it. */
export const END_REASONS = {
  done: { side: 'client', why: 'done', for: ['close'] },
  person_said_no: { side: 'client', why: 'person_said_no', for: ['decline', 'close', 'withdraw'] },
  no_longer_needed: { side: 'client', why: 'person_said_no', for: ['decline', 'close', 'withdraw'] },
  could_not_reach: { side: 'client', why: 'could_not_reach', for: ['decline', 'close', 'withdraw'] },
  moved_away: { side: 'client', why: 'moved', for: ['decline', 'close', 'withdraw'] },
  handed_to_another_scheme: { side: 'client', why: 'moved', for: ['close'] },
  too_unwell: { side: 'client', why: 'other', for: ['decline', 'close', 'withdraw'] },
  outside_area: { side: 'referrer', why: 'could_not_take', for: ['decline'] },
  not_eligible: { side: 'referrer', why: 'could_not_take', for: ['decline'] },
  needs_another_service: { side: 'referrer', why: 'could_not_take', for: ['decline', 'close'] },
  no_capacity: { side: 'scheme', why: 'could_not_take', for: ['decline', 'close', 'withdraw'] },
  nothing_suitable: { side: 'provider', why: 'could_not_take', for: ['close'] },
  sent_in_error: { side: 'referrer', why: 'sent_in_error', for: ['decline', 'withdraw'] },
  duplicate: { side: 'scheme', why: 'other', for: ['close', 'withdraw'] },
  other: { side: null, why: 'other', for: ['decline', 'close', 'withdraw'] },
  died: { side: 'client', why: 'died', for: ['close', 'withdraw'], byProduct: true },
  agreement_withdrawn: { side: 'client', why: 'person_said_no', for: ['withdraw'], byProduct: true },
} as const satisfies Record<string, EndReasonRule>;
export type EndReason = keyof typeof END_REASONS;

const endReasonRules: Record<EndReason, EndReasonRule> = END_REASONS;

const reasonsFor = (verb: EndingVerb): EndReason[] =>
  (Object.keys(END_REASONS) as EndReason[]).filter(
    (reason) => endReasonRules[reason].for.includes(verb) && !endReasonRules[reason].byProduct,
  );

/** What a closed referral is shown as, by why it ended. */
export const CLOSED_STAGE = {
  done: 'closed_done',
  could_not_reach: 'closed_could_not_reach',
  person_said_no: 'closed_said_no',
  moved: 'closed_moved',
  died: 'closed_died',
  could_not_take: 'closed_could_not_help',
  sent_in_error: 'closed_otherwise',
  other: 'closed_otherwise',
} as const satisfies Record<Why, ReferralStage>;

/** What people may choose. */
export const DECLINE_REASONS = reasonsFor('decline');
export const CLOSE_REASONS = reasonsFor('close');
export const WITHDRAW_REASONS = reasonsFor('withdraw');

export const endReasonOf = (reason: EndReason): EndReasonRule => endReasonRules[reason];

export const HOLD_REASONS = {
  in_hospital: { side: 'client' },
  away: { side: 'client' },
  asked_to_wait: { side: 'client' },
  too_unwell: { side: 'client' },
  waiting_for_service: { side: 'provider' },
  waiting_for_information: { side: 'referrer' },
  waiting_for_worker: { side: 'scheme' },
  other: { side: null },
} as const satisfies Record<string, { side: Side | null }>;
export type HoldReason = keyof typeof HOLD_REASONS;
export const HOLD_REASON_CODES = Object.keys(HOLD_REASONS) as HoldReason[];

/** Why a referral should never have been there. It leaves every figure. */
export const VOID_REASONS = ['wrong_person', 'entered_twice', 'test', 'other'] as const;
export type VoidReason = (typeof VOID_REASONS)[number];

/** What came of an episode, as worker and client see it at the end. */
export const RESULTS = ['helped', 'partly_helped', 'not_helped', 'not_known', 'died'] as const;
export type Result = (typeof RESULTS)[number];
/** `died` is given by recording a death, never chosen. */
export const CLOSE_RESULTS = ['helped', 'partly_helped', 'not_helped', 'not_known'] as const;

/** Why closing has no answers to "how you feel" beside it. */
export const NO_RESPONSE_REASONS = [
  'declined',
  'could_not_reach',
  'moved',
  'not_appropriate',
  'sent_in_error',
] as const;
export type NoResponseReason = (typeof NO_RESPONSE_REASONS)[number];
/** At an ordinary closing it may also be left to be asked: by the owner, and by link where that is safe. */
export const CLOSE_NO_RESPONSE = [...NO_RESPONSE_REASONS, 'to_be_asked'] as const;
export type CloseNoResponse = (typeof CLOSE_NO_RESPONSE)[number];

/**
 * What the sender is told. `taken_on` is the same whether triage accepted it or joined it to an open referral of
 * somebody already known, and stays so while a worker is being found: see docs/decisions on what a referrer is told.
 */
export const TOLD_STATUSES = [
  'draft',
  'sent',
  'returned',
  'taken_on',
  'in_touch',
  'not_taken_on',
  'closed',
  'withdrawn',
  'entered_in_error',
] as const;
export type ToldStatus = (typeof TOLD_STATUSES)[number];

/** The sender's own view of what is still going on. */
export const TOLD_OPEN = [
  'sent',
  'returned',
  'taken_on',
  'in_touch',
] as const satisfies readonly ToldStatus[];

/** Sent, as the sender is told, and nobody in touch yet. */
export const TOLD_WAITING = ['sent', 'returned', 'taken_on'] as const satisfies readonly ToldStatus[];

/** A wait that somebody should look at, in calendar days since the referral was sent. */
export const LONG_WAIT_DAYS = 10;

/** The original closing, kept when a referral is reopened. */
export interface Closing {
  endedAt: string;
  result: Result | null;
  reason: EndReason | null;
  side: Side | null;
  note: string | null;
  mayAskAgain: boolean | null;
}

/** What the sender said, kept when a joined referral adds to it: nobody is shown what another sender said. */
export interface AsSent {
  reasons: string[];
  risks: string[];
  noKnownRisks: boolean;
}

/** One referral as stored. Dates are instants; names are the columns'. */
export interface ReferralRow {
  scheme_id: string;
  id: string;
  version: number;
  reference: string;
  client_id: string | null;
  sent_client_id: string | null;
  same_person_as: string | null;
  route: Route;
  state: ReferralState;
  held_from: 'allocated' | 'active' | null;
  organisation_id: string | null;
  author_id: string | null;
  sender_name: string | null;
  sender_role: string | null;
  sender_contact: string | null;
  draft: Record<string, unknown> | null;
  reasons: string[];
  reason_note: string | null;
  note: string | null;
  risks: string[];
  no_known_risks: boolean;
  risk_note: string | null;
  agreement_id: string | null;
  feedback: Feedback;
  external_id: string | null;
  owner_kind: OwnerKind | null;
  owner_id: string | null;
  next_at: Date | null;
  next_kind: NextKind | null;
  sent_at: Date | null;
  returned_at: Date | null;
  returned_because: string | null;
  returned_missing: string[];
  accepted_at: Date | null;
  allocated_at: Date | null;
  begun_at: Date | null;
  ended_at: Date | null;
  end_reason: EndReason | VoidReason | null;
  end_side: Side | null;
  end_note: string | null;
  result: Result | null;
  may_ask_again: boolean | null;
  original_closing: Closing | null;
  joined_into: string | null;
  as_sent: AsSent | null;
  told_status: ToldStatus;
  told_at: Date;
  told_why: Why | null;
  told_result: Result | null;
  /** When it was told first that it was taken on, and that the person was reached. */
  told_accepted_at: Date | null;
  told_reached_at: Date | null;
  /** Beside the result, of one that was closed. */
  told_outcome: ToldOutcome | null;
  /** Whether the ending it is told of was the sender's own act. */
  told_own: boolean;
  created_at: Date;
  updated_at: Date;
}

/** How a goal of the plan can stand when the referral is closed; of one that nobody says, it stands as it stood. */
export const GOAL_ENDINGS = ['reached', 'partly_reached', 'no_longer_wanted'] as const;
export type GoalEnding = (typeof GOAL_ENDINGS)[number];

/** Whichever way a score runs: how the person is. */
export const SCORE_CHANGES = ['improved', 'same', 'worse'] as const;
export type ScoreChange = (typeof SCORE_CHANGES)[number];

/** What came of a referral for a sender who may hear everything: no names, no days, and nothing of what was said. */
export interface ToldOutcome {
  joinedGroup: boolean;
  scores: { title: string; max: number; before: number; after: number; change: ScoreChange }[];
}

/** What the last that a sender knows of can be: an act of its own, that it came back, or where it stands now. */
export const LAST_ACTS = ['send', 'return', 'note', 'withdraw', 'status'] as const;
export type LastAct = (typeof LAST_ACTS)[number];
