import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MakePageLinkInput, PageAskedInput, type PageLinkView } from '../../client-page/page-access.dto.js';
import { PageAccessQueries } from '../../client-page/page-access.queries.js';
import { PageAccess } from '../../client-page/page-access.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { CODE_WORDS } from './person-messages.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** Whether a person has a page of their own, who enters it and how, and the link that is handed over. */
@ApiExcludeController()
@Controller('desk/people/:id/own-page')
export class OwnPageAccessController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly access: PageAccess,
    private readonly queries: PageAccessQueries,
  ) {}

  @Get()
  @Can('clientPage.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const today = newForm(dayBoxes('askedOn', londonDate(this.clock.now())));
    await this.show(reply, actor, id, today);
  }

  /** The address is told on this page, once, and kept nowhere. */
  @Post('link')
  @Can('clientPage.change')
  async link(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const linkId = await this.access.makeLink(actor, id, await readForm(MakePageLinkInput, body));
        await this.show(reply, actor, id, newForm(), await this.access.linkView(actor, linkId));
        return null;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post('asked')
  @Can('clientPage.change')
  async asked(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, async (body) =>
      this.access.recordAsked(actor, id, await readForm(PageAskedInput, body)),
    );
  }

  @Post('close')
  @Can('clientPage.change')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, () => this.access.close(actor, id));
  }

  @Post('reopen')
  @Can('clientPage.change')
  async reopen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, () => this.access.reopen(actor, id));
  }

  private async change(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<unknown>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await work(body);
        return `/desk/people/${id}/own-page`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    link: PageLinkView | null = null,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const [own, ...supporters] = await this.queries.list(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/own-page.njk', {
      title: recordTitle(say('Their own page'), person),
      form,
      other: newForm(),
      person,
      pages: recordPages(id, 'details'),
      own,
      supporters,
      link,
      channels: choicesOf(CODE_WORDS),
      words: { reach: REACH_WORDS, code: CODE_WORDS },
    });
  }
}
