import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AgreedHow, AgreementBasis, AgreementScope, RecipientKind } from './agreement.types.js';

@Entity('agreement')
export class Agreement {
  @PrimaryColumn({ name: 'scheme_id', type: 'uuid' })
  schemeId: string;

  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'client_id', type: 'uuid' })
  clientId: string;

  @Column({ name: 'recipient_kind', type: 'text' })
  recipientKind: RecipientKind;

  @Column({ name: 'organisation_id', type: 'uuid', nullable: true })
  organisationId: string | null;

  @Column({ name: 'scope', type: 'text', array: true })
  scope: AgreementScope[];

  @Column({ name: 'basis', type: 'text' })
  basis: AgreementBasis;

  @Column({ name: 'decided_by', type: 'text', nullable: true })
  decidedBy: string | null;

  @Column({ name: 'authority_seen_on', type: 'date', nullable: true })
  authoritySeenOn: string | null;

  @Column({ name: 'consulted', type: 'text', nullable: true })
  consulted: string | null;

  @Column({ name: 'basis_note', type: 'text', nullable: true })
  basisNote: string | null;

  @Column({ name: 'agreed_on', type: 'date' })
  agreedOn: string;

  @Column({ name: 'how', type: 'text' })
  how: AgreedHow;

  @Column({ name: 'agreed_with', type: 'text', nullable: true })
  agreedWith: string | null;

  @Column({ name: 'advocate', type: 'text', nullable: true })
  advocate: string | null;

  @Column({ name: 'renew_on', type: 'date', nullable: true })
  renewOn: string | null;

  @Column({ name: 'renewed_on', type: 'date', nullable: true })
  renewedOn: string | null;

  @Column({ name: 'recorded_by', type: 'uuid', nullable: true })
  recordedBy: string | null;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  recordedAt: Date;

  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;

  @Column({ name: 'withdrawn_by', type: 'uuid', nullable: true })
  withdrawnBy: string | null;

  @Column({ name: 'withdrawal_note', type: 'text', nullable: true })
  withdrawalNote: string | null;
}
