import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import {
  BreakGlassInput,
  GlassQuery,
  GlassReviewView,
  OpenedGlassView,
  ReviewGlassInput,
} from './break-glass.dto.js';
import { BreakGlassQueries } from './break-glass.queries.js';
import { BreakGlassService } from './break-glass.service.js';

@ApiTags('Break-glass')
@Controller('break-glass')
export class BreakGlassController {
  constructor(
    private readonly glass: BreakGlassService,
    private readonly queries: BreakGlassQueries,
  ) {}

  @Post()
  @Can('client.breakGlass')
  @ApiMake(
    OpenedGlassView,
    'Open the record of somebody you do not hold, for an hour',
    'By exact NHS number, or exact names and date of birth. A manager is told and reviews it; every try is recorded.',
  )
  async open(@CurrentActor() actor: MemberActor, @Body() input: BreakGlassInput): Promise<OpenedGlassView> {
    return this.queries.opened(actor, await this.glass.open(actor, input));
  }

  @Get()
  @Can('breakGlass.review')
  @ApiReadPage(GlassReviewView, 'List records that were opened, those waiting for review unless told')
  list(@CurrentActor() actor: MemberActor, @Query() query: GlassQuery): Promise<Page<GlassReviewView>> {
    return this.queries.list(actor, query);
  }

  @Post(':id/review')
  @Can('breakGlass.review')
  @ApiWrite(GlassReviewView, 'Say whether opening a record was justified')
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: ReviewGlassInput,
  ): Promise<GlassReviewView> {
    return this.queries.get(actor, await this.glass.review(actor, id, input));
  }
}
