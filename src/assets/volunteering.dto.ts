import { ApiProperty } from '@nestjs/swagger';
import { DateOnly, Text } from '../platform/http/fields.js';
import { ListingNamed } from '../providers/listing.dto.js';

export class RecordVolunteering {
  @DateOnly({ description: 'The first day they helped others.' })
  sinceOn: string;

  @Text({ optional: true, nullable: true, max: 300, example: 'Makes tea at the repair café' })
  doing?: string | null;
}

export class VoidVolunteering {
  @Text({ max: 500, description: 'Why it should not be there.' })
  reason: string;
}

export class VolunteeringView {
  @ApiProperty({ format: 'uuid' })
  clientId: string;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description:
      'The first day, by a volunteer role they started or as it was recorded; null: not a volunteer yet.',
  })
  becameVolunteerOn: string | null;

  @ApiProperty({ type: [ListingNamed], description: 'Volunteer roles they started.' })
  roles: ListingNamed[];

  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'As it was recorded.' })
  recordedSinceOn: string | null;

  @ApiProperty({ type: String, nullable: true })
  recordedDoing: string | null;
}
