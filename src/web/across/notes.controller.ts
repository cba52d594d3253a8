import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { EscalationsQueries } from '../../caseload/escalations.queries.js';
import { EscalationsService } from '../../caseload/escalations.service.js';
import { AcknowledgeEscalationInput, RaiseEscalationInput } from '../../caseload/workload.dto.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { isUuid } from '../../platform/pure/ids.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/notes';

/** What a worker cannot carry alone: put before the managers, and answered by one of them. */
@ApiExcludeController()
@Controller('desk/notes')
export class NotePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly notes: EscalationsService,
    private readonly queries: EscalationsQueries,
    private readonly heads: PersonHeads,
  ) {}

  @Get()
  @Can('escalation.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(PageQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'across/pages/notes.njk', {
      title: say('Notes to the managers'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
    });
  }

  @Get('new')
  @Can('escalation.raise')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Query() { referral = '' }: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, newForm({ referralId: isUuid(referral) ? referral : '' }));
  }

  @Post()
  @Can('escalation.raise')
  async raise(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.notes.raise(actor, await readForm(RaiseEscalationInput, body))}`,
      (form) => this.form(reply, actor, form),
    );
  }

  @Get(':id')
  @Can('escalation.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post(':id')
  @Can('escalation.acknowledge')
  async answer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.notes.acknowledge(actor, id, await readForm(AcknowledgeEscalationInput, body))}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const note = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/note.njk', {
      title: say('Note to the managers{{reference}}', {
        reference:
          note.reference === null ? '' : say(', referral {{reference}}', { reference: note.reference }),
      }),
      note,
      person: note.clientId === null ? null : await this.heads.find(actor, note.clientId),
      words: { reach: REACH_WORDS },
      form,
    });
  }

  private async form(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const { referralId } = form.values;
    const about =
      typeof referralId === 'string' && isUuid(referralId)
        ? await this.heads.ofReferral(actor, referralId)
        : null;
    await this.desk.show(reply, actor, form.status, 'across/pages/note-new.njk', {
      title: say('A note to the managers'),
      about,
      words: { reach: REACH_WORDS },
      form,
    });
  }
}
