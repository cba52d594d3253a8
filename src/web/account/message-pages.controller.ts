import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor, Role } from '../../platform/actor/actor.types.js';
import { OwnSwitchInput } from '../../reminders/message.dto.js';
import type { Telling } from '../../reminders/message.types.js';
import { MessageSwitches } from '../../reminders/message-switches.service.js';
import { type TaskKind, taskWords } from '../../reminders/task.types.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { say, sayAgain, sayAll } from '../words/staff/staff-words.js';

const HERE = '/desk/account/messages';

/** What a practice, a commissioner or an administrator can be asked; others anything but what is an administrator's. */
const ASKED: Partial<Record<Role, readonly TaskKind[]>> = {
  referrer: ['draft_waiting', 'returned', 'ask_practice', 'closing_summary', 'job_over'],
  commissioner: ['job_over'],
  administrator: ['staff_request', 'key_ending', 'key_last_days', 'job_over'],
};
const OF_ADMINISTRATORS: readonly string[] = ['staff_request', 'key_ending', 'key_last_days'];

const HOW_WORDS: Record<Telling, { now: string; choose: string }> = sayAll({
  at_once: { now: 'At once', choose: 'Tell me at once' },
  daily: { now: 'In the daily e-mail', choose: 'Put it in the daily e-mail' },
  list: { now: 'Only on your list', choose: 'Only on my list' },
});

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
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, newForm());
  }

  @Post()
  @Can('messageSwitch.own')
  async set(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { kind, told } = await readForm(OwnSwitchInput, body);
        await this.switches.setOwn(actor, kind, told);
        return kind === 'digest' ? HERE : `${HERE}#${kind}`;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const [digest, ...all] = await this.switches.own(actor);
    const asked: readonly string[] | undefined = ASKED[actor.role];
    const kinds = all
      .filter(
        ({ kind, choices }) =>
          choices.length > 1 && (asked ? asked.includes(kind) : !OF_ADMINISTRATORS.includes(kind)),
      )
      .map(({ kind, told, choices }) => ({ kind, told, choices, words: sayAgain(taskWords(kind)) }));
    await this.desk.show(reply, actor, form.status, 'account/pages/messages.njk', {
      title: say('What you are e-mailed about'),
      form,
      address: HERE,
      digest: digest?.told === 'daily',
      atOnce: kinds.filter(({ choices }) => choices.includes('at_once')),
      daily: kinds.filter(({ choices }) => !choices.includes('at_once')),
      how: HOW_WORDS,
    });
  }
}
