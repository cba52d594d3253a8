import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { type ReadingView, WriteToInput } from '../../reminders/written-message.dto.js';
import { WrittenMessagesQueries } from '../../reminders/written-messages.queries.js';
import { WrittenMessages } from '../../reminders/written-messages.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { say } from '../words/staff/staff-words.js';
import { CHANNEL_WORDS } from './link-worker.words.js';
import { NO_WAY_WORDS, WRITTEN_STATE_WORDS } from './person-messages.words.js';
import { recordPages, recordTitle } from './record.js';

/** A message to a person in a worker's own words: by which way, how it reads, and taken back until it goes. */
@ApiExcludeController()
@Controller('desk/people/:id/write')
export class WriteController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly messages: WrittenMessages,
    private readonly queries: WrittenMessagesQueries,
  ) {}

  @Get()
  @Can('writtenMessage.list')
  async blank(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  @Post()
  @Can('writtenMessage.write')
  async write(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.messages.write(actor, id, await readForm(WriteToInput, body));
        return `/desk/people/${id}/write#written`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  /** Answered with the page itself: nothing of it is kept, and it stands in no address. */
  @Post('preview')
  @HttpCode(200)
  @Can('writtenMessage.write')
  async preview(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(WriteToInput, body);
        const reading = await this.messages.read(actor, id, input);
        const { channel = '', words } = input;
        await this.show(reply, actor, id, newForm({ channel, words }), reading);
        return null;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post(':message/take-back')
  @Can('writtenMessage.write')
  async takeBack(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('message') message: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.messages.takeBack(actor, message);
        return `/desk/people/${id}/write#written`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    reading: ReadingView | null = null,
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { ways, messages } = await this.queries.of(actor, id);
    const open = ways.filter(({ because }) => because === null);
    const [why, ...others] = new Set(ways.map(({ because }) => because));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/write.njk', {
      title: recordTitle(say('Send a message'), person),
      form: { ...form, values: { channel: open[0]?.channel, ...form.values } },
      keys: { back: newForm() },
      person,
      pages: recordPages(id, 'documents'),
      ways: open.map(({ channel }) => ({ value: channel, text: CHANNEL_WORDS[channel] })),
      closed: ways.flatMap(({ channel, because }) =>
        because === null ? [] : [{ text: CHANNEL_WORDS[channel], because: NO_WAY_WORDS[because] }],
      ),
      // Said once, where it keeps every way from them.
      why: why && others.length === 0 ? NO_WAY_WORDS[why] : null,
      reading,
      messages,
      words: { reach: REACH_WORDS, channel: CHANNEL_WORDS, state: WRITTEN_STATE_WORDS },
    });
  }
}
