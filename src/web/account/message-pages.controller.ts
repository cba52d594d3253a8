import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor, Role } from '../../platform/actor/actor.types.js';
import { OwnSwitchInput } from '../../reminders/message.dto.js';
import { MessageSwitches } from '../../reminders/message-switches.service.js';
import { type TaskKind, taskWords } from '../../reminders/task.types.js';
import { Desk, type Exchange } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { say, sayAgain } from '../words/staff/staff-words.js';

const HERE = '/desk/account/messages';

/** What a practice or an administrator can be asked; everybody else can be asked anything. */
const ASKED: Partial<Record<Role, readonly TaskKind[]>> = {
  referrer: ['draft_waiting', 'returned', 'ask_practice', 'closing_summary', 'job_over'],
  administrator: ['staff_request'],
};

/** What somebody is e-mailed about. Their list has everything, whatever is switched off here. */
@ApiExcludeController()
@Controller('desk/account/messages')
export class MessagePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly switches: MessageSwitches,
  ) {}

  @Get()
  @Can('messageSwitch.own')
  async look(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page({ request, reply }, actor, newForm());
  }

  @Post()
  @Can('messageSwitch.own')
  async set(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => {
        const { kind, on } = await readForm(OwnSwitchInput, body);
        await this.switches.setOwn(actor, kind, on);
        return kind === 'digest' ? HERE : `${HERE}#${kind}`;
      },
      (form) => this.page(exchange, actor, form),
    );
  }

  private async page(exchange: Exchange, actor: MemberActor, form: Form): Promise<void> {
    const all = await this.switches.own(actor);
    const asked: readonly string[] | undefined = ASKED[actor.role];
    await this.desk.show(exchange, actor, form.status, 'account/pages/messages.njk', {
      title: say('What you are e-mailed about'),
      form,
      address: HERE,
      digest: all.find(({ kind }) => kind === 'digest')?.on ?? true,
      kinds: all
        .filter(({ kind }) => kind !== 'digest' && (asked?.includes(kind) ?? true))
        .map(({ kind, on }) => ({ kind, on, words: sayAgain(taskWords(kind)) })),
    });
  }
}
