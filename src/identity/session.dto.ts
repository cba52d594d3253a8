import { ApiProperty } from '@nestjs/swagger';
import { Email, Secret, Uuid } from '../platform/http/fields.js';
import { ROLES, type Role } from '../platform/actor/actor.types.js';
import { PERMISSIONS, type Action, type Reach } from '../permissions/permission.table.js';
import { SHOWN_FACTORS, type ShownFactor } from './second-factor.rules.js';
import { ACCESS_SECONDS } from './session.rules.js';

/** Longer than any password or token of ours, so that a try is refused as wrong rather than as malformed. */
export const SECRET_MAX = 1000;

export class SignInInput {
  @Email()
  email: string;

  @Secret({ max: SECRET_MAX, example: 'three random words' })
  password: string;
}

export class RefreshInput {
  @Secret({ max: SECRET_MAX })
  refreshToken: string;
}

export class SwitchInput {
  @Uuid()
  membershipId: string;
}

export class MembershipBrief {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  schemeId: string;

  @ApiProperty({ example: 'Tendring Social Prescribing' })
  schemeName: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty({ example: 'Mill Lane Surgery' })
  organisationName: string;

  @ApiProperty({ enum: ROLES })
  role: Role;
}

export class SignedIn {
  @ApiProperty({ description: 'Send it as `Authorization: Bearer …`.' })
  accessToken: string;

  @ApiProperty({ enum: ['Bearer'] })
  tokenType: 'Bearer';

  @ApiProperty({ example: ACCESS_SECONDS, description: 'Seconds.' })
  expiresIn: number;

  @ApiProperty({ description: 'Good for one refresh. Showing an old one again ends the session.' })
  refreshToken: string;

  @ApiProperty({ format: 'date-time', description: 'When the password is asked for again.' })
  refreshExpiresAt: Date;

  @ApiProperty({ type: MembershipBrief, description: 'The one acted under.' })
  membership: MembershipBrief;

  @ApiProperty({ type: [MembershipBrief], description: 'Every one of this person, to switch to.' })
  memberships: MembershipBrief[];
}

export class SessionView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ['page', 'api'] })
  door: 'page' | 'api';

  @ApiProperty({ example: 'Firefox on Windows' })
  device: string;

  @ApiProperty({ enum: SHOWN_FACTORS, nullable: true, description: 'What was shown beside the password.' })
  factor: ShownFactor | null;

  @ApiProperty({ example: 'Tendring Social Prescribing' })
  schemeName: string;

  @ApiProperty({ enum: ROLES })
  role: Role;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ format: 'date-time', description: 'To the minute on pages; the last refresh of a program.' })
  lastUsedAt: Date;

  @ApiProperty({ description: 'The session that asks.' })
  here: boolean;
}

const ACTIONS = Object.keys(PERMISSIONS) as Action[];

export class Me {
  @ApiProperty({ format: 'uuid' })
  userId: string;

  @ApiProperty({ example: 'Sam Reed' })
  name: string;

  @ApiProperty({ example: 'sam@example.org' })
  email: string;

  @ApiProperty({ type: MembershipBrief })
  membership: MembershipBrief;

  @ApiProperty({ description: 'Whether this link worker also works the triage queue.' })
  triages: boolean;

  @ApiProperty({
    type: String,
    isArray: true,
    format: 'uuid',
    description: 'Own membership first, then those covered today.',
  })
  actsFor: string[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'What this role may do, and how far it reaches.',
    example: { [ACTIONS[0] ?? '']: 'own' },
  })
  may: Partial<Record<Action, Reach>>;
}
