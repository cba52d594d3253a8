import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SwitchOffChannelInput } from '../../clients/client.dto.js';
import { ClientsQueries } from '../../clients/clients.queries.js';
import { ClientsService } from '../../clients/clients.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { ClientSwitchInput } from '../../reminders/message.dto.js';
import { MessageSwitches } from '../../reminders/message-switches.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { CHANNEL_WORDS } from './link-worker.words.js';
import { OFF_WORDS, SENT_WORDS, WAY_WORDS } from './person-messages.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** What a person is sent by itself, each kind on or off, and which ways of reaching them are used no more. */
@ApiExcludeController()
@Controller('desk/people/:id/messages')
export class PersonMessagesController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly clients: ClientsService,
    private readonly queries: ClientsQueries,
    private readonly switches: MessageSwitches,
  ) {}

  @Get()
  @Can('client.switchMessages')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  @Post()
  @Can('client.switchMessages')
  async set(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.change(reply, actor, id, async (body) => {
      const { kind, channel, on } = await readForm(ClientSwitchInput, body);
      await this.switches.setForClient(actor, id, kind, channel, on);
    });
  }

  @Post('stop')
  @Can('client.amend')
  async stop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, async (body) => {
      const { channel, because } = await readForm(SwitchOffChannelInput, body);
      await this.clients.switchOffChannel(actor, id, channel, because);
    });
  }

  @Post('resume')
  @Can('client.amend')
  async resume(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, () => this.clients.resumeMessages(actor, id));
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
        return `/desk/people/${id}/messages`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { messagesPausedAt } = await this.queries.get(actor, id);
    const switches = await this.switches.ofClient(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/person-messages.njk', {
      title: recordTitle(say('Messages to them'), person),
      form,
      keys: { set: newForm(), resume: newForm() },
      person,
      pages: recordPages(id, 'details'),
      messagesPausedAt,
      kinds: choicesOf(SENT_WORDS).map(({ value, text }) => ({
        kind: value,
        text,
        by: switches
          .filter(({ kind }) => kind === value)
          .map(({ channel, on }) => ({
            channel,
            on,
            text: CHANNEL_WORDS[channel as keyof typeof CHANNEL_WORDS],
          })),
      })),
      ways: [{ value: '', text: say('Choose one') }, ...choicesOf(WAY_WORDS)],
      because: choicesOf(OFF_WORDS),
      words: { reach: REACH_WORDS },
    });
  }
}
