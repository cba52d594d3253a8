import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { CloseGapInput, GapInput, GapListQuery, GapView } from './gap.dto.js';
import { GapsQueries } from './gaps.queries.js';
import { Gaps } from './gaps.service.js';

@ApiTags('Gaps')
@Controller('gaps')
export class GapsController {
  constructor(
    private readonly gaps: Gaps,
    private readonly queries: GapsQueries,
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
