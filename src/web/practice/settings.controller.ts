import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeepOwnOrganisationInput } from '../../identity/organisation.dto.js';
import { Organisations } from '../../identity/organisations.service.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { Desk, type Exchange } from '../layout/desk.js';
import { type Form, newForm, overtaken, readChange, take, versionIn } from '../layout/forms.js';

/** What is kept of one's own practice or group, where what became of its referrals goes, and who changes that. */
@ApiExcludeController()
@Controller('desk/practice')
export class PracticeSettingsController {
  constructor(
    private readonly desk: Desk,
    private readonly organisations: OrganisationsQueries,
    private readonly keeper: Organisations,
  ) {}

  @Get()
  @Can('organisation.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Query('saved') saved: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const notice = saved === 'yes' ? 'Saved.' : null;
    await this.page({ request, reply }, actor, null, notice);
  }

  @Post()
  @Can('organisation.keepOwn')
  async keep(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => {
        const input = await readChange(KeepOwnOrganisationInput, body);
        await this.keeper.keepOwn(actor, versionIn(body), input);
        return '/desk/practice?saved=yes';
      },
      (form) => this.page(exchange, actor, form),
    );
  }

  private async page(
    exchange: Exchange,
    actor: MemberActor,
    sent: Form | null,
    notice: string | null = null,
  ): Promise<void> {
    const organisation = await this.organisations.get(actor, actor.organisationId);
    const { phone, email, feedbackEmail, version } = organisation;
    const now = {
      phone: phone === null ? '' : spokenPhone(phone),
      email: email ?? '',
      feedbackEmail: feedbackEmail ?? '',
    };
    const form = sent === null ? newForm(now, version) : overtaken(sent, organisation);
    await this.desk.show(exchange, actor, form.status, 'practice/pages/settings.njk', {
      title: organisation.kind === 'gp_practice' ? 'Our practice' : 'Our organisation',
      organisation,
      form,
      notice,
    });
  }
}
