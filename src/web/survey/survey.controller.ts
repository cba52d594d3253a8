import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { GroupLinks } from '../../assets/group-links.service.js';
import { readSurvey } from '../../assets/survey.rules.js';
import { SURVEY_TOPICS, type OpenGroupLink } from '../../assets/survey.types.js';
import { Surveys } from '../../assets/surveys.service.js';
import { Public } from '../../permissions/can.decorator.js';
import type { FieldProblem } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { fields } from '../reply/reply.forms.js';
import { speechFor } from '../words/choice.js';
import { problemsIn } from '../words/spoken-form.js';
import { sharingWords, topicWords } from './survey.words.js';

/**
 * "What your group has to offer", by a link that a manager made. GET shows an empty form however often it is opened: what
 * one group said is never shown to the next. POST keeps it. As on the reply pages, the link itself is what may answer.
 */
@ApiExcludeController()
@Controller('survey')
export class SurveyController {
  constructor(
    private readonly pages: Pages,
    private readonly links: GroupLinks,
    private readonly surveys: Surveys,
  ) {}

  @Get(':token')
  @Public()
  @LimitPerAddress(300, 10)
  async read(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const link = await this.links.open(token, 'survey');
    return link ? this.form(reply, token, link, 200, {}, []) : this.gone(reply);
  }

  @Get(':token/thanks')
  @Public()
  @LimitPerAddress(300, 10)
  async thanks(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const link = await this.links.open(token, 'survey');
    if (!link) return this.gone(reply);
    const speech = speechFor(reply.request);
    return this.pages.show(reply, 200, 'survey/pages/thanks.njk', {
      speech,
      ...shown(link),
      home: `/survey/${token}`,
      title: speech.t('reply.noSaid.heading'),
    });
  }

  @Post(':token')
  @Public()
  @LimitPerAddress(60, 10)
  async answer(
    @Param('token') token: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.open(token, 'survey');
    if (!link) return this.gone(reply);
    const sent = fields(body);
    const { form, problems } = readSurvey(sent, link.group === null);
    if (problems.length > 0) return this.form(reply, token, link, 422, sent, problems);
    await this.surveys.receive(link, form);
    await seeOther(reply, `/survey/${token}/thanks`);
  }

  private form(
    reply: FastifyReply,
    token: string,
    link: OpenGroupLink,
    status: number,
    values: Record<string, string>,
    found: FieldProblem[],
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const { t } = speech;
    const problems = problemsIn(found, speech);
    return this.pages.show(reply, status, 'survey/pages/survey.njk', {
      speech,
      ...shown(link),
      home: `/survey/${token}`,
      title: t('groups.survey.title'),
      topics: SURVEY_TOPICS.map((topic) => ({ key: topic, ...topicWords(t)[topic] })),
      sharing: sharingWords(t),
      values,
      errors: problems.map(({ field, message }) => ({ text: message, href: `#${field}` })),
      wrong: Object.fromEntries(problems.map(({ field, message }) => [field, message])),
    });
  }

  /** One answer for what expired, was ended, or never was. */
  private gone(reply: FastifyReply): Promise<void> {
    const speech = speechFor(reply.request);
    return this.pages.show(reply, 410, 'survey/pages/gone.njk', {
      speech,
      title: speech.t('reply.title.gone'),
    });
  }
}

const shown = ({ group, scheme, neighbourhood, phone }: OpenGroupLink) => ({
  group,
  neighbourhood,
  phone,
  who: scheme,
});
