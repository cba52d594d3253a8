import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TodayQueries } from '../../caseload/today.queries.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { CaseloadQuery } from '../../referrals/referral.dto.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { lateInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { nextPage, readQuery } from '../layout/forms.js';
import { choicesOf, NEED_WORDS, STATE_COLOURS, STATE_WORDS } from '../layout/words.js';
import { NEXT_WORDS } from './link-worker.words.js';

const ADDRESS = '/desk/caseload';

/** Everybody a link worker has in hand: their own, somebody's they cover, or for a manager anybody's. */
@ApiExcludeController()
@Controller('desk')
export class CaseloadPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly referrals: ReferralsQueries,
    private readonly todays: TodayQueries,
    private readonly workers: LinkWorkersQueries,
  ) {}

  @Get('caseload')
  @Can('caseload.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(CaseloadQuery, asked);
    const whose = query.worker ?? (actor.role === 'link_worker' ? actor.membershipId : null);
    const page = await this.referrals.caseload(actor, query);
    const team = (await this.workers.list(actor, { limit: 100 })).items;
    const mayChoose = actor.role === 'link_worker' ? actor.actsFor : null;
    const worker = team.find(({ membershipId }) => membershipId === whose);
    const counts = worker ? await this.todays.counts(actor, { workerId: worker.membershipId }) : null;
    const now = this.clock.now();
    const name =
      worker && worker.membershipId !== actor.membershipId ? `Caseload of ${worker.name}` : 'Caseload';
    await this.desk.show({ request, reply }, actor, 200, 'link-worker/pages/caseload.njk', {
      title: worker ? `${name} (${String(worker.caseload)})` : name,
      heading: name,
      worker,
      tabs: [
        { text: 'Everybody', state: '', count: counts?.all },
        { text: STATE_WORDS.allocated, state: 'allocated', count: counts?.waiting },
        { text: STATE_WORDS.active, state: 'active', count: counts?.active },
        { text: STATE_WORDS.on_hold, state: 'on_hold', count: counts?.onHold },
      ].map((tab) => ({
        ...tab,
        href: nextPage(ADDRESS, { ...asked, state: tab.state }, ''),
        current: (asked['state'] ?? '') === tab.state,
      })),
      rows: page.items.map((item) => ({
        item,
        late: lateInWords(item.nextAt, now),
        state: { text: STATE_WORDS[item.state], colour: STATE_COLOURS[item.state] },
      })),
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filtered: query.reason !== undefined || query.overdue !== undefined || query.state !== undefined,
      form: { values: asked, wrong: {} },
      choices: {
        needs: [{ value: '', text: 'Anything' }, ...choicesOf(NEED_WORDS)],
        workers: team
          .filter(({ membershipId }) => mayChoose === null || mayChoose.includes(membershipId))
          .map(({ membershipId, name: text }) => ({ value: membershipId, text })),
      },
      everybody: actor.role !== 'link_worker',
      whose,
      words: { need: NEED_WORDS, next: NEXT_WORDS },
    });
  }
}
