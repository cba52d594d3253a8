import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { CheckHandoverInput, HandoverView, MakeHandoverInput } from './handover.dto.js';
import { HandoversQueries } from './handovers.queries.js';
import { HandoversService } from './handovers.service.js';

@ApiTags('Handovers')
@Controller('handovers')
export class HandoversController {
  constructor(
    private readonly service: HandoversService,
    private readonly queries: HandoversQueries,
  ) {}

  @Get()
  @Can('handover.list')
  @ApiReadPage(HandoverView, 'Handovers of caseloads, newest first')
  list(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<HandoverView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('handover.list')
  @ApiRead(HandoverView, 'One handover, with its checklist and what became of each referral')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<HandoverView> {
    return this.queries.get(actor, id);
  }

  @Post()
  @Can('handover.make')
  @ApiMake(
    HandoverView,
    'Hand over a caseload, or some of it, from a day on',
    'Today is at once. Each referral has its own outcome, and keeps its owner where it cannot be handed over.',
  )
  async make(@CurrentActor() actor: MemberActor, @Body() body: MakeHandoverInput): Promise<HandoverView> {
    return this.queries.get(actor, await this.service.make(actor, body));
  }

  @Post(':id/check')
  @Can('handover.check')
  @ApiWrite(HandoverView, 'Say what was seen to')
  async check(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: CheckHandoverInput,
  ): Promise<HandoverView> {
    return this.queries.get(actor, await this.service.check(actor, id, body));
  }

  @Post(':id/cancel')
  @Can('handover.make')
  @ApiWrite(HandoverView, 'Cancel a handover whose day has not come')
  async cancel(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<HandoverView> {
    return this.queries.get(actor, await this.service.cancel(actor, id));
  }
}
