import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeptForms } from '../../identity/kept-forms.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { SendInput } from '../../referrals/referral.dto.js';
import { ReferralSending } from '../../referrals/referral-sending.service.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { Desk, type Exchange } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { Stops } from '../layout/stops.js';
import { CHOICES } from './refer.choices.js';
import { beside, type Compared } from './same-person.js';

/** A practice refers on one page. It is shown its own earlier referral of the same person, and nobody else's. */
@ApiExcludeController()
@Controller('desk')
export class ReferController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly sending: ReferralSending,
    private readonly referrals: ReferralsQueries,
    private readonly keptForms: KeptForms,
    private readonly stops: Stops,
  ) {}

  @Get('refer')
  @Can('referral.send')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [year, month, day] = londonDate(this.clock.now()).split('-');
    const today = { year, month, day } as Record<string, string>;
    await this.form(
      { request, reply },
      actor,
      newForm({
        'agreement.basis': 'agreed',
        'agreement.how': 'in_person',
        'agreement.agreedOn.day': String(Number(today['day'])),
        'agreement.agreedOn.month': String(Number(today['month'])),
        'agreement.agreedOn.year': today['year'] ?? '',
        feedback: 'progress',
        'client.interpreter': 'not_needed',
      }),
    );
  }

  @Post('refer')
  @Can('referral.send')
  async send(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    if (await this.stops.shown(exchange, actor)) return;
    await take(
      exchange,
      async (body) =>
        `/desk/referrals/${await this.sending.send(actor, await readForm(SendInput, body))}?sent`,
      (form) => this.form(exchange, actor, form),
    );
  }

  private async form(exchange: Exchange, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(exchange, actor, form.status, 'practice/pages/refer.njk', {
      title: 'Make a referral',
      form,
      drafts: await this.keptForms.ofMember(actor, '/desk/refer'),
      earlier: await this.earlier(actor, form),
      ...CHOICES,
    });
  }

  /** The sender's own open referral that stands in the way, beside what was typed now. */
  private async earlier(actor: MemberActor, { refusal, values }: Form): Promise<Compared | null> {
    if (refusal?.code !== 'already-sent' && refusal?.code !== 'maybe-already-sent') return null;
    const { referralId } = refusal.details;
    const referral = await this.referrals.get(actor, String(referralId));
    return beside(referral, values, refusal.code === 'maybe-already-sent');
  }
}
