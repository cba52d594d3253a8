import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SafeguardingQueries } from '../../clients/safeguarding.queries.js';
import { KeptForms } from '../../identity/kept-forms.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { RaiseWorryInput } from '../../referrals/worry.dto.js';
import { WorriesQueries } from '../../referrals/worries.queries.js';
import { WorriesService } from '../../referrals/worries.service.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { CONCERN_ABOUT_WORDS, CONCERN_KIND_WORDS, CONCERN_TOLD_WORDS } from '../link-worker/safety.words.js';
import { say } from '../words/staff/staff-words.js';

/** Whoever referred somebody is worried about them: told to those who deal with it, and heard of again. */
@ApiExcludeController()
@Controller('desk/referrals/:id')
export class WorryPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly referrals: ReferralsQueries,
    private readonly words: SafeguardingQueries,
    private readonly worries: WorriesQueries,
    private readonly service: WorriesService,
    private readonly keptForms: KeptForms,
  ) {}

  @Get('worries')
  @Can('safeguarding.worries')
  async list(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { reference } = await this.referrals.get(actor, id);
    await this.desk.show(reply, actor, 200, 'practice/pages/worries.njk', {
      title: say('What you are worried about, {{reference}}', { reference }),
      id,
      reference,
      worries: await this.worries.list(actor, id),
      words: { kind: CONCERN_KIND_WORDS, about: CONCERN_ABOUT_WORDS },
    });
  }

  @Get('worry')
  @Can('safeguarding.worry')
  async ask(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.form(reply, actor, id, newForm({ about: 'client' }));
  }

  @Post('worry')
  @Can('safeguarding.worry')
  async raise(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.raise(actor, id, await readForm(RaiseWorryInput, body));
        return `/desk/referrals/${id}/worries`;
      },
      (form) => this.form(reply, actor, id, form),
    );
  }

  private async form(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const { reference } = await this.referrals.get(actor, id);
    const action = `/desk/referrals/${id}/worry`;
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/concern.njk', {
      title: say('Safety concern, {{reference}}', { reference }),
      form,
      drafts: await this.keptForms.ofMember(actor, action),
      advice: await this.words.words(actor),
      action,
      back: { text: say('The referral'), href: `/desk/referrals/${id}` },
      name: `Referral ${reference}`,
      kinds: choicesOf(CONCERN_KIND_WORDS),
      about: choicesOf(CONCERN_ABOUT_WORDS),
      told: choicesOf(CONCERN_TOLD_WORDS),
    });
  }
}
