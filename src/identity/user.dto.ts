import { ApiProperty } from '@nestjs/swagger';
import { ROLES, type Role } from '../platform/actor/actor.types.js';
import {
  Choice,
  ChoicesInQuery,
  Email,
  Text,
  UkPhone,
  Uuid,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { FACTOR_KINDS, type FactorKind } from './second-factor.rules.js';

export class AmendUserInput {
  @Text({ optional: true, max: 200, example: 'Sam Reed' })
  name?: string;

  @Email({ optional: true, description: 'What the person signs in with from now on.' })
  email?: string;

  @UkPhone({ optional: true, nullable: true })
  phone?: string | null;
}

export class LeaveInput {
  @Uuid({
    optional: true,
    description: 'The membership that takes over live work. Without it, the standing cover of the scheme.',
  })
  handTo?: string;
}

export class CreateMembershipInput {
  @Uuid()
  organisationId: string;

  @Choice(ROLES)
  role: Role;

  @YesNo({ optional: true, description: 'For a link worker who also works the triage queue.' })
  triages?: boolean;
}

export class TriagesInput {
  @YesNo()
  triages: boolean;
}

export const USER_SORTS = ['name', 'role', 'access'] as const;
export type UserSort = (typeof USER_SORTS)[number];

export class UsersQuery extends PageQuery {
  @Text({ optional: true, max: 100, description: 'The beginning of the name.' })
  name?: string;

  @ChoicesInQuery(ROLES, { optional: true, description: 'Those who hold such a membership now.' })
  role?: Role[];

  @Uuid({ optional: true, description: 'Those who hold a membership there now.' })
  organisationId?: string;

  @YesNoInQuery({ optional: true, description: 'Only those who are switched off, or only the others.' })
  disabled?: boolean;

  @SortInQuery(USER_SORTS, 'name')
  sort?: Sort<UserSort>;
}

export class MembershipView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({ enum: ROLES })
  role: Role;

  @ApiProperty()
  triages: boolean;

  @ApiProperty({ enum: ['live', 'disabled', 'ended'] })
  state: 'live' | 'disabled' | 'ended';

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt: string | null;
}

export class UserView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ example: 'Sam Reed' })
  name: string;

  @ApiProperty({ example: 'sam@example.org' })
  email: string;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ description: 'Cannot sign in to this scheme.' })
  disabled: boolean;

  @ApiProperty({
    enum: FACTOR_KINDS,
    nullable: true,
    description: 'What they show beside the password, if anything.',
  })
  secondFactor: FactorKind | null;

  @ApiProperty({ type: [MembershipView] })
  memberships: MembershipView[];

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;
}
