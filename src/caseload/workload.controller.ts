import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { EscalationsQueries } from './escalations.queries.js';
import { EscalationsService } from './escalations.service.js';
import {
  AcknowledgeEscalationInput,
  CaseloadWeight,
  EscalationView,
  RaiseEscalationInput,
  RoomQuery,
  RoomSuggestion,
  SupervisionCase,
  SupervisionQuery,
  WeightsQuery,
} from './workload.dto.js';
import { WorkloadQueries } from './workload.queries.js';
import { WEIGHT_MEANS } from './workload.rules.js';

@ApiTags('Workload')
@Controller()
export class WorkloadController {
  constructor(
    private readonly workload: WorkloadQueries,
    private readonly escalations: EscalationsService,
    private readonly escalationQueries: EscalationsQueries,
  ) {}

  @Get('caseload/weights')
  @Can('caseload.weigh')
  @ApiReadPage(CaseloadWeight, 'How much each caseload weighs', WEIGHT_MEANS)
  weights(@CurrentActor() actor: MemberActor, @Query() query: WeightsQuery): Promise<Page<CaseloadWeight>> {
    return this.workload.weights(actor, query);
  }

  @Get('caseload/room')
  @Can('caseload.suggest')
  @ApiReadAll(RoomSuggestion, 'Who has room for one more, the least full by weight first')
  room(@CurrentActor() actor: MemberActor, @Query() query: RoomQuery): Promise<RoomSuggestion[]> {
    return this.workload.room(actor, query);
  }

  @Get('supervision')
  @Can('supervision.read')
  @ApiReadAll(SupervisionCase, 'What a worker’s cases give reason to talk over, and why')
  supervision(
    @CurrentActor() actor: MemberActor,
    @Query() query: SupervisionQuery,
  ): Promise<SupervisionCase[]> {
    return this.workload.supervision(actor, query);
  }

  @Get('escalations')
  @Can('escalation.list')
  @ApiReadPage(EscalationView, 'What workers put before the managers, newest first')
  list(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<EscalationView>> {
    return this.escalationQueries.list(actor, query);
  }

  @Get('escalations/:id')
  @Can('escalation.list')
  @ApiRead(EscalationView, 'One note to the managers')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<EscalationView> {
    return this.escalationQueries.get(actor, id);
  }

  @Post('escalations')
  @Can('escalation.raise')
  @ApiMake(EscalationView, 'Put something before the managers')
  async raise(
    @CurrentActor() actor: MemberActor,
    @Body() body: RaiseEscalationInput,
  ): Promise<EscalationView> {
    return this.escalationQueries.get(actor, await this.escalations.raise(actor, body));
  }

  @Post('escalations/:id/acknowledge')
  @Can('escalation.acknowledge')
  @ApiWrite(EscalationView, 'Answer a note to the managers')
  async acknowledge(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: AcknowledgeEscalationInput,
  ): Promise<EscalationView> {
    return this.escalationQueries.get(actor, await this.escalations.acknowledge(actor, id, body));
  }
}
