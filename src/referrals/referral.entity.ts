import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Side } from '../platform/pure/lifecycle.js';
import type {
  AsSent,
  Closing,
  EndReason,
  Feedback,
  NextKind,
  OwnerKind,
  ReferralRow,
  ReferralState,
  Result,
  Route,
  ToldOutcome,
  ToldStatus,
  VoidReason,
  Why,
} from './referral.types.js';

const uuid = { type: 'uuid' } as const;
const text = { type: 'text' } as const;
const texts = { type: 'text', array: true } as const;
const moment = { type: 'timestamptz' } as const;
const json = { type: 'jsonb', nullable: true } as const;
const nullableUuid = { ...uuid, nullable: true } as const;
const nullableText = { ...text, nullable: true } as const;
const nullableMoment = { ...moment, nullable: true } as const;

/** Properties are called as the columns are: verbs read a row, change it and write it whole. */
@Entity('referral')
export class Referral implements ReferralRow {
  @PrimaryColumn(uuid)
  scheme_id: string;

  @PrimaryColumn(uuid)
  id: string;

  @Column({ type: 'integer' })
  version: number;

  @Column(text)
  reference: string;

  @Column(nullableUuid)
  client_id: string | null;

  @Column(nullableUuid)
  sent_client_id: string | null;

  @Column(nullableUuid)
  same_person_as: string | null;

  @Column(text)
  route: Route;

  @Column(text)
  state: ReferralState;

  @Column(nullableText)
  held_from: 'allocated' | 'active' | null;

  @Column(nullableUuid)
  organisation_id: string | null;

  @Column(nullableUuid)
  author_id: string | null;

  @Column(nullableText)
  sender_name: string | null;

  @Column(nullableText)
  sender_role: string | null;

  @Column(nullableText)
  sender_contact: string | null;

  @Column(json)
  draft: Record<string, unknown> | null;

  @Column(texts)
  reasons: string[];

  @Column(nullableText)
  reason_note: string | null;

  @Column(nullableText)
  note: string | null;

  @Column(texts)
  risks: string[];

  @Column({ type: 'boolean' })
  no_known_risks: boolean;

  @Column(nullableText)
  risk_note: string | null;

  @Column(nullableUuid)
  agreement_id: string | null;

  @Column(text)
  feedback: Feedback;

  @Column(nullableText)
  external_id: string | null;

  @Column(nullableText)
  owner_kind: OwnerKind | null;

  @Column(nullableUuid)
  owner_id: string | null;

  @Column(nullableMoment)
  next_at: Date | null;

  @Column(nullableText)
  next_kind: NextKind | null;

  @Column(nullableMoment)
  sent_at: Date | null;

  @Column(nullableMoment)
  returned_at: Date | null;

  @Column(nullableText)
  returned_because: string | null;

  @Column(texts)
  returned_missing: string[];

  @Column(nullableMoment)
  accepted_at: Date | null;

  @Column(nullableMoment)
  allocated_at: Date | null;

  @Column(nullableMoment)
  begun_at: Date | null;

  @Column(nullableMoment)
  ended_at: Date | null;

  @Column(nullableText)
  end_reason: EndReason | VoidReason | null;

  @Column(nullableText)
  end_side: Side | null;

  @Column(nullableText)
  end_note: string | null;

  @Column(nullableText)
  result: Result | null;

  @Column({ type: 'boolean', nullable: true })
  may_ask_again: boolean | null;

  @Column(json)
  original_closing: Closing | null;

  @Column(nullableUuid)
  joined_into: string | null;

  @Column(json)
  as_sent: AsSent | null;

  @Column(text)
  told_status: ToldStatus;

  @Column(moment)
  told_at: Date;

  @Column(nullableText)
  told_why: Why | null;

  @Column(nullableText)
  told_result: Result | null;

  @Column(nullableMoment)
  told_accepted_at: Date | null;

  @Column(nullableMoment)
  told_reached_at: Date | null;

  @Column(json)
  told_outcome: ToldOutcome | null;

  @Column({ type: 'boolean' })
  told_own: boolean;

  @Column(moment)
  created_at: Date;

  @Column(moment)
  updated_at: Date;
}

@Entity('referral_history')
export class ReferralHistory {
  @PrimaryColumn(uuid)
  scheme_id: string;

  @PrimaryColumn(uuid)
  id: string;

  @Column(uuid)
  referral_id: string;

  @Column(moment)
  at: Date;

  @Column(text)
  action: string;

  @Column(nullableText)
  from_state: string | null;

  @Column(nullableText)
  to_state: string | null;

  @Column(nullableUuid)
  actor_id: string | null;

  @Column(nullableText)
  actor_name: string | null;

  @Column(nullableText)
  reason: string | null;

  @Column(nullableText)
  side: Side | null;

  @Column(nullableText)
  note: string | null;

  @Column({ type: 'jsonb' })
  details: Record<string, unknown>;
}

@Entity('referral_assignment')
export class ReferralAssignment {
  @PrimaryColumn(uuid)
  scheme_id: string;

  @PrimaryColumn(uuid)
  id: string;

  @Column(uuid)
  referral_id: string;

  @Column(uuid)
  owner_id: string;

  @Column(moment)
  starts_at: Date;

  @Column(nullableMoment)
  ends_at: Date | null;

  @Column(nullableText)
  reason: string | null;

  @Column(nullableUuid)
  assigned_by: string | null;
}
