import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Side } from '../platform/pure/lifecycle.js';
import type { Presence } from '../platform/words/circumstances.js';
import type { Need } from '../platform/words/needs.js';
import type { OnwardVerb } from './onward.lifecycle.js';
import type {
  Answer,
  AnsweredThrough,
  Before,
  CalledBy,
  ClockStop,
  ContactRoute,
  EndReason,
  HowSoon,
  OnlyFor,
  OnwardState,
  Result,
  SafetyInstruction,
  StartedBy,
  TalkBy,
  ToAct,
} from './onward.types.js';

@Entity('onward_referral')
export class OnwardReferral {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'version', type: 'integer' })
  version: number;

  @Column({ name: 'referral_id', type: 'uuid' })
  referralId: string;

  @Column({ name: 'client_id', type: 'uuid' })
  clientId: string;

  @Column({ name: 'listing_id', type: 'uuid' })
  listingId: string;

  @Column({ name: 'period_id', type: 'uuid', nullable: true })
  periodId: string | null;

  @Column({ name: 'organisation_id', type: 'uuid' })
  organisationId: string;

  @Column({ name: 'state', type: 'text' })
  state: OnwardState;

  @Column({ name: 'people', type: 'smallint' })
  people: number;

  @Column({ name: 'places_held', type: 'smallint' })
  placesHeld: number;

  @Column({ name: 'first_yes_wins', type: 'boolean' })
  firstYesWins: boolean;

  @Column({ name: 'called_by', type: 'text' })
  calledBy: CalledBy;

  @Column({ name: 'contact_route', type: 'text' })
  contactRoute: ContactRoute;

  @Column({ name: 'shares_access', type: 'boolean' })
  sharesAccess: boolean;

  @Column({ name: 'needs', type: 'text', array: true })
  needs: Need[];

  @Column({ name: 'help_note', type: 'text', nullable: true })
  helpNote: string | null;

  @Column({ name: 'how_soon', type: 'text' })
  howSoon: HowSoon;

  @Column({ name: 'safety_instructions', type: 'text', array: true })
  safetyInstructions: SafetyInstruction[];

  @Column({ name: 'safety_set_at', type: 'timestamptz', nullable: true })
  safetySetAt: Date | null;

  @Column({ name: 'safety_seen_at', type: 'timestamptz', nullable: true })
  safetySeenAt: Date | null;

  @Column({ name: 'safety_seen_by', type: 'uuid', nullable: true })
  safetySeenBy: string | null;

  @Column({ name: 'safety_told_to', type: 'text', nullable: true })
  safetyToldTo: string | null;

  @Column({ name: 'confirmed', type: 'text', array: true })
  confirmed: OnlyFor[];

  @Column({ name: 'must_avoid', type: 'text', array: true })
  mustAvoid: Presence[];

  @Column({ name: 'agreement_id', type: 'uuid' })
  agreementId: string;

  @Column({ name: 'offered_by', type: 'uuid', nullable: true })
  offeredBy: string | null;

  @Column({ name: 'offered_at', type: 'timestamptz' })
  offeredAt: Date;

  @Column({ name: 'clock_started_at', type: 'timestamptz', nullable: true })
  clockStartedAt: Date | null;

  @Column({ name: 'answer_by', type: 'timestamptz', nullable: true })
  answerBy: Date | null;

  @Column({ name: 'clock_stopped', type: 'text', nullable: true })
  clockStopped: ClockStop | null;

  @Column({ name: 'days_left', type: 'smallint', nullable: true })
  daysLeft: number | null;

  @Column({ name: 'talk_by', type: 'text', nullable: true })
  talkBy: TalkBy | null;

  @Column({ name: 'talk_note', type: 'text', nullable: true })
  talkNote: string | null;

  @Column({ name: 'answer', type: 'text', nullable: true })
  answer: Answer | null;

  @Column({ name: 'answered_at', type: 'timestamptz', nullable: true })
  answeredAt: Date | null;

  @Column({ name: 'answered_through', type: 'text', nullable: true })
  answeredThrough: AnsweredThrough | null;

  @Column({ name: 'expected_weeks', type: 'smallint', nullable: true })
  expectedWeeks: number | null;

  @Column({ name: 'review_on', type: 'date', nullable: true })
  reviewOn: string | null;

  @Column({ name: 'in_touch_by', type: 'date', nullable: true })
  inTouchBy: string | null;

  @Column({ name: 'in_touch_at', type: 'timestamptz', nullable: true })
  inTouchAt: Date | null;

  @Column({ name: 'accepted_at', type: 'timestamptz', nullable: true })
  acceptedAt: Date | null;

  @Column({ name: 'started_on', type: 'date', nullable: true })
  startedOn: string | null;

  @Column({ name: 'started_by', type: 'text', nullable: true })
  startedBy: StartedBy | null;

  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt: Date | null;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt: Date | null;

  @Column({ name: 'end_reason', type: 'text', nullable: true })
  endReason: EndReason | null;

  @Column({ name: 'end_side', type: 'text', nullable: true })
  endSide: Side | null;

  @Column({ name: 'end_note', type: 'text', nullable: true })
  endNote: string | null;

  @Column({ name: 'result', type: 'text', nullable: true })
  result: Result | null;

  @Column({ name: 'late_yes_at', type: 'timestamptz', nullable: true })
  lateYesAt: Date | null;

  @Column({ name: 'seen_at', type: 'timestamptz', nullable: true })
  seenAt: Date | null;

  @Column({ name: 'seen_by', type: 'uuid', nullable: true })
  seenBy: string | null;

  @Column({ name: 'to_act', type: 'text', nullable: true })
  toAct: ToAct | null;

  @Column({ name: 'before', type: 'jsonb', nullable: true })
  before: Before | null;

  @Column({ name: 'undo_until', type: 'timestamptz', nullable: true })
  undoUntil: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}

/** A row as plain data. */
export type OnwardRecord = { [Column in keyof OnwardReferral]: OnwardReferral[Column] };

@Entity('onward_referral_history')
export class OnwardHistory {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'onward_referral_id', type: 'uuid' })
  onwardReferralId: string;

  @Column({ name: 'at', type: 'timestamptz' })
  at: Date;

  @Column({ name: 'action', type: 'text' })
  action: OnwardVerb | 'merge' | 'unmerge';

  @Column({ name: 'from_state', type: 'text', nullable: true })
  fromState: OnwardState | null;

  @Column({ name: 'to_state', type: 'text' })
  toState: OnwardState;

  @Column({ name: 'actor_id', type: 'uuid', nullable: true })
  actorId: string | null;

  @Column({ name: 'actor_name', type: 'text', nullable: true })
  actorName: string | null;

  @Column({ name: 'reason', type: 'text', nullable: true })
  reason: string | null;

  @Column({ name: 'side', type: 'text', nullable: true })
  side: Side | null;

  @Column({ name: 'note', type: 'text', nullable: true })
  note: string | null;

  @Column({ name: 'details', type: 'jsonb' })
  details: Record<string, unknown>;
}
