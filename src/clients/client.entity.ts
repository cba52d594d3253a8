import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccessNeed } from '../platform/words/access.js';
import type {
  EthnicCategory,
  FaithPreference,
  Gender,
  GlassFoundBy,
  GlassOutcome,
  Interpreter,
  MergeKind,
  NoNhsNumberReason,
  PlaceSource,
  ReachThrough,
  SafeAnswer,
  Sex,
  Standing,
  UnderAgeBasis,
} from './client.types.js';

@Entity('client')
export class Client {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'version', type: 'integer' })
  version: number;

  @Column({ name: 'standing', type: 'text' })
  standing: Standing;

  @Column({ name: 'merged_into', type: 'uuid', nullable: true })
  mergedInto: string | null;

  @Column({ name: 'nhs_number', type: 'text', nullable: true })
  nhsNumber: string | null;

  @Column({ name: 'no_nhs_number_because', type: 'text', nullable: true })
  noNhsNumberBecause: NoNhsNumberReason | null;

  @Column({ name: 'first_name', type: 'text' })
  firstName: string;

  @Column({ name: 'last_name', type: 'text' })
  lastName: string;

  @Column({ name: 'known_as', type: 'text', nullable: true })
  knownAs: string | null;

  @Column({ name: 'date_of_birth', type: 'date' })
  dateOfBirth: string;

  @Column({ name: 'first_name_key', type: 'text' })
  firstNameKey: string;

  @Column({ name: 'last_name_key', type: 'text' })
  lastNameKey: string;

  @Column({ name: 'last_name_sound', type: 'text' })
  lastNameSound: string;

  @Column({ name: 'under_age_basis', type: 'text', nullable: true })
  underAgeBasis: UnderAgeBasis | null;

  @Column({ name: 'under_age_note', type: 'text', nullable: true })
  underAgeNote: string | null;

  @Column({ name: 'sex', type: 'text', nullable: true })
  sex: Sex | null;

  @Column({ name: 'gender', type: 'text', nullable: true })
  gender: Gender | null;

  @Column({ name: 'ethnicity', type: 'text', nullable: true })
  ethnicity: EthnicCategory | null;

  @Column({ name: 'phone', type: 'text', nullable: true })
  phone: string | null;

  @Column({ name: 'email', type: 'text', nullable: true })
  email: string | null;

  @Column({ name: 'address', type: 'text', nullable: true })
  address: string | null;

  @Column({ name: 'postcode', type: 'text', nullable: true })
  postcode: string | null;

  @Column({ name: 'no_fixed_address', type: 'boolean' })
  noFixedAddress: boolean;

  @Column({ name: 'day_place_postcode', type: 'text', nullable: true })
  dayPlacePostcode: string | null;

  @Column({ name: 'safe_to_call', type: 'text' })
  safeToCall: SafeAnswer;

  @Column({ name: 'safe_to_text', type: 'text' })
  safeToText: SafeAnswer;

  @Column({ name: 'safe_to_email', type: 'text' })
  safeToEmail: SafeAnswer;

  @Column({ name: 'safe_to_write', type: 'text' })
  safeToWrite: SafeAnswer;

  @Column({ name: 'safe_to_leave_message', type: 'text' })
  safeToLeaveMessage: SafeAnswer;

  @Column({ name: 'reach_through', type: 'text', nullable: true })
  reachThrough: ReachThrough | null;

  @Column({ name: 'reach_note', type: 'text', nullable: true })
  reachNote: string | null;

  @Column({ name: 'language', type: 'text' })
  language: string;

  @Column({ name: 'interpreter', type: 'text' })
  interpreter: Interpreter;

  @Column({ name: 'interpreter_note', type: 'text', nullable: true })
  interpreterNote: string | null;

  @Column({ name: 'access_needs', type: 'text', array: true })
  accessNeeds: AccessNeed[];

  @Column({ name: 'access_note', type: 'text', nullable: true })
  accessNote: string | null;

  @Column({ name: 'initials_only', type: 'boolean' })
  initialsOnly: boolean;

  @Column({ name: 'safety_flag', type: 'boolean' })
  safetyFlag: boolean;

  @Column({ name: 'faith_preference', type: 'text' })
  faithPreference: FaithPreference;

  @Column({ name: 'faith_tradition', type: 'text', nullable: true })
  faithTradition: string | null;

  @Column({ name: 'lsoa', type: 'text', nullable: true })
  lsoa: string | null;

  @Column({ name: 'latitude', type: 'double precision', nullable: true })
  latitude: number | null;

  @Column({ name: 'longitude', type: 'double precision', nullable: true })
  longitude: number | null;

  @Column({ name: 'deprivation_decile', type: 'smallint', nullable: true })
  deprivationDecile: number | null;

  @Column({ name: 'deprivation_edition', type: 'text', nullable: true })
  deprivationEdition: string | null;

  @Column({ name: 'place_edition', type: 'text', nullable: true })
  placeEdition: string | null;

  @Column({ name: 'place_found_by', type: 'text', nullable: true })
  placeFoundBy: PlaceSource | null;

  @Column({ name: 'messages_paused_at', type: 'timestamptz', nullable: true })
  messagesPausedAt: Date | null;

  @Column({ name: 'died_on', type: 'date', nullable: true })
  diedOn: string | null;

  @Column({ name: 'death_recorded_at', type: 'timestamptz', nullable: true })
  deathRecordedAt: Date | null;

  @Column({ name: 'brought_by_organisation_id', type: 'uuid', nullable: true })
  broughtByOrganisationId: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}

@Entity('client_history')
export class ClientHistory {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'client_id', type: 'uuid' })
  clientId: string;

  @Column({ name: 'at', type: 'timestamptz' })
  at: Date;

  @Column({ name: 'action', type: 'text' })
  action: string;

  @Column({ name: 'actor_id', type: 'uuid', nullable: true })
  actorId: string | null;

  @Column({ name: 'actor_name', type: 'text', nullable: true })
  actorName: string | null;

  @Column({ name: 'changes', type: 'jsonb' })
  changes: Record<string, unknown>;
}

@Entity('gp_registration')
export class GpRegistration {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'client_id', type: 'uuid' })
  clientId: string;

  @Column({ name: 'organisation_id', type: 'uuid', nullable: true })
  organisationId: string | null;

  @Column({ name: 'no_known_practice', type: 'boolean' })
  noKnownPractice: boolean;

  @Column({ name: 'starts_on', type: 'date' })
  startsOn: string;

  @Column({ name: 'ends_on', type: 'date', nullable: true })
  endsOn: string | null;

  @Column({ name: 'recorded_by', type: 'uuid', nullable: true })
  recordedBy: string | null;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  recordedAt: Date;
}

@Entity('client_merge')
export class ClientMerge {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'kept_id', type: 'uuid' })
  keptId: string;

  @Column({ name: 'merged_id', type: 'uuid' })
  mergedId: string;

  @Column({ name: 'kind', type: 'text' })
  kind: MergeKind;

  @Column({ name: 'merged_by', type: 'uuid', nullable: true })
  mergedBy: string | null;

  @Column({ name: 'merged_at', type: 'timestamptz' })
  mergedAt: Date;

  @Column({ name: 'reason', type: 'text' })
  reason: string;

  @Column({ name: 'moved', type: 'jsonb' })
  moved: Record<string, unknown>;

  @Column({ name: 'undone_at', type: 'timestamptz', nullable: true })
  undoneAt: Date | null;

  @Column({ name: 'undone_by', type: 'uuid', nullable: true })
  undoneBy: string | null;

  @Column({ name: 'undone_because', type: 'text', nullable: true })
  undoneBecause: string | null;
}

@Entity('break_glass')
export class BreakGlass {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'membership_id', type: 'uuid' })
  membershipId: string;

  @Column({ name: 'client_id', type: 'uuid' })
  clientId: string;

  @Column({ name: 'found_by', type: 'text' })
  foundBy: GlassFoundBy;

  @Column({ name: 'reason', type: 'text' })
  reason: string;

  @Column({ name: 'opened_at', type: 'timestamptz' })
  openedAt: Date;

  @Column({ name: 'until', type: 'timestamptz' })
  until: Date;

  @Column({ name: 'reviewed_at', type: 'timestamptz', nullable: true })
  reviewedAt: Date | null;

  @Column({ name: 'reviewed_by', type: 'uuid', nullable: true })
  reviewedBy: string | null;

  @Column({ name: 'outcome', type: 'text', nullable: true })
  outcome: GlassOutcome | null;

  @Column({ name: 'review_note', type: 'text', nullable: true })
  reviewNote: string | null;
}
