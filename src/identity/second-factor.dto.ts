import { ApiProperty } from '@nestjs/swagger';
import { Secret } from '../platform/http/fields.js';
import { FACTOR_KINDS, type FactorKind, RECOVERY_CODES } from './second-factor.rules.js';
import { SECRET_MAX, SignedIn } from './session.dto.js';

const CODE = 'Six digits from the app or the message, or a recovery code.';

/** What is still asked for once the password was right. */
export const ASKED = ['totp', 'mail', 'set_up'] as const;
export type Asked = (typeof ASKED)[number];

export class SecondFactorNeeded {
  @ApiProperty({ description: 'Stands for the right password, at this door only, until `expiresAt`.' })
  challengeToken: string;

  @ApiProperty({
    enum: ASKED,
    description:
      '`totp`: a code from the app. `mail`: the code on its way to the work mailbox. `set_up`: an app has to be set up.',
  })
  asks: Asked;

  @ApiProperty({ format: 'date-time' })
  expiresAt: Date;
}

export class ChallengeInput {
  @Secret({ max: SECRET_MAX })
  challengeToken: string;
}

export class CodeInput {
  @Secret({ max: SECRET_MAX, description: CODE, example: '123456' })
  code: string;
}

export class ChallengeCodeInput extends ChallengeInput {
  @Secret({ max: SECRET_MAX, description: CODE, example: '123456' })
  code: string;
}

/** Who sits at the keyboard may not be who signed in: what guards an account is changed with the password. */
export class FactorProofInput {
  @Secret({ max: SECRET_MAX, example: 'three random words' })
  password: string;

  @Secret({ optional: true, max: SECRET_MAX, description: `${CODE} Needed where an app is set up.` })
  code?: string;
}

export class FactorOffer {
  @ApiProperty({ example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', description: 'To be typed into an app.' })
  secret: string;

  @ApiProperty({
    example: 'otpauth://totp/…',
    description: 'The same, to be shown as a picture that apps read.',
  })
  address: string;
}

export class RecoveryCodes {
  @ApiProperty({
    type: [String],
    minItems: RECOVERY_CODES,
    maxItems: RECOVERY_CODES,
    example: ['7KQ2M-X9TRA'],
    description: 'Each stands in for the app once. Shown now and never again.',
  })
  recoveryCodes: string[];
}

/** Signed in by setting up an app. */
export class SignedInAnew extends SignedIn {
  @ApiProperty({ type: [String], description: 'Each stands in for the app once. Shown now and never again.' })
  recoveryCodes: string[];
}

export class SecondFactorView {
  @ApiProperty({ enum: FACTOR_KINDS, nullable: true })
  kind: FactorKind | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  since: Date | null;

  @ApiProperty({ example: RECOVERY_CODES })
  recoveryCodesLeft: number;

  @ApiProperty({ description: 'Whether one may be set up.' })
  offered: boolean;

  @ApiProperty({ description: 'Whether a scheme you work in asks for one.' })
  required: boolean;

  @ApiProperty({ description: 'Whether a code to your work mailbox is enough.' })
  mailWillDo: boolean;
}
