import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiReadAll, ApiWriteAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { CONFLICT } from './client.dto.js';
import {
  EndLoneWorkerFlagInput,
  LoneWorkerFlagView,
  RaiseLoneWorkerFlagInput,
} from './lone-worker-flag.dto.js';
import { LoneWorkerFlagsQueries } from './lone-worker-flags.queries.js';
import { LoneWorkerFlags } from './lone-worker-flags.service.js';

@ApiTags('Lone worker flags')
@Controller('clients/:id/lone-worker-flags')
export class LoneWorkerFlagsController {
  constructor(
    private readonly flags: LoneWorkerFlags,
    private readonly queries: LoneWorkerFlagsQueries,
  ) {}

  @Get()
  @Can('loneWorkerFlag.list')
  @ApiReadAll(LoneWorkerFlagView, 'What keeps whoever visits safe, and what was said so before')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<LoneWorkerFlagView[]> {
    return this.queries.list(actor, id);
  }

  @Post()
  @Can('loneWorkerFlag.change')
  @ApiConflictResponse(CONFLICT)
  @ApiWriteAll(LoneWorkerFlagView, 'Flag something for whoever visits, with a day to look at it again')
  async raise(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RaiseLoneWorkerFlagInput,
  ): Promise<LoneWorkerFlagView[]> {
    await this.flags.raise(actor, id, body);
    return this.queries.list(actor, id);
  }

  @Post(':flagId/end')
  @Can('loneWorkerFlag.change')
  @ApiConflictResponse(CONFLICT)
  @ApiWriteAll(LoneWorkerFlagView, 'A flag is no longer needed, and why')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('flagId') flagId: string,
    @Body() body: EndLoneWorkerFlagInput,
  ): Promise<LoneWorkerFlagView[]> {
    await this.flags.end(actor, id, flagId, body);
    return this.queries.list(actor, id);
  }
}
