import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { InvitationsQuery, InviteInput } from '../../identity/invitation.dto.js';
import { InvitationsQueries } from '../../identity/invitations.queries.js';
import { Invitations } from '../../identity/invitations.service.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { isUuid } from '../../platform/pure/ids.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, nextPage, readForm, readQuery, take } from '../layout/forms.js';
import { choicesOf, ROLE_WORDS } from '../layout/words.js';
import { DELIVERY_WORDS, INVITATION_STATE_WORDS } from './managers.words.js';
import { namesOf } from './organisation-choices.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/invitations';

/** Who is asked to join, and whether the letter arrived. */
@ApiExcludeController()
@Controller('desk/invitations')
export class InvitationPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly invitations: Invitations,
    private readonly queries: InvitationsQueries,
    private readonly organisations: OrganisationsQueries,
  ) {}

  @Get()
  @Can('user.invite')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, asked, newForm());
  }

  @Get('new')
  @Can('user.invite')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Query() { organisationId, role }: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const known = { organisationId: organisationId ?? '', role: role ?? '' };
    await this.form(reply, actor, newForm(known));
  }

  @Post('new')
  @Can('user.invite')
  async invite(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.invitations.invite(actor, await readForm(InviteInput, body));
        return ADDRESS;
      },
      (form) => this.form(reply, actor, form),
    );
  }

  @Post(':id/resend')
  @Can('user.invite')
  async resend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.invitations.resend(actor, id);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, {}, form),
    );
  }

  @Post(':id/revoke')
  @Can('user.invite')
  async revoke(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.invitations.revoke(actor, id);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, {}, form),
    );
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
  ): Promise<void> {
    const query = await readQuery(InvitationsQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show(reply, actor, form.status, 'managers/pages/invitations.njk', {
      title: say('Invitations'),
      form,
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      words: { role: ROLE_WORDS, state: INVITATION_STATE_WORDS, delivery: DELIVERY_WORDS },
    });
  }

  private async form(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const places = await this.organisations.list(actor, { active: true, limit: 100 });
    const chosen = form.values['organisationId'];
    const isListed = places.items.some(({ id }) => id === chosen);
    const named =
      typeof chosen === 'string' && isUuid(chosen) && !isListed
        ? [await this.organisations.get(actor, chosen)]
        : [];
    await this.desk.show(reply, actor, form.status, 'managers/pages/invite.njk', {
      title: say('Invite somebody'),
      form,
      roles: choicesOf(ROLE_WORDS),
      organisations: namesOf([...named, ...places.items]),
      more: places.next !== null,
    });
  }
}
