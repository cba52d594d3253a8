import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { MatchesPage, MatchQuery, WhyQuery, WhyView } from './matching.dto.js';
import { MatchingQueries } from './matching.queries.js';

@ApiTags('Matching')
@Controller('referrals/:referralId/services')
export class MatchingController {
  constructor(private readonly matching: MatchingQueries) {}

  @Get()
  @Can('listing.match')
  @ApiRead(
    MatchesPage,
    'Find services for the person of a referral',
    'Every gate with its reason, and an explained order: what they want help with, distance, wait, freshness, what they prefer, replies, and a gentle push away from groups that carry more than their share.',
  )
  search(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Query() query: MatchQuery,
  ): Promise<MatchesPage> {
    return this.matching.search(actor, referralId, query);
  }

  @Get(':listingId')
  @Can('listing.match')
  @ApiRead(WhyView, 'Why this service, or why not', 'Any service of the scheme, whatever state it is in.')
  why(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Id('listingId') listingId: string,
    @Query() query: WhyQuery,
  ): Promise<WhyView> {
    return this.matching.why(actor, referralId, listingId, query);
  }
}
