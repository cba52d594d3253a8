import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csvLine } from '../../imports/raw.rules.js';
import { CloseGapInput, GapListQuery } from '../../onward-referrals/gap.dto.js';
import { GapCounts } from '../../onward-referrals/gap-counts.queries.js';
import { GapsQueries } from '../../onward-referrals/gaps.queries.js';
import { Gaps } from '../../onward-referrals/gaps.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { ListingSearch } from '../../providers/listing-search.queries.js';
import { barsDrawn, barsHeight } from '../charts/bars.js';
import { Desk, type Exchange } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { GAP_WORDS } from '../link-worker/groups.words.js';
import { barsOf, findingOf, gridOf, GRID_HEADINGS, gridLine } from './gaps.grid.js';
import { GAP_ENDING_WORDS } from './managers.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/gaps';
const MOST_SERVICES = 100;

/** Needs that nobody could meet: one by one, closed with a reason, and all together by need and place. */
@ApiExcludeController()
@Controller('desk')
export class GapPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: GapsQueries,
    private readonly counts: GapCounts,
    private readonly gaps: Gaps,
    private readonly services: ListingSearch,
  ) {}

  @Get('gaps')
  @Can('gap.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(GapListQuery, { ...asked, area: asked['area']?.trim().toUpperCase() });
    const page = await this.queries.list(actor, query);
    await this.desk.show({ request, reply }, actor, 200, 'managers/pages/gaps.njk', {
      title: query.closed ? say('Gaps that are closed') : say('Gaps'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filtered: query.closed !== undefined || query.need !== undefined || query.area !== undefined,
      form: { values: asked, wrong: {} },
      needs: [{ value: '', text: say('Any need') }, ...choicesOf(NEED_WORDS)],
      words: WORDS,
    });
  }

  @Get('gaps-by-place')
  @Can('gap.count')
  async byPlace(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const counts = await this.counts.list(actor);
    const bars = barsOf(counts);
    const picture = bars.length === 0 ? null : Buffer.from(await barsDrawn(bars)).toString('base64');
    await this.desk.show({ request, reply }, actor, 200, 'managers/pages/gaps-by-place.njk', {
      title: say('Gaps by need and place'),
      finding: findingOf(counts),
      bars,
      picture: picture && `data:image/svg+xml;base64,${picture}`,
      height: barsHeight(bars),
      grid: gridOf(counts),
      csv: `${ADDRESS}-by-place.csv`,
      words: WORDS,
    });
  }

  @Get('gaps-by-place.csv')
  @Can('gap.count')
  async table(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const lines = (await this.counts.list(actor)).map((one) => csvLine(gridLine(one)));
    await reply
      .type('text/csv; charset=utf-8')
      .headers({ 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="gaps.csv"' })
      .send([`\uFEFF${csvLine(GRID_HEADINGS)}`, ...lines].join(''));
  }

  @Get('gaps/:id')
  @Can('gap.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page({ request, reply }, actor, id, newForm());
  }

  @Post('gaps/:id/close')
  @Can('gap.close')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => `${ADDRESS}/${await this.gaps.close(actor, id, await readForm(CloseGapInput, body))}`,
      (form) => this.page(exchange, actor, id, form),
    );
  }

  private async page(exchange: Exchange, actor: MemberActor, id: string, form: Form): Promise<void> {
    const gap = await this.queries.get(actor, id);
    const closes = gap.closedAt === null && reachOf('gap.close', actor.role) === 'scheme';
    const { items } = closes
      ? await this.services.search(actor, { need: [gap.need], limit: MOST_SERVICES })
      : { items: [] };
    await this.desk.show(exchange, actor, form.status, 'managers/pages/gap-one.njk', {
      title: say('Gap: {{need}}{{area}}', {
        need: NEED_WORDS[gap.need],
        area: gap.area === null ? '' : say(' in {{area}}', { area: gap.area }),
      }),
      gap,
      closes,
      form,
      endings: choicesOf(GAP_ENDING_WORDS),
      services: [
        { value: '', text: say('None, or another') },
        ...items.map(({ id, name, organisationName }) => ({
          value: id,
          text: `${name}, ${organisationName}`,
        })),
      ],
      words: WORDS,
    });
  }
}

const WORDS = { need: NEED_WORDS, why: GAP_WORDS, ending: GAP_ENDING_WORDS };
