import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite, ApiWriteAll } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import {
  ChangeQuery,
  ChangeView,
  CorrectResponseInput,
  MeasureView,
  RecordResponseInput,
  ResponseQuery,
  ResponseView,
  UnansweredInput,
  UnansweredView,
  VoidResponseInput,
} from './response.dto.js';
import { ResponsesQueries } from './responses.queries.js';
import { ResponsesService } from './responses.service.js';

@ApiTags('Outcomes')
@Controller()
export class ResponsesController {
  constructor(
    private readonly service: ResponsesService,
    private readonly queries: ResponsesQueries,
  ) {}

  @Get('measures')
  @Can('measure.list')
  @ApiReadAll(MeasureView, 'Questionnaires with their exact wording, versions, scores and licence')
  measures(@CurrentActor() actor: MemberActor): Promise<MeasureView[]> {
    return this.queries.measures(actor);
  }

  @Post('referrals/:id/responses')
  @Can('response.record')
  @ApiMake(
    ResponseView,
    'Record what a person answered',
    'One baseline for each measure and referral. Scores are computed by the measure’s own rule and kept with the answers.',
  )
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RecordResponseInput,
  ): Promise<ResponseView> {
    return this.queries.get(actor, await this.service.record(actor, id, body));
  }

  @Get('referrals/:id/responses')
  @Can('response.list')
  @ApiReadPage(ResponseView, 'Responses of a referral, newest answers first')
  list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: ResponseQuery,
  ): Promise<Page<ResponseView>> {
    return this.queries.list(actor, id, query);
  }

  @Get('referrals/:id/unanswered')
  @Can('response.list')
  @ApiReadAll(UnansweredView, 'Questionnaires of a referral that have no answers, and why')
  unanswered(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<UnansweredView[]> {
    return this.queries.unanswered(actor, id);
  }

  @Post('referrals/:id/unanswered')
  @Can('response.record')
  @ApiWriteAll(UnansweredView, 'Say why first questions were not asked or not answered')
  async recordUnanswered(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: UnansweredInput,
  ): Promise<UnansweredView[]> {
    return this.queries.unanswered(actor, await this.service.recordUnanswered(actor, id, body));
  }

  @Get('referrals/:id/change')
  @Can('response.list')
  @ApiRead(ChangeView, 'What changed for one person between the baseline and a follow-up')
  change(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: ChangeQuery,
  ): Promise<ChangeView> {
    return this.queries.change(actor, id, query);
  }

  @Get('responses/:id')
  @Can('response.list')
  @ApiRead(ResponseView, 'One response')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ResponseView> {
    return this.queries.get(actor, id);
  }

  @Get('responses/:id/trail')
  @Can('response.list')
  @ApiReadAll(ResponseView, 'A response as it was and as it was put right, first to last')
  trail(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ResponseView[]> {
    return this.queries.trail(actor, id);
  }

  @Post('responses/:id/correct')
  @Can('response.correct')
  @ApiWrite(ResponseView, 'Put a response right, saying why; answers with the one that stands now')
  async correct(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: CorrectResponseInput,
  ): Promise<ResponseView> {
    return this.queries.get(actor, await this.service.correct(actor, id, body));
  }

  @Post('responses/:id/void')
  @Can('response.correct')
  @ApiWrite(ResponseView, 'Strike out a response that should never have been recorded here')
  async strikeOut(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: VoidResponseInput,
  ): Promise<ResponseView> {
    return this.queries.get(actor, await this.service.strikeOut(actor, id, body));
  }
}
