import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { ClaimsQuery, RefuseClaim } from '../../providers/claim.dto.js';
import { ClaimsQueries } from '../../providers/claims.queries.js';
import { Claims } from '../../providers/claims.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { CLAIM_STATE_WORDS } from './managers.words.js';
import type { AskedReason } from './reason.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/claims';

/** People who say that a group is theirs, and what a manager makes of it. */
@ApiExcludeController()
@Controller('desk/claims')
export class ClaimPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly claims: Claims,
    private readonly queries: ClaimsQueries,
  ) {}

  @Get()
  @Can('claim.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, asked, newForm());
  }

  @Post(':id/approve')
  @Can('claim.decide')
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.claims.approve(actor, id);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, {}, form),
    );
  }

  @Get(':id/refuse')
  @Can('claim.decide')
  async askWhy(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.refusal(reply, actor, id, newForm());
  }

  @Post(':id/refuse')
  @Can('claim.decide')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.claims.refuse(actor, id, await readForm(RefuseClaim, body));
        return ADDRESS;
      },
      (form) => this.refusal(reply, actor, id, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const query = await readQuery(ClaimsQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, form.status, 'managers/pages/claims.njk', {
      title: say('Who says that a group is theirs'),
      form,
      filter: { values: asked, wrong: {} },
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      states: [{ value: '', text: CLAIM_STATE_WORDS.proved }, ...choicesOf(CLAIM_STATE_WORDS).slice(2)],
      words: { state: CLAIM_STATE_WORDS },
    });
  }

  private async refusal(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const claim = await this.queries.get(actor, id);
    const asked: AskedReason = {
      title: say('Leave {{organisationName}} as it is', { organisationName: claim.organisationName }),
      back: { text: say('Who says that a group is theirs'), href: ADDRESS },
      says: say('Whoever asked reads only that it could not be confirmed.'),
      action: `${ADDRESS}/${id}/refuse`,
      label: say('Why? For those who work here.'),
      buttonText: say('Leave it as it is'),
      form,
    };
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', asked);
  }
}
