import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SurveyReplyListQuery } from '../../assets/survey.dto.js';
import { SurveysQueries } from '../../assets/surveys.queries.js';
import { Surveys } from '../../assets/surveys.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readQuery, take } from '../layout/forms.js';
import { SHARING_WORDS, TOPIC_WORDS } from '../survey/survey.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/offers-of-groups';

/** What groups said they have to offer, and the drafts that came of it. */
@ApiExcludeController()
@Controller('desk/offers-of-groups')
export class SurveyPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: SurveysQueries,
    private readonly surveys: Surveys,
  ) {}

  @Get()
  @Can('survey.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(SurveyReplyListQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'managers/pages/surveys.njk', {
      title: say('What groups have to offer'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filtered: query.reviewed !== undefined,
      form: { values: asked, wrong: {} },
      words: { topic: TOPIC_WORDS },
    });
  }

  @Get(':id')
  @Can('survey.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post(':id/review')
  @Can('survey.review')
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.surveys.review(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/forget')
  @Can('survey.review')
  async askBeforeForgetting(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { groupName } = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, 200, 'managers/pages/survey-forget.njk', {
      title: say('Forget what {{groupName}} said', { groupName }),
      groupName,
      address: `${ADDRESS}/${id}`,
      form: newForm(),
    });
  }

  @Post(':id/forget')
  @Can('survey.review')
  async forget(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.surveys.forget(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const said = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/survey.njk', {
      title: say('What {{groupName}} has to offer', { groupName: said.groupName }),
      said,
      form,
      words: { topic: TOPIC_WORDS, sharing: SHARING_WORDS },
    });
  }
}
