import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead } from '../platform/http/api.js';
import { CaseloadCounts, TodayQuery, TodayView } from './today.dto.js';
import { TodayQueries } from './today.queries.js';

@ApiTags('Today')
@Controller()
export class TodayController {
  constructor(private readonly queries: TodayQueries) {}

  @Get('today')
  @Can('today.read')
  @ApiRead(TodayView, 'What waits for you today: late, due, booked, answered by groups')
  today(@CurrentActor() actor: MemberActor, @Query() query: TodayQuery): Promise<TodayView> {
    return this.queries.today(actor, query);
  }

  @Get('caseload/counts')
  @Can('caseload.count')
  @ApiRead(CaseloadCounts, 'How many behind each tab of the caseload')
  counts(@CurrentActor() actor: MemberActor, @Query() query: TodayQuery): Promise<CaseloadCounts> {
    return this.queries.counts(actor, query);
  }
}
