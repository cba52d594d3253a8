import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { BARRIERS, CloseGapInput, GapListQuery, type GapView } from '../../onward-referrals/gap.dto.js';
import { GapCounts } from '../../onward-referrals/gap-counts.queries.js';
import { GapsQueries } from '../../onward-referrals/gaps.queries.js';
import { Gaps } from '../../onward-referrals/gaps.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Id } from '../../platform/http/id-param.js';
import { ListingSearch } from '../../providers/listing-search.queries.js';
import { barsDrawn, barsHeight } from '../charts/bars.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, readQuery, take } from '../layout/forms.js';
import { type ListOf, ListPages, saveTable } from '../layout/list-pages.js';
import { choicesOf, languageInWords, NEED_WORDS } from '../layout/words.js';
import { GAP_WORDS } from '../link-worker/groups.words.js';
import {
  BARRIER_HEADINGS,
  BARRIER_WORDS,
  barrierInWords,
  barrierLine,
  barsOf,
  findingOf,
  gridOf,
  GRID_HEADINGS,
  gridLine,
  roomOf,
} from './gaps.grid.js';
import { GAP_ENDING_WORDS } from './managers.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/gaps';
const MOST_SERVICES = 100;

const GAPS: ListOf<GapView> = sayAll({
  address: ADDRESS,
  name: 'gaps',
  columns: [
    { text: 'Need', sort: 'need' },
    { text: 'Place', sort: 'area' },
    { text: 'Why', sort: 'why' },
    { text: 'What would have helped' },
    { text: 'Since', sort: 'opened' },
  ],
  usual: '-opened',
  file: (one) => ({
    [say('Need')]: NEED_WORDS[one.need],
    [say('Place')]: one.area,
    [say('Language')]: one.language && languageInWords(one.language),
    [say('Why')]: GAP_WORDS[one.why],
    [say('What would have helped')]: one.wouldHaveHelped,
    [say('Since')]: londonDate(one.openedAt),
    [say('Closed')]: one.closedAt && londonDate(one.closedAt),
    [say('How it ended')]: one.closedBecause && GAP_ENDING_WORDS[one.closedBecause],
  }),
});

/** Needs that nobody could meet: one by one, closed with a reason, and all together by need and place. */
@ApiExcludeController()
@Controller('desk')
export class GapPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
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
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(GapListQuery, { ...asked, area: asked['area']?.trim().toUpperCase() }),
      read: (query: GapListQuery) => this.queries.list(actor, query),
      count: (query: GapListQuery) => this.queries.count(actor, query),
    };
    await this.lists.show(reply, actor, 'managers/pages/gaps.njk', GAPS, list, (items) => ({
      title: list.query.closed ? say('Gaps that are closed') : say('Gaps'),
      items,
      form: { values: asked, wrong: {} },
      only: onlyOf(list.query),
      needs: [{ value: '', text: say('Any need') }, ...choicesOf(NEED_WORDS)],
      reasons: [{ value: '', text: say('Any reason') }, ...choicesOf(GAP_WORDS)],
      words: WORDS,
    }));
  }

  @Get('gaps-by-place')
  @Can('gap.count')
  async byPlace(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const [counts, barriers] = await Promise.all([this.counts.list(actor), this.counts.barriers(actor)]);
    const bars = barsOf(counts);
    const picture = bars.length === 0 ? null : Buffer.from(await barsDrawn(bars)).toString('base64');
    await this.desk.show(reply, actor, 200, 'managers/pages/gaps-by-place.njk', {
      title: say('Gaps by need and place'),
      finding: findingOf(counts),
      bars,
      picture: picture && `data:image/svg+xml;base64,${picture}`,
      height: barsHeight(bars),
      grid: gridOf(counts),
      csv: `${ADDRESS}-by-place.csv`,
      barriers: BARRIERS.map((barrier) => ({
        barrier,
        heading: BARRIER_WORDS[barrier],
        rows: barriers.filter((one) => one.barrier === barrier),
      })).filter(({ rows }) => rows.length > 0),
      barriersCsv: `${ADDRESS}-by-barrier.csv`,
      words: WORDS,
    });
  }

  @Get('gaps-by-place.csv')
  @Can('gap.count')
  async table(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await saveTable(reply, 'gaps', GRID_HEADINGS, (await this.counts.list(actor)).map(gridLine));
  }

  @Get('gaps-by-barrier.csv')
  @Can('gap.count')
  async barriersTable(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await saveTable(
      reply,
      'gaps-by-language-and-access',
      BARRIER_HEADINGS,
      (await this.counts.barriers(actor)).map(barrierLine),
    );
  }

  @Get('gaps/:id')
  @Can('gap.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post('gaps/:id/close')
  @Can('gap.close')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${ADDRESS}/${await this.gaps.close(actor, id, await readForm(CloseGapInput, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const gap = await this.queries.get(actor, id);
    const closes = gap.closedAt === null && reachOf('gap.close', actor.role) === 'scheme';
    const { items } = closes
      ? await this.services.search(actor, { need: [gap.need], limit: MOST_SERVICES })
      : { items: [] };
    await this.desk.show(reply, actor, form.status, 'managers/pages/gap-one.njk', {
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

const WORDS = {
  barrier: barrierInWords,
  room: roomOf,
  need: NEED_WORDS,
  why: GAP_WORDS,
  ending: GAP_ENDING_WORDS,
};

/** What the list is narrowed to by a number that led here. */
function onlyOf({ language, access }: GapListQuery): string {
  const words = [
    ...(language === undefined ? [] : [{ barrier: 'language', code: language } as const]),
    ...(access === undefined ? [] : [{ barrier: 'access', code: access } as const]),
  ];
  return words.map(barrierInWords).join(', ');
}
