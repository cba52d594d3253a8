import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { HeardSafetyMessageInput, SendSafetyMessageInput } from '../../reminders/safety-message.dto.js';
import { SafetyMessagesQueries } from '../../reminders/safety-messages.queries.js';
import { SafetyMessages } from '../../reminders/safety-messages.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { SAFETY_RECIPIENT_WORDS } from './across.words.js';
import { say } from '../words/staff/staff-words.js';

/** Telling a practice on the same day that somebody could not be reached and there is a worry, until it says that it knows. */
@ApiExcludeController()
@Controller('desk')
export class SafetyMessagePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly messages: SafetyMessages,
    private readonly queries: SafetyMessagesQueries,
  ) {}

  @Get('referrals/:id/safety-messages')
  @Can('safetyMessage.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, newForm());
  }

  @Post('referrals/:id/safety-messages')
  @Can('safetyMessage.send')
  async send(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.messages.send(actor, id, await readForm(SendSafetyMessageInput, body));
        return `/desk/referrals/${id}/safety-messages`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  /** Where whoever is asked to ring the practice begins. */
  @Get('safety-messages/:id')
  @Can('safetyMessage.list')
  async one(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const { referralId } = await this.queries.get(actor, id);
    await this.page(reply, actor, referralId, newForm());
  }

  @Post('safety-messages/:id/heard')
  @Can('safetyMessage.send')
  async heard(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { referralId } = await this.queries.get(actor, id);
    await take(
      reply,
      async (body) => {
        await this.messages.heard(actor, id, await readForm(HeardSafetyMessageInput, body));
        return `/desk/referrals/${referralId}/safety-messages`;
      },
      (form) => this.page(reply, actor, referralId, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const messages = await this.queries.list(actor, id);
    const now = this.clock.now();
    await this.desk.show(reply, actor, form.status, 'across/pages/safety-messages.njk', {
      title: say('Tell a practice of a worry, referral {{reference}}', {
        reference: person.current.reference,
      }),
      person,
      referral: person.current,
      rows: messages.map((item) => ({ item, late: item.readAt === null && item.answerBy <= now })),
      /** Only the newest can still wait: they must have read it before another is sent. */
      open: messages.find(({ readAt }) => readAt === null),
      form,
      other: newForm(),
      recipients: choicesOf(SAFETY_RECIPIENT_WORDS),
      words: { reach: REACH_WORDS },
    });
  }
}
