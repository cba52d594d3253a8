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
import { SHARING_WORDS, TOPIC_WORDS } from './survey.words.js';

const TITLE = 'What your group has to offer';
const TOPICS = SURVEY_TOPICS.map((topic) => ({ key: topic, ...TOPIC_WORDS[topic] }));

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
    return this.pages.show(reply, 200, 'survey/pages/thanks.njk', {
      ...shown(link),
      home: `/survey/${token}`,
      title: 'Thank you for telling us',
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
    problems: FieldProblem[],
  ): Promise<void> {
    return this.pages.show(reply, status, 'survey/pages/survey.njk', {
      ...shown(link),
      home: `/survey/${token}`,
      title: TITLE,
      topics: TOPICS,
      sharing: SHARING_WORDS,
      values,
      errors: problems.map(({ field, message }) => ({ text: message, href: `#${field}` })),
      wrong: Object.fromEntries(problems.map(({ field, message }) => [field, message])),
    });
  }

  /** One answer for what expired, was ended, or never was. */
  private gone(reply: FastifyReply): Promise<void> {
    return this.pages.show(reply, 410, 'survey/pages/gone.njk', {
      title: 'This link does not work any more',
    });
  }
}

const shown = ({ group, scheme, neighbourhood, phone }: OpenGroupLink) => ({
  group,
  neighbourhood,
  phone,
  who: scheme,
});
