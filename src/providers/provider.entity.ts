import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Need } from '../platform/words/needs.js';
import type { Tradition } from '../platform/words/traditions.js';
import type { AnswersBy, Food, Limit, Prayer, ReligiousContent, Sector } from './provider.types.js';

@Entity('provider')
export class Provider {
  @PrimaryColumn('uuid', { name: 'scheme_id' })
  schemeId: string;

  @PrimaryColumn('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('integer')
  version: number;

  @Column('text')
  sector: Sector;

  @Column('text', { nullable: true })
  tradition: Tradition | null;

  @Column('boolean', { name: 'tradition_shown' })
  traditionShown: boolean;

  @Column('boolean', { name: 'in_place_of_worship', nullable: true })
  inPlaceOfWorship: boolean | null;

  @Column('text', { nullable: true })
  prayer: Prayer | null;

  @Column('text', { name: 'religious_content', nullable: true })
  religiousContent: ReligiousContent | null;

  @Column('text', { name: 'religious_content_examples', nullable: true })
  religiousContentExamples: string | null;

  @Column('boolean', { name: 'woman_volunteer', nullable: true })
  womanVolunteer: boolean | null;

  @Column('text', { array: true })
  food: Food[];

  @Column('text', { nullable: true })
  dress: string | null;

  @Column('text', { array: true })
  languages: string[];

  @Column('text', { name: 'how_to_work_with_us', nullable: true })
  howToWorkWithUs: string | null;

  @Column('text', { array: true })
  remit: Need[];

  @Column('text', { name: 'remit_note', nullable: true })
  remitNote: string | null;

  @Column('text', { array: true })
  limits: Limit[];

  @Column('text', { name: 'limits_note', nullable: true })
  limitsNote: string | null;

  @Column('text', { name: 'answers_by' })
  answersBy: AnswersBy;

  @Column('text', { name: 'contact_name', nullable: true })
  contactName: string | null;

  @Column('text', { name: 'contact_email', nullable: true })
  contactEmail: string | null;

  @Column('text', { name: 'contact_phone', nullable: true })
  contactPhone: string | null;

  @Column('boolean', { name: 'contact_shared' })
  contactShared: boolean;

  @Column('integer', { name: 'reply_within_days' })
  replyWithinDays: number;

  @Column('smallint', { name: 'quiet_days', array: true })
  quietDays: number[];

  @Column('date', { name: 'paused_from', nullable: true })
  pausedFrom: string | null;

  @Column('date', { name: 'paused_until', nullable: true })
  pausedUntil: string | null;

  @Column('date', { name: 'personal_contact_until', nullable: true })
  personalContactUntil: string | null;

  @Column('date', { name: 'alone_until', nullable: true })
  aloneUntil: string | null;

  @Column('boolean', { name: 'no_pressure_agreed' })
  noPressureAgreed: boolean;

  @Column('date', { name: 'closed_for_good_on', nullable: true })
  closedForGoodOn: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
