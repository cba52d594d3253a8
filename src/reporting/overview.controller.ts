import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead } from '../platform/http/api.js';
import { OverviewQuery, OverviewView } from './overview.dto.js';
import { OverviewQueries } from './overview.queries.js';

@ApiTags('Figures')
@Controller('figures')
export class OverviewController {
  constructor(private readonly queries: OverviewQueries) {}

  @Get('overview')
  @Can('figures.read')
  @ApiRead(
    OverviewView,
    'What became of the referrals of a period, with definitions, denominators and what is missing',
    'For a commissioner counts of 1 to 4 are left out, and others where these could be worked out from them.',
  )
  overview(@CurrentActor() actor: MemberActor, @Query() query: OverviewQuery): Promise<OverviewView> {
    return this.queries.overview(actor, query);
  }
}
