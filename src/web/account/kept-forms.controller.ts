import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { glimpse } from '../../identity/kept-form.rules.js';
import { KeptForms } from '../../identity/kept-forms.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { Desk } from '../layout/desk.js';
import { seeOther } from '../layout/see-other.js';

/** What somebody was typing when they were signed out. */
@ApiExcludeController()
@Controller('desk/kept')
export class KeptFormsController {
  constructor(
    private readonly desk: Desk,
    private readonly keptForms: KeptForms,
  ) {}

  @Get()
  @Can('session.use')
  async look(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const kept = await this.keptForms.ofMember(actor);
    await this.desk.show({ request, reply }, actor, 200, 'account/pages/kept.njk', {
      title: 'What you were typing',
      kept: kept.map((one) => ({
        ...one,
        words: glimpse(one.answers),
        answers: Object.entries(one.answers).flatMap(([name, value]) =>
          [value].flat().map((text) => ({ name, text })),
        ),
      })),
    });
  }

  @Post(':id/drop')
  @Can('session.use')
  async drop(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.keptForms.drop(actor, id);
    await seeOther(reply, '/desk/kept');
  }
}
