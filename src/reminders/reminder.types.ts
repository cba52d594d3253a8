import type { EndReason, OnwardState } from '../onward-referrals/onward.types.js';
import type { Occasion } from '../outcomes/response.types.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import type { Side } from '../platform/pure/lifecycle.js';
import type { Period } from '../providers/rhythm.types.js';

/** What a reminder is about. Everything else it needs to know is read from there when it falls due. */
export const SUBJECTS = [
  'referral',
  'onward_referral',
  'appointment',
  'assurance',
  'listing',
  'concern',
  'closure',
  'safeguarding',
  'lone_worker_flag',
  'approval',
  'gap',
  'warm_handover',
  'safety_message',
  'story',
  'client_feedback',
  'escalation',
  'transfer',
  'practice_move',
  'area_move',
  'register',
  'handover',
  'membership',
  'practice',
  'staff_request',
  'program',
  'written_message',
] as const;
export type SubjectKind = (typeof SUBJECTS)[number];

export const REMINDER_STATES = ['waiting', 'done', 'dropped'] as const;

/**
 * How a reminder ended. `moved_on`: its subject did, and it may come back; every other outcome is final for what it
 * counted from. `superseded`: a later step of the same kind for the same people was due as well, as after an outage.
 */
export const REMINDER_OUTCOMES = [
  'task',
  'message',
  'done_by_product',
  'told_before',
  'moved_on',
  'superseded',
  'too_late',
  'nobody_to_tell',
] as const;
export type ReminderOutcome = (typeof REMINDER_OUTCOMES)[number];

/** Whose list a task stands on. `owner` and `author` are kept as the membership they stand for. */
export const TASK_AUDIENCES = ['membership', 'triage', 'managers', 'organisation', 'administrators'] as const;
export type TaskAudience = (typeof TASK_AUDIENCES)[number];

/** Whom a kind means, before it is known who that is. */
export type Whose =
  | 'author'
  | 'practice'
  | 'triage'
  | 'managers'
  | 'administrators'
  | 'owner'
  | 'buddy'
  | 'visitor'
  | 'companion';
/**
 * `practice`: the one somebody went to since, where it may hear; the referrer may be the one they left. `inbox`: that of
 * an organisation that refers, about no referral in particular.
 */
export type Addressee = 'client' | 'group' | 'referrer' | 'practice' | 'inbox';

/** What happens when a step is due. A message that cannot be sent becomes a task for `or`, if anybody. */
export type Effect =
  | { by: 'task'; to: Whose; late: boolean }
  | { by: 'message'; to: Addressee; or: Whose | null }
  | { by: 'product'; act: 'expire' | 'record_missing' };

/** What is known of the person, as far as reminders go. Dates are YYYY-MM-DD. */
export interface PersonFacts {
  died: boolean;
  bornOn: string | null;
}

/** Which questions a kind asks. */
export const OCCASION_OF: Partial<Record<string, Occasion>> = {
  measure_baseline: 'baseline',
  measure_review: 'review',
  measure_closing: 'closing',
  measure_3_months: 'three_months',
  measure_6_months: 'six_months',
};

export interface ReferralFacts {
  subject: 'referral';
  id: string;
  referralId: string;
  clientId: string | null;
  person: PersonFacts;
  state: string;
  organisationId: string | null;
  authorId: string | null;
  ownerId: string | null;
  createdAt: Date;
  sentAt: Date | null;
  returnedAt: Date | null;
  acceptedAt: Date | null;
  allocatedAt: Date | null;
  /** Since when whoever has it has it, where somebody else gave it to them and nothing was logged since. */
  givenAt: Date | null;
  begunAt: Date | null;
  endedAt: Date | null;
  nextAt: Date | null;
  mayAskAgain: boolean | null;
  /** They asked for no questionnaires. */
  asksNothing: boolean;
  /** Whether the person agrees today to be supported by the scheme. */
  agreed: boolean;
  /** How much its sender may hear, as the person agrees today. */
  hears: string;
  /** Its sender wants no message of what became of it, and reads it here. */
  senderReadsHere: boolean;
  /** The sender is a practice that the person has left, and is not to be asked about them. */
  senderLeft: boolean;
  /** The practice they went to meanwhile, where it may hear. */
  presentPracticeId: string | null;
  /** What the sender is told became of it, and since when. */
  toldStatus: string;
  toldAt: Date;
  thirdUnreachedAt: Date | null;
  /** What was chosen after the third, until the next contact is logged; and when something last was. */
  unreachedChoice: string | null;
  unreachedChosenAt: Date | null;
  /** When what somebody agreed to for this is to be asked again, the earliest first. */
  renewOn: string | null;
  /** When the plan is to be looked at again. */
  reviewOn: string | null;
  /** Occasions with answers, or a reason why there are none, to everything that is asked then. */
  answered: readonly string[];
  /** They answered at the start, so that later answers have something to be compared with. */
  hasBaseline: boolean;
  /** It was closed with the answers of the end still to be asked for. */
  closingOpen: boolean;
}

export interface OnwardFacts {
  subject: 'onward_referral';
  id: string;
  /** When this was read. */
  asOf: Date;
  referralId: string;
  clientId: string | null;
  person: PersonFacts;
  ownerId: string | null;
  state: OnwardState;
  offeredAt: Date;
  /** The clock of the group: null while it stands. */
  clockStartedAt: Date | null;
  answerBy: Date | null;
  answeredAt: Date | null;
  acceptedAt: Date | null;
  endedAt: Date | null;
  endSide: Side | null;
  endReason: EndReason | null;
  /** The same service was asked again for the same person since. */
  askedAgain: boolean;
  seenAt: Date | null;
  /** YYYY-MM-DD. */
  inTouchBy: string | null;
  inTouchAt: Date | null;
  reviewOn: string | null;
  toAct: string | null;
  toActSince: Date | null;
  /** Since when a risk to others is known that what the group was told leaves unanswered; null while there is none. */
  riskSince: Date | null;
  /** Since when a group that is with the person has not read what changed of what keeps it safe; null while it has. */
  safetyUnseenSince: Date | null;
  /** Since when it is known that they may not be with the group, whatever it is told; null while they may. */
  barredSince: Date | null;
  organisationId: string;
  answersBy: string;
  /** ISO weekdays on which the group is not to be disturbed: 7 is Sunday. */
  quietDays: readonly number[];
  /** Times the group changes: no nudge on a holy day or while it is closed. */
  periods: readonly Period[];
}

export interface AppointmentFacts {
  subject: 'appointment';
  id: string;
  referralId: string;
  clientId: string | null;
  person: PersonFacts;
  ownerId: string | null;
  state: string;
  startsAt: Date;
  /** When it was made, or last moved. */
  arrangedAt: Date;
  /** When we moved it or called it off, where the person had been reminded of it before; null once they are told. */
  changedAt: Date | null;
  /** When they expect it still, as they were last told; null where nothing changed since. */
  expectedAt: Date | null;
  /** An interpreter is needed, and nobody can be counted on to come. */
  unbooked: boolean;
  /** By when whoever visits somebody at home is expected back; null when they are, or it is no visit. */
  backBy: Date | null;
  /** Who asks after them; null for the managers. */
  buddyId: string | null;
  /** Who goes to somebody's home; null when nobody does, or they are not here any more. */
  visitorId: string | null;
  /** When something was last flagged for whoever visits, after a visit was arranged that nobody has set out for yet. */
  flaggedAt: Date | null;
}

interface AboutGroup {
  id: string;
  /** Nobody's referral, and nobody's case. */
  referralId: null;
  clientId: null;
  ownerId: null;
  organisationId: string;
  /** The group is there and takes people. */
  groupOpen: boolean;
}

/** One safety check of a group. */
export interface AssuranceFacts extends AboutGroup {
  subject: 'assurance';
  live: boolean;
  /** YYYY-MM-DD. */
  lapsesOn: string;
}

/** One service of a group. */
export interface ListingFacts extends AboutGroup {
  subject: 'listing';
  state: string;
  /** YYYY-MM-DD. */
  confirmedOn: string | null;
  /** YYYY-MM-DD: from when it is asked after where nobody ever confirmed it. */
  publishedOn: string | null;
}

/** The register of a session that is over, which the group is asked to fill in. */
export interface RegisterFacts extends AboutGroup {
  subject: 'register';
  /** Null: nobody is asked, since somebody opened it by themselves. */
  askedAt: Date | null;
  /** Nobody on it is marked yet, there is somebody, and it is not final. */
  empty: boolean;
}

/** Pressure or unequal treatment, told to the scheme. */
export interface ConcernFacts {
  subject: 'concern';
  id: string;
  referralId: null;
  clientId: string | null;
  ownerId: null;
  raisedAt: Date;
  reviewed: boolean;
}

/** A need nobody could meet. It is looked at for the scheme, whoever's it was. */
export interface GapFacts {
  subject: 'gap';
  id: string;
  referralId: null;
  clientId: null;
  ownerId: null;
  openedAt: Date;
  open: boolean;
}

/** That a group closed for good. */
export interface ClosureFacts {
  subject: 'closure';
  id: string;
  referralId: null;
  clientId: null;
  ownerId: null;
  organisationId: string;
  closedAt: Date;
  /** Nobody has taken it back. */
  stands: boolean;
}

/** Somebody may come to harm. Nobody's case: its owner is the lead who took it, if one did. */
export interface SafeguardingFacts {
  subject: 'safeguarding';
  id: string;
  referralId: null;
  clientId: string;
  ownerId: string | null;
  open: boolean;
  recordedAt: Date;
  /** YYYY-MM-DD. */
  followUpOn: string;
}

/** What keeps whoever visits somebody safe, until the day it is looked at again. */
export interface FlagFacts {
  subject: 'lone_worker_flag';
  id: string;
  referralId: null;
  clientId: string;
  ownerId: string | null;
  live: boolean;
  /** YYYY-MM-DD. */
  reviewOn: string;
}

/** Somebody's own words. The owner is whoever has their referral, else whoever wrote them down. */
export interface StoryFacts {
  subject: 'story';
  id: string;
  referralId: null;
  clientId: string;
  ownerId: string | null;
  state: string;
  hasDied: boolean;
  /** When it was last given to a second reader, and when they sent it back. */
  offeredAt: Date | null;
  sentBackAt: Date | null;
  /** The last days of what is agreed to, each once (YYYY-MM-DD). */
  expiries: readonly string[];
  /** From when it stands somewhere it should not: taken back, or the day after the last that was agreed to. */
  takeDownFrom: Date | null;
}

/** What somebody said of the service. The owner is who reads it in place of the managers; nobody it could tell of is named. */
export interface FeedbackFacts {
  subject: 'client_feedback';
  id: string;
  referralId: null;
  clientId: null;
  ownerId: string | null;
  state: string;
  wantsAnswer: boolean;
  receivedAt: Date;
  lookedAt: Date | null;
}

/** What a worker put before the managers. The owner is whoever did. */
export interface EscalationFacts {
  subject: 'escalation';
  id: string;
  referralId: null;
  clientId: string | null;
  ownerId: string | null;
  raisedAt: Date;
  answeredAt: Date | null;
}

/** A second person asked about an offer to a service of one's own. The owner is whoever asked. */
export interface ApprovalFacts {
  subject: 'approval';
  id: string;
  referralId: string;
  clientId: string | null;
  ownerId: string;
  state: string;
  askedAt: Date;
  decidedAt: Date | null;
  /** Whether the referral is open, and the offer has not been made since. */
  wanted: boolean;
}

/** Somebody goes along with a person to a group. */
export interface WarmHandoverFacts {
  subject: 'warm_handover';
  id: string;
  referralId: string;
  clientId: string | null;
  person: PersonFacts;
  ownerId: string | null;
  arranged: boolean;
  /** The group still expects them. */
  wanted: boolean;
  meetAt: Date;
  /** When what it was arranged for ended; null while it goes on. */
  offAt: Date | null;
  /** The colleague who goes; null for somebody else, or who has left. */
  companionId: string | null;
}

/** A practice was written to about somebody's safety. */
export interface SafetyMessageFacts {
  subject: 'safety_message';
  id: string;
  referralId: string;
  clientId: string | null;
  person: PersonFacts;
  ownerId: string | null;
  sentAt: Date;
  answerBy: Date;
  /** When a mail server took it. */
  handedOverAt: Date | null;
  /** When it turned out that it could not be sent. */
  notSentAt: Date | null;
  read: boolean;
}

/** Somebody is handed to another scheme: as one of the two sees it. The owner is the sender's. */
export interface TransferFacts {
  subject: 'transfer';
  id: string;
  referralId: string | null;
  clientId: string | null;
  ownerId: string | null;
  /** It comes from another scheme, for this one to answer. */
  incoming: boolean;
  state: string;
  offeredAt: Date;
  answerBy: Date;
  endedAt: Date | null;
  /** The referral is a worker's still, and nothing newer was tried. */
  wanted: boolean;
}

/** Somebody changed their GP practice. The owner is whoever has their referral. */
export interface PracticeMoveFacts {
  subject: 'practice_move';
  id: string;
  referralId: string | null;
  clientId: string;
  ownerId: string | null;
  recordedAt: Date;
  /** A referral that the practice they left sent goes on, and nobody said who hears of it. */
  toDecide: boolean;
}

/** Somebody moves out of the area while a worker has them. */
export interface AreaMoveFacts {
  subject: 'area_move';
  id: string;
  referralId: string;
  clientId: string | null;
  ownerId: string | null;
  state: string;
  recordedAt: Date;
  decidedAt: Date | null;
  /** YYYY-MM-DD. */
  keepUntil: string | null;
  /** They were offered to another scheme since it was decided so. */
  offered: boolean;
}

/** Many referrals from one worker to others. Nobody's: those that were not taken have the owner they had. */
export interface HandoverFacts {
  subject: 'handover';
  id: string;
  referralId: null;
  clientId: null;
  /** Who gives them away; null when they have left. */
  ownerId: string | null;
  plannedAt: Date;
  /** Before its day: somebody who is to take some of them has left, or is away then and nobody covers for them. */
  takerGone: boolean;
  endedAt: Date | null;
  /** Whoever was to take some of them had left, and they are still with whoever gave them. */
  undone: boolean;
}

/** Somebody's place in the scheme. */
export interface MembershipFacts {
  subject: 'membership';
  id: string;
  referralId: null;
  clientId: null;
  ownerId: null;
  /** Since when they are not here any more; null while they are. */
  goneAt: Date | null;
  /** Somebody's referral is still theirs. */
  hasPeople: boolean;
}

/** An organisation that refers, at the beginning of a week. */
export interface PracticeFacts {
  subject: 'practice';
  id: string;
  referralId: null;
  clientId: null;
  ownerId: null;
  organisationId: string;
  /** When this week's digests go out, where something came of its referrals in the week before or waits for it. */
  toldAt: Date | null;
}

/** An organisation asks about who signs in for it. */
export interface StaffRequestFacts {
  subject: 'staff_request';
  id: string;
  referralId: null;
  clientId: null;
  ownerId: null;
  open: boolean;
  askedAt: Date;
}

/** A program of somebody else's. */
export interface ProgramFacts {
  subject: 'program';
  id: string;
  referralId: null;
  clientId: null;
  ownerId: null;
  /** When its last key was made; null once none is left that was not revoked. */
  keyMadeAt: Date | null;
  /** The midnight that ends the last day of that key. */
  keyEndsAt: Date | null;
}

/** What somebody here wrote to a person. The owner is whoever has their referral. */
export interface WrittenMessageFacts {
  subject: 'written_message';
  id: string;
  referralId: string;
  clientId: string | null;
  person: PersonFacts;
  ownerId: string | null;
  /** Whether a worker has the referral now. */
  held: boolean;
  writtenBy: string;
  channel: SendingChannel;
  words: string;
  goesAt: Date;
  takenBack: boolean;
  /** Whether it went, may have gone, or is somebody's to say another way. */
  settled: boolean;
}

export type Facts =
  | WrittenMessageFacts
  | ProgramFacts
  | StaffRequestFacts
  | PracticeFacts
  | HandoverFacts
  | MembershipFacts
  | RegisterFacts
  | AreaMoveFacts
  | PracticeMoveFacts
  | TransferFacts
  | SafetyMessageFacts
  | WarmHandoverFacts
  | ReferralFacts
  | OnwardFacts
  | AppointmentFacts
  | AssuranceFacts
  | ListingFacts
  | ConcernFacts
  | ClosureFacts
  | SafeguardingFacts
  | FlagFacts
  | ApprovalFacts
  | GapFacts
  | StoryFacts
  | FeedbackFacts
  | EscalationFacts;

/** The group that something is about and that may be written to; null when there is none. */
export const groupOf = (facts: Facts): string | null =>
  facts.subject === 'onward_referral' ||
  facts.subject === 'assurance' ||
  facts.subject === 'listing' ||
  facts.subject === 'register' ||
  facts.subject === 'closure'
    ? facts.organisationId
    : null;

/** What somebody wrote says how to answer: it goes only while somebody works with the person. */
export const wouldBeHeard = (facts: Facts): boolean => facts.subject !== 'written_message' || facts.held;

/** Whose words a message says, and so who signs it: whoever wrote them, else the owner. */
export const signedBy = (facts: Facts): string | null =>
  facts.subject === 'written_message' ? facts.writtenBy : facts.ownerId;

/** A reminder that ought to exist, as the facts stand. */
export interface Wanted {
  subject: SubjectKind;
  subjectId: string;
  referralId: string | null;
  clientId: string | null;
  kind: string;
  step: number;
  /** What it counts from. The same kind, step and occasion is told once. */
  occasion: Date;
  dueAt: Date;
  /** The moment from which it would no longer help; null when it always does. */
  until: Date | null;
  effect: Effect;
}
