import { ApiProperty } from '@nestjs/swagger';
import { ROLES, type Role } from '../platform/actor/actor.types.js';
import { Choice, ChoicesInQuery, Email, Secret, Text, Uuid, YesNo } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';

export const INVITATION_STATES = ['open', 'accepted', 'revoked', 'expired'] as const;
export const DELIVERIES = ['waiting', 'sent', 'refused', 'in_person'] as const;
export type Delivery = (typeof DELIVERIES)[number];
export type InvitationState = (typeof INVITATION_STATES)[number];

/** Longer than any token or password of ours, so that a wrong one is refused as wrong rather than as malformed. */
const SECRET_MAX = 1000;

export class InviteInput {
  @Email()
  email: string;

  @Text({ max: 200, example: 'Sam Reed', description: 'The person may correct it when accepting.' })
  name: string;

  @Uuid()
  organisationId: string;

  @Choice(ROLES)
  role: Role;

  @YesNo({ optional: true, description: 'For a link worker who also works the triage queue.' })
  triages?: boolean;
}

export class AcceptInvitationInput {
  @Secret({ max: SECRET_MAX, description: 'The last part of the link in the message.' })
  token: string;

  @Text({ optional: true, max: 200, description: 'Your name, if the invitation has it wrong.' })
  name?: string;

  @Secret({
    max: SECRET_MAX,
    description: 'A new password of 12 characters or more; the one you have, if you sign in here already.',
    example: 'three random words',
  })
  password: string;
}

export class InvitationsQuery extends PageQuery {
  @ChoicesInQuery(INVITATION_STATES, { optional: true })
  state?: InvitationState[];
}

export class InvitationView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'sam@example.org' })
  email: string;

  @ApiProperty({ example: 'Sam Reed' })
  name: string;

  @ApiProperty({ format: 'uuid' })
  organisationId: string;

  @ApiProperty()
  organisationName: string;

  @ApiProperty({ enum: ROLES })
  role: Role;

  @ApiProperty()
  triages: boolean;

  @ApiProperty({ enum: INVITATION_STATES })
  state: InvitationState;

  @ApiProperty({
    enum: DELIVERIES,
    description:
      'What became of the message. Refused: the address turned it away for good; check its spelling.',
  })
  delivery: Delivery;

  @ApiProperty({ format: 'date-time' })
  createdAt: Date;

  @ApiProperty({ format: 'date-time' })
  expiresAt: Date;
}

export class AskPasswordResetInput {
  @Email()
  email: string;
}

export class ResetPasswordInput {
  @Secret({ max: SECRET_MAX, description: 'The last part of the link in the message.' })
  token: string;

  @Secret({ max: SECRET_MAX, example: 'three random words' })
  password: string;
}
