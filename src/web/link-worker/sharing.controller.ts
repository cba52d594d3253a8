import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RenewAgreementInput, WithdrawAgreementInput } from '../../clients/agreement.dto.js';
import { AgreementsQueries } from '../../clients/agreements.queries.js';
import { AgreementsService } from '../../clients/agreements.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { BASIS_WORDS, HOW_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import { recordPages, recordTitle } from './record.js';
import { SCOPE_WORDS } from './sharing.words.js';
import { say } from '../words/staff/staff-words.js';

/** Who may know what of a person, since when and on what grounds; asked again, or taken back in whole or in part. */
@ApiExcludeController()
@Controller('desk/people/:id/sharing')
export class SharingPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly agreements: AgreementsQueries,
    private readonly service: AgreementsService,
  ) {}

  @Get()
  @Can('agreement.list')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.heads.of(actor, id);
    const all = await this.agreements.list(actor, id);
    const today = londonDate(this.clock.now());
    await this.desk.show(reply, actor, 200, 'link-worker/pages/sharing.njk', {
      title: recordTitle(say('Sharing'), person),
      person,
      pages: recordPages(id, 'sharing'),
      live: all
        .filter(({ withdrawnAt }) => withdrawnAt === null)
        .map((agreement) => ({
          agreement,
          askAgain: agreement.renewOn !== null && agreement.renewOn <= today,
        })),
      over: all.filter(({ withdrawnAt }) => withdrawnAt !== null),
      words: { reach: REACH_WORDS, scope: SCOPE_WORDS, basis: BASIS_WORDS, how: HOW_WORDS },
    });
  }

  @Get(':agreementId/withdraw')
  @Can('agreement.withdraw')
  async askWithdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, agreementId, newForm(), 'withdraw');
  }

  @Post(':agreementId/withdraw')
  @Can('agreement.withdraw')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.withdraw(actor, id, agreementId, await readForm(WithdrawAgreementInput, body));
        return `/desk/people/${id}/sharing`;
      },
      (form) => this.form(reply, actor, id, agreementId, form, 'withdraw'),
    );
  }

  @Get(':agreementId/renew')
  @Can('agreement.record')
  async askRenew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const today = newForm(dayBoxes('agreedOn', londonDate(this.clock.now())));
    await this.form(reply, actor, id, agreementId, today, 'renew');
  }

  @Post(':agreementId/renew')
  @Can('agreement.record')
  async renew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('agreementId') agreementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.renew(actor, id, agreementId, await readForm(RenewAgreementInput, body));
        return `/desk/people/${id}/sharing`;
      },
      (form) => this.form(reply, actor, id, agreementId, form, 'renew'),
    );
  }

  private async form(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    agreementId: string,
    form: Form,
    verb: 'withdraw' | 'renew',
  ): Promise<void> {
    const person = await this.heads.of(actor, id);
    const agreement = await this.agreements.get(actor, id, agreementId);
    const heading = verb === 'withdraw' ? say('Take back agreement') : say('They still agree');
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/sharing-change.njk', {
      title: recordTitle(heading, person),
      heading,
      verb,
      form,
      person,
      pages: recordPages(id, 'sharing'),
      agreement,
      scopes: agreement.scope.map((value) => ({ value, text: SCOPE_WORDS[value] })),
      how: choicesOf(HOW_WORDS),
      words: { reach: REACH_WORDS, scope: SCOPE_WORDS },
    });
  }
}
