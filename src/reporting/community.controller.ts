import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import {
  CommunityPeriodQuery,
  HelpersFigureView,
  HelpFiguresView,
  NeighbourhoodFiguresView,
} from './community.dto.js';
import { CommunityQueries } from './community.queries.js';

const HIDDEN =
  'For a commissioner counts of 1 to 4 are left out, and others where these could be worked out from them.';

@ApiTags('Figures')
@Controller('figures')
export class CommunityController {
  constructor(private readonly queries: CommunityQueries) {}

  @Get('neighbourhoods/:id')
  @Can('figures.read')
  @ApiRead(
    NeighbourhoodFiguresView,
    'A neighbourhood: what is strong first, then deprivation and demand laid over it, then gaps and help given',
    HIDDEN,
  )
  neighbourhood(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: CommunityPeriodQuery,
  ): Promise<NeighbourhoodFiguresView> {
    return this.queries.neighbourhood(actor, id, query);
  }

  @Get('help')
  @Can('figures.read')
  @ApiRead(HelpFiguresView, 'Practical help given in a period, by kind', HIDDEN)
  help(@CurrentActor() actor: MemberActor, @Query() query: CommunityPeriodQuery): Promise<HelpFiguresView> {
    return this.queries.help(actor, query);
  }

  @Get('helpers')
  @Can('figures.read')
  @ApiRead(HelpersFigureView, 'From helped to helper: who became a volunteer in a period', HIDDEN)
  helpers(
    @CurrentActor() actor: MemberActor,
    @Query() query: CommunityPeriodQuery,
  ): Promise<HelpersFigureView> {
    return this.queries.helpers(actor, query);
  }
}
