import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CaseloadLists } from '../../caseload/caseload-lists.queries.js';
import type { CaseloadCounts } from '../../caseload/today.dto.js';
import { TodayQueries } from '../../caseload/today.queries.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Choice } from '../../platform/http/fields.js';
import { validated } from '../../platform/http/validation.js';
import { CaseloadQuery, type ReferralLine, SetNextInput } from '../../referrals/referral.dto.js';
import { CASELOAD_SORTS, type CaseloadSort } from '../../referrals/referral.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { without } from '../../platform/pure/without.js';
import type { Page } from '../../platform/http/pagination.js';
import { dayInWords, lateInWords, nextDates } from '../layout/dates.js';
import { Desk, type Exchange } from '../layout/desk.js';
import { type Form, newForm, nextPage, PRINT, readQuery, sent, take } from '../layout/forms.js';
import { Many, MOST_AT_ONCE, type Ticked, ticked, tooManyAtOnce } from '../layout/many.js';
import { shapeOf } from '../layout/shape-of.js';
import { choicesOf, NEED_WORDS, STATE_COLOURS, STATE_WORDS } from '../layout/words.js';
import { NEXT_WORDS } from './link-worker.words.js';
import { type DoneToMany, ManyAtOnce } from './many-at-once.js';
import { takersOf } from './takers.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/caseload';

/** Tabs that are no state of a referral. */
const PARTS = ['group', 'ended'] as const;

class CaseloadPageQuery extends CaseloadQuery {
  @Choice(PARTS, { optional: true })
  part?: (typeof PARTS)[number];
}

const SORT_WORDS: Record<CaseloadSort, string> = sayAll({
  next: 'Next date first',
  sent: 'Longest here first',
  name: 'By surname',
});

/** How many are in each tab. */
const COUNTED: Record<string, (counts: CaseloadCounts) => number> = {
  '': ({ all }) => all,
  allocated: ({ waiting }) => waiting,
  active: ({ active }) => active,
  group: ({ withAGroup }) => withAGroup,
  on_hold: ({ onHold }) => onHold,
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
    private readonly service: ReferralsService,
    private readonly many: Many,
    private readonly atOnce: ManyAtOnce,
  ) {}

  @Get('caseload')
  @Can('caseload.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show({ request, reply }, actor, asked, newForm());
  }

  @Post('caseload/give')
  @HttpCode(200)
  @Can('referral.allocate')
  async give(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forAll({ request, reply }, actor, asked, (rows, typed) =>
      this.atOnce.give(actor, request, rows, typed),
    );
  }

  @Post('caseload/next')
  @HttpCode(200)
  @Can('referral.setNext')
  async setNext(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forAll({ request, reply }, actor, asked, async (rows, typed) => {
      const names = Object.entries(typed).filter(([name]) => name.split('.', 1)[0] === 'nextOn');
      const input = await validated(SetNextInput, shapeOf(SetNextInput, Object.fromEntries(names)));
      const outcomes = await this.many.each(actor, request, rows, input, ({ id, version }) =>
        this.service.setNext(actor, id, input, version),
      );
      return { outcomes, what: say('Next contact {{nextOn}}', { nextOn: dayInWords(input.nextOn) }) };
    });
  }

  @Post('caseload/print')
  @HttpCode(200)
  @Can('caseload.list')
  async printThose(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => {
        const lines = await this.many.lines(actor, await this.rows(actor, asked, body));
        const now = this.clock.now();
        await this.desk.show(exchange, actor, 200, 'link-worker/pages/caseload-print.njk', {
          title: say('Caseload: {{number}} chosen', { number: lines.length }),
          rows: lines.map((item) => ({
            item,
            late: lateInWords(item.nextAt, now),
            state: { text: STATE_WORDS[item.state], colour: STATE_COLOURS[item.state] },
          })),
          print: true,
          words: { need: NEED_WORDS, next: NEXT_WORDS },
        });
        return null;
      },
      (form) => this.show(exchange, actor, asked, form),
    );
  }

  private forAll(
    exchange: Exchange,
    actor: MemberActor,
    asked: Record<string, string>,
    work: (rows: Ticked[], typed: Form['values']) => Promise<DoneToMany>,
  ): Promise<void> {
    const list = {
      back: { text: say('Caseload'), href: nextPage(ADDRESS, asked, '') },
      rows: (body: unknown) => this.rows(actor, asked, body),
      again: (form: Form) => this.show(exchange, actor, asked, form),
    };
    return this.atOnce.forAll(exchange, actor, list, work);
  }

  /** Those ticked; or, where everybody is, all of the list on its every page, as they are now. */
  private async rows(actor: MemberActor, asked: Record<string, string>, body: unknown): Promise<Ticked[]> {
    if (sent(body)['everybody'] === undefined) return ticked(body);
    const { part, ...filters } = await readQuery(CaseloadPageQuery, without(asked, 'after'));
    const rows: Ticked[] = [];
    let after: string | null = null;
    do {
      const page = await this.page(actor, part, { ...filters, limit: 100, ...(after !== null && { after }) });
      rows.push(...page.items.map(({ id, version }) => ({ id, version })));
      after = page.next;
    } while (after !== null && rows.length <= MOST_AT_ONCE);
    if (rows.length > MOST_AT_ONCE) throw tooManyAtOnce();
    return rows;
  }

  private async show(
    exchange: Exchange,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const { part, ...query } = await readQuery(CaseloadPageQuery, asked);
    const whose = query.worker ?? (actor.role === 'link_worker' ? actor.membershipId : null);
    const [page, { team, worker, counts }] = await Promise.all([
      this.page(actor, part, query),
      this.aroundIt(actor, whose),
    ]);
    const mayChoose = actor.role === 'link_worker' ? actor.actsFor : null;
    const now = this.clock.now();
    const tab = part ?? query.state?.join() ?? '';
    const whole = (query.reason ?? query.overdue) ? undefined : counts && COUNTED[tab]?.(counts);
    const name =
      worker && worker.membershipId !== actor.membershipId
        ? say('Caseload of {{name}}', { name: worker.name })
        : say('Caseload');
    await this.desk.show(exchange, actor, form.status, 'link-worker/pages/caseload.njk', {
      title: worker ? `${name} (${String(worker.caseload)})` : name,
      heading: name,
      worker,
      tabs: [
        { text: say('Everybody'), state: '', part: '', count: counts?.all },
        { text: STATE_WORDS.allocated, state: 'allocated', part: '', count: counts?.waiting },
        { text: STATE_WORDS.active, state: 'active', part: '', count: counts?.active },
        { text: say('With a group'), state: '', part: 'group', count: counts?.withAGroup },
        { text: STATE_WORDS.on_hold, state: 'on_hold', part: '', count: counts?.onHold },
        // A long list is somebody's: a manager chooses whose first.
        ...(worker ? [{ text: STATE_WORDS.closed, state: '', part: 'ended' }] : []),
      ].map((tab) => ({
        ...tab,
        href: nextPage(ADDRESS, { ...asked, state: tab.state, part: tab.part }, ''),
        current: (asked['state'] ?? '') === tab.state && (part ?? '') === tab.part,
      })),
      ended: part === 'ended',
      caption: part === 'ended' ? say('Latest first') : SORT_WORDS[query.sort ?? 'next'],
      rows: page.items.map((item) => ({
        item,
        late: lateInWords(item.nextAt, now),
        state: { text: STATE_WORDS[item.state], colour: STATE_COLOURS[item.state] },
      })),
      next: page.next && nextPage(ADDRESS, asked, page.next),
      printed: nextPage(ADDRESS, { ...asked, limit: '100', [PRINT]: '1' }, ''),
      further: query.after !== undefined,
      filtered: [query.reason, query.overdue, query.state, part].some((one) => one !== undefined),
      filters: { values: asked, wrong: {} },
      form,
      /** Where the form about those ticked goes, from the same page of the same list. */
      at: Object.fromEntries(
        ['give', 'next', 'print'].map((verb) => [
          verb,
          nextPage(`${ADDRESS}/${verb}`, asked, query.after ?? ''),
        ]),
      ),
      /** How many there are on all pages, where that is counted. */
      whole,
      dates: nextDates(londonDate(now)),
      takers: [
        { value: '', text: say('Choose one') },
        ...takersOf(team.filter(({ membershipId }) => membershipId !== whose)),
      ],
      choices: {
        needs: [{ value: '', text: say('Anything') }, ...choicesOf(NEED_WORDS)],
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

  /** The team, whose caseload it is of them, and how many stand where in it. */
  private async aroundIt(actor: MemberActor, whose: string | null) {
    const team = (await this.workers.list(actor, { limit: 100 })).items;
    const worker = team.find(({ membershipId }) => membershipId === whose);
    const counts = worker ? await this.todays.counts(actor, { workerId: worker.membershipId }) : null;
    return { team, worker, counts };
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
