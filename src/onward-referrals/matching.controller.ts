import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiRemove } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import {
  KeepInput,
  MatchesPage,
  MatchQuery,
  MatchView,
  ShortlistedView,
  WhyQuery,
  WhyView,
} from './matching.dto.js';
import { MatchingQueries } from './matching.queries.js';
import { Shortlists } from './shortlists.service.js';

@ApiTags('Matching')
@Controller()
export class MatchingController {
  constructor(
    private readonly matching: MatchingQueries,
    private readonly shortlists: Shortlists,
  ) {}

  @Get('referrals/:referralId/services')
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

  @Get('referrals/:referralId/services/:listingId')
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

  @Get('onward-referrals/:id/next-candidates')
  @Can('listing.match')
  @ApiReadAll(
    MatchView,
    'Where to turn after a no, a silence or a late yes',
    'The two best services for the same wish that pass every gate and were not asked yet.',
  )
  nextAfter(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<MatchView[]> {
    return this.matching.nextAfter(actor, id);
  }

  @Get('referrals/:referralId/shortlist')
  @Can('shortlist.list')
  @ApiReadAll(ShortlistedView, 'The services kept in mind for a referral, side by side, best first')
  shortlist(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
  ): Promise<ShortlistedView[]> {
    return this.matching.shortlist(actor, referralId);
  }

  @Post('referrals/:referralId/shortlist')
  @Can('shortlist.keep')
  @ApiMake(ShortlistedView, 'Keep a service in mind, or change the note beside it', 'Nobody is told.')
  async keep(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Body() input: KeepInput,
  ): Promise<ShortlistedView> {
    const id = await this.shortlists.keep(actor, referralId, input);
    return this.matching.shortlisted(actor, referralId, id);
  }

  @Delete('referrals/:referralId/shortlist/:listingId')
  @Can('shortlist.drop')
  @ApiRemove('Take a service off the shortlist')
  drop(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Id('listingId') listingId: string,
  ): Promise<void> {
    return this.shortlists.drop(actor, referralId, listingId);
  }
}
