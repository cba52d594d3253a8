import { ApiProperty } from '@nestjs/swagger';
import { ChoicesInQuery, Text, Uuid } from '../platform/http/fields.js';
import { PageQuery } from '../platform/http/pagination.js';
import { ListingNamed } from '../providers/listing.dto.js';
import {
  APPROVAL_STATES,
  APPROVAL_VERBS,
  OWN_SERVICE,
  type ApprovalState,
  type ApprovalVerb,
  type OwnService,
} from './offer-approval.types.js';
import { Named } from './onward.dto.js';

export class AskApproval {
  @Uuid({ description: 'The service, of a group the asker works for or that referred the person.' })
  listingId: string;

  @Text({ max: 1000, description: 'Why this service rather than another.' })
  because: string;
}

export class ApproveOffer {
  @Text({ optional: true, nullable: true, max: 1000 })
  note?: string | null;
}

export class RefuseOffer {
  @Text({ max: 1000, description: 'Why not; whoever asked reads it.' })
  reason: string;
}

export class ApprovalsQuery extends PageQuery {
  @ChoicesInQuery(APPROVAL_STATES, { optional: true })
  state?: ApprovalState[];
}

export class ApprovalView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty()
  reference: string;

  @ApiProperty({ type: Named, description: 'The person.' })
  client: Named;

  @ApiProperty({ type: ListingNamed })
  listing: ListingNamed;

  @ApiProperty({ type: Named })
  organisation: Named;

  @ApiProperty({
    enum: OWN_SERVICE,
    description: 'The asker works for the group, or it referred the person.',
  })
  why: OwnService;

  @ApiProperty()
  because: string;

  @ApiProperty({ enum: APPROVAL_STATES })
  state: ApprovalState;

  @ApiProperty({ type: String, nullable: true })
  askedBy: string | null;

  @ApiProperty({ format: 'date-time' })
  askedAt: Date;

  @ApiProperty({ type: String, nullable: true })
  decidedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  decidedAt: Date | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was refused, or a note beside the yes.' })
  decidedBecause: string | null;

  @ApiProperty({ enum: APPROVAL_VERBS, isArray: true, description: 'What you may do with it now.' })
  actions: ApprovalVerb[];
}
