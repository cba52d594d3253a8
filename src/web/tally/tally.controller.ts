import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { GroupLinks } from '../../assets/group-links.service.js';
import { Help } from '../../assets/help.service.js';
import { NeighbourhoodsQueries } from '../../assets/neighbourhoods.queries.js';
import type { OpenGroupLink } from '../../assets/survey.types.js';
import { Public } from '../../permissions/can.decorator.js';
import { systemActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import type { FieldProblem } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { newId } from '../../platform/pure/ids.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { fields } from '../reply/reply.forms.js';
import { readTally } from './tally.forms.js';
import { speechFor } from '../words/choice.js';
import { problemsIn } from '../words/spoken-form.js';
import { helpWords } from './tally.words.js';

/** A group counts the help it gave, naming nobody, by a link that a manager made. GET changes nothing. */
@ApiExcludeController()
@Controller('tally')
export class TallyController {
  constructor(
    private readonly pages: Pages,
    private readonly clock: Clock,
    private readonly links: GroupLinks,
    private readonly neighbourhoods: NeighbourhoodsQueries,
    private readonly help: Help,
  ) {}

  @Get(':token')
  @Public()
  @LimitPerAddress(300, 10)
  async read(
    @Param('token') token: string,
    @Query('saved') saved: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.open(token, 'tally');
    if (!link) return this.gone(reply);
    const { t } = speechFor(reply.request);
    const notice = saved === 'yes' ? { notice: t('groups.tally.saved') } : {};
    return this.form(reply, token, link, 200, { values: {}, problems: [], ...notice });
  }

  @Post(':token')
  @Public()
  @LimitPerAddress(60, 10)
  async count(
    @Param('token') token: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.open(token, 'tally');
    if (!link) return this.gone(reply);
    const values = fields(body);
    const areas = new Set((await this.areas(link)).map(({ id }) => id));
    const read = readTally(values, areas, this.today());
    if ('problems' in read) {
      return this.form(reply, token, link, 422, { values, problems: read.problems });
    }
    const { id, ...tally } = read.form;
    await this.help.tallyByLink(link, tally, id ?? newId());
    await seeOther(reply, `/tally/${token}?saved=yes`);
  }

  private async form(
    reply: FastifyReply,
    token: string,
    link: OpenGroupLink,
    status: number,
    shown: { values: Record<string, string>; problems: FieldProblem[]; notice?: string },
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const { t } = speech;
    const { problems: found, ...rest } = shown;
    const problems = problemsIn(found, speech);
    const areas = (await this.areas(link)).map(({ id, name }) => [id, name]);
    await this.pages.show(reply, status, 'tally/pages/tally.njk', {
      speech,
      ...rest,
      group: link.group,
      phone: link.phone,
      home: `/tally/${token}`,
      form: newId(),
      title: t('groups.tally.title'),
      kinds: helpWords(t),
      areas: Object.fromEntries([...areas, ['', t('reply.finishWords.not_known')]]) as Record<string, string>,
      today: this.today(),
      errors: problems.map(({ field, message }) => ({ text: message, href: `#${field}` })),
      wrong: Object.fromEntries(problems.map(({ field, message }) => [field, message])),
    });
  }

  private areas(link: OpenGroupLink) {
    return this.neighbourhoods.list(systemActor(link.schemeId, 'a group, by link'));
  }

  private today(): string {
    return londonDate(this.clock.now());
  }

  private gone(reply: FastifyReply): Promise<void> {
    const speech = speechFor(reply.request);
    return this.pages.show(reply, 410, 'survey/pages/gone.njk', {
      speech,
      title: speech.t('reply.title.gone'),
    });
  }
}
