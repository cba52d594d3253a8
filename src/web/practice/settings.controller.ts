import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { KeepOwnOrganisationInput } from '../../identity/organisation.dto.js';
import { Organisations } from '../../identity/organisations.service.js';
import { StaffQueries } from '../../identity/staff.queries.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { reachOf } from '../../permissions/permission.table.js';
import { SecureAddresses } from '../../reminders/secure-addresses.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, overtaken, readChange, take, versionIn } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { FEEDBACK_BY_WORDS } from './practice.words.js';
import { say } from '../words/staff/staff-words.js';

/** What is kept of one's own practice or group, where what became of its referrals goes, and who changes that. */
@ApiExcludeController()
@Controller('desk/practice')
export class PracticeSettingsController {
  constructor(
    private readonly desk: Desk,
    private readonly organisations: OrganisationsQueries,
    private readonly keeper: Organisations,
    private readonly secure: SecureAddresses,
    private readonly staff: StaffQueries,
  ) {}

  @Get()
  @Can('organisation.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Query('saved') saved: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const notice = saved === 'yes' ? say('Saved.') : null;
    await this.page(reply, actor, null, notice);
  }

  @Post()
  @Can('organisation.keepOwn')
  async keep(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(KeepOwnOrganisationInput, body);
        await this.keeper.keepOwn(actor, versionIn(body), input);
        return '/desk/practice?saved=yes';
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    sent: Form | null,
    notice: string | null = null,
  ): Promise<void> {
    const [organisation, namesAt, staff] = await Promise.all([
      this.organisations.get(actor, actor.organisationId),
      this.secure.ofOwn(actor),
      reachOf('staff.list', actor.role) === 'none' ? [] : this.staff.list(actor),
    ]);
    const { phone, email, feedbackEmail, feedbackBy, weekly, contactId, version } = organisation;
    const inbox = feedbackEmail ?? email;
    const now = {
      phone: phone === null ? '' : spokenPhone(phone),
      email: email ?? '',
      feedbackEmail: feedbackEmail ?? '',
      feedbackBy,
      weekly: weekly ? 'yes' : 'no',
      contactId: contactId ?? '',
    };
    const form = sent === null ? newForm(now, version) : overtaken(sent, organisation);
    await this.desk.show(reply, actor, form.status, 'practice/pages/settings.njk', {
      title: organisation.kind === 'gp_practice' ? say('Our practice') : say('Our organisation'),
      organisation,
      namesAt,
      inbox,
      named: organisation.kind === 'gp_practice' && inbox !== null && namesAt.includes(inbox.toLowerCase()),
      staff: [
        { value: '', text: say('Nobody in particular') },
        ...staff.map(({ id, name }) => ({ value: id, text: name })),
      ],
      feedbackBy: choicesOf(FEEDBACK_BY_WORDS),
      words: { feedbackBy: FEEDBACK_BY_WORDS },
      form,
      notice,
    });
  }
}
