import { ApiProperty, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { AgreementInput } from '../clients/agreement.dto.js';
import { ClientSearchInput, NewClientInput } from '../clients/client.dto.js';
import { STANDINGS, type Standing } from '../clients/client.types.js';
import { LIKELIHOODS, type Likelihood } from '../clients/matching.rules.js';
import {
  Choice,
  Choices,
  ChoicesInQuery,
  DateOnly,
  LanguageCode,
  Nested,
  NestedList,
  NumberInQuery,
  Text,
  Uuid,
  Uuids,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { SIDES, type Side } from '../platform/pure/lifecycle.js';
import { ACCESS_NEEDS, type AccessNeed } from '../platform/words/access.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import type { ReferralVerb } from './referral.lifecycle.js';
import {
  CLOSE_REASONS,
  CLOSE_RESULTS,
  DECLINE_REASONS,
  FEEDBACK,
  HOLD_REASON_CODES,
  MISSING,
  NEXT_KINDS,
  CLOSE_NO_RESPONSE,
  OWNER_KINDS,
  REFERRAL_STAGES,
  REFERRAL_STATES,
  RESULTS,
  RISKS,
  ROUTES,
  TOLD_STATUSES,
  TRIAGE_STATES,
  VOID_REASONS,
  WHYS,
  WITHDRAW_REASONS,
  WORKER_STATES,
  CASELOAD_SORTS,
  REFERRAL_SORTS,
  TRIAGE_SORTS,
  type CaseloadSort,
  type ReferralSort,
  type TriageSort,
  type Closing,
  type EndReason,
  type Feedback,
  type HoldReason,
  type Missing,
  type NextKind,
  type CloseNoResponse,
  type OwnerKind,
  type ReferralStage,
  type ReferralState,
  type Result,
  type Route,
  type ToldStatus,
  type VoidReason,
  type Why,
  LAST_ACTS,
  type LastAct,
  SCORE_CHANGES,
  GOAL_ENDINGS,
  type GoalEnding,
  type ScoreChange,
  type ToldOutcome,
} from './referral.types.js';

const NOTE = { optional: true, nullable: true, max: 4000 } as const;

/** Agreement to the scheme's support. Who may be told what of it is asked once, as `feedback`. */
export class SendAgreementInput extends OmitType(AgreementInput, ['scope'] as const) {}

export class SenderInput {
  @Text({ max: 200, example: 'Dr Asha Patel' })
  name: string;

  @Text({ optional: true, nullable: true, max: 200, example: 'GP' })
  role?: string | null;

  @Text({ optional: true, nullable: true, max: 200, description: 'How to ring or write back.' })
  contact?: string | null;
}

class ReferralAnswers {
  @Choice(ROUTES, {
    optional: true,
    description:
      'Found from the kind of organisation unless told. Only a worker may write down a self-referral.',
  })
  route?: Route;

  @Uuid({
    optional: true,
    nullable: true,
    description:
      "Your own organisation's earlier referral of the same person. Their details are taken from it unless given.",
  })
  samePersonAs?: string | null;

  @Nested(() => NewClientInput, { optional: true, description: 'Needed unless samePersonAs is given.' })
  client?: NewClientInput;

  @Text({
    optional: true,
    nullable: true,
    max: 20,
    example: 'F81001',
    description: "The ODS code of the person's GP practice, where its id is not known.",
  })
  gpPracticeCode?: string | null;

  @Nested(() => SendAgreementInput)
  agreement: SendAgreementInput;

  @Choice(FEEDBACK, {
    optional: true,
    description: 'What the person agreed you may hear of what became of it; progress unless told.',
  })
  feedback?: Feedback;

  @Choices(NEEDS, { min: 1 })
  reasons: Need[];

  @Text({ optional: true, nullable: true, max: 2000 })
  reasonNote?: string | null;

  @Text({ ...NOTE, description: 'What matters to the person, and what would help us help them.' })
  note?: string | null;

  @Choices(RISKS, { optional: true })
  risks?: string[];

  @YesNo({ optional: true, description: 'An answer of its own: say so when no risks are known.' })
  noKnownRisks?: boolean;

  @Text({ optional: true, nullable: true, max: 2000, description: 'Never shown to groups.' })
  riskNote?: string | null;

  @Nested(() => SenderInput, { optional: true, description: 'Yourself unless told.' })
  sender?: SenderInput;

  @Text({
    optional: true,
    nullable: true,
    max: 100,
    description:
      "Your own system's id: the same id again gives the same referral. Nothing that names the person.",
  })
  externalId?: string | null;

  @YesNo({
    optional: true,
    description:
      'You were told that you referred somebody of this name and birth date: this is somebody else.',
  })
  differentPerson?: boolean;
}

const COULD_COME_TO_HARM = {
  description: 'Could anyone come to harm in the next few days? A yes is refused and says what to do now.',
};

export class SendInput extends ReferralAnswers {
  @YesNo(COULD_COME_TO_HARM)
  couldComeToHarm: boolean;
}

/** What is known so far of somebody. */
export class DraftClientInput extends PartialType(NewClientInput, { skipNullProperties: false }) {}

/** Anything may be missing until it is sent. Fields given replace those of the draft; null takes one away. */
export class DraftInput extends PartialType(OmitType(ReferralAnswers, ['client'] as const), {
  skipNullProperties: false,
}) {
  @Nested(() => DraftClientInput, { optional: true })
  client?: DraftClientInput;
}

/** Sending a draft, or again what was returned: only what changes needs to be said. */
export class SendAgainInput extends PartialType(
  OmitType(ReferralAnswers, ['samePersonAs', 'externalId', 'client'] as const),
  { skipNullProperties: false },
) {
  @Nested(() => DraftClientInput, { optional: true })
  client?: DraftClientInput;

  @YesNo(COULD_COME_TO_HARM)
  couldComeToHarm: boolean;
}

/** For the public form: the person, or somebody typing for them. */
export class SelfReferralInput {
  @Nested(() => NewClientInput)
  client: NewClientInput;

  @Choices(NEEDS, { min: 1 })
  reasons: Need[];

  @Text({ ...NOTE, max: 2000, description: 'In their own words.' })
  note?: string | null;

  @YesNo({ description: 'That we may write this down and get in touch about it.' })
  agreed: boolean;

  @Text({ optional: true, nullable: true, max: 200, description: 'Who is typing, if it is not the person.' })
  typedBy?: string | null;

  @YesNo(COULD_COME_TO_HARM)
  couldComeToHarm: boolean;
}

export class ReturnInput {
  @Choices(MISSING, { min: 1 })
  missing: Missing[];

  @Text({ max: 2000, description: 'What the sender should do. They read this.' })
  message: string;
}

export class AcceptInput {
  @Uuid({ optional: true, nullable: true, description: 'Somebody known here, found by matching.' })
  sameAs?: string | null;

  @Uuids({
    optional: true,
    max: 50,
    description: 'Likely matches that were looked at and are somebody else.',
  })
  notTheSameAs?: string[];

  @Text(NOTE)
  note?: string | null;
}

export class JoinInput {
  @Uuid({ description: 'The open referral of the same person.' })
  into: string;

  @Text(NOTE)
  note?: string | null;
}

class EndInput {
  @Choice(SIDES, {
    optional: true,
    description: 'Only for the reason "other": every other reason has its side.',
  })
  side?: Side;

  @Text(NOTE)
  note?: string | null;
}

export class DeclineInput extends EndInput {
  @Choice(DECLINE_REASONS)
  reason: EndReason;
}

export class WithdrawInput extends EndInput {
  @Choice(WITHDRAW_REASONS)
  reason: EndReason;
}

export class GoalAtEndInput {
  @Uuid()
  id: string;

  @Choice(GOAL_ENDINGS, { optional: true, description: 'As it stood, unless told.' })
  status?: GoalEnding;
}

export class CloseInput extends EndInput {
  @Choice(CLOSE_RESULTS)
  result: Result;

  @Choice(CLOSE_REASONS)
  reason: EndReason;

  @Choice(CLOSE_NO_RESPONSE, {
    optional: true,
    nullable: true,
    description:
      'Why there are no closing answers, when there are none. "to_be_asked": they are asked for after closing, and recorded as missing where nobody answers.',
  })
  noResponseBecause?: CloseNoResponse | null;

  @YesNo({ description: 'May we ask again how they are at 3 and 6 months?' })
  mayAskAgain: boolean;

  @NestedList(() => GoalAtEndInput, {
    optional: true,
    max: 20,
    description: 'How goals of the plan stand at the end, as the person says.',
  })
  goals?: GoalAtEndInput[];
}

export class HoldInput {
  @Choice(HOLD_REASON_CODES)
  reason: HoldReason;

  @Choice(SIDES, { optional: true, description: 'Only for the reason "other".' })
  side?: Side;

  @DateOnly({ description: 'When to take it up again: after today, within 12 months.' })
  resumeOn: string;

  @Text(NOTE)
  note?: string | null;
}

export class ResumeInput {
  @DateOnly({ optional: true, description: 'The next contact; by the first-contact deadline unless told.' })
  nextOn?: string;

  @Text(NOTE)
  note?: string | null;
}

export class SetNextInput {
  @DateOnly({ description: 'Today or later, within 12 months.' })
  nextOn: string;

  @Text(NOTE)
  note?: string | null;
}

export class AllocateInput {
  @Uuid({ description: 'The membership of the link worker.' })
  workerId: string;

  @Text({
    optional: true,
    nullable: true,
    max: 1000,
    description: "A manager's reason for going over the worker's limit.",
  })
  overrideReason?: string | null;

  @Text(NOTE)
  note?: string | null;
}

export class ReopenInput {
  @DateOnly({ description: 'The next contact: today or later, within 12 months.' })
  nextOn: string;

  @Uuid({ optional: true, description: 'The last owner unless told.' })
  workerId?: string;

  @Text({ optional: true, nullable: true, max: 1000 })
  overrideReason?: string | null;

  @Text({ max: 1000 })
  reason: string;
}

export class VoidInput {
  @Choice(VOID_REASONS)
  reason: VoidReason;

  @Text({ max: 1000 })
  note: string;
}

export class NoteInput {
  @Text({ max: 4000 })
  note: string;
}

export class SetRisksInput {
  @Choices(RISKS, {
    optional: true,
    description: 'All that are known now: those left out are known no more.',
  })
  risks?: string[];

  @YesNo({ optional: true, description: 'An answer of its own: say so when no risks are known.' })
  noKnownRisks?: boolean;

  @Text({ ...NOTE, description: 'How this came to be known. Never shown to groups.' })
  note?: string | null;
}

export class SetFeedbackInput {
  @Choice(FEEDBACK, { description: 'What the person now agrees that the sender may hear.' })
  feedback: Feedback;

  @Nested(() => SendAgreementInput, {
    optional: true,
    description: 'How they agreed; needed where the sender is to hear more than is agreed today.',
  })
  agreement?: SendAgreementInput;
}

export class ReferralsQuery extends PageQuery {
  @ChoicesInQuery(TOLD_STATUSES, { optional: true, description: 'As the sender is told.' })
  status?: ToldStatus[];

  @YesNoInQuery({ optional: true, description: 'Only those you wrote yourself; false: those of others.' })
  mine?: boolean;

  @YesNoInQuery({
    optional: true,
    description: 'Only those still going on, as the sender is told; false: those that ended.',
  })
  open?: boolean;

  @YesNoInQuery({
    optional: true,
    description: 'Only those sent more than 10 days ago where nobody is in touch yet, as the sender is told.',
  })
  waiting?: boolean;

  @SortInQuery(REFERRAL_SORTS, '-made')
  sort?: Sort<ReferralSort>;
}

/** Sent as a body, because addresses end up in logs and histories. */
export class ReferralSearchInput extends PickType(ClientSearchInput, [
  'nhsNumber',
  'firstName',
  'lastName',
  'dateOfBirth',
  'limit',
  'after',
] as const) {
  @Text({
    optional: true,
    max: 20,
    example: 'K7RX-4PMW',
    description: 'Its own reference. Nothing else is looked at then.',
  })
  reference?: string;
}

export class CaseloadQuery extends PageQuery {
  @Uuid({ optional: true, description: 'A membership: your own unless told; for a manager everybody.' })
  worker?: string;

  @ChoicesInQuery(WORKER_STATES, { optional: true })
  state?: (typeof WORKER_STATES)[number][];

  @YesNoInQuery({ optional: true, description: 'Only those whose next date has passed.' })
  overdue?: boolean;

  @ChoicesInQuery(NEEDS, { optional: true, description: 'Only those who want help with one of these.' })
  reason?: Need[];

  @Uuid({ optional: true, description: 'Only those whom this organisation sent.' })
  organisationId?: string;

  @LanguageCode({ optional: true, description: 'Only those who speak it.', example: 'bn' })
  language?: string;

  @NumberInQuery({
    optional: true,
    min: 0,
    max: 3650,
    description: 'Only those sent so many days ago or more.',
  })
  openDays?: number;

  @SortInQuery(CASELOAD_SORTS, 'next')
  sort?: Sort<CaseloadSort>;
}

export class TriageQuery extends PageQuery {
  @ChoicesInQuery(TRIAGE_STATES, { optional: true })
  state?: (typeof TRIAGE_STATES)[number][];

  @SortInQuery(TRIAGE_SORTS, 'sent')
  sort?: Sort<TriageSort>;
}

/*
 * What is shown. A sender gets SentReferralView, whatever was found here; those who work for the scheme ReferralView.
 */

const nullable = (options: object) => ApiProperty({ nullable: true, ...options });
const NullableText = () => nullable({ type: String });
const NullableId = () => nullable({ type: String, format: 'uuid' });
const NullableMoment = () => nullable({ type: String, format: 'date-time' });

/** The person as the sender wrote them down; in a draft anything may be missing. */
export class SentPerson {
  @NullableText()
  firstName: string | null;

  @NullableText()
  lastName: string | null;

  @nullable({ type: String, format: 'date' })
  dateOfBirth: string | null;

  @NullableText()
  nhsNumber: string | null;
}

/** What was begun and not sent, as its author left it. */
export class DraftLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ example: 'K7RX-4PMW' })
  reference: string;

  @ApiProperty({ type: SentPerson })
  client: SentPerson;

  @NullableText()
  writtenBy: string | null;

  @NullableText()
  organisationName: string | null;

  @ApiProperty()
  createdAt: Date;

  @ApiProperty({ description: 'When it was changed last.' })
  updatedAt: Date;
}

/** Whether it came back, and what to do about it. */
export class ReturnedView {
  @ApiProperty({ enum: MISSING, isArray: true })
  missing: Missing[];

  @ApiProperty()
  message: string;
}

/** The last thing that happened, as far as its sender may know. */
export class LastHappened {
  @ApiProperty({ enum: LAST_ACTS, description: 'status: it came to stand where it stands.' })
  what: LastAct;

  @ApiProperty()
  at: Date;

  @nullable({ type: String, description: 'Who of your organisation did it.' })
  by: string | null;
}

export class SentReferralLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'K7RX-4PMW' })
  reference: string;

  @ApiProperty({ type: SentPerson })
  client: SentPerson;

  @ApiProperty({ enum: TOLD_STATUSES })
  status: ToldStatus;

  @ApiProperty({ description: 'In words for people.' })
  statusText: string;

  @ApiProperty({ description: 'When it came to stand there: the last that happened.' })
  statusAt: Date;

  @nullable({ enum: WHYS })
  why: Why | null;

  @NullableText()
  whyText: string | null;

  @nullable({ enum: RESULTS, description: 'Only where the person agreed that you hear everything.' })
  result: Result | null;

  @ApiProperty({ type: LastHappened })
  last: LastHappened;

  @NullableMoment()
  sentAt: Date | null;

  @nullable({ type: String, description: 'Who signed it.' })
  sentBy: string | null;

  @ApiProperty()
  createdAt: Date;
}

class ToldScoreView {
  @ApiProperty({ description: 'What the score says of the person.' })
  title: string;

  @ApiProperty({ description: 'The highest there is.' })
  max: number;

  @ApiProperty({ description: 'At the start.' })
  before: number;

  @ApiProperty({ description: 'At the end.' })
  after: number;

  @ApiProperty({ enum: SCORE_CHANGES, description: 'How the person is, whichever way the score runs.' })
  change: ScoreChange;
}

/** What came of it beside the result. */
class ToldOutcomeView implements ToldOutcome {
  @ApiProperty({ description: 'Whether a group said by its end that they took part; never which.' })
  joinedGroup: boolean;

  @ApiProperty({ type: [ToldScoreView], description: 'Questionnaires answered at the start and at the end.' })
  scores: ToldScoreView[];
}

export class SentReferralView extends SentReferralLine {
  @nullable({ type: Date, description: 'When it was taken on, as far as you may hear.' })
  acceptedAt: Date | null;

  @nullable({ type: Date, description: 'When the person was reached first, as far as you may hear.' })
  firstContactAt: Date | null;

  @nullable({
    type: ToldOutcomeView,
    description: 'Once it is closed, and only where the person agreed that you hear everything.',
  })
  outcome: ToldOutcomeView | null;

  @ApiProperty({ description: 'Whether it was your organisation that said the person died.' })
  saidDied: boolean;

  @nullable({ type: Number, description: 'For If-Match; only of a draft.' })
  version: number | null;

  @ApiProperty({ enum: ROUTES })
  route: Route;

  @ApiProperty({ type: SenderInput })
  sender: SenderInput;

  @ApiProperty({ enum: NEEDS, isArray: true })
  reasons: Need[];

  @NullableText()
  reasonNote: string | null;

  @NullableText()
  note: string | null;

  @ApiProperty({ enum: RISKS, isArray: true })
  risks: string[];

  @ApiProperty()
  noKnownRisks: boolean;

  @NullableText()
  riskNote: string | null;

  @ApiProperty({ enum: FEEDBACK, description: 'How much you may hear, as the person agrees today.' })
  feedback: Feedback;

  @NullableText()
  externalId: string | null;

  @nullable({ type: ReturnedView })
  returned: ReturnedView | null;

  @nullable({ type: Object, additionalProperties: true })
  draft: Record<string, unknown> | null;

  @ApiProperty({ type: String, isArray: true, description: 'What you can do with it now.' })
  allowed: ReferralVerb[];
}

export class ReferralPerson {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: STANDINGS })
  standing: Standing;

  @NullableText()
  nhsNumber: string | null;

  @ApiProperty()
  firstName: string;

  @ApiProperty()
  lastName: string;

  @NullableText()
  knownAs: string | null;

  @ApiProperty({ format: 'date' })
  dateOfBirth: string;

  @ApiProperty()
  safetyFlag: boolean;

  @ApiProperty({ enum: ACCESS_NEEDS, isArray: true })
  accessNeeds: AccessNeed[];
}

class OwnerView {
  @ApiProperty({ enum: OWNER_KINDS })
  kind: OwnerKind;

  @NullableId()
  membershipId: string | null;

  @NullableText()
  name: string | null;
}

/** One line of a caseload or of a list. */
export class ReferralLine {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'Grows with every change.' })
  version: number;

  @ApiProperty({ example: 'K7RX-4PMW' })
  reference: string;

  @ApiProperty({ enum: REFERRAL_STATES })
  state: ReferralState;

  @ApiProperty({
    enum: REFERRAL_STAGES,
    description:
      'Where they stand as pages say it: the state, and what the work has come to (a plan, a group that said yes, why it was closed).',
  })
  stage: ReferralStage;

  @ApiProperty({ enum: ROUTES })
  route: Route;

  @nullable({ type: ReferralPerson, description: 'null for a draft.' })
  client: ReferralPerson | null;

  @ApiProperty({ enum: NEEDS, isArray: true })
  reasons: Need[];

  @nullable({ type: OwnerView })
  owner: OwnerView | null;

  @NullableMoment()
  nextAt: Date | null;

  @nullable({ enum: NEXT_KINDS })
  nextKind: NextKind | null;

  @ApiProperty()
  overdue: boolean;

  @NullableText()
  organisationName: string | null;

  @NullableMoment()
  sentAt: Date | null;

  @NullableMoment()
  endedAt: Date | null;
}

class PossibleMatch {
  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({ enum: LIKELIHOODS })
  likelihood: Likelihood;

  @nullable({ type: String, format: 'uuid', description: 'Their open referral, to join this one to.' })
  openReferralId: string | null;
}

export class TriageLine extends ReferralLine {
  @ApiProperty({ enum: RISKS, isArray: true })
  risks: string[];

  @ApiProperty()
  noKnownRisks: boolean;

  @nullable({ type: String, example: 'pl', description: 'What they speak; null for a draft.' })
  language: string | null;

  @nullable({ type: String, example: 'CO97', description: 'The district they live in, where it is known.' })
  district: string | null;

  @nullable({ type: ReturnedView })
  returned: ReturnedView | null;

  @ApiProperty({
    type: PossibleMatch,
    isArray: true,
    description: 'Likeliest first. GET /clients/:id/matches shows them.',
  })
  matches: PossibleMatch[];
}

class EndingView {
  @NullableText()
  reason: string | null;

  @nullable({ enum: SIDES })
  side: Side | null;

  @NullableText()
  note: string | null;

  @nullable({ enum: RESULTS })
  result: Result | null;

  @nullable({ type: Boolean })
  mayAskAgain: boolean | null;
}

class ClosingView extends EndingView {
  @ApiProperty()
  endedAt: string;
}

class JoinedView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  reference: string;

  @NullableText()
  organisationName: string | null;

  @NullableMoment()
  sentAt: Date | null;

  @ApiProperty({ enum: NEEDS, isArray: true })
  reasons: Need[];

  @NullableText()
  reasonNote: string | null;

  @NullableText()
  note: string | null;
}

class ToldView {
  @ApiProperty({ enum: TOLD_STATUSES })
  status: ToldStatus;

  @ApiProperty()
  at: Date;

  @nullable({ enum: WHYS })
  why: Why | null;
}

export class ReferralView extends ReferralLine {
  @nullable({ type: SentPerson, description: 'As the sender wrote them down.' })
  sentAs: SentPerson | null;

  @NullableId()
  organisationId: string | null;

  @nullable({ type: SenderInput })
  sender: SenderInput | null;

  @NullableText()
  reasonNote: string | null;

  @NullableText()
  note: string | null;

  @ApiProperty({ enum: RISKS, isArray: true })
  risks: string[];

  @ApiProperty()
  noKnownRisks: boolean;

  @NullableText()
  riskNote: string | null;

  @NullableId()
  agreementId: string | null;

  @ApiProperty({ enum: FEEDBACK, description: 'As chosen when it was sent.' })
  feedback: Feedback;

  @ApiProperty({ enum: FEEDBACK, description: 'How much the sender may hear, as the person agrees today.' })
  hears: Feedback;

  @NullableText()
  externalId: string | null;

  @NullableId()
  samePersonAs: string | null;

  @nullable({ enum: ['allocated', 'active'] })
  heldFrom: 'allocated' | 'active' | null;

  @nullable({ type: ReturnedView })
  returned: ReturnedView | null;

  @NullableMoment()
  returnedAt: Date | null;

  @NullableMoment()
  acceptedAt: Date | null;

  @NullableMoment()
  allocatedAt: Date | null;

  @NullableMoment()
  begunAt: Date | null;

  @nullable({ type: EndingView })
  ending: EndingView | null;

  @nullable({ type: ClosingView, description: 'The first closing, of one that was reopened.' })
  originalClosing: Closing | null;

  @NullableId()
  joinedInto: string | null;

  @ApiProperty({
    type: JoinedView,
    isArray: true,
    description: 'Referrals of the same person that were added to this one.',
  })
  joined: JoinedView[];

  @ApiProperty({ type: ToldView })
  told: ToldView;

  @nullable({ type: Object, additionalProperties: true })
  draft: Record<string, unknown> | null;

  @ApiProperty()
  createdAt: Date;

  @ApiProperty()
  updatedAt: Date;

  @ApiProperty({ type: String, isArray: true, description: 'What you can do with it now.' })
  allowed: ReferralVerb[];
}

export class HistoryEntry {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  at: Date;

  @ApiProperty({ example: 'accept' })
  action: string;

  @NullableText()
  from: string | null;

  @NullableText()
  to: string | null;

  @NullableText()
  by: string | null;

  @NullableText()
  reason: string | null;

  @nullable({ enum: SIDES })
  side: Side | null;

  @NullableText()
  note: string | null;

  @ApiProperty({ type: Object, additionalProperties: true })
  details: Record<string, unknown>;
}

export class Submitted {
  @ApiProperty({ example: 'K7RX-4PMW', description: 'To quote when ringing about it.' })
  reference: string;
}

/** The answer to somebody who gave it away and reaches it no longer. */
export class HandedOver {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: [true] })
  handedOver: true;
}
