import { ApiProperty } from '@nestjs/swagger';
import { Choice, DateOnly } from '../platform/http/fields.js';
import { ReferralsQuery } from '../referrals/referral.dto.js';
import { FIGURE_UNITS, type FigureUnit, OPENED_COUNTS, type OpenedCount } from './overview.types.js';

export class OverviewQuery {
  @DateOnly({
    optional: true,
    description: 'The first day, in London. Without a period: the last whole quarter.',
  })
  from?: string;

  @DateOnly({
    optional: true,
    description: 'The last day, included. A commissioner asks for one whole calendar quarter that is over.',
  })
  to?: string;
}

export class OpenedCountQuery extends ReferralsQuery {
  @Choice(OPENED_COUNTS)
  figure: OpenedCount;

  @DateOnly({ optional: true })
  from?: string;

  @DateOnly({ optional: true })
  to?: string;
}

export class ShownView {
  @ApiProperty({ type: Number, nullable: true })
  value: number | null;

  @ApiProperty({ description: 'Left out because somebody could be worked out from it. It is not nought.' })
  suppressed: boolean;
}

export class DefinedView extends ShownView {
  @ApiProperty()
  definition: string;
}

class FigurePartView extends ShownView {
  @ApiProperty()
  key: string;

  @ApiProperty()
  title: string;
}

export class FigureView extends ShownView {
  @ApiProperty({ example: 'accepted' })
  key: string;

  @ApiProperty()
  title: string;

  @ApiProperty()
  definition: string;

  @ApiProperty({ enum: FIGURE_UNITS })
  unit: FigureUnit;

  @ApiProperty({ type: DefinedView, description: 'Out of how many.' })
  denominator: DefinedView;

  @ApiProperty({ type: DefinedView, description: 'How many are not known yet, and why.' })
  missing: DefinedView;

  @ApiProperty({ type: [FigurePartView] })
  parts: FigurePartView[];
}

export class OverviewView {
  @ApiProperty({ format: 'date' })
  from: string;

  @ApiProperty({ format: 'date' })
  to: string;

  @ApiProperty({
    format: 'date-time',
    description: 'When what was counted was so: now, or where a replica is read up to five minutes ago.',
  })
  asOf: Date;

  @ApiProperty({ type: [FigureView] })
  figures: FigureView[];
}
