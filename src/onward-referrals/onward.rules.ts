import {
  addDays,
  daysBetween,
  londonDate,
  workingDaysBetween,
  workingDeadline,
} from '../platform/clock/calendar.js';
import { reachOf, type Action } from '../permissions/permission.table.js';
import type { Role } from '../platform/actor/actor.types.js';
import { move, type Side } from '../platform/pure/lifecycle.js';
import { SECOND_PERSON_WORDS } from './offer-approval.rules.js';
import type { OwnService } from './offer-approval.types.js';
import { onwardLifecycle, type OnwardVerb } from './onward.lifecycle.js';
import {
  CAME,
  isLive,
  isWithGroup,
  type Attendance,
  type Before,
  type CalledBy,
  type ClockStop,
  type ContactRoute,
  type EndReason,
  type OnwardState,
  type Result,
  type SafetyInstruction,
  type ToAct,
} from './onward.types.js';
import { riskRefusal, type RiskFacts } from './risk.rules.js';

/** How much of the person a group sees: section 5 of the domain page, from asked to past. */
export const STEPS = ['asked', 'taking_part', 'just_ended', 'past'] as const;
export type Step = (typeof STEPS)[number];

/** Everything about the person that a group may ever see. */
export const GROUP_FIELDS = [
  'calledBy',
  'fullName',
  'ageBand',
  'needs',
  'helpNote',
  'howSoon',
  'safetyInstructions',
  'accessNeeds',
  'language',
  'interpreter',
  'confirmed',
  'contact',
] as const;
export type GroupField = (typeof GROUP_FIELDS)[number];

const ASKED = [
  'calledBy',
  'ageBand',
  'needs',
  'helpNote',
  'howSoon',
  'safetyInstructions',
  'accessNeeds',
  'language',
  'interpreter',
  'confirmed',
] as const satisfies readonly GroupField[];

/** P8: a group sees the fields of the step it has reached, and no others. */
export const GROUP_SEES = {
  asked: ASKED,
  taking_part: [...ASKED, 'fullName', 'contact'],
  just_ended: ['calledBy'],
  past: [],
} as const satisfies Record<Step, readonly GroupField[]>;

/** P9: what the client must have agreed to share with this organisation before a field is shown; null needs no more than the offer itself. */
export const NEEDS_SCOPE = {
  calledBy: null,
  fullName: 'contact_details',
  ageBand: 'needs',
  needs: 'needs',
  helpNote: 'needs',
  howSoon: 'needs',
  safetyInstructions: null,
  accessNeeds: 'access_needs',
  language: 'access_needs',
  interpreter: 'access_needs',
  confirmed: 'needs',
  // Without the scope the way through the worker is shown, which tells nothing of the person.
  contact: null,
} as const satisfies Record<GroupField, string | null>;

/** An offer stands on agreement to share at least this with the organisation. */
export const OFFER_SCOPE = 'needs';

/** What the client must agree to share with the organisation for this offer: a direct route shares contact details. */
export function scopesNeeded(route: ContactRoute, sharesAccess: boolean): string[] {
  return [
    OFFER_SCOPE,
    ...(route === 'through_worker' || route === 'at_session' ? [] : ['contact_details']),
    ...(sharesAccess ? ['access_needs'] : []),
  ];
}

/**
 * The step a group has reached. A live offer that the client's agreement no longer covers is shown as just ended,
 * whether or not anything has ended it yet. Days are calendar days of 24 hours after the ending.
 */
export function stepOf(
  row: { state: OnwardState; endedAt: Date | null },
  agreedScopes: readonly string[],
  at: Date,
  afterEndingDays: number,
): Step {
  if (isLive(row.state)) {
    if (!agreedScopes.includes(OFFER_SCOPE)) return 'just_ended';
    return isWithGroup(row.state) ? 'taking_part' : 'asked';
  }
  const until = (row.endedAt?.getTime() ?? 0) + afterEndingDays * 86_400_000;
  return at.getTime() < until ? 'just_ended' : 'past';
}

/** Only the fields of the step that the agreement covers; every other one is null. */
export function groupSees<Facts extends Record<GroupField, unknown>>(
  facts: Facts,
  step: Step,
  agreedScopes: readonly string[],
): { [Field in GroupField]: Facts[Field] | null } {
  const shown: readonly GroupField[] = GROUP_SEES[step];
  const picked = GROUP_FIELDS.map((field) => {
    const scope = NEEDS_SCOPE[field];
    const seen = shown.includes(field) && (scope === null || agreedScopes.includes(scope));
    return [field, seen ? facts[field] : null] as const;
  });
  return Object.fromEntries(picked) as { [Field in GroupField]: Facts[Field] | null };
}

/** All that a group is told of why it ended: never a death, a move or a change of mind, which are the person's own. */
export const GROUP_ENDINGS = [
  'found_something',
  'no_longer_needed',
  'group_said',
  'no_reply',
  'finished',
  'carries_on',
] as const;
export type GroupEnding = (typeof GROUP_ENDINGS)[number];

/** Null while it is live. */
export function endingForGroup(row: {
  state: OnwardState;
  endReason: EndReason | null;
  endSide: Side | null;
  result?: Result | null;
}): GroupEnding | null {
  if (isLive(row.state)) return null;
  if (row.state === 'expired') return 'no_reply';
  if (row.state === 'completed') return row.result === 'still_going' ? 'carries_on' : 'finished';
  if (row.endReason === 'another_said_yes' || row.endReason === 'found_something_else') {
    return 'found_something';
  }
  return row.endSide === 'provider' ? 'group_said' : 'no_longer_needed';
}

/** The ending in a sentence, for a page or, with "This person" for the name, a letter. Ends with a full stop. */
export function endingWords(ending: GroupEnding, name: string): string {
  switch (ending) {
    case 'found_something':
      return `${name} has found something; your place is free again.`;
    case 'no_longer_needed':
      return 'This is no longer needed; your place is free again.';
    case 'group_said':
      return 'This ended as your group said.';
    case 'no_reply':
      return 'This ended because we did not hear from your group.';
    case 'finished':
      return 'This has finished.';
    case 'carries_on':
      return `${name} carries on with your group without us.`;
  }
}

/** What a group calls the person before it has said yes. */
export function nameFor(
  calledBy: CalledBy,
  client: { firstName: string; lastName: string; knownAs: string | null },
): string {
  if (calledBy === 'first_name') return client.knownAs ?? client.firstName;
  const initial = (name: string) => Array.from(name.trim()).at(0)?.toLocaleUpperCase('en-GB') ?? '';
  return `${initial(client.firstName)}. ${initial(client.lastName)}.`;
}

const BAND_STARTS = [18, 25, 35, 45, 55, 65, 75, 85];

/** '65 to 74', 'under 18' or '85 or over', on a date. Dates are YYYY-MM-DD. */
export function ageBand(dateOfBirth: string, on: string): string {
  const hadBirthday = on.slice(5) >= dateOfBirth.slice(5);
  const age = Number(on.slice(0, 4)) - Number(dateOfBirth.slice(0, 4)) - (hadBirthday ? 0 : 1);
  const index = BAND_STARTS.findLastIndex((start) => age >= start);
  if (index === -1) return 'under 18';
  const [start, next] = [BAND_STARTS[index], BAND_STARTS[index + 1]];
  return next === undefined ? `${String(start)} or over` : `${String(start)} to ${String(next - 1)}`;
}

type Safe = 'yes' | 'no' | 'not_asked';

export interface ContactFacts {
  phone: string | null;
  email: string | null;
  address: string | null;
  postcode: string | null;
  safeToCall: Safe;
  safeToText: Safe;
  safeToEmail: Safe;
  safeToWrite: Safe;
  safeToLeaveMessage: Safe;
  reachNote: string | null;
}

export interface ContactShown {
  route: ContactRoute;
  /** The number or address of that route, or null where the group must go through the worker. */
  value: string | null;
  /** Whether a message may be left; null where the route has no such question. */
  leaveMessage: boolean | null;
  /** What the client asked for, such as a time of day. */
  note: string | null;
}

/** What a route needs to be usable: a value, and a yes to being reached that way. "Not asked" is not a yes. */
function channel(route: ContactRoute, client: ContactFacts): { value: string | null; safe: Safe } | null {
  const address = [client.address, client.postcode].filter((line) => line !== null).join(', ');
  switch (route) {
    case 'phone':
      return { value: client.phone, safe: client.safeToCall };
    case 'text':
      return { value: client.phone, safe: client.safeToText };
    case 'email':
      return { value: client.email, safe: client.safeToEmail };
    case 'letter':
      return { value: client.address === null ? null : address, safe: client.safeToWrite };
    case 'through_worker':
    case 'at_session':
      return null;
  }
}

/** Why the client cannot be reached this way by a group, or null. */
export function contactRefusal(route: ContactRoute, client: ContactFacts): string | null {
  const found = channel(route, client);
  if (found === null) return null;
  if (found.safe === 'no') return 'The person said it is not safe to be reached this way. Choose another way';
  if (found.safe === 'not_asked') return 'Ask first whether it is safe to be reached this way';
  return found.value === null ? 'We hold no number or address for this way of reaching them' : null;
}

const THROUGH_WORKER = { route: 'through_worker', value: null, leaveMessage: null, note: null } as const;

/**
 * The chosen route with its rules. A route that has become unsafe, or that the person no longer agrees to share, falls
 * back to the worker.
 */
export function contactShown(route: ContactRoute, client: ContactFacts, agreed: boolean): ContactShown {
  const found = channel(route, client);
  if (found === null) {
    return { route, value: null, leaveMessage: null, note: agreed ? client.reachNote : null };
  }
  if (!agreed || contactRefusal(route, client) !== null) return THROUGH_WORKER;
  const spoken = route === 'phone';
  return {
    route,
    value: found.value,
    leaveMessage: spoken ? client.safeToLeaveMessage === 'yes' : null,
    note: client.reachNote,
  };
}

export interface OfferRefusal {
  code:
    | 'illegal-move'
    | 'invalid'
    | 'already-offered'
    | 'too-many-offers'
    | 'gates'
    | 'second-person'
    | 'no-agreement';
  because: string;
  /** The gate, the scope or the field, where it is one. */
  about: string | null;
}

/** Everything that stands in the way of an offer, in the order a worker can do something about it; none when it may be made. */
export function offerRefusals(facts: {
  referralState: string;
  alreadyLive: boolean;
  /** Offers of this referral still without a yes or a no, and how many there may be. */
  waiting: number;
  liveOffers: number;
  gates: readonly { gate: string; passed: boolean; because: string }[];
  toWaitingList: boolean;
  /** Whether the person agrees to be supported by the scheme, and what they have not agreed to share with the group. */
  supported: boolean;
  missing: readonly string[];
  /** How the person is to be reached, with what of their record says whether they may be. */
  contactRoute: ContactRoute;
  client: ContactFacts;
  /** What the people of the service are to be kept safe from, and what the group is asked to do about it. */
  risk: RiskFacts;
  safetyInstructions: readonly SafetyInstruction[];
  /** Whose own service it is, where nobody else has agreed to that. */
  secondPerson: OwnService | null;
}): OfferRefusal[] {
  const refusals: OfferRefusal[] = [];
  const say = (code: OfferRefusal['code'], because: string, about: string | null = null): void => {
    refusals.push({ code, because, about });
  };
  if (facts.referralState !== 'allocated' && facts.referralState !== 'active') {
    say('illegal-move', 'This can be done only while the referral is allocated or active.');
  }
  const contact = contactRefusal(facts.contactRoute, facts.client);
  if (contact !== null) say('invalid', contact, 'contactRoute');
  if (facts.alreadyLive) say('already-offered', 'This person is with this service already.');
  if (facts.waiting >= facts.liveOffers) {
    say('too-many-offers', `At most ${facts.liveOffers} offers may wait for an answer at once.`);
  }
  for (const { gate, passed, because } of facts.gates) {
    if (!passed && !(gate === 'has_places' && facts.toWaitingList)) say('gates', because, gate);
  }
  if (facts.secondPerson !== null) {
    say('second-person', SECOND_PERSON_WORDS[facts.secondPerson], facts.secondPerson);
  }
  if (!facts.supported) {
    say('no-agreement', 'The person took back their agreement to be supported.', 'scheme_support');
  }
  for (const scope of facts.missing) {
    say(
      'no-agreement',
      `The person has not agreed to share this with the group: ${scope.replaceAll('_', ' ')}.`,
      scope,
    );
  }
  const risk = riskRefusal(facts.risk, facts.safetyInstructions);
  if (risk !== null) say('invalid', risk, 'safetyInstructions');
  return refusals;
}

export interface Clock {
  clockStartedAt: Date | null;
  answerBy: Date | null;
  daysLeft: number | null;
}

/** A clock that runs from a moment, now or to come: `days` working days, never fewer than one, to 17:00 in London. */
export function runningClock(from: Date, days: number, holidays: ReadonlySet<string>): Clock {
  return {
    clockStartedAt: from,
    answerBy: workingDeadline(from, Math.max(1, days), holidays),
    daysLeft: null,
  };
}

/**
 * A clock that stands, remembering the working days it had left: all of them where it had not started. A clock that never
 * ran keeps the days it was given.
 */
export function stoppedClock(now: Date, clock: Clock, holidays: ReadonlySet<string>): Clock {
  const from = clock.clockStartedAt !== null && clock.clockStartedAt > now ? clock.clockStartedAt : now;
  const left =
    clock.answerBy === null
      ? clock.daysLeft
      : workingDaysBetween(londonDate(from), londonDate(clock.answerBy), holidays);
  return { clockStartedAt: null, answerBy: null, daysLeft: Math.max(1, left ?? 1) };
}

/** Taking an answer back leaves at least one working day to answer again. */
export function answerByAfterUndo(now: Date, before: Date | null, holidays: ReadonlySet<string>): Date {
  const soonest = workingDeadline(now, 1, holidays);
  return before !== null && before > soonest ? before : soonest;
}

/**
 * What always goes with coming into a state, whichever verb led there: only an offer has a clock, only the waiting list
 * a review date, an ending holds no place and what waits for the owner is said anew.
 */
export function consequences(to: OnwardState, now: Date) {
  return {
    before: null,
    undoUntil: null,
    toAct: null,
    ...(to === 'offered' ? {} : { clockStartedAt: null, answerBy: null, clockStopped: null, daysLeft: null }),
    ...(to === 'waitlisted' ? {} : { expectedWeeks: null, reviewOn: null }),
    ...(isLive(to)
      ? {
          endedAt: null,
          endReason: null,
          endSide: null,
          endNote: null,
          result: null,
          seenAt: null,
          seenBy: null,
        }
      : { endedAt: now, placesHeld: 0 }),
  };
}

export interface UndoFacts {
  undoUntil: Date | null;
  before: Before | null;
  referralOpen: boolean;
  /** How often somebody came: an absence alone is nothing that is built on. */
  attendances: number;
  /** Since a "no" the person was offered to this or another service, since an end to this one again. */
  offeredSince: boolean;
  /** Another offer of this first-yes-wins round was accepted since. */
  anotherAccepted: boolean;
  agreed: boolean;
  neverOffer: boolean;
}

/** Why an answer cannot be taken back, or null. Whether a place can be taken again is asked under lock. */
export function undoRefusal(facts: UndoFacts, now: Date): string | null {
  if (facts.before === null || facts.undoUntil === null) return 'There is no answer to take back.';
  if (now >= facts.undoUntil) return 'The time to take this answer back has passed.';
  if (!facts.referralOpen) return 'This has ended for everybody since.';
  if (facts.before.state !== 'started' && facts.attendances > 0) {
    return 'Somebody has said since that they came.';
  }
  if (facts.offeredSince) return 'Another group, or yours anew, has been asked since.';
  if (facts.anotherAccepted) return 'Another group has said yes since.';
  // One reason for both, so that nobody learns of a never-offer list.
  if (!facts.agreed || facts.neverOffer) return 'This may no longer be shared with the group.';
  return null;
}

/** Why a wish to talk first cannot be taken back, or null. Our call, or another answer, is not undone by it. */
export function undoTalkRefusal(row: Pick<ActionFacts, 'toAct' | 'undoUntil'>, now: Date): string | null {
  if (row.toAct !== 'talk' || row.undoUntil === null) return 'There is no wish to talk to take back.';
  return now >= row.undoUntil ? 'The time to take this back has passed.' : null;
}

export interface Milestones {
  firstAttendedOn: string | null;
  thirdAttendedOn: string | null;
  timesAttended: number;
}

/** What was said of one session. `scheduled`: the week of the service has it. */
export interface AttendanceSaid {
  sessionOn: string;
  sessionAt: string | null;
  result: Attendance;
  scheduled: boolean;
}

/**
 * First and third attendance, computed from the facts and never typed. Each day on which somebody came counts once, and
 * more often only for sessions that the week of the service has: a time somebody gave beside them is no session more.
 * Dates are YYYY-MM-DD.
 */
export function milestones(facts: readonly AttendanceSaid[]): Milestones {
  const sessions = new Map<string, Set<string>>();
  for (const { sessionOn, sessionAt, result, scheduled } of facts) {
    if (!(CAME as readonly Attendance[]).includes(result)) continue;
    const ofDay = sessions.get(sessionOn) ?? new Set();
    if (scheduled && sessionAt !== null) ofDay.add(sessionAt);
    sessions.set(sessionOn, ofDay);
  }
  const came = [...sessions]
    .flatMap(([on, { size }]) => Array.from({ length: Math.max(1, size) }, () => on))
    .sort();
  return {
    firstAttendedOn: came[0] ?? null,
    thirdAttendedOn: came[2] ?? null,
    timesAttended: came.length,
  };
}

/** Why a date cannot be that of a session or first help, or null. Dates are YYYY-MM-DD, London's. */
export function sessionRefusal(
  on: string,
  limits: { offeredOn: string; endedOn: string | null; today: string },
): string | null {
  if (on > limits.today) return 'Enter a date that is not in the future';
  if (on < limits.offeredOn) return 'Enter a date on or after the day the person was offered';
  if (limits.endedOn !== null && on > limits.endedOn) return 'Enter a date on or before the day it ended';
  return null;
}

/** Why a promised date cannot be kept to, or null: from today to `most` days on. Dates are YYYY-MM-DD, London's. */
export function promiseRefusal(on: string, today: string, most: number): string | null {
  if (on < today) return 'Enter today or a later date';
  return daysBetween(today, on) > most ? `Enter a date on or before ${addDays(today, most)}` : null;
}

/** The permission each verb asks for; null for what only the clock and the referral's own hold do. */
export const VERB_ACTION = {
  offer: 'onward.offer',
  accept: 'onward.accept',
  waitlist: 'onward.waitlist',
  talk: 'onward.talk',
  undoTalk: 'onward.undoTalk',
  yesHeld: null,
  setSafety: 'onward.setSafety',
  seenSafety: 'onward.seenSafety',
  rang: 'onward.rang',
  resend: 'onward.resend',
  chase: 'onward.rang',
  pause: null,
  resume: null,
  follow: null,
  untold: null,
  decline: 'onward.decline',
  expire: null,
  lateYes: 'onward.lateYes',
  revive: 'onward.revive',
  inTouch: 'onward.inTouch',
  start: 'onward.start',
  notStarted: null,
  attend: 'attendance.record',
  complete: 'onward.complete',
  stop: 'onward.stop',
  withdraw: 'onward.withdraw',
  undo: 'onward.undo',
  reOffer: 'onward.offer',
  seen: 'onward.seen',
  noted: 'onward.noted',
} as const satisfies Record<OnwardVerb, Action | null>;

/** Whether the group waits for a telephone call of ours: it is to be rung, or asked for that, or said a yes that is held. */
export const awaitsCall = ({ clockStopped, toAct }: Pick<ActionFacts, 'clockStopped' | 'toAct'>): boolean =>
  clockStopped === 'talk' || clockStopped === 'ring' || toAct === 'yes_held';

/** Why no link is sent again: the group waits for our call, or for the first one. */
export function resendRefusal(
  row: Pick<ActionFacts, 'clockStopped' | 'toAct' | 'clockStartedAt'>,
  now: Date,
): string | null {
  if (awaitsCall(row)) return 'The group waits for our call. Ring it.';
  if (row.clockStopped !== null) return 'The offer is paused.';
  return row.clockStartedAt !== null && row.clockStartedAt > now
    ? 'The first link has not gone out yet.'
    : null;
}

/**
 * Since when a group that is with the person has not read what changed of what keeps it safe; null while it has, or
 * nothing did. What is set before its yes stands on the page of the offer.
 */
export const safetyUnseenSince = ({
  state,
  safetySetAt,
  safetySeenAt,
}: {
  state: OnwardState;
  safetySetAt: Date | null;
  safetySeenAt: Date | null;
}): Date | null => (isWithGroup(state) && safetySeenAt === null ? safetySetAt : null);

interface ActionFacts {
  state: OnwardState;
  safetySetAt: Date | null;
  safetySeenAt: Date | null;
  /** Shown to this reader as ended, since the agreement no longer covers it. */
  ended: boolean;
  clockStopped: ClockStop | null;
  clockStartedAt: Date | null;
  lateYesAt: Date | null;
  inTouchAt: Date | null;
  seenAt: Date | null;
  toAct: ToAct | null;
  undoUntil: Date | null;
}

/** What this role may do with the row now: lifecycle, permission and the row itself, so that pages offer nothing refused. */
export function actionsFor(role: Role, row: ActionFacts, now: Date): OnwardVerb[] {
  if (row.ended) return [];
  return (Object.keys(onwardLifecycle) as OnwardVerb[]).filter((verb) => {
    const action = VERB_ACTION[verb];
    if (action === null || reachOf(action, role) === 'none' || !move(onwardLifecycle, verb, row.state).ok) {
      return false;
    }
    switch (verb) {
      case 'rang':
        return awaitsCall(row);
      case 'resend':
        return resendRefusal(row, now) === null;
      case 'chase':
        return !awaitsCall(row);
      case 'lateYes':
        return row.lateYesAt === null;
      case 'revive':
        return row.lateYesAt !== null;
      case 'inTouch':
        return row.inTouchAt === null;
      case 'seen':
        return row.seenAt === null;
      case 'seenSafety':
        return safetyUnseenSince(row) !== null;
      case 'noted':
        return row.toAct !== null;
      case 'undoTalk':
        return undoTalkRefusal(row, now) === null;
      case 'undo':
        return row.undoUntil !== null && now < row.undoUntil;
      default:
        return true;
    }
  });
}
