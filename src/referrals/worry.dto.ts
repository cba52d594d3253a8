import { ApiProperty, OmitType } from '@nestjs/swagger';
import { RecordSafeguardingInput } from '../clients/safeguarding.dto.js';
import {
  SAFEGUARDING_ABOUT,
  SAFEGUARDING_KINDS,
  type SafeguardingAbout,
  type SafeguardingKind,
} from '../clients/safeguarding.types.js';

/** Who deals with it, and when, is the scheme's to decide. */
export class RaiseWorryInput extends OmitType(RecordSafeguardingInput, ['leadId', 'followUpOn'] as const) {}

export const WITH = ['safeguarding_lead', 'managers'] as const;
export type With = (typeof WITH)[number];

/** What whoever raised it reads: their own words, that it arrived, and that somebody has looked. Never what came of it. */
export class WorryView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: SAFEGUARDING_KINDS })
  kind: SafeguardingKind;

  @ApiProperty({ enum: SAFEGUARDING_ABOUT })
  about: SafeguardingAbout;

  @ApiProperty({ description: 'As you wrote it.' })
  what: string;

  @ApiProperty({ description: 'When the scheme got it.' })
  receivedAt: Date;

  @ApiProperty({ enum: WITH, description: 'On whose list it stands.' })
  with: With;

  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'When somebody there first looked at it. If not by the next working day, ring.',
  })
  lookedAt: Date | null;
}
