import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { planAsRead } from '../../client-page/page-plan.rules.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { planLetter, planPart } from '../my/my.pages.js';
import { pdfOf, sendPdf } from '../paper/letter.pdf.js';
import { canBeWritten, hasFiles } from '../paper/letter.rules.js';
import { speechBy } from '../words/speech.js';
import { existing, PlanPages } from './plan.pages.js';

/** The plan on paper for the person, in their language: as their own page would show all of it, for whoever has none. */
@ApiExcludeController()
@Controller('desk/people/:id/plan')
export class PlanCopyController {
  constructor(
    private readonly pages: Pages,
    private readonly plans: PlanPages,
  ) {}

  @Get('copy')
  @Can('plan.read')
  async copy(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('lang') language: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { speech, plan, letter } = await this.copyOf(actor, id, language);
    const hasFile = hasFiles(speech.language) && canBeWritten(letter);
    await this.pages.show(reply, 200, 'link-worker/pages/plan-copy.njk', {
      speech,
      readOnce: true,
      title: letter.title,
      plan,
      back: `/desk/people/${id}/plan`,
      file: hasFile ? `/desk/people/${id}/plan/copy.pdf?lang=${speech.language}` : null,
    });
  }

  /** The same as a file; where none can be made, the page. */
  @Get('copy.pdf')
  @Can('plan.read')
  async file(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('lang') language: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { speech, letter } = await this.copyOf(actor, id, language);
    if (hasFiles(speech.language) && canBeWritten(letter))
      await sendPdf(reply, 'plan', await pdfOf(letter, speech.tag));
    else await seeOther(reply, `/desk/people/${id}/plan/copy?lang=${speech.language}`);
  }

  private async copyOf(actor: MemberActor, id: string, language: unknown) {
    const found = await this.plans.found(actor, id);
    const speech = speechBy(language, found.person.language);
    const plan = planPart(planAsRead(existing(found).content), speech);
    return { speech, plan, letter: planLetter(plan, speech.t('my.menu.plan'), speech) };
  }
}
