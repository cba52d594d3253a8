import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { SchemeSwitchInput, type SwitchView } from '../../reminders/message.dto.js';
import { MessageSwitches } from '../../reminders/message-switches.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { CHANNEL_WORDS } from './health.words.js';
import { SWITCH_WORDS } from './scheme.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/message-switches';

/** What is sent by itself in a scheme, kind by kind and way by way. */
@ApiExcludeController()
@Controller('desk/message-switches')
export class MessageSwitchPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly switches: MessageSwitches,
  ) {}

  @Get()
  @Can('messageSwitch.list')
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, newForm());
  }

  @Post()
  @Can('messageSwitch.set')
  async set(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { kind, channel, on } = await readForm(SchemeSwitchInput, body);
        await this.switches.setForScheme(actor, kind, channel, on);
        return `${ADDRESS}#${kind}-${channel}`;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const kinds = new Map<string, SwitchView[]>();
    for (const one of await this.switches.ofScheme(actor))
      kinds.set(one.kind, [...(kinds.get(one.kind) ?? []), one]);
    await this.desk.show(reply, actor, form.status, 'managers/pages/message-switches.njk', {
      title: say('What is sent by itself'),
      form,
      /** One key for all: only one of them is sent. */
      other: newForm(),
      kinds: [...kinds].map(([kind, ways]) => ({ ...SWITCH_WORDS[kind as keyof typeof SWITCH_WORDS], ways })),
      words: { channel: CHANNEL_WORDS },
    });
  }
}
