import { ApiProperty } from '@nestjs/swagger';
import {
  ASSET_KINDS,
  LIVE_WELL_DOMAINS,
  type AssetKind,
  type LiveWellDomain,
} from '../assets/asset.types.js';
import { DateOnly } from '../platform/http/fields.js';

export class CommunityPeriodQuery {
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

class CountShown {
  @ApiProperty({ type: Number, nullable: true })
  value: number | null;

  @ApiProperty({ description: 'Left out because somebody could be worked out from it. It is not nought.' })
  suppressed: boolean;
}

class CountDefined extends CountShown {
  @ApiProperty()
  definition: string;
}

class PlaceOfView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ type: String, nullable: true })
  pcnCode: string | null;
}

class AssetCell {
  @ApiProperty({ enum: LIVE_WELL_DOMAINS })
  domain: LiveWellDomain;

  @ApiProperty({ enum: ASSET_KINDS })
  kind: AssetKind;

  @ApiProperty()
  count: number;
}

class AssetsThere {
  @ApiProperty()
  definition: string;

  @ApiProperty({
    description: 'All assets there; one that helps in several parts of life stands in several cells.',
  })
  total: number;

  @ApiProperty()
  takeReferrals: number;

  @ApiProperty({ description: 'Of them, confirmed within a year.' })
  confirmed: number;

  @ApiProperty({ type: CountDefined })
  denominator: CountDefined;

  @ApiProperty({ type: CountDefined })
  missing: CountDefined;

  @ApiProperty({ type: [AssetCell] })
  cells: AssetCell[];
}

class DecileCell {
  @ApiProperty({ description: '1 is the most deprived tenth of England.' })
  decile: number;

  @ApiProperty()
  lsoas: number;
}

class DeprivationThere {
  @ApiProperty()
  definition: string;

  @ApiProperty({ type: CountDefined })
  denominator: CountDefined;

  @ApiProperty({ type: CountDefined })
  missing: CountDefined;

  @ApiProperty({ type: [String] })
  editions: string[];

  @ApiProperty({ type: [DecileCell] })
  deciles: DecileCell[];
}

class LaidPart extends CountShown {
  @ApiProperty({ example: 'loneliness' })
  key: string;

  @ApiProperty({ type: CountShown, description: 'The same in the whole scheme.' })
  inScheme: CountShown;
}

class LaidThere extends CountShown {
  @ApiProperty()
  definition: string;

  @ApiProperty({ type: CountDefined, description: 'Out of how many.' })
  denominator: CountDefined;

  @ApiProperty({ type: CountDefined, description: 'How many are in no neighbourhood, and why.' })
  missing: CountDefined;

  @ApiProperty({ type: [LaidPart] })
  parts: LaidPart[];
}

class HelpPart extends CountShown {
  @ApiProperty({ example: 'food_parcel' })
  key: string;

  @ApiProperty({ type: CountShown, description: 'How much: parcels, calls, lifts.' })
  quantity: CountShown;

  @ApiProperty({ type: CountDefined, description: 'The same in the whole scheme.' })
  inScheme: CountDefined;

  @ApiProperty({ type: CountDefined, description: 'How often nobody knows where it was.' })
  missing: CountDefined;
}

class HelpThere {
  @ApiProperty()
  definition: string;

  @ApiProperty({ type: [HelpPart] })
  parts: HelpPart[];
}

export class NeighbourhoodFiguresView {
  @ApiProperty({ type: PlaceOfView })
  neighbourhood: PlaceOfView;

  @ApiProperty({ format: 'date' })
  from: string;

  @ApiProperty({ format: 'date' })
  to: string;

  @ApiProperty({ format: 'date-time' })
  asOf: Date;

  @ApiProperty({ type: AssetsThere, description: 'What is strong, first.' })
  assets: AssetsThere;

  @ApiProperty({ type: DeprivationThere })
  deprivation: DeprivationThere;

  @ApiProperty({ type: LaidThere })
  demand: LaidThere;

  @ApiProperty({ type: LaidThere })
  gaps: LaidThere;

  @ApiProperty({ type: HelpThere })
  help: HelpThere;
}

class HelpFigure extends CountShown {
  @ApiProperty({ example: 'food_parcel' })
  key: string;

  @ApiProperty({ type: CountShown })
  quantity: CountShown;

  @ApiProperty({ type: CountShown, description: 'Of them, for somebody who is known.' })
  named: CountShown;

  @ApiProperty({ type: CountShown, description: 'Of them, counted without a name.' })
  tallied: CountShown;

  @ApiProperty({ type: CountDefined })
  missing: CountDefined;
}

export class HelpFiguresView {
  @ApiProperty({ format: 'date' })
  from: string;

  @ApiProperty({ format: 'date' })
  to: string;

  @ApiProperty({ format: 'date-time' })
  asOf: Date;

  @ApiProperty()
  definition: string;

  @ApiProperty({ type: [HelpFigure] })
  kinds: HelpFigure[];
}

export class HelpersFigureView extends CountDefined {
  @ApiProperty({ format: 'date' })
  from: string;

  @ApiProperty({ format: 'date' })
  to: string;

  @ApiProperty({ format: 'date-time' })
  asOf: Date;

  @ApiProperty({ type: CountDefined })
  denominator: CountDefined;

  @ApiProperty({ type: CountDefined })
  missing: CountDefined;
}
