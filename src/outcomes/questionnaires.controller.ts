import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage, ApiRemove, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import {
  AmendQuestionnaireInput,
  QuestionnaireInput,
  QuestionnaireQuery,
  QuestionnaireView,
  RetireQuestionnaireInput,
  SwitchMeasureInput,
} from './questionnaire.dto.js';
import { QuestionnairesQueries } from './questionnaires.queries.js';
import { QuestionnairesService } from './questionnaires.service.js';
import { MeasureView } from './response.dto.js';
import { ResponsesQueries } from './responses.queries.js';

@ApiTags('Outcomes')
@Controller()
export class QuestionnairesController {
  constructor(
    private readonly service: QuestionnairesService,
    private readonly queries: QuestionnairesQueries,
    private readonly responses: ResponsesQueries,
  ) {}

  @Post('measures/switch')
  @Can('measure.switch')
  @ApiWrite(
    MeasureView,
    'Ask, or stop asking, a questionnaire that is not asked everywhere',
    'PHQ-9 and GAD-7 are off until a manager switches them on. A licensed one needs the reference of the scheme’s own licence.',
  )
  async switch(@CurrentActor() actor: MemberActor, @Body() body: SwitchMeasureInput): Promise<MeasureView> {
    return this.responses.measure(actor, await this.service.switch(actor, body));
  }

  @Get('questionnaires')
  @Can('questionnaire.make')
  @ApiReadPage(QuestionnaireView, 'The scheme’s own questionnaires, every version, newest first')
  list(
    @CurrentActor() actor: MemberActor,
    @Query() query: QuestionnaireQuery,
  ): Promise<Page<QuestionnaireView>> {
    return this.queries.list(actor, query);
  }

  @Post('questionnaires')
  @Can('questionnaire.make')
  @ApiMake(QuestionnaireView, 'Draft a questionnaire, or the next version of one')
  async draft(
    @CurrentActor() actor: MemberActor,
    @Body() body: QuestionnaireInput,
  ): Promise<QuestionnaireView> {
    return this.queries.get(actor, await this.service.draft(actor, body));
  }

  @Get('questionnaires/:id')
  @Can('questionnaire.make')
  @ApiRead(QuestionnaireView, 'One version of a questionnaire of the scheme’s own')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<QuestionnaireView> {
    return this.queries.get(actor, id);
  }

  @Patch('questionnaires/:id')
  @Can('questionnaire.make')
  @ApiAmend(QuestionnaireView, 'Change a draft; what was published stays as it was')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: AmendQuestionnaireInput,
  ): Promise<QuestionnaireView> {
    return this.queries.get(actor, await this.service.amend(actor, id, version, body));
  }

  @Post('questionnaires/:id/publish')
  @Can('questionnaire.make')
  @ApiWrite(QuestionnaireView, 'Ask this version from now on; the one before it is retired')
  async publish(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<QuestionnaireView> {
    return this.queries.get(actor, await this.service.publish(actor, id));
  }

  @Post('questionnaires/:id/retire')
  @Can('questionnaire.make')
  @ApiWrite(QuestionnaireView, 'Stop asking it, saying why; answers given to it stay')
  async retire(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RetireQuestionnaireInput,
  ): Promise<QuestionnaireView> {
    return this.queries.get(actor, await this.service.retire(actor, id, body));
  }

  @Delete('questionnaires/:id')
  @Can('questionnaire.make')
  @ApiRemove('Throw a draft away')
  discard(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<void> {
    return this.service.discard(actor, id);
  }
}
