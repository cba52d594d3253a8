import { ApiProperty } from '@nestjs/swagger';
import { Text } from '../platform/http/fields.js';
import type { Position } from './outline.types.js';

export class OutlinesInput {
  @Text({
    max: 200,
    example: 'Office for National Statistics, Open Government Licence v3.0',
    description: 'Whose they are and under which licence: said under every map.',
  })
  source: string;
}

export class OutlineView {
  @ApiProperty({ example: 'Saltwick and Thornmouth' })
  name: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 } },
    description: 'Rings of [longitude, latitude] (WGS 84); every second one inside another is a hole.',
  })
  rings: Position[][];

  @ApiProperty()
  source: string;
}
