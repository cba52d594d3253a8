import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { SetFeedbackInput, VoidInput } from '../../referrals/referral.dto.js';
import type { VoidReason } from '../../referrals/referral.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { AGREED_CHOICES, besideAgreed, withAgreementIfSaid } from '../layout/agreement.js';
import { dayBoxes } from '../layout/dates.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, ofVersion, readForm, seenIn, sent, take } from '../layout/forms.js';
import { Stops } from '../layout/stops.js';
import { choicesOf } from '../layout/words.js';
import { FEEDBACK_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import { isOfSomebody, type OfSomebody, standsNow, worked } from './worked.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const VOID_WORDS: Record<VoidReason, string> = sayAll({
  wrong_person: 'It is about somebody else',
  entered_twice: 'It was entered twice',
  test: 'It was a test',
  other: 'Something else',
});

/** What is seldom done with one referral: what its sender may hear, and that it should never have been here. */
@ApiExcludeController()
@Controller('desk/referrals/:id')
export class ReferralRecordController {
  constructor(
    private readonly desk: Desk,
    private readonly heads: PersonHeads,
    private readonly clock: Clock,
    private readonly referrals: ReferralsQueries,
    private readonly service: ReferralsService,
    private readonly stops: Stops,
  ) {}

  @Get('feedback')
  @Can('referral.setFeedback')
  async askFeedback(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.hears(reply, actor, id, null);
  }

  @Post('feedback')
  @Can('referral.setFeedback')
  async setFeedback(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (await this.stops.shown(reply, actor)) return;
    await take(
      reply,
      async (body) => {
        const { client } = await this.of(actor, id);
        await this.service.setFeedback(
          actor,
          id,
          await readForm(SetFeedbackInput, withAgreementIfSaid(sent(body))),
          seenIn(body),
        );
        return `/desk/people/${client.id}/details`;
      },
      (form) => this.hears(reply, actor, id, form),
    );
  }

  @Get('void')
  @Can('referral.void')
  async askVoid(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.voiding(reply, actor, id, newForm());
  }

  @Post('void')
  @Can('referral.void')
  async void(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { client } = await this.of(actor, id);
        await this.service.void(actor, id, await readForm(VoidInput, body), seenIn(body));
        return `/desk/people/${client.id}`;
      },
      (form) => this.voiding(reply, actor, id, form),
    );
  }

  private async hears(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    tried: Form | null,
  ): Promise<void> {
    const referral = await this.of(actor, id);
    const today = dayBoxes('agreement.agreedOn', londonDate(this.clock.now()));
    const form = tried ? besideAgreed(tried) : newForm({ feedback: referral.feedback, ...today });
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/referral-feedback.njk', {
      title: say('What its sender may hear: {{reference}}', { reference: referral.reference }),
      form: ofVersion(form, referral),
      referral,
      now: standsNow(referral),
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      may: referral.allowed.includes('setFeedback') && referral.organisationName !== null,
      feedback: choicesOf(FEEDBACK_WORDS),
      agreed: AGREED_CHOICES,
    });
  }

  private async voiding(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = await this.of(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/referral-void.njk', {
      title: say('Entered in error: {{reference}}', { reference: referral.reference }),
      form: ofVersion(form, referral),
      referral,
      now: standsNow(referral),
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      may: referral.allowed.includes('void'),
      reasons: choicesOf(VOID_WORDS),
    });
  }

  private async of(actor: MemberActor, id: string): Promise<OfSomebody> {
    const referral = worked(await this.referrals.get(actor, id));
    if (!isOfSomebody(referral)) throw Refusal.notFound();
    return referral;
  }
}
