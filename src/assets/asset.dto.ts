import { ApiProperty } from '@nestjs/swagger';
import {
  Choice,
  Choices,
  ChoicesInQuery,
  DateOnly,
  Postcode,
  Text,
  Uuid,
  YesNo,
  YesNoInQuery,
} from '../platform/http/fields.js';
import { PageQuery, type Sort, SortInQuery } from '../platform/http/pagination.js';
import { ListingNamed } from '../providers/listing.dto.js';
import { FRESHNESS, type Freshness, type FreshnessWord } from '../providers/listing.types.js';
import {
  ASSET_KINDS,
  ASSET_STATES,
  FOUND_BY,
  LIVE_WELL_DOMAINS,
  type AssetKind,
  type AssetState,
  type FoundBy,
  type LiveWellDomain,
} from './asset.types.js';

const UNTOLD = { optional: true, nullable: true } as const;
const COMMUNITY = 120;

class AssetDetails {
  @Choices(LIVE_WELL_DOMAINS, { optional: true, description: 'Where in life it helps.' })
  domains?: LiveWellDomain[];

  @Uuid({ ...UNTOLD, description: 'Found from the postcode unless told.' })
  neighbourhoodId?: string | null;

  @Text({
    ...UNTOLD,
    max: COMMUNITY,
    description: 'A community of interest, beside or instead of a neighbourhood.',
    example: 'People who speak Polish',
  })
  community?: string | null;

  @YesNo({ optional: true, description: 'Whether people may be sent to it.' })
  takesReferrals?: boolean;

  @Text({ ...UNTOLD, max: 1000 })
  howToJoin?: string | null;

  @Text({ ...UNTOLD, max: 300 })
  address?: string | null;

  @Postcode(UNTOLD)
  postcode?: string | null;

  @Uuid({ ...UNTOLD, description: 'The service that it is offered as.' })
  listingId?: string | null;

  @Text({ ...UNTOLD, max: 200, description: 'Who told us, or where it was read.' })
  source?: string | null;
}

export class CreateAsset extends AssetDetails {
  @Text({ max: 200 })
  name: string;

  @Text({ max: 4000 })
  description: string;

  @Choice(ASSET_KINDS)
  kind: AssetKind;

  @Uuid({ ...UNTOLD, description: 'The group that it is or belongs to; needed from a member of a group.' })
  organisationId?: string | null;

  @Choice(['survey', 'conversation'], {
    optional: true,
    description: 'A listening conversation unless told.',
  })
  foundBy?: FoundBy;

  @DateOnly({ optional: true, description: 'Today unless told.' })
  foundOn?: string;

  @YesNo({ optional: true, description: 'Ready for a manager to look at; otherwise it stays a draft.' })
  forReview?: boolean;
}

export class AmendAsset extends AssetDetails {
  @Text({ optional: true, max: 200 })
  name?: string;

  @Text({ optional: true, max: 4000 })
  description?: string;

  @Choice(ASSET_KINDS, { optional: true })
  kind?: AssetKind;
}

export class MoveAsset {
  @Text({ ...UNTOLD, max: 500, description: 'Why; the group that it belongs to can read it.' })
  reason?: string | null;
}

export class ReturnAsset {
  @Text({ max: 500, description: 'What to put right; the group that it belongs to can read it.' })
  reason: string;
}

export const ASSET_SORTS = ['name', 'kind', 'place', 'state'] as const;
export type AssetSort = (typeof ASSET_SORTS)[number];

export class AssetListQuery extends PageQuery {
  @Text({ optional: true, max: 200, description: 'Part of its name or its description.' })
  text?: string;

  @ChoicesInQuery(ASSET_STATES, { optional: true })
  state?: AssetState[];

  @ChoicesInQuery(ASSET_KINDS, { optional: true })
  kind?: AssetKind[];

  @ChoicesInQuery(LIVE_WELL_DOMAINS, { optional: true, description: 'Any of these.' })
  domain?: LiveWellDomain[];

  @Uuid({ optional: true })
  neighbourhoodId?: string;

  @Text({ optional: true, max: COMMUNITY, description: 'Part of the community of interest.' })
  community?: string;

  @Uuid({ optional: true })
  organisationId?: string;

  @YesNoInQuery({ optional: true })
  takesReferrals?: boolean;

  @ChoicesInQuery(FOUND_BY, { optional: true })
  foundBy?: FoundBy[];

  @YesNoInQuery({ optional: true, description: 'Confirmed within a year, or not.' })
  confirmed?: boolean;

  @SortInQuery(ASSET_SORTS, 'name')
  sort?: Sort<AssetSort>;
}

class AssetFreshness implements Freshness {
  @ApiProperty({ type: String, format: 'date', nullable: true })
  confirmedOn: string | null;

  @ApiProperty({ description: 'False: not confirmed for a year.' })
  confirmed: boolean;

  @ApiProperty({ enum: FRESHNESS })
  word: FreshnessWord;
}

export class AssetView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'Its ETag is "v" and this number.' })
  version: number;

  @ApiProperty()
  name: string;

  @ApiProperty()
  description: string;

  @ApiProperty({ enum: ASSET_STATES })
  state: AssetState;

  @ApiProperty({ enum: ASSET_KINDS })
  kind: AssetKind;

  @ApiProperty({ enum: LIVE_WELL_DOMAINS, isArray: true })
  domains: LiveWellDomain[];

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  neighbourhoodId: string | null;

  @ApiProperty({ type: String, nullable: true })
  neighbourhoodName: string | null;

  @ApiProperty({ type: String, nullable: true })
  community: string | null;

  @ApiProperty()
  takesReferrals: boolean;

  @ApiProperty({ type: String, nullable: true })
  howToJoin: string | null;

  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  postcode: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  organisationId: string | null;

  @ApiProperty({ type: String, nullable: true })
  organisationName: string | null;

  @ApiProperty({ type: ListingNamed, nullable: true })
  listing: ListingNamed | null;

  @ApiProperty({ enum: FOUND_BY })
  foundBy: FoundBy;

  @ApiProperty({ format: 'date' })
  foundOn: string;

  @ApiProperty({ type: String, nullable: true })
  source: string | null;

  @ApiProperty({ type: AssetFreshness })
  freshness: AssetFreshness;
}

export class AssetChangeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ example: 'asset.published' })
  action: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null where a name is not for this reader.' })
  by: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  changes: Record<string, unknown>;
}
