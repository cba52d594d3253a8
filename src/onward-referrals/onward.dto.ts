import { ApiProperty } from '@nestjs/swagger';
import { AgreementInput } from '../clients/agreement.dto.js';
import { INTERPRETERS, type Interpreter } from '../clients/client.types.js';
import {
  Choice,
  Choices,
  ChoicesInQuery,
  DateOnly,
  Moment,
  Nested,
  NumberInQuery,
  Text,
  TimeOfDay,
  Uuid,
  WholeNumber,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { SIDES, type Side } from '../platform/pure/lifecycle.js';
import { ACCESS_NEEDS, type AccessNeed } from '../platform/words/access.js';
import { PRESENCES, type Presence } from '../platform/words/circumstances.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { GATE_NAMES, type GateName } from '../providers/listing.gates.js';
import { FreshnessView, ListingNamed } from '../providers/listing.dto.js';
import { FOR_WHOM, type ForWhom } from '../providers/listing.types.js';
import { ANSWERS_BY, type AnswersBy } from '../providers/provider.types.js';
import { OWN_SERVICE, type OwnService } from './offer-approval.types.js';
import { onwardLifecycle, type OnwardVerb } from './onward.lifecycle.js';
import { GROUP_ENDINGS, STEPS, type GroupEnding, type Step } from './onward.rules.js';
import {
  ANSWERED_THROUGH,
  ANSWERS,
  ATTENDANCE,
  CALLED_BY,
  CLOCK_STOPS,
  CONTACT_ROUTES,
  DECLINE_REASONS,
  END_REASONS,
  HOW_SOON,
  MOST_PEOPLE,
  ONLY_FOR,
  ONWARD_STATES,
  RESULTS,
  SAFETY_INSTRUCTIONS,
  SIGNPOST_HOW,
  STARTED_BY,
  STOP_REASONS,
  TALK_BY,
  TO_ACT,
  WITHDRAW_REASONS,
  type Answer,
  type AnsweredThrough,
  type Attendance,
  type CalledBy,
  type ClockStop,
  type ContactRoute,
  type DeclineReason,
  type EndReason,
  type HowSoon,
  type OnlyFor,
  type OnwardState,
  type Result,
  type SafetyInstruction,
  type SignpostHow,
  type StartedBy,
  type StopReason,
  type TalkBy,
  type ToAct,
  type WithdrawReason,
} from './onward.types.js';
import { RISK_CODES, type RiskToOthers } from './risk.rules.js';

const maybe = { optional: true, nullable: true } as const;
const PEOPLE = { min: 1, max: MOST_PEOPLE } as const;
const VERBS = Object.keys(onwardLifecycle) as OnwardVerb[];

/** What may be told to a group, chosen with the client. Nothing about risk but codes a group can act on. */
export class OfferInput {
  @Uuid()
  listingId: string;

  @Uuid({
    ...maybe,
    description: 'The session or time, where the service counts its places by them and more than one runs.',
  })
  periodId?: string | null;

  @Choices(NEEDS, { min: 1, description: 'What they want help with, of what this service is told.' })
  needs: Need[];

  @Text({ ...maybe, max: 500, description: 'What they want help with, in words written for the group.' })
  helpNote?: string | null;

  @Choice(HOW_SOON)
  howSoon: HowSoon;

  @Choice(CONTACT_ROUTES, {
    description:
      'How the client wants to be reached after a yes. A direct route needs agreement to contact_details.',
  })
  contactRoute: ContactRoute;

  @Choice(CALLED_BY, { optional: true, description: "Unless told, as the client's own record prefers." })
  calledBy?: CalledBy;

  @YesNo({ optional: true, description: 'Share access and language needs; true unless told.' })
  sharesAccess?: boolean;

  @Choices(SAFETY_INSTRUCTIONS, { optional: true })
  safetyInstructions?: SafetyInstruction[];

  @Choices(ONLY_FOR, {
    optional: true,
    description: 'Rules such as "women only" that you have confirmed this person meets.',
  })
  confirmed?: OnlyFor[];

  @Choices(PRESENCES, { optional: true, description: 'What they must stay away from.' })
  mustAvoid?: Presence[];

  @WholeNumber({ ...PEOPLE, optional: true, description: 'The person and any companions; 1 unless told.' })
  people?: number;

  @YesNo({ optional: true, description: 'The first of these offers to be accepted withdraws the others.' })
  firstYesWins?: boolean;

  @YesNo({ optional: true, description: 'Offer although it is full: no place is held.' })
  toWaitingList?: boolean;

  @Nested(() => AgreementInput, {
    optional: true,
    description: 'Agreement to share with this organisation, recorded in the same call.',
  })
  agreement?: AgreementInput;
}

export class AcceptOfferInput {
  @DateOnly({ ...maybe, description: '"We will get in touch by"; 7 days unless told.' })
  inTouchBy?: string | null;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class WaitlistInput {
  @WholeNumber({ ...maybe, min: 0, max: 104, description: 'Expected wait in weeks.' })
  expectedWeeks?: number | null;

  @DateOnly({ ...maybe, description: 'When to look at it again; 30 days unless told.' })
  reviewOn?: string | null;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class TalkInput {
  @Choice(TALK_BY)
  by: TalkBy;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class OfferNoteInput {
  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class ChaseInput {
  @Text({ max: 500, description: 'What the group said when it was rung.' })
  note: string;
}

export class DeclineOfferInput {
  @Choice(DECLINE_REASONS)
  reason: DeclineReason;

  @DateOnly({ ...maybe, description: 'Only with "full": no new offers until this date.' })
  fullUntil?: string | null;

  @DateOnly({
    ...maybe,
    description:
      'Only with "closed_for_now": the day the group is there again. Nobody is offered until then.',
  })
  closedUntil?: string | null;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class AskAgainInput {
  @YesNo({ optional: true, description: 'Offer although it is full: no place is held.' })
  toWaitingList?: boolean;

  @Uuid({
    ...maybe,
    description:
      'Another session or time of the service, where that of the offer has ended; null where it goes by none now. Unless told, that of the offer as it was.',
  })
  periodId?: string | null;

  @Choices(SAFETY_INSTRUCTIONS, { optional: true, description: 'Unless told, those of the offer as it was.' })
  safetyInstructions?: SafetyInstruction[];
}

export class SafetyInput {
  @Choices(SAFETY_INSTRUCTIONS, {
    description: 'All that the group is asked to do now: those left out no longer hold.',
  })
  safetyInstructions: SafetyInstruction[];
}

export class SafetySeenInput {
  @Moment({
    description: 'Which change: `safetyChangedAt` as it was read. Refused (409) once it changed again.',
  })
  changedAt: string;

  @Text({
    ...maybe,
    max: 100,
    description: 'Who in the group was told by telephone. Left out where the group itself has read it.',
  })
  toldTo?: string | null;

  @DateOnly({ ...maybe, description: 'The date in London on which they were told; now unless said.' })
  on?: string | null;

  @TimeOfDay({ ...maybe, description: 'The time in London, with the date.' })
  time?: string | null;
}

export class InTouchInput {
  @YesNo({ description: 'No: the group tried and could not, which its link worker is told.' })
  reached: boolean;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class StartInput {
  @DateOnly()
  on: string;

  @Choice(STARTED_BY, { description: 'First attendance, or first help given.' })
  by: StartedBy;
}

export class CompleteInput {
  @Choice(RESULTS)
  result: Result;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class StopInput {
  @Choice(STOP_REASONS)
  reason: StopReason;

  @Choice(SIDES)
  side: Side;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class WithdrawOfferInput {
  @Choice(WITHDRAW_REASONS)
  reason: WithdrawReason;

  @Choice(SIDES)
  side: Side;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class AttendanceInput {
  @DateOnly()
  sessionOn: string;

  @TimeOfDay({ ...maybe, description: 'Only where there are several sessions on one day.' })
  sessionAt?: string | null;

  @Choice(ATTENDANCE)
  result: Attendance;

  @WholeNumber({ ...PEOPLE, optional: true, description: 'How many of those offered came; 1 unless told.' })
  people?: number;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export class SignpostInput {
  @Text({ max: 200, example: 'The library’s Friday coffee morning' })
  toldAbout: string;

  @Uuid({ ...maybe, description: 'Where it is one of our services.' })
  listingId?: string | null;

  @Choice(NEEDS, maybe)
  need?: Need | null;

  @DateOnly()
  toldOn: string;

  @Choice(SIGNPOST_HOW)
  how: SignpostHow;

  @Text({ ...maybe, max: 500 })
  note?: string | null;
}

export const ONWARD_SORTS = ['offered', 'group', 'state'] as const;
export type OnwardSort = (typeof ONWARD_SORTS)[number];

export class OnwardListQuery extends PageQuery {
  @ChoicesInQuery(ONWARD_STATES, { optional: true })
  state?: OnwardState[];

  @YesNoInQuery({ optional: true, description: 'For link workers: only replies that wait for you.' })
  toAct?: boolean;

  @SortInQuery(ONWARD_SORTS, '-offered')
  sort?: Sort<OnwardSort>;
}

export class GatesQuery {
  @Uuid()
  referralId: string;

  @ChoicesInQuery(NEEDS, { optional: true, description: "Unless told, the referral's own reasons." })
  needs?: Need[];

  @ChoicesInQuery(ONLY_FOR, { optional: true })
  confirmed?: OnlyFor[];

  @ChoicesInQuery(PRESENCES, { optional: true })
  mustAvoid?: Presence[];

  @NumberInQuery({ ...PEOPLE, optional: true })
  people?: number;

  @Uuid({ optional: true, description: 'The session or time whose places are asked about.' })
  periodId?: string;
}

const Nullable = (options: object = {}) => ApiProperty({ type: String, nullable: true, ...options });
const NullableDate = () => Nullable({ format: 'date' });
const NullableMoment = (description?: string) => Nullable({ format: 'date-time', description });
const NullableChoice = (list: readonly string[]) => Nullable({ enum: [...list] });

export class Named {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;
}

export class GroupToRing extends Named {
  @ApiProperty({ type: String, nullable: true, description: 'Who answers for it.' })
  contactName: string | null;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'From the group to link workers.' })
  howToWorkWithUs: string | null;

  @ApiProperty({ description: 'It answers by link or text, so that a link can be sent again.' })
  written: boolean;
}

export class GateView {
  @ApiProperty({ enum: GATE_NAMES })
  gate: GateName;

  @ApiProperty()
  passed: boolean;

  @ApiProperty({ example: 'It does not cover where they live.' })
  because: string;
}

export class GatesView {
  @ApiProperty({ description: 'Every gate passed: the person may be offered.' })
  passed: boolean;

  @ApiProperty({ type: [GateView] })
  gates: GateView[];
}

export class SharedContactView {
  @ApiProperty({ enum: CONTACT_ROUTES })
  route: ContactRoute;

  @Nullable({ description: 'The number or address; null where the group goes through the worker.' })
  value: string | null;

  @ApiProperty({ type: Boolean, nullable: true, description: 'Whether a message may be left.' })
  leaveMessage: boolean | null;

  @Nullable({ description: 'What the person asked for, such as a time of day.' })
  note: string | null;
}

/** All that a group is shown about a person. What its step does not include, or the person did not agree to, is null. */
export class PersonSeen {
  @Nullable({ description: 'First name or initials.' })
  calledBy: string | null;

  @Nullable()
  fullName: string | null;

  @Nullable({ example: '65 to 74' })
  ageBand: string | null;

  @ApiProperty({ enum: NEEDS, isArray: true, nullable: true })
  needs: Need[] | null;

  @Nullable()
  helpNote: string | null;

  @NullableChoice(HOW_SOON)
  howSoon: HowSoon | null;

  @ApiProperty({ enum: SAFETY_INSTRUCTIONS, isArray: true, nullable: true })
  safetyInstructions: SafetyInstruction[] | null;

  @ApiProperty({ enum: ACCESS_NEEDS, isArray: true, nullable: true })
  accessNeeds: AccessNeed[] | null;

  @Nullable({ example: 'ur' })
  language: string | null;

  @NullableChoice(INTERPRETERS)
  interpreter: Interpreter | null;

  @ApiProperty({
    enum: ONLY_FOR,
    isArray: true,
    nullable: true,
    description: 'Rules of the service that somebody has confirmed the person meets.',
  })
  confirmed: OnlyFor[] | null;

  @ApiProperty({ type: SharedContactView, nullable: true })
  contact: SharedContactView | null;
}

/** The service of an offer, as far as whoever makes it must know. */
export class OfferedService extends Named {
  @ApiProperty({ description: 'Who runs it.' })
  group: string;

  @ApiProperty({ enum: NEEDS, isArray: true })
  needs: Need[];

  @ApiProperty({ enum: FOR_WHOM })
  forWhom: ForWhom;

  @ApiProperty({ enum: ANSWERS_BY })
  answersBy: AnswersBy;

  @ApiProperty({ description: 'Working days it has to answer.' })
  replyWithinDays: number;

  @NullableMoment('When it would first be told, by its own rhythm; null where it is rung.')
  mayBeToldAt: Date | null;

  @NullableMoment('Until when it would have to answer; null where its clock starts when it is rung.')
  answerBy: Date | null;

  @ApiProperty({
    description: 'It would be told only in some days: it may be better to ring, or to ask another.',
  })
  toldLate: boolean;

  @ApiProperty({ type: [Named], description: 'Sessions or times with places of their own, to choose from.' })
  periods: Named[];
}

export class PreviewView {
  @ApiProperty({ type: OfferedService })
  service: OfferedService;

  @ApiProperty({ description: 'Nothing stands in the way of this offer.' })
  mayBeOffered: boolean;

  @ApiProperty({ type: [String], description: 'What stands in the way, in words.' })
  refusals: string[];

  @ApiProperty({ type: [GateView] })
  gates: GateView[];

  @ApiProperty({ type: [String], description: 'What the person would still have to agree to share.' })
  agreementMissing: string[];

  @ApiProperty({ type: FreshnessView, description: 'Whether what is said of the service is still right.' })
  freshness: FreshnessView;

  @ApiProperty({
    type: String,
    enum: OWN_SERVICE,
    nullable: true,
    description: 'Whose own service it is, where a second person has to agree first and has not.',
  })
  secondPersonNeeded: OwnService | null;

  @ApiProperty({ type: PersonSeen, description: 'Exactly what the group sees when asked.' })
  whenAsked: PersonSeen;

  @ApiProperty({ type: PersonSeen, description: 'Exactly what the group sees after a yes.' })
  afterYes: PersonSeen;
}

/** Somebody who comes along the first time. */
export class ComesAlong {
  @ApiProperty()
  at: Date;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The first name of a colleague; null for anybody else.',
  })
  who: string | null;
}

/** An onward referral as its group sees it, at the step it has reached. */
export class GroupOnwardView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'G-7KM2-9PQX', description: 'As in our letters to the group.' })
  reference: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ enum: STEPS })
  step: Step;

  @ApiProperty({ enum: ONWARD_STATES })
  state: OnwardState;

  @ApiProperty({ type: ListingNamed })
  listing: ListingNamed;

  @ApiProperty({ type: Named, nullable: true, description: 'The session or time, where one was chosen.' })
  period: Named | null;

  @ApiProperty({ type: PersonSeen })
  person: PersonSeen;

  @ApiProperty()
  people: number;

  @ApiProperty()
  offeredAt: Date;

  @NullableMoment()
  answerBy: Date | null;

  @ApiProperty({ description: 'The clock stands until the worker has rung.' })
  waitingForOurCall: boolean;

  @NullableChoice(ANSWERS)
  answer: Answer | null;

  @NullableMoment()
  answeredAt: Date | null;

  @NullableDate()
  inTouchBy: string | null;

  @NullableMoment()
  inTouchAt: Date | null;

  @ApiProperty({ type: 'integer', nullable: true })
  expectedWeeks: number | null;

  @NullableDate()
  reviewOn: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Place in your waiting list, from 1.' })
  position: number | null;

  @NullableDate()
  startedOn: string | null;

  @NullableMoment()
  endedAt: Date | null;

  @NullableChoice(GROUP_ENDINGS)
  ending: GroupEnding | null;

  @Nullable({ example: 'Grace has found something; your place is free again.' })
  endingWords: string | null;

  @ApiProperty({ description: 'Please do not contact this person again, and destroy your notes.' })
  pleaseDoNotContact: boolean;

  @NullableMoment()
  seenAt: Date | null;

  @NullableMoment(
    'When what keeps those who help safe changed while this person was with the group; null once somebody of it said that they have seen it.',
  )
  safetyChangedAt: Date | null;

  @ApiProperty({ type: ComesAlong, nullable: true, description: 'Once the group has said yes.' })
  comesAlong: ComesAlong | null;

  @NullableMoment()
  undoUntil: Date | null;

  @ApiProperty({ enum: VERBS, isArray: true, description: 'What this member may do now.' })
  actions: OnwardVerb[];
}

/** An onward referral as those see it who work with the client. */
export class OnwardView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'G-7KM2-9PQX', description: 'As in letters to the group.' })
  reference: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({ type: ListingNamed })
  listing: ListingNamed;

  @ApiProperty({ type: Named, nullable: true, description: 'The session or time, where one was chosen.' })
  period: Named | null;

  @ApiProperty({ type: GroupToRing })
  organisation: GroupToRing;

  @ApiProperty({ enum: ONWARD_STATES })
  state: OnwardState;

  @ApiProperty({ description: 'Whether the agreement on record still covers it.' })
  agreed: boolean;

  @ApiProperty()
  people: number;

  @ApiProperty({ description: 'Places of the service held for this person and companions.' })
  placesHeld: number;

  @ApiProperty()
  firstYesWins: boolean;

  @ApiProperty({ enum: NEEDS, isArray: true })
  needs: Need[];

  @Nullable()
  helpNote: string | null;

  @ApiProperty({ enum: HOW_SOON })
  howSoon: HowSoon;

  @ApiProperty({ enum: CALLED_BY })
  calledBy: CalledBy;

  @ApiProperty({ enum: CONTACT_ROUTES })
  contactRoute: ContactRoute;

  @ApiProperty()
  sharesAccess: boolean;

  @ApiProperty({ enum: SAFETY_INSTRUCTIONS, isArray: true })
  safetyInstructions: SafetyInstruction[];

  @NullableMoment('When that last changed while the person was with the group; null where it did not.')
  safetyChangedAt: Date | null;

  @NullableMoment('When the group read the change, or was told of it; null until then.')
  safetySeenAt: Date | null;

  @Nullable({ description: 'Who in the group was told of it by telephone.' })
  safetyToldTo: string | null;

  @ApiProperty({
    enum: RISK_CODES,
    isArray: true,
    description:
      'Risks to others known now, by the referral or flagged for visitors, that these instructions leave unanswered: the group is to be told, and rung before a yes. Never shown to it.',
  })
  risksUnanswered: RiskToOthers[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why the person may not be with this group, by what is known now; no instruction settles it, and a yes is held. Never shown to the group.',
  })
  barred: string | null;

  @ApiProperty({ enum: ONLY_FOR, isArray: true })
  confirmed: OnlyFor[];

  @ApiProperty({ enum: PRESENCES, isArray: true })
  mustAvoid: Presence[];

  @ApiProperty()
  offeredAt: Date;

  @NullableMoment(
    'When the group, or a link sent to it, first opened the page. Checkers of mail open links too: it is no answer.',
  )
  openedAt: Date | null;

  @NullableMoment('When its clock starts: the first moment the group may be told. Null while it stands.')
  clockStartedAt: Date | null;

  @NullableMoment()
  answerBy: Date | null;

  @NullableChoice(CLOCK_STOPS)
  clockStopped: ClockStop | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Working days left while the clock stands.' })
  daysLeft: number | null;

  @NullableChoice(TALK_BY)
  talkBy: TalkBy | null;

  @Nullable()
  talkNote: string | null;

  @NullableChoice(ANSWERS)
  answer: Answer | null;

  @NullableMoment()
  answeredAt: Date | null;

  @NullableChoice(ANSWERED_THROUGH)
  answeredThrough: AnsweredThrough | null;

  @ApiProperty({ type: 'integer', nullable: true })
  expectedWeeks: number | null;

  @NullableDate()
  reviewOn: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Place in the waiting list, from 1.' })
  position: number | null;

  @NullableDate()
  inTouchBy: string | null;

  @NullableMoment()
  inTouchAt: Date | null;

  @NullableDate()
  startedOn: string | null;

  @NullableChoice(STARTED_BY)
  startedBy: StartedBy | null;

  @NullableMoment()
  endedAt: Date | null;

  @NullableChoice(END_REASONS)
  endReason: EndReason | null;

  @NullableChoice(SIDES)
  endSide: Side | null;

  @Nullable()
  endNote: string | null;

  @NullableChoice(RESULTS)
  result: Result | null;

  @NullableMoment()
  lateYesAt: Date | null;

  @NullableMoment()
  seenAt: Date | null;

  @NullableChoice(TO_ACT)
  toAct: ToAct | null;

  @NullableMoment()
  undoUntil: Date | null;

  @NullableDate()
  firstAttendedOn: string | null;

  @NullableDate()
  thirdAttendedOn: string | null;

  @ApiProperty()
  timesAttended: number;

  @ApiProperty({ enum: VERBS, isArray: true, description: 'What you may do now.' })
  actions: OnwardVerb[];
}

export class OnwardHistoryView {
  @ApiProperty()
  at: Date;

  @ApiProperty({ enum: [...VERBS, 'merge', 'unmerge'] })
  action: string;

  @NullableChoice(ONWARD_STATES)
  from: OnwardState | null;

  @ApiProperty({ enum: ONWARD_STATES })
  to: OnwardState;

  @Nullable({ description: 'Who: a member by name, or the product.' })
  by: string | null;

  @Nullable()
  reason: string | null;

  @NullableChoice(SIDES)
  side: Side | null;

  @Nullable()
  note: string | null;
}

export class AttendanceView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'date' })
  sessionOn: string;

  @Nullable({ example: '10:30' })
  sessionAt: string | null;

  @ApiProperty({ enum: ATTENDANCE })
  result: Attendance;

  @ApiProperty()
  people: number;

  @Nullable()
  note: string | null;

  @ApiProperty()
  recordedAt: Date;
}

export class SignpostView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty()
  toldAbout: string;

  @Nullable({ format: 'uuid' })
  listingId: string | null;

  @ApiProperty({
    type: FreshnessView,
    nullable: true,
    description: 'As it is today; null for what is not listed.',
  })
  freshness: FreshnessView | null;

  @NullableChoice(NEEDS)
  need: Need | null;

  @ApiProperty({ format: 'date' })
  toldOn: string;

  @ApiProperty({ enum: SIGNPOST_HOW })
  how: SignpostHow;

  @Nullable()
  note: string | null;

  @ApiProperty()
  recordedAt: Date;
}
