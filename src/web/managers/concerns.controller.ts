import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ConcernsQuery, ReviewConcern } from '../../onward-referrals/concern.dto.js';
import { ConcernsQueries } from '../../onward-referrals/concerns.queries.js';
import { Concerns } from '../../onward-referrals/concerns.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { CONCERN_KIND_WORDS, CONCERN_OUTCOME_WORDS, TOLD_BY_WORDS } from './managers.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/concerns';

/** Pressure and unequal treatment that somebody told us of: read by the scheme, never by the group. */
@ApiExcludeController()
@Controller('desk/concerns')
export class ConcernPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly concerns: Concerns,
    private readonly queries: ConcernsQueries,
  ) {}

  @Get()
  @Can('concern.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(ConcernsQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'managers/pages/concerns.njk', {
      title: say('Concerns about groups'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      form: { values: asked, wrong: {} },
      words: { kind: CONCERN_KIND_WORDS, outcome: CONCERN_OUTCOME_WORDS },
    });
  }

  @Get(':id')
  @Can('concern.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post(':id')
  @Can('concern.review')
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.concerns.review(actor, id, await readForm(ReviewConcern, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const concern = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/concern.njk', {
      title: say('Concern about {{organisationName}}', { organisationName: concern.organisationName }),
      concern,
      form,
      outcomes: choicesOf(CONCERN_OUTCOME_WORDS),
      words: { kind: CONCERN_KIND_WORDS, toldBy: TOLD_BY_WORDS, outcome: CONCERN_OUTCOME_WORDS },
    });
  }
}
