import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { CloseGapInput, GapBarrierView, GapCountView, GapInput, GapListQuery, GapView } from './gap.dto.js';
import { GapCounts } from './gap-counts.queries.js';
import { GapsQueries } from './gaps.queries.js';
import { Gaps } from './gaps.service.js';

@ApiTags('Gaps')
@Controller('gaps')
export class GapsController {
  constructor(
    private readonly gaps: Gaps,
    private readonly queries: GapsQueries,
    private readonly counts: GapCounts,
  ) {}

  @Post()
  @Can('gap.record')
  @ApiMake(
    GapView,
    'Record a need that nobody could meet',
    'The same need of the same referral stays one gap. It also opens by itself when every offer failed for want of room, or nobody suits.',
  )
  async record(@CurrentActor() actor: MemberActor, @Body() input: GapInput): Promise<GapView> {
    return this.queries.get(actor, await this.gaps.record(actor, input));
  }

  @Get()
  @Can('gap.list')
  @ApiReadPage(
    GapView,
    'Needs that nobody could meet, newest first',
    'A link worker sees those they recorded.',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: GapListQuery): Promise<Page<GapView>> {
    return this.queries.list(actor, query);
  }

  @Get('counts')
  @Can('gap.count')
  @ApiReadAll(
    GapCountView,
    'What is asked for, what is there and what is missing, by need and district',
    'Only where somebody asked or could not be helped; most gaps first.',
  )
  count(@CurrentActor() actor: MemberActor): Promise<GapCountView[]> {
    return this.counts.list(actor);
  }

  @Get('barriers')
  @Can('gap.count')
  @ApiReadAll(
    GapBarrierView,
    'What is missing, asked for and there, by language and by what people need to take part',
    'Only where somebody needs it, English left out; most gaps first.',
  )
  barriers(@CurrentActor() actor: MemberActor): Promise<GapBarrierView[]> {
    return this.counts.barriers(actor);
  }

  @Get(':id')
  @Can('gap.list')
  @ApiRead(GapView, 'One gap')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<GapView> {
    return this.queries.get(actor, id);
  }

  @Post(':id/close')
  @Can('gap.close')
  @ApiWrite(
    GapView,
    'Close a gap',
    'One closes by itself when a service that fits starts, or the person is helped.',
  )
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: CloseGapInput,
  ): Promise<GapView> {
    return this.queries.get(actor, await this.gaps.close(actor, id, input));
  }
}
