import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CaseloadLists } from '../../caseload/caseload-lists.queries.js';
import { TodayQueries } from '../../caseload/today.queries.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Choice } from '../../platform/http/fields.js';
import { CaseloadQuery, type ReferralLine } from '../../referrals/referral.dto.js';
import { CASELOAD_SORTS, type CaseloadSort } from '../../referrals/referral.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import type { Page } from '../../platform/http/pagination.js';
import { lateInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { nextPage, PRINT, readQuery } from '../layout/forms.js';
import { choicesOf, NEED_WORDS, STATE_COLOURS, STATE_WORDS } from '../layout/words.js';
import { NEXT_WORDS } from './link-worker.words.js';

const ADDRESS = '/desk/caseload';

/** Tabs that are no state of a referral. */
const PARTS = ['group', 'ended'] as const;

class CaseloadPageQuery extends CaseloadQuery {
  @Choice(PARTS, { optional: true })
  part?: (typeof PARTS)[number];
}

const SORT_WORDS: Record<CaseloadSort, string> = {
  next: 'Next date first',
  sent: 'Longest here first',
  name: 'By surname',
};

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
    private readonly lists: CaseloadLists,
  ) {}

  @Get('caseload')
  @Can('caseload.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { part, ...query } = await readQuery(CaseloadPageQuery, asked);
    const whose = query.worker ?? (actor.role === 'link_worker' ? actor.membershipId : null);
    const page = await this.page(actor, part, query);
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
        { text: 'Everybody', state: '', part: '', count: counts?.all },
        { text: STATE_WORDS.allocated, state: 'allocated', part: '', count: counts?.waiting },
        { text: STATE_WORDS.active, state: 'active', part: '', count: counts?.active },
        { text: 'With a group', state: '', part: 'group', count: counts?.withAGroup },
        { text: STATE_WORDS.on_hold, state: 'on_hold', part: '', count: counts?.onHold },
        // A long list is somebody's: a manager chooses whose first.
        ...(worker ? [{ text: STATE_WORDS.closed, state: '', part: 'ended' }] : []),
      ].map((tab) => ({
        ...tab,
        href: nextPage(ADDRESS, { ...asked, state: tab.state, part: tab.part }, ''),
        current: (asked['state'] ?? '') === tab.state && (part ?? '') === tab.part,
      })),
      ended: part === 'ended',
      caption: part === 'ended' ? 'Latest first' : SORT_WORDS[query.sort ?? 'next'],
      rows: page.items.map((item) => ({
        item,
        late: lateInWords(item.nextAt, now),
        state: { text: STATE_WORDS[item.state], colour: STATE_COLOURS[item.state] },
      })),
      next: page.next && nextPage(ADDRESS, asked, page.next),
      printed: nextPage(ADDRESS, { ...asked, limit: '100', [PRINT]: '1' }, ''),
      further: query.after !== undefined,
      filtered: [query.reason, query.overdue, query.state, part].some((one) => one !== undefined),
      form: { values: asked, wrong: {} },
      choices: {
        needs: [{ value: '', text: 'Anything' }, ...choicesOf(NEED_WORDS)],
        sorts: CASELOAD_SORTS.map((value) => ({ value, text: SORT_WORDS[value] })),
        workers: team
          .filter(({ membershipId }) => mayChoose === null || mayChoose.includes(membershipId))
          .map(({ membershipId, name: text }) => ({ value: membershipId, text })),
      },
      everybody: actor.role !== 'link_worker',
      whose,
      words: { need: NEED_WORDS, next: NEXT_WORDS },
    });
  }

  private page(
    actor: MemberActor,
    part: CaseloadPageQuery['part'],
    query: CaseloadQuery,
  ): Promise<Page<ReferralLine>> {
    if (part === 'group') return this.lists.withAGroup(actor, query);
    return part === 'ended' ? this.referrals.ended(actor, query) : this.referrals.caseload(actor, query);
  }
}
