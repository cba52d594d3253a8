import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Need } from '../platform/words/needs.js';
import type { SignpostHow } from './onward.types.js';

@Entity('signpost')
export class Signpost {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'referral_id', type: 'uuid' })
  referralId: string;

  @Column({ name: 'client_id', type: 'uuid' })
  clientId: string;

  @Column({ name: 'listing_id', type: 'uuid', nullable: true })
  listingId: string | null;

  @Column({ name: 'told_about', type: 'text' })
  toldAbout: string;

  @Column({ name: 'need', type: 'text', nullable: true })
  need: Need | null;

  @Column({ name: 'told_on', type: 'date' })
  toldOn: string;

  @Column({ name: 'how', type: 'text' })
  how: SignpostHow;

  @Column({ name: 'note', type: 'text', nullable: true })
  note: string | null;

  @Column({ name: 'recorded_by', type: 'uuid', nullable: true })
  recordedBy: string | null;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  recordedAt: Date;
}
