import { ApiProperty } from '@nestjs/swagger';
import { Choice, ChoicesInQuery, LanguageCode, Text, Uuid, YesNoInQuery } from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { ACCESS_NEEDS, type AccessNeed } from '../platform/words/access.js';
import { NEEDS, type Need } from '../platform/words/needs.js';
import { FreshnessView } from '../providers/listing.dto.js';
import { GAP_ENDINGS, GAP_REASONS, type GapEnding, type GapReason } from './gap.types.js';

const UNTOLD = { optional: true, nullable: true } as const;

export class GapInput {
  @Choice(NEEDS)
  need: Need;

  @Choice(GAP_REASONS, { description: 'Why it could not be met.' })
  why: GapReason;

  @Text({ ...UNTOLD, max: 500, description: 'What would have helped. Nobody is named here.' })
  wouldHaveHelped?: string | null;

  @Uuid({ ...UNTOLD, description: 'Whose need it is; place and language are taken from there.' })
  referralId?: string | null;

  @Text({ ...UNTOLD, max: 4, example: 'CO15', description: 'The first part of a postcode.' })
  area?: string | null;

  @LanguageCode({ ...UNTOLD, description: 'Where another language than English would be needed.' })
  language?: string | null;
}

export class CloseGapInput {
  @Choice(GAP_ENDINGS)
  because: GapEnding;

  @Uuid({ ...UNTOLD, description: 'The service that meets it.' })
  listingId?: string | null;

  @Text({ ...UNTOLD, max: 500 })
  note?: string | null;
}

export const GAP_SORTS = ['opened', 'need', 'area', 'why'] as const;
export type GapSort = (typeof GAP_SORTS)[number];

export class GapListQuery extends PageQuery {
  @YesNoInQuery({ optional: true, description: 'Those that are closed instead of those that are open.' })
  closed?: boolean;

  @ChoicesInQuery(NEEDS, { optional: true })
  need?: Need[];

  @Text({ optional: true, max: 4, example: 'CO15' })
  area?: string;

  @ChoicesInQuery(GAP_REASONS, { optional: true, description: 'Why it could not be met.' })
  why?: GapReason[];

  @LanguageCode({ optional: true, description: 'Where this language would be needed.' })
  language?: string;

  @Choice(ACCESS_NEEDS, { optional: true, description: 'Of people who need this to take part.' })
  access?: AccessNeed;

  @SortInQuery(GAP_SORTS, '-opened')
  sort?: Sort<GapSort>;
}

export class GapView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: NEEDS })
  need: Need;

  @ApiProperty({ type: String, nullable: true, example: 'CO15' })
  area: string | null;

  @ApiProperty({ type: String, nullable: true })
  language: string | null;

  @ApiProperty({ enum: GAP_REASONS })
  why: GapReason;

  @ApiProperty({ type: String, nullable: true })
  wouldHaveHelped: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  referralId: string | null;

  @ApiProperty({ description: 'Found by the product, not by a person.' })
  byItself: boolean;

  @ApiProperty({ format: 'date-time' })
  openedAt: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  closedAt: Date | null;

  @ApiProperty({ type: String, enum: GAP_ENDINGS, nullable: true })
  closedBecause: GapEnding | null;

  @ApiProperty({ type: String, nullable: true })
  closedNote: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The service that met it.' })
  listingId: string | null;

  @ApiProperty({ type: FreshnessView, nullable: true, description: 'Of that service, as it is today.' })
  freshness: FreshnessView | null;
}

export class GapCountView {
  @ApiProperty({ enum: NEEDS })
  need: Need;

  @ApiProperty({ type: String, nullable: true, example: 'CO15', description: 'Null: nobody knows where.' })
  area: string | null;

  @ApiProperty({ description: 'Gaps that are open.' })
  gaps: number;

  @ApiProperty({
    description: 'Referrals of the last 365 days that ask for it; one may ask for several things.',
  })
  referrals: number;

  @ApiProperty({ description: 'Published services that help with it there, by the districts they say.' })
  services: number;

  @ApiProperty({ description: 'Places that are free at those of them that count theirs and said so lately.' })
  placesFree: number;

  @ApiProperty({ description: 'Those where people just come along: no limit is said.' })
  dropIn: number;

  @ApiProperty({
    description: 'Those to ask first: they count no places, or nobody confirmed the number lately.',
  })
  askFirst: number;
}

export const BARRIERS = ['language', 'access'] as const;
export type Barrier = (typeof BARRIERS)[number];

export class GapBarrierView {
  @ApiProperty({ enum: BARRIERS })
  barrier: Barrier;

  @ApiProperty({ example: 'bn', description: 'An ISO 639 code of a language, or an access need.' })
  code: string;

  @ApiProperty({ description: 'Gaps that are open, of whoever needs it.' })
  gaps: number;

  @ApiProperty({ description: 'Referrals of the last 365 days of people who need it.' })
  referrals: number;

  @ApiProperty({ description: 'Published services that say they have it.' })
  services: number;
}
