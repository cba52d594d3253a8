import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnswerFeedbackInput, FeedbackQuery, GiveFeedbackInput } from '../../feedback/feedback.dto.js';
import { FeedbackQueries } from '../../feedback/feedback.queries.js';
import { ClientFeedback } from '../../feedback/feedback.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { HOW_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import { SAID_ABOUT_WORDS, SAID_BY_WORDS, SAID_KIND_WORDS, SAID_STATE_WORDS } from './across.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/said';

/** What people say of the service, or are worried about: written down for them, read and answered by the managers. */
@ApiExcludeController()
@Controller('desk')
export class ClientFeedbackPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly feedback: ClientFeedback,
    private readonly queries: FeedbackQueries,
    private readonly heads: PersonHeads,
  ) {}

  @Get('said')
  @Can('clientFeedback.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(FeedbackQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, 200, 'across/pages/said-list.njk', {
      title: say('What people say of us'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filters: { values: asked, wrong: {} },
      states: [{ value: '', text: say('Any') }, ...choicesOf(SAID_STATE_WORDS)],
      kinds: [{ value: '', text: say('Anything') }, ...choicesOf(SAID_KIND_WORDS)],
      words: { kind: SAID_KIND_WORDS, about: SAID_ABOUT_WORDS, state: SAID_STATE_WORDS },
    });
  }

  @Get('said/:id')
  @Can('clientFeedback.list')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post('said/:id/look')
  @Can('clientFeedback.handle')
  async seen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, () => this.feedback.look(actor, id));
  }

  @Post('said/:id/answer')
  @Can('clientFeedback.handle')
  async answer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, async (body) =>
      this.feedback.answer(actor, id, await readForm(AnswerFeedbackInput, body)),
    );
  }

  @Post('said/:id/release')
  @Can('clientFeedback.handle')
  async release(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.move(reply, actor, id, () => this.feedback.release(actor, id));
  }

  @Get('people/:id/said')
  @Can('clientFeedback.give')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.form(reply, actor, id, newForm({ toldBy: 'client' }));
  }

  @Post('people/:id/said')
  @Can('clientFeedback.give')
  async give(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const given = await this.feedback.give(actor, id, await readForm(GiveFeedbackInput, body));
        const receipt = await this.queries.receipt(actor, given);
        const person = await this.heads.of(actor, id);
        await this.desk.show(reply, actor, 200, 'across/pages/said-kept.njk', {
          title: say('It was passed on'),
          receipt,
          person,
        });
        return null;
      },
      (form) => this.form(reply, actor, id, form),
    );
  }

  private async form(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/said-new.njk', {
      title: say('What they say of us, {{reference}}', {
        reference: person.current?.reference ?? say('no referral'),
      }),
      person,
      form,
      kinds: choicesOf(SAID_KIND_WORDS),
      about: choicesOf(SAID_ABOUT_WORDS),
      from: choicesOf(SAID_BY_WORDS),
      how: choicesOf(HOW_WORDS),
      words: { reach: REACH_WORDS },
    });
  }

  private async move(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => `${ADDRESS}/${await work(body)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const said = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'across/pages/said.njk', {
      title: say('What somebody says: {{about}}', { about: SAID_ABOUT_WORDS[said.about].toLowerCase() }),
      said,
      form,
      other: newForm(),
      how: choicesOf(HOW_WORDS),
      words: {
        kind: SAID_KIND_WORDS,
        about: SAID_ABOUT_WORDS,
        state: SAID_STATE_WORDS,
        from: SAID_BY_WORDS,
        how: HOW_WORDS,
      },
    });
  }
}
