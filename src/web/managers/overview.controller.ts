import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { OnwardListQuery } from '../../onward-referrals/onward.dto.js';
import { OnwardQueries } from '../../onward-referrals/onward.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { OverviewQuery } from '../../reporting/overview.dto.js';
import { OverviewQueries } from '../../reporting/overview.queries.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery } from '../layout/forms.js';
import { periodInWords, readings } from './overview.words.js';
import { ONWARD_STATE_WORDS } from '../layout/words.js';

const ADDRESS = '/desk/overview';

/** Those with a group: it said yes, and it goes on. */
const WITH_A_GROUP = 'accepted,started';

/** How the scheme stands: a few numbers with what they say, each leading to those it counts. */
@ApiExcludeController()
@Controller('desk')
export class OverviewPagesController {
  constructor(
    private readonly desk: Desk,
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
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { current, before, offered } = await this.overviews.compared(
      actor,
      await readQuery(OverviewQuery, asked),
    );
    const today = londonDate(this.clock.now());
    const seesRows = reachOf('linkWorker.list', actor.role) === 'scheme';
    await this.desk.show({ request, reply }, actor, 200, 'managers/pages/overview.njk', {
      title: 'Overview',
      current,
      before,
      readings: readings(current.figures, before.figures),
      periods: offered.map(({ from, to }) => ({
        text: periodInWords({ from, to }, to === today),
        href: nextPage(ADDRESS, { from, to }, ''),
        current: from === current.from && to === current.to,
      })),
      seesRows,
      team: seesRows ? (await this.workers.list(actor, { limit: 100 })).items : [],
    });
  }

  @Get('with-groups')
  @Can('caseload.list')
  async withGroups(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(OnwardListQuery, { state: WITH_A_GROUP, ...asked });
    const page = await this.onward.list(actor, query);
    await this.desk.show({ request, reply }, actor, 200, 'managers/pages/with-groups.njk', {
      title: 'With a group',
      items: page.items,
      next: page.next && nextPage('/desk/with-groups', asked, page.next),
      further: query.after !== undefined,
      words: { state: ONWARD_STATE_WORDS },
    });
  }
}
