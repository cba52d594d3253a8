import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RecordTally } from '../../assets/help.dto.js';
import { Help } from '../../assets/help.service.js';
import { NeighbourhoodsQueries } from '../../assets/neighbourhoods.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { areasOf, countedOf, newTally } from '../tally/tally.forms.js';
import { HELP_WORDS } from '../tally/tally.words.js';
import { say } from '../words/staff/staff-words.js';

/** Help that a group only counts, written down by whoever hears of it: nobody is named. */
@ApiExcludeController()
@Controller('desk/groups/:id/tally')
export class GroupTallyController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly groups: ProvidersQueries,
    private readonly neighbourhoods: NeighbourhoodsQueries,
    private readonly help: Help,
  ) {}

  @Get()
  @Can('help.tally')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('counted') counted: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, null, counted);
  }

  @Post()
  @Can('help.tally')
  async count(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const tally = await readForm(RecordTally, body);
        tally.organisationId = id;
        await this.help.tally(actor, tally);
        return `/desk/groups/${id}/tally?counted=${tally.kind}`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    tried: Form | null,
    counted?: unknown,
  ): Promise<void> {
    const group = await this.groups.get(actor, id);
    const last = countedOf(counted);
    const form = tried ?? newTally(this.clock.now(), last);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/group-tally.njk', {
      title: say('Count the help they gave'),
      group,
      form,
      ...(last && { notice: say('That is counted.') }),
      kinds: choicesOf(HELP_WORDS),
      areas: areasOf(await this.neighbourhoods.list(actor), say('Not known')),
    });
  }
}
