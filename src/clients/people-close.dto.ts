import { ApiProperty } from '@nestjs/swagger';
import { Choice, Choices, DateOnly, Email, Text, UkPhone, Uuid, YesNo } from '../platform/http/fields.js';
import {
  RELATIONS,
  SHARED_ITEMS,
  SUPPORTER_ROLES,
  type Relation,
  type SharedItem,
  type SupporterRole,
} from './people-close.types.js';

export class LinkClientInput {
  @Uuid({ description: 'Somebody else you may reach.' })
  otherId: string;

  @Choice(RELATIONS, { description: 'What the other is to this person.' })
  relation: Relation;

  @YesNo({ optional: true, description: 'They come together, such as a couple. Their records stay apart.' })
  seenTogether?: boolean;

  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;
}

export class LinkedPersonView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;
}

export class ClientLinkView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: RELATIONS, description: 'What the other is to this person.' })
  relation: Relation;

  @ApiProperty()
  seenTogether: boolean;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty()
  linkedAt: Date;

  @ApiProperty({
    type: LinkedPersonView,
    nullable: true,
    description: 'Null where the other is not yours to read: that the two belong together is all you learn.',
  })
  other: LinkedPersonView | null;
}

const SHARES = {
  description: 'What the person lets them see or do. Nothing unless named here.',
};

export class NameSupporterInput {
  @Text({ max: 200 })
  name: string;

  @Choice(SUPPORTER_ROLES)
  role: SupporterRole;

  @UkPhone({ optional: true, nullable: true })
  phone?: string | null;

  @Email({ optional: true, nullable: true })
  email?: string | null;

  @YesNo({ optional: true, description: 'The person is glad for us to ring or write to them.' })
  mayContact?: boolean;

  @Choices(SHARED_ITEMS, { optional: true, ...SHARES })
  shares?: SharedItem[];

  @DateOnly({ optional: true, nullable: true, description: 'When the person agreed to what is shared.' })
  agreedOn?: string | null;

  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;
}

export class AmendSupporterInput {
  @Text({ optional: true, max: 200 })
  name?: string;

  @Choice(SUPPORTER_ROLES, { optional: true })
  role?: SupporterRole;

  @UkPhone({ optional: true, nullable: true })
  phone?: string | null;

  @Email({ optional: true, nullable: true })
  email?: string | null;

  @YesNo({ optional: true })
  mayContact?: boolean;

  @Choices(SHARED_ITEMS, { optional: true, ...SHARES })
  shares?: SharedItem[];

  @DateOnly({ optional: true, nullable: true, description: 'When the person agreed to what is shared.' })
  agreedOn?: string | null;

  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;
}

export class SupporterView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: SUPPORTER_ROLES })
  role: SupporterRole;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true })
  email: string | null;

  @ApiProperty()
  mayContact: boolean;

  @ApiProperty({ enum: SHARED_ITEMS, isArray: true })
  shares: SharedItem[];

  @ApiProperty({ type: String, format: 'date', nullable: true })
  agreedOn: string | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty()
  namedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: Date | null;
}
