import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { PeriodInput, QuietTimeInput } from '../../providers/rhythm.dto.js';
import { RhythmQueries } from '../../providers/rhythm.queries.js';
import { RhythmService } from '../../providers/rhythm.service.js';
import { PERIOD_KINDS, type PeriodKind } from '../../providers/rhythm.types.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { DAY_WORDS } from '../link-worker/groups.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** When a group changes its times, and when it wants no messages: holy days, services, closed and busier seasons. */
@ApiExcludeController()
@Controller('desk/groups/:id/times')
export class GroupTimesController {
  constructor(
    private readonly desk: Desk,
    private readonly groups: ProvidersQueries,
    private readonly queries: RhythmQueries,
    private readonly rhythm: RhythmService,
  ) {}

  @Get()
  @Can('provider.amend')
  async list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  @Get('new')
  @Can('provider.amend')
  async askPeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, 'period', newForm());
  }

  @Post('new')
  @Can('provider.amend')
  async addPeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => timesOf(await this.rhythm.addPeriod(actor, id, await readForm(PeriodInput, body))),
      (form) => this.form(reply, actor, id, 'period', form),
    );
  }

  @Post(':periodId/remove')
  @Can('provider.amend')
  async removePeriod(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('periodId') periodId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.rhythm.removePeriod(actor, id, periodId);
        return timesOf(id);
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Get('weekly')
  @Can('provider.amend')
  async askHours(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, 'weekly', newForm());
  }

  @Post('weekly')
  @Can('provider.amend')
  async addHours(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        timesOf(await this.rhythm.addQuietTime(actor, id, await readForm(QuietTimeInput, body))),
      (form) => this.form(reply, actor, id, 'weekly', form),
    );
  }

  @Post('weekly/remove')
  @Can('provider.amend')
  async removeHours(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        timesOf(await this.rhythm.removeQuietTime(actor, id, await readForm(QuietTimeInput, body))),
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const group = await this.groups.get(actor, id);
    const { periods, quietTimes, quietDays, mayBeWrittenTo } = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-times.njk', {
      title: say('Times of {{name}}', { name: group.name }),
      group,
      form,
      periods: periods.map((period) => ({ period, form: newForm() })),
      hours: quietTimes.map((time) => ({ time, form: newForm() })),
      quietDays: quietDays.map((day) => DAY_WORDS[day]),
      mayBeWrittenTo,
      words: { kind: PERIOD_KIND_WORDS, day: DAY_WORDS },
    });
  }

  private async form(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    kind: keyof typeof TITLES,
    form: Form,
  ): Promise<void> {
    const group = await this.groups.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-time.njk', {
      title: TITLES[kind],
      group,
      kind,
      form,
      kinds: PERIOD_KINDS.map((value) => ({
        value,
        text: PERIOD_KIND_WORDS[value],
        hint: { text: PERIOD_KIND_HINTS[value] },
      })),
      days: [{ value: '', text: say('Choose one') }, ...choicesOf(DAY_WORDS)],
    });
  }
}

const TITLES = sayAll({
  period: 'A time when it changes',
  weekly: 'Hours of every week without messages',
} as const);

const PERIOD_KIND_WORDS: Record<PeriodKind, string> = sayAll({
  closed: 'Closed',
  shorter: 'Shorter hours',
  extra: 'More than usual',
  quiet: 'No messages',
});

const PERIOD_KIND_HINTS: Record<PeriodKind, string> = sayAll({
  closed: 'Nobody new is offered, and the time to answer stands still.',
  shorter: 'Link workers read it; offers go on.',
  extra: 'Link workers read that there is more, such as meals in Ramadan.',
  quiet: 'Such as a holy day: nothing is sent to it then, and its time to answer runs on.',
});

const timesOf = (id: string): string => `/desk/groups/${id}/times`;
