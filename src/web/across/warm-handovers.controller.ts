import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  CancelWarmHandover,
  SettleWarmHandover,
  WarmHandoversQuery,
} from '../../onward-referrals/warm-handover.dto.js';
import { WarmHandoversQueries } from '../../onward-referrals/warm-handovers.queries.js';
import { WarmHandovers } from '../../onward-referrals/warm-handovers.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { GOES_WORDS, MET_WORDS } from '../link-worker/onward.words.js';
import { WARM_STATE_WORDS } from './across.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/warm-handovers';

/** Who goes along with somebody to a group, across people; and what happened there. */
@ApiExcludeController()
@Controller('desk/warm-handovers')
export class WarmHandoverPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly clock: Clock,
    private readonly handovers: WarmHandovers,
    private readonly queries: WarmHandoversQueries,
  ) {}

  @Get()
  @Can('warmHandover.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(WarmHandoversQuery, asked);
    const page = await this.queries.across(actor, query);
    const now = this.clock.now();
    await this.desk.show(reply, actor, 200, 'across/pages/warm-handovers.njk', {
      title: say('Going along'),
      rows: page.items.map((item) => ({ item, toSettle: item.state === 'arranged' && item.meetAt <= now })),
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filters: { values: asked, wrong: {} },
      states: [{ value: '', text: say('Any') }, ...choicesOf(WARM_STATE_WORDS)],
      words: { state: WARM_STATE_WORDS, goes: GOES_WORDS, met: MET_WORDS },
    });
  }

  @Get(':id')
  @Can('warmHandover.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post(':id/settle')
  @Can('warmHandover.settle')
  async settle(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.handovers.settle(actor, id, await readForm(SettleWarmHandover, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Post(':id/cancel')
  @Can('warmHandover.settle')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.handovers.cancel(actor, id, await readForm(CancelWarmHandover, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const view = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/warm-handover.njk', {
      title: say('Going along to {{service}}', { service: view.service }),
      view,
      form,
      other: newForm(),
      past: view.meetAt <= this.clock.now(),
      outcomes: choicesOf(MET_WORDS),
      person: await this.heads.find(actor, view.clientId),
      words: { state: WARM_STATE_WORDS, goes: GOES_WORDS, met: MET_WORDS, reach: REACH_WORDS },
    });
  }
}
