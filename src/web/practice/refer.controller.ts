import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { validated } from '../../platform/http/validation.js';
import {
  ReferralsQuery,
  type ReferralLine,
  type SentReferralLine,
  SendInput,
} from '../../referrals/referral.dto.js';
import { ReferralSending } from '../../referrals/referral-sending.service.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { Desk, type Exchange } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf, NEED_WORDS, STATE_WORDS } from '../layout/words.js';
import {
  BASIS_WORDS,
  FEEDBACK_WORDS,
  HOW_WORDS,
  INTERPRETER_WORDS,
  REACH_WORDS,
  RISK_WORDS,
  SAFE_WORDS,
} from './practice.words.js';

const CHOICES = {
  needs: choicesOf(NEED_WORDS),
  risks: choicesOf(RISK_WORDS),
  safe: choicesOf(SAFE_WORDS),
  reach: [{ value: '', text: 'By phone, text, e-mail or letter' }, ...choicesOf(REACH_WORDS)],
  interpreters: choicesOf(INTERPRETER_WORDS),
  feedback: choicesOf(FEEDBACK_WORDS),
  bases: choicesOf(BASIS_WORDS),
  how: choicesOf(HOW_WORDS),
};

/** What a practice does: refer on one page, and see what became of those it referred. */
@ApiExcludeController()
@Controller('desk')
export class ReferController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly sending: ReferralSending,
    private readonly referrals: ReferralsQueries,
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
    await take(
      exchange,
      async (body) =>
        `/desk/referrals/${await this.sending.send(actor, await readForm(SendInput, body))}?sent`,
      (form) => this.form(exchange, actor, form),
    );
  }

  @Get('referrals')
  @Can('referral.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.referrals.list(actor, await validated(ReferralsQuery, query));
    await this.desk.show({ request, reply }, actor, 200, 'practice/pages/referrals.njk', {
      title: actor.role === 'referrer' ? 'Our referrals' : 'Referrals',
      rows: page.items.map(rowOf),
      next: page.next,
    });
  }

  @Get('referrals/:id')
  @Can('referral.get')
  async outcome(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('sent') sent: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const referral = await this.referrals.get(actor, id);
    await this.desk.show({ request, reply }, actor, 200, 'practice/pages/referral.njk', {
      title: `Referral ${referral.reference}`,
      justSent: sent !== undefined,
      referral,
      row: rowOf(referral),
      reasons: referral.reasons.map((reason) => NEED_WORDS[reason]),
    });
  }

  private form(exchange: Exchange, actor: MemberActor, form: Form): Promise<void> {
    return this.desk.show(exchange, actor, form.status, 'practice/pages/refer.njk', {
      title: 'Make a referral',
      form,
      ...CHOICES,
    });
  }
}

/** The same line for those who sent it and for those who work on it; each has been told what is theirs to know. */
function rowOf(line: SentReferralLine | ReferralLine): object {
  const { id, reference, client, sentAt } = line;
  const told =
    'statusText' in line
      ? { status: line.statusText, why: line.whyText, at: line.statusAt }
      : { status: STATE_WORDS[line.state], why: null, at: line.endedAt ?? line.nextAt };
  return {
    id,
    reference,
    person: client ? [client.firstName, client.lastName].filter(Boolean).join(' ') : 'Draft',
    sentAt,
    status: told.status,
    why: told.why,
    at: told.at,
  };
}
