import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RecordDeathInput } from '../../clients/client.dto.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { Desk } from '../layout/desk.js';
import { checked, type Form, lookedAt, newForm, readForm, take } from '../layout/forms.js';
import { rowOf } from './referral.rows.js';
import { say } from '../words/staff/staff-words.js';

/** Whoever referred somebody hears first that they died: what was heard, then once more who it is and what will stop. */
@ApiExcludeController()
@Controller('desk/referrals/:id/died')
export class DeathToldController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: ReferralsQueries,
    private readonly referrals: ReferralsService,
  ) {}

  @Get()
  @Can('referral.get')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  /** Writes nothing. */
  @Post('check')
  @HttpCode(200)
  @Can('referral.get')
  async check(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { body } = reply.request;
    const input = await checked(
      reply,
      () => readForm(RecordDeathInput, body),
      (form) => this.show(reply, actor, id, form),
    );
    if (!input) return;
    await this.show(reply, actor, id, lookedAt(body), input);
  }

  @Post()
  @Can('client.recordDeath')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(RecordDeathInput, body);
        return `/desk/referrals/${await this.referrals.recordDeath(actor, id, input)}?done=died`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  /** `heard`: to be looked at once more. */
  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    heard?: RecordDeathInput,
  ): Promise<void> {
    const referral = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'practice/pages/died.njk', {
      title:
        heard === undefined
          ? say('They have died, {{reference}}', { reference: referral.reference })
          : say('Check before you record it, {{reference}}', { reference: referral.reference }),
      form,
      referral,
      row: rowOf(referral),
      heard,
    });
  }
}
