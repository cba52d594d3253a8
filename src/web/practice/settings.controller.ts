import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Desk } from '../layout/desk.js';

/** What is kept of one's own practice or group, where what became of its referrals goes, and who changes that. */
@ApiExcludeController()
@Controller('desk/practice')
export class PracticeSettingsController {
  constructor(
    private readonly desk: Desk,
    private readonly organisations: OrganisationsQueries,
  ) {}

  @Get()
  @Can('organisation.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const organisation = await this.organisations.get(actor, actor.organisationId);
    await this.desk.show({ request, reply }, actor, 200, 'practice/pages/settings.njk', {
      title: organisation.kind === 'gp_practice' ? 'Our practice' : 'Our organisation',
      organisation,
    });
  }
}
