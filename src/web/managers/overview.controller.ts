import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { type GroupOnwardView, OnwardListQuery, type OnwardView } from '../../onward-referrals/onward.dto.js';
import { OnwardQueries } from '../../onward-referrals/onward.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Choice } from '../../platform/http/fields.js';
import { OpenedCountQuery, OverviewQuery } from '../../reporting/overview.dto.js';
import { OverviewQueries } from '../../reporting/overview.queries.js';
import { OPENED_COUNTS, type OpenedCount } from '../../reporting/overview.types.js';
import type { ReferralLine, SentReferralLine } from '../../referrals/referral.dto.js';
import { barsDrawn, barsHeight, NOT_SHOWN_OF_FEW } from '../charts/bars.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery } from '../layout/forms.js';
import { type ListOf, ListPages, saveTable } from '../layout/list-pages.js';
import { choicesOf, ONWARD_STATE_WORDS } from '../layout/words.js';
import { REFERRALS, rowOf } from '../practice/referral.rows.js';
import { type ChartKey, CHARTS, chartsOf } from './overview.charts.js';
import { COUNTED_WORDS, periodInWords, readings } from './overview.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/overview';

/** Those with a group: it said yes, and it goes on. */
const WITH_A_GROUP = 'accepted,started';

class ChartQuery extends OverviewQuery {
  @Choice(CHARTS)
  chart: ChartKey;
}

const COUNTED: ListOf<ReferralLine | SentReferralLine> = sayAll({
  ...REFERRALS,
  address: '/desk/counted',
  name: 'counted',
});
const WITH_GROUPS: ListOf<OnwardView | GroupOnwardView> = sayAll({
  address: '/desk/with-groups',
  name: 'with-groups',
  columns: [
    { text: 'Group', sort: 'group' },
    { text: 'Where it stands', sort: 'state' },
    { text: 'Asked', sort: 'offered' },
    { text: 'Whose' },
  ],
  usual: '-offered',
  file: (one) => ({
    [say('Group')]: 'organisation' in one ? one.organisation.name : '',
    [say('Service')]: one.listing.name,
    [say('Where it stands')]: ONWARD_STATE_WORDS[one.state],
    [say('Asked')]: londonDate(one.offeredAt),
    [say('Started')]: one.startedOn,
    [say('Reference')]: one.reference,
  }),
});
/** Counted now, whenever they were received. */
const OF_NOW: readonly OpenedCount[] = ['waitingNow', 'waitingLong', 'openNow'];

/** How the scheme stands: a few numbers with what they say, each leading to those it counts. */
@ApiExcludeController()
@Controller('desk')
export class OverviewPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly clock: Clock,
    private readonly overviews: OverviewQueries,
    private readonly workers: LinkWorkersQueries,
    private readonly onward: OnwardQueries,
  ) {}

  @Get('overview')
  @Can('figures.read')
  async overview(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { current, before, offered } = await this.overviews.compared(
      actor,
      await readQuery(OverviewQuery, asked),
    );
    const { from, to } = current;
    const charts = await Promise.all(
      chartsOf(current.figures).map(async (chart) => ({
        ...chart,
        picture: `data:image/svg+xml;base64,${Buffer.from(await barsDrawn(chart.bars)).toString('base64')}`,
        height: barsHeight(chart.bars),
        csv: nextPage(`${ADDRESS}.csv`, { chart: chart.key, from, to }, ''),
      })),
    );
    const today = londonDate(this.clock.now());
    const seesRows = reachOf('linkWorker.list', actor.role) === 'scheme';
    await this.desk.show(reply, actor, 200, 'managers/pages/overview.njk', {
      title: say('Overview'),
      current,
      before,
      charts,
      notShown: say(NOT_SHOWN_OF_FEW),
      readings: readings(current.figures, before.figures, current),
      periods: offered.map(({ from, to }) => ({
        text: periodInWords({ from, to }, to === today),
        href: nextPage(ADDRESS, { from, to }, ''),
        current: from === current.from && to === current.to,
      })),
      seesRows,
      team: seesRows ? (await this.workers.list(actor, { limit: 100 })).items : [],
    });
  }

  /** The table behind a chart. */
  @Get('overview.csv')
  @Can('figures.read')
  async table(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { chart: key, ...query } = await readQuery(ChartQuery, asked);
    const { current } = await this.overviews.compared(actor, query);
    const chart = chartsOf(current.figures).find((one) => one.key === key);
    const rows = (chart?.bars ?? []).map(({ title, value }) => [title, value ?? say(NOT_SHOWN_OF_FEW)]);
    await saveTable(
      reply,
      `${key}-${current.from}-${current.to}`,
      [say('Where they stand'), say('Referrals')],
      rows,
    );
  }

  /** Whom a number counts. */
  @Get('counted')
  @Can('figures.open')
  async counted(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(OpenedCountQuery, asked),
      read: (query: OpenedCountQuery) => this.overviews.list(actor, query),
      count: (query: OpenedCountQuery) => this.overviews.count(actor, query),
    };
    const { figure, from, to } = list.query;
    const period = from === undefined || to === undefined ? null : { from, to };
    await this.lists.show(reply, actor, 'managers/pages/counted.njk', COUNTED, list, (items) => ({
      title: COUNTED_WORDS[figure],
      rows: items.map(rowOf),
      period: OF_NOW.includes(figure) ? null : period,
      back: nextPage(ADDRESS, period ?? {}, ''),
      tabs: OPENED_COUNTS.map((one) => ({
        text: COUNTED_WORDS[one],
        href: nextPage(COUNTED.address, { ...period, figure: one }, ''),
        current: one === figure,
      })),
    }));
  }

  @Get('with-groups')
  @Can('caseload.list')
  async withGroups(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(OnwardListQuery, { ...asked, state: asked['state'] || WITH_A_GROUP }),
      read: (query: OnwardListQuery) => this.onward.list(actor, query),
      count: (query: OnwardListQuery) => this.onward.count(actor, query),
    };
    const page = 'managers/pages/with-groups.njk';
    await this.lists.show(reply, actor, page, WITH_GROUPS, list, (items) => ({
      title: say('With a group'),
      items,
      form: { values: asked, wrong: {} },
      states: [
        { value: '', text: say('Said yes or started') },
        ...choicesOf(ONWARD_STATE_WORDS).filter(({ value }) => WITH_A_GROUP.split(',').includes(value)),
      ],
      words: { state: ONWARD_STATE_WORDS },
    }));
  }
}
