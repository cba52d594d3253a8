import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CheckHandoverInput, MakeHandoverInput } from '../../caseload/handover.dto.js';
import { HandoversQueries } from '../../caseload/handovers.queries.js';
import { HandoversService } from '../../caseload/handovers.service.js';
import { WorkloadQueries } from '../../caseload/workload.queries.js';
import { withRoom } from '../../caseload/workload.rules.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { validated } from '../../platform/http/validation.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { daysInWords, lateInWords } from '../layout/dates.js';
import { onPaper } from '../link-worker/on-paper.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, sent, take } from '../layout/forms.js';
import { shapeOf } from '../layout/shape-of.js';
import { STAGE_WORDS } from '../layout/words.js';
import { HANDOVER_OUTCOME_WORDS, HANDOVER_STATE_WORDS } from './managers.words.js';
import { say } from '../words/staff/staff-words.js';

const TEAM = '/desk/team';
const HANDOVERS = '/desk/handovers';

/** How many of those who wait for a worker or are late are shown beside the team; their own lists have the rest. */
const SHOWN = 10;

/** How many of those with room are named. */
const SUGGESTED = 3;

/** The team as a whole: who has how much, who has nobody, what is late, and handing people over. */
@ApiExcludeController()
@Controller('desk')
export class TeamPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly workload: WorkloadQueries,
    private readonly referrals: ReferralsQueries,
    private readonly workers: LinkWorkersQueries,
    private readonly handovers: HandoversService,
    private readonly queries: HandoversQueries,
    private readonly heads: PersonHeads,
  ) {}

  @Get('team')
  @Can('handover.make')
  async board(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const team = await this.workload.weights(actor, {
      limit: query.limit ?? 100,
      ...(query.after !== undefined && { after: query.after }),
    });
    const suggested = withRoom(team.items);
    const unassigned = await this.referrals.triage(actor, { state: ['accepted'], limit: SHOWN });
    const late = await this.referrals.caseload(actor, { overdue: true, limit: SHOWN });
    const now = this.clock.now();
    await this.desk.show(reply, actor, 200, 'managers/pages/team.njk', {
      title: say('Team'),
      team: team.items,
      next: team.next && nextPage(TEAM, asked, team.next),
      form: newForm(),
      // Room by number alone is no room for whoever is full by weight.
      suggested: suggested.filter(({ fullness }) => fullness === null || fullness < 1).slice(0, SUGGESTED),
      takers: [...suggested, ...team.items.filter((one) => !suggested.includes(one))].map(
        ({ workerId, name, room, absent }) => ({
          value: workerId,
          text: `${name}: ${absent ? 'away' : say('room for {{room}}', { room })}`,
        }),
      ),
      unassigned,
      late: late.items.map((item) => ({ item, late: lateInWords(item.nextAt, now) })),
      moreLate: late.next !== null,
      days: daysInWords,
    });
  }

  @Get('team/:id/hand-over')
  @Can('handover.make')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.form(reply, actor, id, null);
  }

  @Post('team/:id/hand-over')
  @Can('handover.make')
  async handOver(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${HANDOVERS}/${await this.handovers.make(actor, await handoverIn(id, body))}`,
      (form) => this.form(reply, actor, id, form),
    );
  }

  @Get('handovers')
  @Can('handover.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'managers/pages/handovers.njk', {
      title: say('Handovers'),
      items: page.items,
      next: page.next && nextPage(HANDOVERS, asked, page.next),
      further: query.after !== undefined,
      words: { state: HANDOVER_STATE_WORDS },
    });
  }

  @Get('handovers/:id')
  @Can('handover.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  /** On paper for whoever takes them: those in reach of whoever prints it. What everything is, the day itself decides. */
  @Get('handovers/:id/sheet')
  @Can('handover.list')
  async sheet(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { items, fromName } = await this.queries.get(actor, id);
    const named = items.map(({ referralId }) => referralId);
    const people = await this.heads.ofReferrals(actor, named);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/caseload-print.njk', {
      title: say('Handed over from {{fromName}}', { fromName: fromName ?? say('somebody who has left') }),
      back: { text: say('Back to the handover'), href: `${HANDOVERS}/${id}` },
      without: named.length - people.length,
      ...onPaper(people, this.clock.now()),
    });
  }

  @Post('handovers/:id/check')
  @Can('handover.check')
  async check(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${HANDOVERS}/${await this.handovers.check(actor, id, await readForm(CheckHandoverInput, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post('handovers/:id/cancel')
  @Can('handover.make')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${HANDOVERS}/${await this.handovers.cancel(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async form(reply: FastifyReply, actor: MemberActor, id: string, form: Form | null): Promise<void> {
    const team = (await this.workers.list(actor, { limit: 100 })).items;
    const here = team.find(({ membershipId }) => membershipId === id);
    const name = here?.name ?? (await this.workers.nameOf(actor, id));
    const cases = await this.referrals.caseload(actor, { worker: id, limit: 100 });
    const [year = '', month = '', day = ''] = londonDate(this.clock.now()).split('-');
    const today = { 'effectiveOn.day': day, 'effectiveOn.month': month, 'effectiveOn.year': year };
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/hand-over.njk', {
      title: say('Hand over from {{name}}', { name }),
      worker: {
        membershipId: id,
        name,
        caseload: here?.caseload ?? (cases.next ? 'all' : cases.items.length),
      },
      form: form ?? newForm(today),
      cases: cases.items.map(({ id: value, client, reference, stage }) => ({
        value,
        text: [client?.firstName, client?.lastName, reference].filter(Boolean).join(' '),
        hint: { text: STAGE_WORDS[stage] },
      })),
      more: cases.next !== null,
      takers: [
        { value: '', text: say('Choose one') },
        ...team
          .filter(({ membershipId }) => membershipId !== id)
          .map(({ membershipId, name, room, absence }) => ({
            value: membershipId,
            text: `${name}: ${absence ? 'away' : say('room for {{room}}', { room })}`,
          })),
      ],
    });
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const handover = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/handover.njk', {
      title: say('Handover from {{fromName}}', {
        fromName: handover.fromName ?? say('somebody who has left'),
      }),
      handover,
      form,
      other: newForm(),
      open: handover.checks
        .filter(({ doneAt }) => doneAt === null)
        .map(({ code, words }) => ({ value: code, text: words })),
      words: { state: HANDOVER_STATE_WORDS, outcome: HANDOVER_OUTCOME_WORDS },
    });
  }
}

/** Those ticked each go to the one named; with everything ticked, whatever the worker owns does. */
function handoverIn(fromId: string, body: unknown): Promise<MakeHandoverInput> {
  const { referralId = [], everything, ...typed } = sent(body);
  const { toId, ...input } = shapeOf(MakeHandoverInput, typed);
  const ticked = [referralId].flat().filter((one) => one !== '');
  if (toId === undefined) throw Refusal.invalidField('toId', 'Choose who takes them');
  if (everything !== undefined) return validated(MakeHandoverInput, { ...input, fromId, toId });
  if (ticked.length === 0) throw Refusal.invalidField('referralId', 'Choose at least one person');
  const referrals = ticked.map((id) => ({ referralId: id, toId }));
  return validated(MakeHandoverInput, { ...input, fromId, referrals });
}
