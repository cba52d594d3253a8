import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { DeadLetters } from '../../reminders/dead-letters.service.js';
import { DropInput, MessagesQuery, RetryMessageInput } from '../../reminders/message.dto.js';
import { MessagesQueries } from '../../reminders/messages.queries.js';
import { SystemHealthQueries } from '../../reminders/system-health.queries.js';
import { WebhooksQueries } from '../../webhooks/webhooks.queries.js';
import { Desk } from '../layout/desk.js';
import { faultNamed, type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import {
  CHANNEL_WORDS,
  CHECK_WORDS,
  DESTINATION_WORDS,
  DROP_WORDS,
  MESSAGE_STATE_WORDS,
  RECIPIENT_WORDS,
} from './health.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/messages';

/** Whether what should happen by itself does; what was not sent or passed on is tried once more, or let be with a reason. */
@ApiExcludeController()
@Controller('desk')
export class HealthPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: MessagesQueries,
    private readonly dead: DeadLetters,
    private readonly health: SystemHealthQueries,
    private readonly webhooks: WebhooksQueries,
  ) {}

  @Get('health')
  @Can('health.read')
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const health = await this.health.look(actor);
    const webhooks = await this.webhooks.health(actor);
    const checks = Object.entries(CHECK_WORDS).map(([name, text]) => ({ text, state: health.checks[name] }));
    await this.desk.show(reply, actor, 200, 'managers/pages/health.njk', {
      title: say('System health'),
      health,
      webhooks,
      checks,
      well:
        checks.every(({ state }) => state === 'ok') &&
        health.regularWorkLateSince === null &&
        health.stuckEvents === 0 &&
        webhooks.failing === 0 &&
        webhooks.switchedOff === 0 &&
        health.channels.every(({ toLookAt, goesTo }) => toLookAt === 0 && goesTo !== 'files'),
      words: { channel: CHANNEL_WORDS, goesTo: DESTINATION_WORDS },
    });
  }

  @Get('messages')
  @Can('message.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, asked, newForm());
  }

  @Post('messages/:id/retry')
  @Can('message.retry')
  async retry(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { notReceived } = await readForm(RetryMessageInput, body);
        await this.dead.retry(actor, id, notReceived ?? false);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, {}, form, id),
    );
  }

  @Post('messages/:id/drop')
  @Can('message.drop')
  async drop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.dead.drop(actor, id, (await readForm(DropInput, body)).because);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, {}, form, id),
    );
  }

  @Post('stuck-events/:id/retry')
  @Can('event.retry')
  async retryEvent(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.dead.retryEvent(actor, id);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, {}, form, id),
    );
  }

  @Post('stuck-events/:id/drop')
  @Can('event.drop')
  async dropEvent(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.dead.dropEvent(actor, id, (await readForm(DropInput, body)).because);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, {}, form, id),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    refused: Form,
    about?: string,
  ): Promise<void> {
    faultNamed(refused, 'because', say('Why it is let be'));
    // Many on one page may be let be, and the answer that is missing is that of one of them.
    const errors = refused.errors.map((one) => ({ ...one, href: `${one.href}-${about ?? ''}` }));
    const form = { ...refused, errors };
    const query = await readQuery(MessagesQuery, asked);
    const messages = await this.queries.list(actor, query);
    const stuck = await this.queries.stuck(actor, { limit: 25 });
    await this.desk.show(reply, actor, form.status, 'managers/pages/messages.njk', {
      title: say('What did not go out'),
      form,
      about,
      filter: { values: asked, wrong: {} },
      messages: messages.items,
      next: messages.next && nextPage(ADDRESS, asked, messages.next),
      narrowed: [query.state, query.channel, query.dropped, query.after].some((one) => one !== undefined),
      stuck: stuck.items,
      moreStuck: stuck.next !== null,
      states: [{ value: '', text: say('To look at') }, ...choicesOf(MESSAGE_STATE_WORDS)],
      channels: [{ value: '', text: say('Any way') }, ...choicesOf(CHANNEL_WORDS)],
      reasons: [{ value: '', text: say('Choose why') }, ...choicesOf(DROP_WORDS)],
      words: {
        state: MESSAGE_STATE_WORDS,
        recipient: RECIPIENT_WORDS,
        drop: DROP_WORDS,
        channel: CHANNEL_WORDS,
      },
    });
  }
}
