import { ApiProperty } from '@nestjs/swagger';
import { Choice, Choices, DateOnly, Text, Uuid } from '../platform/http/fields.js';
import {
  AGREED_HOW,
  AGREEMENT_BASES,
  AGREEMENT_SCOPES,
  RECIPIENT_KINDS,
  type AgreedHow,
  type AgreementBasis,
  type AgreementScope,
  type RecipientKind,
} from './agreement.types.js';

const maybe = { optional: true, nullable: true } as const;

/** The basis on which something may be shared with one recipient. */
export class AgreementInput {
  @Choices(AGREEMENT_SCOPES, { min: 1 })
  scope: AgreementScope[];

  @Choice(AGREEMENT_BASES)
  basis: AgreementBasis;

  @Text({
    ...maybe,
    max: 300,
    description:
      'Who decided, when it was not the person: attorney or deputy, decision-maker and role, parent.',
  })
  decidedBy?: string | null;

  @DateOnly({ ...maybe, description: "When the attorney's or deputy's authority was seen." })
  authoritySeenOn?: string | null;

  @Text({ ...maybe, max: 1000, description: 'Who was consulted on a best-interests decision.' })
  consulted?: string | null;

  @Text({ ...maybe, max: 1000 })
  basisNote?: string | null;

  @DateOnly({ description: 'When they agreed.' })
  agreedOn: string;

  @Choice(AGREED_HOW)
  how: AgreedHow;

  @Text({ ...maybe, max: 200, description: 'With whom they talked about it.' })
  agreedWith?: string | null;

  @Text({
    ...maybe,
    max: 300,
    description: 'An advocate who was there, and their role. They do not agree for the person.',
  })
  advocate?: string | null;

  @DateOnly({ ...maybe, description: 'When to ask again.' })
  renewOn?: string | null;
}

export class RecordAgreementInput extends AgreementInput {
  @Uuid({ ...maybe, description: 'The organisation it is shared with; leave out for the scheme itself.' })
  organisationId?: string | null;
}

export class RenewAgreementInput {
  @DateOnly({ description: 'When they were asked again and still agreed.' })
  agreedOn: string;

  @Choice(AGREED_HOW)
  how: AgreedHow;

  @DateOnly({ ...maybe, description: 'When to ask next.' })
  renewOn?: string | null;
}

export class WithdrawAgreementInput {
  @Choices(AGREEMENT_SCOPES, {
    optional: true,
    min: 1,
    description: 'Only these are taken back; everything unless told.',
  })
  scope?: AgreementScope[];

  @Text({ ...maybe, max: 1000 })
  note?: string | null;
}

const Nullable = (options: object = {}) => ApiProperty({ type: String, nullable: true, ...options });

export class AgreementView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({ enum: RECIPIENT_KINDS })
  recipientKind: RecipientKind;

  @Nullable({ format: 'uuid' })
  organisationId: string | null;

  @Nullable()
  organisationName: string | null;

  @ApiProperty({ enum: AGREEMENT_SCOPES, isArray: true })
  scope: AgreementScope[];

  @ApiProperty({ enum: AGREEMENT_BASES })
  basis: AgreementBasis;

  @Nullable()
  decidedBy: string | null;

  @Nullable({ format: 'date' })
  authoritySeenOn: string | null;

  @Nullable()
  consulted: string | null;

  @Nullable()
  basisNote: string | null;

  @ApiProperty({ format: 'date' })
  agreedOn: string;

  @ApiProperty({ enum: AGREED_HOW })
  how: AgreedHow;

  @Nullable()
  agreedWith: string | null;

  @Nullable()
  advocate: string | null;

  @Nullable({ format: 'date' })
  renewOn: string | null;

  @Nullable({ format: 'date' })
  renewedOn: string | null;

  @ApiProperty()
  recordedAt: Date;

  @Nullable({ format: 'date-time' })
  withdrawnAt: Date | null;

  @Nullable()
  withdrawalNote: string | null;
}
