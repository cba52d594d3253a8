import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { ListingsQueries } from '../../providers/listings.queries.js';
import { PeriodInput } from '../../providers/rhythm.dto.js';
import { RhythmQueries } from '../../providers/rhythm.queries.js';
import { RhythmService } from '../../providers/rhythm.service.js';
import { PERIOD_KINDS } from '../../providers/rhythm.types.js';
import { dayBoxes } from '../layout/dates.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { sessionWords } from '../public/public.words.js';
import { noticeOf } from '../reply/reply.parts.js';
import { speechFor } from '../words/choice.js';
import { spokenForm } from '../words/spoken-form.js';
import { GroupFrame } from './group-frame.js';

const HERE = '/desk/group/times';
const KEPT = `${HERE}?saved=signed`;

/** When a group is away, does less or more, and is there again: said by itself, in its own language. */
@ApiExcludeController()
@Controller('desk/group/times')
export class OurTimesController {
  constructor(
    private readonly frame: GroupFrame,
    private readonly clock: Clock,
    private readonly memberships: MembershipQueries,
    private readonly services: ListingsQueries,
    private readonly queries: RhythmQueries,
    private readonly rhythm: RhythmService,
  ) {}

  @Get()
  @Can('groupPage.use')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Query('saved') saved: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, null, saved);
  }

  @Post()
  @Can('groupPage.use')
  async add(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.rhythm.addPeriod(actor, actor.organisationId, await readForm(PeriodInput, body));
        return KEPT;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  @Post(':id/end')
  @Can('groupPage.use')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async () => {
        await this.rhythm.endPeriod(actor, actor.organisationId, id);
        return KEPT;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    tried: Form | null,
    saved?: unknown,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const { t, day } = speech;
    const today = londonDate(this.clock.now());
    const { membership } = await this.memberships.me(actor);
    const { periods } = await this.queries.get(actor, actor.organisationId);
    const { items } = await this.services.list(actor, { limit: 100 });
    const form = spokenForm(tried ?? newForm(dayBoxes('from', today)), speech);
    const notice = form.again ? t('ours.again') : form.notice;
    await this.frame.show(
      reply,
      'group/pages/times.njk',
      {
        title: t('ours.times.title'),
        scheme: membership.schemeName,
        group: membership.organisationName,
        form,
        errors: form.errors,
        periods: periods.map(({ id, kind, name, from, until }) => ({
          id,
          name,
          what: t(`ours.times.kind.${kind}`),
          when: t('ours.times.fromUntil', { from: day(from), until: day(until) }),
          back: kind === 'closed' && from <= today,
        })),
        services: items
          .filter(({ state }) => state !== 'closed')
          .map(({ id, name, schedule }) => ({
            id,
            name,
            times: schedule.map((session) => sessionWords(session, speech)),
          })),
        kinds: PERIOD_KINDS.map((value) => ({
          value,
          text: t(`ours.times.kind.${value}`),
          hint: { text: t(`ours.times.hint.${value}`) },
        })),
        ...(notice === null ? {} : { notice }),
        ...noticeOf(saved, speech),
      },
      { status: form.status },
    );
  }
}
