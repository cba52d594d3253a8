import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import {
  ArrangeWarmHandover,
  CancelWarmHandover,
  SettleWarmHandover,
  WarmHandoversQuery,
  WarmHandoverView,
} from './warm-handover.dto.js';
import { WarmHandoversQueries } from './warm-handovers.queries.js';
import { WarmHandovers } from './warm-handovers.service.js';

@ApiTags('Warm handovers')
@Controller()
export class WarmHandoversController {
  constructor(
    private readonly handovers: WarmHandovers,
    private readonly queries: WarmHandoversQueries,
  ) {}

  @Get('onward-referrals/:id/warm-handovers')
  @Can('warmHandover.list')
  @ApiReadAll(WarmHandoverView, 'Who goes along with somebody to a group, newest first')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WarmHandoverView[]> {
    return this.queries.list(actor, id);
  }

  @Post('onward-referrals/:id/warm-handovers')
  @Can('warmHandover.arrange')
  @ApiMake(
    WarmHandoverView,
    'Arrange that somebody goes along',
    'Whoever goes is reminded the working day before, and asked the day after what happened. The group reads when, and a colleague’s first name.',
  )
  async arrange(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ArrangeWarmHandover,
  ): Promise<WarmHandoverView> {
    return this.queries.get(actor, await this.handovers.arrange(actor, id, body));
  }

  @Get('warm-handovers')
  @Can('warmHandover.list')
  @ApiReadPage(
    WarmHandoverView,
    'Who goes along with whom, last arranged first',
    'Of the people one holds, and those one goes along with oneself; for a manager of everybody.',
  )
  across(
    @CurrentActor() actor: MemberActor,
    @Query() query: WarmHandoversQuery,
  ): Promise<Page<WarmHandoverView>> {
    return this.queries.across(actor, query);
  }

  @Get('warm-handovers/:id')
  @Can('warmHandover.list')
  @ApiRead(WarmHandoverView, 'One warm handover', 'Also for the colleague who goes along.')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<WarmHandoverView> {
    return this.queries.get(actor, id);
  }

  @Post('warm-handovers/:id/settle')
  @Can('warmHandover.settle')
  @ApiWrite(WarmHandoverView, 'Say what happened')
  async settle(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SettleWarmHandover,
  ): Promise<WarmHandoverView> {
    return this.queries.get(actor, await this.handovers.settle(actor, id, body));
  }

  @Post('warm-handovers/:id/cancel')
  @Can('warmHandover.settle')
  @ApiWrite(WarmHandoverView, 'Say that nobody goes along, and why')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: CancelWarmHandover,
  ): Promise<WarmHandoverView> {
    return this.queries.get(actor, await this.handovers.cancel(actor, id, body));
  }
}
