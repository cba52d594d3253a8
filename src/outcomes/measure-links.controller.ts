import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import {
  LoadTranslationInput,
  MakeMeasureLinkInput,
  MeasureLinkView,
  QuestionnaireWishInput,
  QuestionnaireWishView,
} from './measure-link.dto.js';
import { MeasureLinksQueries } from './measure-links.queries.js';
import { MeasureLinks } from './measure-links.service.js';
import { MeasureView } from './response.dto.js';
import { ResponsesQueries } from './responses.queries.js';

@ApiTags('Outcomes')
@Controller()
export class MeasureLinksController {
  constructor(
    private readonly links: MeasureLinks,
    private readonly queries: MeasureLinksQueries,
    private readonly responses: ResponsesQueries,
  ) {}

  @Get('referrals/:id/questionnaire-links')
  @Can('response.list')
  @ApiReadAll(MeasureLinkView, 'Links by which the person answers by themselves, newest first')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<MeasureLinkView[]> {
    return this.queries.list(actor, id);
  }

  @Post('referrals/:id/questionnaire-links')
  @Can('response.record')
  @ApiMake(
    MeasureLinkView,
    'Make a link for the person to answer by themselves, one question a page',
    'The address is shown once, to hand over on the spot. Reminders three and six months after closing carry their own. Nobody with a safety flag, under 16, or who wants no questionnaires is asked by link, and PHQ-9 and GAD-7 never are.',
  )
  async create(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MakeMeasureLinkInput,
  ): Promise<MeasureLinkView> {
    const linkId = await this.links.create(actor, id, body);
    return this.queries.get(actor, id, linkId, this.links.address(linkId));
  }

  @Post('referrals/:id/questionnaire-links/:linkId/revoke')
  @Can('response.record')
  @ApiWrite(MeasureLinkView, 'End a link at once; what was half filled in is forgotten')
  async revoke(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('linkId') linkId: string,
  ): Promise<MeasureLinkView> {
    return this.queries.get(actor, id, await this.links.revoke(actor, id, linkId));
  }

  @Get('referrals/:id/questionnaire-wish')
  @Can('response.list')
  @ApiRead(QuestionnaireWishView, 'Whether this person wants to be asked questionnaires')
  wish(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<QuestionnaireWishView> {
    return this.queries.wish(actor, id);
  }

  @Post('referrals/:id/questionnaire-wish')
  @Can('response.record')
  @ApiWrite(QuestionnaireWishView, 'Record that this person wants no questionnaires, or does again')
  async setWish(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: QuestionnaireWishInput,
  ): Promise<QuestionnaireWishView> {
    return this.queries.wish(actor, await this.links.wish(actor, id, body));
  }

  @Post('measures/translations')
  @Can('questionnaire.make')
  @ApiWrite(MeasureView, 'Load a questionnaire in another language, whole')
  async translate(
    @CurrentActor() actor: MemberActor,
    @Body() body: LoadTranslationInput,
  ): Promise<MeasureView> {
    return this.responses.measure(actor, await this.links.load(actor, body));
  }
}
