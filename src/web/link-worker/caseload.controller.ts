import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController, OmitType } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CASELOAD_PARTS, CaseloadLists, type CaseloadPart } from '../../caseload/caseload-lists.queries.js';
import type { LinkWorkerView } from '../../link-workers/link-worker.dto.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { daysBetween, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Choice } from '../../platform/http/fields.js';
import { validated } from '../../platform/http/validation.js';
import { CaseloadQuery, type ReferralLine, SetNextInput } from '../../referrals/referral.dto.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { without } from '../../platform/pure/without.js';
import { dayInWords, daysInWords, lateInWords, nextDates } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { ALL, type Form, newForm, nextPage, PRINT, readQuery, sent, take } from '../layout/forms.js';
import { countInWords, type ListOf, ListPages } from '../layout/list-pages.js';
import { Many, MOST_AT_ONCE, type Ticked, ticked, tooManyAtOnce } from '../layout/many.js';
import { shapeOf } from '../layout/shape-of.js';
import { choicesOf, languageInWords, NEED_WORDS, STAGE_WORDS, stageTag } from '../layout/words.js';
import { NEXT_WORDS } from './link-worker.words.js';
import { onPaper } from './on-paper.js';
import { type DoneToMany, ManyAtOnce } from './many-at-once.js';
import { takersOf } from './takers.js';
import { WriteToMany, type WritingAt } from './write-to-many.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/caseload';

/** Where they stand is said by the part. */
class CaseloadPageQuery extends OmitType(CaseloadQuery, ['state'] as const) {
  @Choice(CASELOAD_PARTS, { optional: true })
  part?: CaseloadPart;
}

/** Older than so many days, to look at what goes on for long. */
const OPEN_DAYS = [30, 60, 90, 180];

const PART_WORDS: Record<CaseloadPart, string> = sayAll({
  all: 'Everybody',
  waiting: STAGE_WORDS.waiting,
  conversation: STAGE_WORDS.in_conversation,
  plan: STAGE_WORDS.plan_agreed,
  group: STAGE_WORDS.with_a_group,
  onHold: STAGE_WORDS.on_hold,
  ended: 'Closed',
});

const CASELOAD: ListOf<ReferralLine> = sayAll({
  address: ADDRESS,
  name: 'caseload',
  columns: [
    { text: 'Person', sort: 'name' },
    { text: 'Where it stands', sort: 'state' },
    { text: 'Next', sort: 'next' },
    { text: 'Here since', sort: 'sent' },
    { text: 'Wants help with' },
    { text: 'Next step' },
  ],
  usual: 'next',
  parts: ['part'],
  file: ({
    reference,
    client,
    stage,
    owner,
    nextAt,
    nextKind,
    sentAt,
    endedAt,
    organisationName,
    reasons,
  }) => ({
    [say('Reference')]: reference,
    [say('First name')]: client?.firstName,
    [say('Last name')]: client?.lastName,
    [say('Date of birth')]: client?.dateOfBirth,
    [say('NHS number')]: client?.nhsNumber,
    [say('Where it stands')]: STAGE_WORDS[stage],
    [say('Link worker')]: owner?.name,
    [say('Next')]: nextAt && londonDate(nextAt),
    [say('Next step')]: nextKind && NEXT_WORDS[nextKind],
    [say('From')]: organisationName,
    [say('Here since')]: sentAt && londonDate(sentAt),
    [say('Ended')]: endedAt && londonDate(endedAt),
    [say('Wants help with')]: reasons.map((reason) => NEED_WORDS[reason]).join('; '),
  }),
});

const ENDED: ListOf<ReferralLine> = sayAll({
  ...CASELOAD,
  columns: CASELOAD.columns.map((column) =>
    column.sort === 'next' ? { text: say('Ended'), sort: 'next' } : column,
  ),
  usual: '-next',
});

/** Everybody a link worker has in hand: their own, somebody's they cover, or for a manager anybody's. */
@ApiExcludeController()
@Controller('desk')
export class CaseloadPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly pages: ListPages,
    private readonly workers: LinkWorkersQueries,
    private readonly lists: CaseloadLists,
    private readonly service: ReferralsService,
    private readonly many: Many,
    private readonly heads: PersonHeads,
    private readonly atOnce: ManyAtOnce,
    private readonly writing: WriteToMany,
  ) {}

  @Get('caseload')
  @Can('caseload.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, asked, newForm());
  }

  /** On paper for whoever works with them meanwhile: how to reach each, and what not to do. */
  @Get('caseload/sheet')
  @Can('caseload.list')
  async sheet(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { part = 'all', ...query } = await readQuery(CaseloadPageQuery, asked);
    const { items, next } = await this.lists.list(actor, part, { ...query, limit: MOST_AT_ONCE });
    const people = await this.heads.ofReferrals(
      actor,
      items.map(({ id }) => id),
    );
    const { items: team } = await this.workers.list(actor, { limit: 100 });
    await this.desk.show(reply, actor, 200, 'link-worker/pages/caseload-print.njk', {
      title: caseloadOf(
        actor,
        team.find(({ membershipId }) => membershipId === query.worker),
      ),
      back: { text: say('Back to the caseload'), href: nextPage(ADDRESS, asked, '') },
      without: items.length - people.length,
      more: next !== null,
      ...onPaper(people, this.clock.now()),
    });
  }

  @Post('caseload/give')
  @HttpCode(200)
  @Can('referral.allocate')
  async give(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forAll(reply, actor, asked, (rows, typed) =>
      this.atOnce.give(actor, reply.request, rows, typed),
    );
  }

  @Post('caseload/next')
  @HttpCode(200)
  @Can('referral.setNext')
  async setNext(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forAll(reply, actor, asked, async (rows, typed) => {
      const names = Object.entries(typed).filter(([name]) => name.split('.', 1)[0] === 'nextOn');
      const input = await validated(SetNextInput, shapeOf(SetNextInput, Object.fromEntries(names)));
      const outcomes = await this.many.each(actor, reply.request, rows, input, ({ id, version }) =>
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
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const rows = await this.rows(actor, asked, body);
        const people = await this.heads.ofReferrals(
          actor,
          rows.map(({ id }) => id),
        );
        if (people.length === 0) throw Refusal.notFound();
        await this.desk.show(reply, actor, 200, 'link-worker/pages/caseload-print.njk', {
          title: say('Caseload: {{number}} chosen', { number: people.length }),
          back: { text: say('Back to the caseload'), href: ADDRESS },
          without: rows.length - people.length,
          ...onPaper(people, this.clock.now()),
        });
        return null;
      },
      (form) => this.show(reply, actor, asked, form),
    );
  }

  /** Who would get it, and how: answered with the page, so that nobody's choice stands in an address. */
  @Post('caseload/write')
  @HttpCode(200)
  @Can('writtenMessage.write')
  async writeTo(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { words = '' } = sent(body);
        const rows = await this.rows(actor, asked, body);
        await this.writing.page(reply, actor, rows, newForm({ words }), this.writingAt(asked));
        return null;
      },
      (form) => this.writeAgain(reply, actor, asked, form),
    );
  }

  @Post('caseload/write/send')
  @HttpCode(200)
  @Can('writtenMessage.write')
  async send(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.atOnce.forAll(
      reply,
      actor,
      {
        back: { text: say('Caseload'), href: nextPage(ADDRESS, asked, '') },
        rows: ticked,
        again: (form) => this.writeAgain(reply, actor, asked, form),
      },
      async (rows) => ({
        outcomes: await this.writing.send(actor, reply.request, rows, reply.request.body),
        what: say('Written to'),
        takeBack: this.writingAt(asked).takeBack,
      }),
    );
  }

  @Post('caseload/write/take-back')
  @HttpCode(200)
  @Can('writtenMessage.write')
  async takeBack(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.forAll(reply, actor, asked, async (rows, typed) => ({
      outcomes: await this.writing.takeBack(actor, reply.request, rows, typed),
      what: say('Taken back'),
    }));
  }

  /** What is wrong with the words is said beside them, and with the choice of people above the list. */
  private async writeAgain(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    if (form.wrong['words'] === undefined) {
      await this.show(reply, actor, asked, form);
      return;
    }
    await this.writing.page(reply, actor, ticked(reply.request.body), form, this.writingAt(asked));
  }

  private writingAt(asked: Record<string, string>): WritingAt {
    const of = (address: string) => nextPage(address, asked, '');
    const write = `${ADDRESS}/write`;
    return {
      back: of(ADDRESS),
      write: of(write),
      send: of(`${write}/send`),
      takeBack: of(`${write}/take-back`),
    };
  }

  private forAll(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    work: (rows: Ticked[], typed: Form['values']) => Promise<DoneToMany>,
  ): Promise<void> {
    const list = {
      back: { text: say('Caseload'), href: nextPage(ADDRESS, asked, '') },
      rows: (body: unknown) => this.rows(actor, asked, body),
      again: (form: Form) => this.show(reply, actor, asked, form),
    };
    return this.atOnce.forAll(reply, actor, list, work);
  }

  /** Those ticked; or, where everybody is, all of the list on its every page, as they are now. */
  private async rows(actor: MemberActor, asked: Record<string, string>, body: unknown): Promise<Ticked[]> {
    if (sent(body)['everybody'] === undefined) return ticked(body);
    const { part = 'all', ...filters } = await readQuery(CaseloadPageQuery, without(asked, 'after'));
    const page = await this.lists.list(actor, part, { ...filters, limit: MOST_AT_ONCE });
    if (page.next !== null) throw tooManyAtOnce();
    return page.items.map(({ id, version }) => ({ id, version }));
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const { part = 'all', ...query } = await readQuery(CaseloadPageQuery, asked);
    const shape = part === 'ended' ? ENDED : CASELOAD;
    const read = (of: CaseloadQuery) => this.lists.list(actor, part, of);
    if (await this.pages.saved(reply, shape, { asked, query, read })) return;
    const whose = query.worker ?? (actor.role === 'link_worker' ? actor.membershipId : null);
    const [page, around, { items: team }] = await Promise.all([
      this.pages.page({ asked, query, read }),
      this.lists.around(actor, query),
      this.workers.list(actor, { limit: 100 }),
    ]);
    const worker = team.find(({ membershipId }) => membershipId === whose);
    const mayChoose = actor.role === 'link_worker' ? actor.actsFor : null;
    const now = this.clock.now();
    const name = caseloadOf(actor, worker);
    const count = around.counts[part];
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/caseload.njk', {
      ...this.pages.around(shape, { asked, query, count }, page, name),
      worker,
      // A long list is somebody’s: a manager chooses whose first.
      tabs: CASELOAD_PARTS.filter((one) => one !== 'ended' || worker).map((one) => ({
        text: PART_WORDS[one],
        count: countInWords(around.counts[one]),
        href: nextPage(
          ADDRESS,
          { ...without(asked, 'sort', ALL, PRINT), part: one === 'all' ? '' : one },
          '',
        ),
        current: part === one,
      })),
      part: part === 'all' ? '' : part,
      ended: part === 'ended',
      rows: page.items.map((item) => ({
        item,
        late: lateInWords(item.nextAt, now),
        open: item.sentAt && daysInWords(daysBetween(londonDate(item.sentAt), londonDate(now))),
        stage: stageTag(item.stage),
      })),
      filters: { values: asked, wrong: {} },
      form,
      sheet: nextPage(`${ADDRESS}/sheet`, without(asked, ALL, PRINT), ''),
      /** Where the form about those ticked goes, from the same page of the same list. */
      at: Object.fromEntries(
        ['give', 'next', 'print', 'write'].map((verb) => [
          verb,
          nextPage(`${ADDRESS}/${verb}`, asked, query.after ?? ''),
        ]),
      ),
      dates: nextDates(londonDate(now)),
      takers: [
        { value: '', text: say('Choose one') },
        ...takersOf(team.filter(({ membershipId }) => membershipId !== whose)),
      ],
      choices: {
        needs: [{ value: '', text: say('Anything') }, ...choicesOf(NEED_WORDS)],
        organisations: [
          { value: '', text: say('Any') },
          ...around.organisations.map(({ id, name: text }) => ({ value: id, text })),
        ],
        languages: [
          { value: '', text: say('Any') },
          ...around.languages.map((value) => ({ value, text: languageInWords(value) })),
        ],
        openDays: [
          { value: '', text: say('Any') },
          ...OPEN_DAYS.map((days) => ({ value: String(days), text: say('{{days}} days or more', { days }) })),
        ],
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

/** What somebody calls it: their own, or that of a colleague. */
const caseloadOf = (actor: MemberActor, worker: LinkWorkerView | undefined): string =>
  worker && worker.membershipId !== actor.membershipId
    ? say('Caseload of {{name}}', { name: worker.name })
    : say('Caseload');
