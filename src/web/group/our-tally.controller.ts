import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RecordTally } from '../../assets/help.dto.js';
import { Help } from '../../assets/help.service.js';
import { NeighbourhoodsQueries } from '../../assets/neighbourhoods.queries.js';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { type Form, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { areasOf, countedOf, newTally } from '../tally/tally.forms.js';
import { helpWords } from '../tally/tally.words.js';
import { speechFor } from '../words/choice.js';
import { spokenForm } from '../words/spoken-form.js';
import { GroupFrame } from './group-frame.js';

const HERE = '/desk/group/tally';

/** A group that signs in counts the help it gave, naming nobody, as others do by a link. */
@ApiExcludeController()
@Controller('desk/group/tally')
export class OurTallyController {
  constructor(
    private readonly frame: GroupFrame,
    private readonly clock: Clock,
    private readonly memberships: MembershipQueries,
    private readonly neighbourhoods: NeighbourhoodsQueries,
    private readonly help: Help,
  ) {}

  @Get()
  @Can('groupPage.use')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Query('counted') counted: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, null, counted);
  }

  @Post()
  @Can('groupPage.use')
  async count(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const tally = await readForm(RecordTally, body);
        await this.help.tally(actor, tally);
        return `${HERE}?counted=${tally.kind}`;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    tried: Form | null,
    counted?: unknown,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const { t } = speech;
    const { membership } = await this.memberships.me(actor);
    const last = countedOf(counted);
    const form = spokenForm(tried ?? newTally(this.clock.now(), last), speech);
    const notice = form.again ? t('ours.again') : last ? t('groups.tally.saved') : form.notice;
    await this.frame.show(
      reply,
      'group/pages/tally.njk',
      {
        title: t('groups.tally.title'),
        scheme: membership.schemeName,
        group: membership.organisationName,
        form,
        errors: form.errors,
        kinds: choicesOf(helpWords(t)),
        areas: areasOf(await this.neighbourhoods.list(actor), t('reply.finishWords.not_known')),
        ...(notice === null ? {} : { notice }),
      },
      { status: form.status },
    );
  }
}
