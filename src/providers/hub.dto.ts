import { ApiProperty } from '@nestjs/swagger';
import { DateOnly, Text, Uuid } from '../platform/http/fields.js';

const UNTOLD = { optional: true, nullable: true } as const;

/** Either partnerId or name. */
export class AddHubPartner {
  @Uuid({ ...UNTOLD, description: 'An organisation of this scheme.' })
  partnerId?: string | null;

  @Text({
    ...UNTOLD,
    max: 200,
    description: 'Or the name of one that is not here.',
    example: 'Marling furniture bank',
  })
  name?: string | null;

  @Text({ max: 300, description: 'What it does at the hub.', example: 'Beds and tables for a first home' })
  does: string;

  @DateOnly({ optional: true, description: 'Today unless told.' })
  sinceOn?: string;
}

export class EndHubPartner {
  @Text({ max: 500, description: 'Why; the hub can read it.' })
  reason: string;
}

/** A partner as it stands beside a hub: never a person, and nothing of anybody who comes. */
export class HubPartnerNamed {
  @ApiProperty()
  name: string;

  @ApiProperty({ description: 'What it does at the hub.' })
  does: string;
}

export class HubPartnerView extends HubPartnerNamed {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null where it is not here.' })
  partnerId: string | null;

  @ApiProperty({ format: 'date' })
  sinceOn: string;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  endedOn: string | null;

  @ApiProperty({ type: String, nullable: true })
  endReason: string | null;
}
