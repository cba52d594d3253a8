import type { LinkActor, MemberActor, Role } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import { listingNamed } from '../providers/listing.rules.js';
import type { ListingNamedRow, Session } from '../providers/listing.types.js';
import { DEFAULT_SETTINGS } from '../platform/scheme/scheme-settings.js';
import { barRefusal, type BarFacts } from './bar.rules.js';
import { groupFacts, type PersonRow } from './onward-facts.queries.js';
import { onwardReference } from './onward-reference.js';
import type { GroupOnwardView, GroupToRing, Named, OnwardView } from './onward.dto.js';
import type { OnwardRecord } from './onward.entity.js';
import {
  actionsFor,
  awaitsCall,
  endingForGroup,
  endingWords,
  groupSees,
  milestones,
  OFFER_SCOPE,
  safetyUnseenSince,
  stepOf,
  type AttendanceSaid,
  type Step,
} from './onward.rules.js';
import { unanswered, type RiskFacts } from './risk.rules.js';
import { isLive, isWithGroup } from './onward.types.js';
import { isScheduled } from './register.rules.js';

/** What every reading of an onward referral starts from. */
export interface OnwardRow extends OnwardRecord {
  listing: ListingNamedRow;
  period: Named | null;
  organisation: Named;
  /** Scopes the client has agreed to share with the organisation, as of this reading. */
  agreed: string[];
  /** The scheme's own number, if it has one. */
  afterEndingDays: number | null;
  /** The same service was asked again for the same person since. */
  askedAgain: boolean;
  /** In the waiting list, from 1. */
  position: number | null;
}

export interface WorkerRow extends OnwardRow {
  group: Omit<GroupToRing, keyof Named>;
  attendances: Omit<AttendanceSaid, 'scheduled'>[];
  openedAt: Date | null;
  /** The week of the service. */
  schedule: Session[];
  /** Null of one that has ended. */
  risk: RiskFacts | null;
  bar: BarFacts | null;
}

export type GroupRow = OnwardRow &
  PersonRow & {
    /** When somebody comes along next, and the first name of a colleague who does. */
    companionAt: Date | null;
    companion: string | null;
    /** Somebody whom the wrong person must not find. */
    flagged: boolean;
  };

/** P8 and P9 in one place: the step reached, and of it what the agreement covers at this moment. */
export function groupView(actor: MemberActor | LinkActor, row: GroupRow, now: Date): GroupOnwardView {
  const days = row.afterEndingDays ?? DEFAULT_SETTINGS.afterEndingCalendarDays;
  const step = stepOf(row, row.agreed, now, days);
  const ended = isLive(row.state) && step === 'just_ended';
  const live = isLive(row.state) && !ended;
  const person = groupSees(groupFacts(row, row, row.agreed, now), stepShown(actor, row, step), row.agreed);
  // Asked again since, there is nothing of this one to go back to.
  const undoUntil = ended || row.askedAgain ? null : undoOf(row);
  const ending = step !== 'just_ended' ? null : ended ? 'no_longer_needed' : endingForGroup(row);
  return {
    id: row.id,
    reference: onwardReference(row.id),
    version: row.version,
    step,
    state: ended ? 'withdrawn' : row.state,
    listing: listingNamed(row.listing, londonDate(now)),
    period: row.period,
    person,
    people: row.people,
    offeredAt: row.offeredAt,
    answerBy: live ? row.answerBy : null,
    waitingForOurCall: live && awaitsCall(row),
    answer: row.answer,
    answeredAt: row.answeredAt,
    inTouchBy: live ? row.inTouchBy : null,
    inTouchAt: live ? row.inTouchAt : null,
    expectedWeeks: live ? row.expectedWeeks : null,
    reviewOn: live ? row.reviewOn : null,
    position: live ? row.position : null,
    startedOn: row.startedOn,
    endedAt: row.endedAt,
    ending,
    endingWords: ending && endingWords(ending, person.calledBy ?? 'This person'),
    pleaseDoNotContact: step === 'just_ended' && ending !== 'carries_on' && !row.askedAgain,
    seenAt: row.seenAt,
    safetyChangedAt: live ? safetyUnseenSince(row) : null,
    comesAlong:
      step === 'taking_part' && row.companionAt !== null ? { at: row.companionAt, who: row.companion } : null,
    undoUntil,
    actions: actionsFor(roleOf(actor), { ...row, ended, undoUntil }, now),
  };
}

/**
 * How somebody with a safety flag is reached is shown to a person of the group who has entered a code. No program can, so
 * it goes on seeing what the group saw when it was asked.
 */
const stepShown = (actor: MemberActor | LinkActor, { flagged }: GroupRow, step: Step): Step =>
  flagged && step === 'taking_part' && actor.kind === 'member' && actor.program ? 'asked' : step;

/** Whoever has started has more than an answer; it is kept only for when they had not. */
const undoOf = ({ state, undoUntil }: OnwardRow): Date | null => (state === 'started' ? null : undoUntil);

/** Whoever holds a link answers as a member of the group would. */
const roleOf = (actor: MemberActor | LinkActor): Role =>
  actor.kind === 'link' ? 'provider_member' : actor.role;

export function workerView(actor: MemberActor, row: WorkerRow, now: Date): OnwardView {
  const { organisation, position } = row;
  return {
    id: row.id,
    reference: onwardReference(row.id),
    version: row.version,
    referralId: row.referralId,
    clientId: row.clientId,
    listing: listingNamed(row.listing, londonDate(now)),
    period: row.period,
    organisation: { id: organisation.id, name: organisation.name, ...row.group },
    state: row.state,
    agreed: row.agreed.includes(OFFER_SCOPE),
    people: row.people,
    placesHeld: row.placesHeld,
    firstYesWins: row.firstYesWins,
    needs: row.needs,
    helpNote: row.helpNote,
    howSoon: row.howSoon,
    calledBy: row.calledBy,
    contactRoute: row.contactRoute,
    sharesAccess: row.sharesAccess,
    safetyInstructions: row.safetyInstructions,
    safetyChangedAt: isWithGroup(row.state) ? row.safetySetAt : null,
    safetySeenAt: row.safetySeenAt,
    safetyToldTo: row.safetyToldTo,
    risksUnanswered: row.risk === null ? [] : unanswered(row.risk, row.safetyInstructions),
    barred: row.bar && barRefusal(row.bar, now),
    confirmed: row.confirmed,
    mustAvoid: row.mustAvoid,
    offeredAt: row.offeredAt,
    openedAt: row.openedAt,
    clockStartedAt: row.clockStartedAt,
    answerBy: row.answerBy,
    clockStopped: row.clockStopped,
    daysLeft: row.daysLeft,
    talkBy: row.talkBy,
    talkNote: row.talkNote,
    answer: row.answer,
    answeredAt: row.answeredAt,
    answeredThrough: row.answeredThrough,
    expectedWeeks: row.expectedWeeks,
    reviewOn: row.reviewOn,
    position,
    inTouchBy: row.inTouchBy,
    inTouchAt: row.inTouchAt,
    startedOn: row.startedOn,
    startedBy: row.startedBy,
    endedAt: row.endedAt,
    endReason: row.endReason,
    endSide: row.endSide,
    endNote: row.endNote,
    result: row.result,
    lateYesAt: row.lateYesAt,
    seenAt: row.seenAt,
    toAct: row.toAct,
    undoUntil: undoOf(row),
    ...milestones(
      row.attendances.map((said) => ({
        ...said,
        scheduled: isScheduled(row.schedule, said.sessionOn, said.sessionAt),
      })),
    ),
    actions: actionsFor(actor.role, { ...row, ended: false }, now),
  };
}
