import { ApiProperty } from '@nestjs/swagger';
import { DateOnly, Text, WholeNumber } from '../platform/http/fields.js';
import { MOST_PLACES } from './listing.types.js';
import { PERIOD_STATES, type PeriodState } from './place-period.rules.js';

const maybe = { optional: true, nullable: true } as const;
const TOTAL = { min: 0, max: MOST_PLACES } as const;

export class NewPlacePeriod {
  @Text({ min: 1, max: 60, example: 'Tuesdays' })
  name: string;

  @DateOnly({ ...maybe, description: 'The first day it counts; from now unless told.' })
  from?: string | null;

  @DateOnly({ ...maybe, description: 'The last day it counts; without an end unless told.' })
  until?: string | null;

  @WholeNumber({ ...TOTAL, description: 'All places of this session or time.' })
  total: number;
}

export class PlacePeriodTotal {
  @WholeNumber(TOTAL)
  total: number;
}

export class PlacePeriodView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Tuesdays' })
  name: string;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  from: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  until: string | null;

  @ApiProperty({ enum: PERIOD_STATES })
  state: PeriodState;

  @ApiProperty()
  total: number;

  @ApiProperty({ description: 'Places nobody holds.' })
  left: number;
}
