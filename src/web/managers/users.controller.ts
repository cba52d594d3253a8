import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Memberships } from '../../identity/memberships.service.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { SecondFactors } from '../../identity/second-factors.service.js';
import { PasswordResets } from '../../identity/password-resets.service.js';
import {
  AmendUserInput,
  CreateMembershipInput,
  LeaveInput,
  TriagesInput,
  UsersQuery,
  type UserView,
} from '../../identity/user.dto.js';
import { UsersQueries } from '../../identity/users.queries.js';
import { Users } from '../../identity/users.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  overtaken,
  readChange,
  readForm,
  readQuery,
  take,
  versionIn,
} from '../layout/forms.js';
import { type ListOf, ListPages } from '../layout/list-pages.js';
import { choicesOf, ROLE_WORDS } from '../layout/words.js';
import { CARERS, carersOf } from './carers.js';
import { MEMBERSHIP_STATE_WORDS } from './managers.words.js';
import { namesOf } from './organisation-choices.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/users';

const USERS: ListOf<UserView> = sayAll({
  address: ADDRESS,
  name: 'users',
  columns: [
    { text: 'Name', sort: 'name' },
    { text: 'Roles', sort: 'role' },
    { text: 'Access', sort: 'access' },
  ],
  usual: 'name',
  file: ({ name, email, memberships, disabled }) => ({
    [say('Name')]: name,
    [say('Email')]: email,
    [say('Roles')]: memberships
      .filter(({ state }) => state !== 'ended')
      .map((one) => `${ROLE_WORDS[one.role]}, ${one.organisationName}`)
      .join('; '),
    [say('Access')]: disabled ? say('Switched off') : say('Can sign in'),
  }),
});

/** Who works here, in which roles, and who is let in. */
@ApiExcludeController()
@Controller('desk/users')
export class UserPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly users: Users,
    private readonly queries: UsersQueries,
    private readonly memberships: Memberships,
    private readonly organisations: OrganisationsQueries,
    private readonly resets: PasswordResets,
    private readonly factors: SecondFactors,
  ) {}

  @Get()
  @Can('user.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(UsersQuery, asked),
      read: (query: UsersQuery) => this.queries.list(actor, query),
      count: (query: UsersQuery) => this.queries.count(actor, query),
    };
    await this.lists.show(reply, actor, 'managers/pages/users.njk', USERS, list, (items) => ({
      title: say('Users and access'),
      items,
      form: { values: asked, wrong: {} },
      roles: [{ value: '', text: say('Any role') }, ...choicesOf(ROLE_WORDS)],
      words: { role: ROLE_WORDS, state: MEMBERSHIP_STATE_WORDS },
    }));
  }

  @Get(':id')
  @Can('user.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('sent') sent: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const notice = sent === undefined ? null : say('A link to choose a new password is on its way to them.');
    await this.page(reply, actor, id, null, notice);
  }

  @Post(':id')
  @Can('user.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.users.amend(actor, id, versionIn(body), await readChange(AmendUserInput, body));
        return `${ADDRESS}/${id}`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  /** The same letter as they would get who ask themselves; nobody else ever sees the link. */
  @Post(':id/reset')
  @Can('user.amend')
  async reset(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.resets.ask((await this.queries.get(actor, id)).email);
        return `${ADDRESS}/${id}?sent`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/reset-factor')
  @Can('user.resetFactor')
  async askBeforeResetting(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.factorPage(reply, actor, id, newForm());
  }

  @Post(':id/reset-factor')
  @Can('user.resetFactor')
  async resetFactor(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.factors.reset(actor, id)}`,
      (form) => this.factorPage(reply, actor, id, form),
    );
  }

  @Get(':id/disable')
  @Can('user.disable')
  async askBeforeDisabling(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.leaving(reply, actor, id, null, newForm());
  }

  @Post(':id/disable')
  @Can('user.disable')
  async disable(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { handTo } = await readForm(LeaveInput, body);
        return `${ADDRESS}/${await this.users.disable(actor, id, handTo ?? null)}`;
      },
      (form) => this.leaving(reply, actor, id, null, form),
    );
  }

  @Post(':id/enable')
  @Can('user.disable')
  async enable(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.users.enable(actor, id)}`,
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/roles')
  @Can('user.invite')
  async askForRole(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.roleForm(reply, actor, id, newForm());
  }

  @Post(':id/roles')
  @Can('user.invite')
  async addRole(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.memberships.create(actor, id, await readForm(CreateMembershipInput, body));
        return `${ADDRESS}/${id}`;
      },
      (form) => this.roleForm(reply, actor, id, form),
    );
  }

  @Get(':userId/roles/:id/leave')
  @Can('membership.end')
  async askBeforeLeaving(
    @CurrentActor() actor: MemberActor,
    @Id('userId') userId: string,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.leaving(reply, actor, userId, id, newForm());
  }

  @Post(':userId/roles/:id/end')
  @Can('membership.end')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id('userId') userId: string,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.leave(reply, actor, userId, id, (handTo) => this.memberships.end(actor, id, handTo));
  }

  @Post(':userId/roles/:id/disable')
  @Can('membership.end')
  async rest(
    @CurrentActor() actor: MemberActor,
    @Id('userId') userId: string,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.leave(reply, actor, userId, id, (handTo) => this.memberships.disable(actor, id, handTo));
  }

  @Post(':userId/roles/:id/enable')
  @Can('membership.end')
  async resume(
    @CurrentActor() actor: MemberActor,
    @Id('userId') userId: string,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => `${ADDRESS}/${await this.memberships.enable(actor, id)}`,
      (form) => this.page(reply, actor, userId, form),
    );
  }

  @Post(':userId/roles/:id/triages')
  @Can('user.amend')
  async setTriages(
    @CurrentActor() actor: MemberActor,
    @Id('userId') userId: string,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { triages } = await readForm(TriagesInput, body);
        return `${ADDRESS}/${await this.memberships.setTriages(actor, id, triages)}`;
      },
      (form) => this.page(reply, actor, userId, form),
    );
  }

  /** Ends or rests a role, and hands on what hangs on it; gives the id of whose role it was. */
  private async leave(
    reply: FastifyReply,
    actor: MemberActor,
    userId: string,
    id: string,
    done: (handTo: string | null) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { handTo } = await readForm(LeaveInput, body);
        return `${ADDRESS}/${await done(handTo ?? null)}`;
      },
      (form) => this.leaving(reply, actor, userId, id, form),
    );
  }

  private async factorPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const user = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/user-factor.njk', {
      title: say('Second factor of {{name}}', { name: user.name }),
      user,
      form,
    });
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form | null,
    notice: string | null = null,
  ): Promise<void> {
    const user = await this.queries.get(actor, id);
    const { name, email, phone } = user;
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/user.njk', {
      title: user.name,
      user,
      notice,
      form: form
        ? overtaken(form, user)
        : newForm({ name, email, phone: phone === null ? '' : spokenPhone(phone) }, user.version),
      /** The smaller forms beside it, each with a key of its own. */
      other: newForm(),
      words: { role: ROLE_WORDS, state: MEMBERSHIP_STATE_WORDS },
    });
  }

  /** Before somebody is switched off: who takes over what they have in hand. */
  private async leaving(
    reply: FastifyReply,
    actor: MemberActor,
    userId: string,
    membershipId: string | null,
    form: Form,
  ): Promise<void> {
    const user = await this.queries.get(actor, userId);
    const team = await this.queries.list(actor, { role: [...CARERS], limit: 100 });
    await this.desk.show(reply, actor, form.status, 'managers/pages/user-leave.njk', {
      title:
        membershipId === null
          ? say('Switch off {{name}}', { name: user.name })
          : say('Take away a role of {{name}}', { name: user.name }),
      user,
      membership: user.memberships.find((one) => one.id === membershipId) ?? null,
      form,
      heirs: [
        { value: '', text: say('The standing cover of the scheme') },
        ...carersOf(team.items.filter((one) => one.id !== userId)),
      ],
      words: { role: ROLE_WORDS },
    });
  }

  private async roleForm(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const user = await this.queries.get(actor, id);
    const places = await this.organisations.list(actor, { active: true, limit: 100 });
    await this.desk.show(reply, actor, form.status, 'managers/pages/user-role.njk', {
      title: say('Give {{name}} a role', { name: user.name }),
      user,
      form,
      roles: choicesOf(ROLE_WORDS),
      organisations: namesOf(places.items),
      more: places.next !== null,
    });
  }
}
