import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead } from '../platform/http/api.js';
import { ChangeFiguresQuery, ChangeFiguresView } from './change.dto.js';
import { ChangeQueries } from './change.queries.js';
import { GoalsQueries } from './goals.queries.js';
import { OverviewQuery, OverviewView } from './overview.dto.js';

@ApiTags('Figures')
@Controller('figures')
export class ChangeController {
  constructor(
    private readonly queries: ChangeQueries,
    private readonly ofGoals: GoalsQueries,
  ) {}

  @Get('goals')
  @Can('figures.read')
  @ApiRead(OverviewView, 'How many reached a goal of their own, of the referrals closed in a period')
  goals(@CurrentActor() actor: MemberActor, @Query() query: OverviewQuery): Promise<OverviewView> {
    return this.ofGoals.goals(actor, query);
  }

  @Get('change')
  @Can('figures.read')
  @ApiRead(
    ChangeFiguresView,
    'How answers changed, for people asked at the start of their support and again',
    'Paired change only. For a commissioner counts of 1 to 4 are left out, and others where these could be worked out.',
  )
  change(@CurrentActor() actor: MemberActor, @Query() query: ChangeFiguresQuery): Promise<ChangeFiguresView> {
    return this.queries.change(actor, query);
  }
}
