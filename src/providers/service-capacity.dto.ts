import { ApiProperty } from '@nestjs/swagger';
import { Moment, Nested, Text, Uuid, WholeNumber } from '../platform/http/fields.js';
import { MOST_PLACES } from './listing.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

/** What is counted; here it is always places. Its id and scheme are the sender's own. */
export class CapacityUnitInput {
  @Text({ ...UNTOLD, max: 200 })
  id?: string | null;

  @Text({ max: 100, example: 'Places' })
  name: string;

  @Text({ ...UNTOLD, max: 200 })
  scheme?: string | null;

  @Text({ ...UNTOLD, max: 200 })
  identifier?: string | null;

  @Text({ ...UNTOLD, max: 2000 })
  uri?: string | null;
}

/** HSDS 3.1's service_capacity, in its own words: https://docs.openreferral.org/en/latest/hsds/schema_reference.html#service-capacity */
export class ServiceCapacityInput {
  @Text({ ...UNTOLD, max: 200, description: 'The sender’s own id of it; not kept.' })
  id?: string | null;

  @WholeNumber({ min: 0, max: MOST_PLACES, description: 'Places free as of `updated`.' })
  available: number;

  @WholeNumber({
    ...UNTOLD,
    min: 0,
    max: MOST_PLACES,
    description: 'All places. Without it, those free and those taken here.',
  })
  maximum?: number | null;

  @Moment({ description: 'When this was counted.' })
  updated: string;

  @Text({ ...UNTOLD, max: 2000, description: 'What the sender says beside it; not kept.' })
  description?: string | null;

  @Nested(() => CapacityUnitInput, { optional: true })
  unit?: CapacityUnitInput;

  @Uuid({ optional: true, description: 'The service, where it is said again.' })
  service_id?: string;
}

export class CapacityUnit {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Places' })
  name: string;
}

export class ServiceCapacity {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  service_id: string;

  @ApiProperty({ type: CapacityUnit })
  unit: CapacityUnit;

  @ApiProperty({ description: 'Places free now.' })
  available: number;

  @ApiProperty({ type: Number, nullable: true, description: 'All places; null where they are not counted.' })
  maximum: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Full until 4 January 2027.' })
  description: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When somebody last looked at the places.',
  })
  updated: string | null;
}
