import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { glimpse, KEPT_FORMS, keptPage, keptPath, worthKeeping } from '../../identity/kept-form.rules.js';
import { KeptForms } from '../../identity/kept-forms.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Clock } from '../../platform/clock/clock.js';
import { londonTime } from '../../platform/clock/wall-clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { answerScript, isScript } from '../layout/drafts.js';
import { seeOther } from '../layout/see-other.js';
import { say } from '../words/staff/staff-words.js';
import { AccountFrame } from './account-frame.js';

/** What somebody has typed and not sent: drafts, and what was on the way when they were signed out. */
@ApiExcludeController()
@Controller('desk/kept')
export class KeptFormsController {
  constructor(
    private readonly frame: AccountFrame,
    private readonly clock: Clock,
    private readonly keptForms: KeptForms,
  ) {}

  @Get()
  @Can('session.use')
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const kept = await this.keptForms.ofMember(actor);
    await this.frame.show(reply, actor, 'kept', {
      kept: kept.map((one) => ({
        ...one,
        words: glimpse(one.answers),
        answers: Object.entries(one.answers).flatMap(([name, value]) =>
          [value].flat().map((text) => ({ name, text })),
        ),
      })),
    });
  }

  /** A draft: by a button without a script; with one, every ten seconds and whenever a box is left. */
  @Post()
  @Can('session.use')
  async keep(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const { body, url } = reply.request;
    const keep = async (): Promise<string | null> => {
      const path = keptPath(url, body);
      if (path === null) throw Refusal.notFound();
      const answers = worthKeeping(body);
      return answers && this.keptForms.keepDraft(actor, path, answers, keptPage(body));
    };
    if (isScript(reply.request)) {
      await answerScript(reply, async () => {
        const kept = await keep();
        return kept === null
          ? { said: '' }
          : { kept, said: say('Draft saved at {{now}}', { now: londonTime(this.clock.now()) }) };
      });
      return;
    }
    await keep();
    await seeOther(reply, KEPT_FORMS);
  }

  @Post(':id/drop')
  @Can('session.use')
  async drop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.keptForms.drop(actor, id);
    await seeOther(reply, KEPT_FORMS);
  }
}
