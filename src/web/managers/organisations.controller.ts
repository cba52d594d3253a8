import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AmendOrganisationInput,
  CreateOrganisationInput,
  OrganisationsQuery,
  type OrganisationView,
} from '../../identity/organisation.dto.js';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Organisations } from '../../identity/organisations.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Id } from '../../platform/http/id-param.js';
import { spokenPhone } from '../../platform/pure/phone.js';
import { SecureAddressInput } from '../../reminders/message.dto.js';
import { SecureAddresses } from '../../reminders/secure-addresses.service.js';
import { Desk, type Exchange } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  overtaken,
  readChange,
  readForm,
  readQuery,
  take,
  versionIn,
} from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { ORGANISATION_KIND_WORDS } from './managers.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/organisations';

/** Practices, groups and everybody else that people of the scheme belong to, with what each is told and where. */
@ApiExcludeController()
@Controller('desk/organisations')
export class OrganisationPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly organisations: Organisations,
    private readonly queries: OrganisationsQueries,
    private readonly secure: SecureAddresses,
  ) {}

  @Get()
  @Can('organisation.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await readQuery(OrganisationsQuery, asked);
    const page = await this.queries.list(actor, query);
    await this.desk.show({ request, reply }, actor, 200, 'managers/pages/organisations.njk', {
      title: say('Organisations and practices'),
      items: page.items,
      next: page.next && nextPage(ADDRESS, asked, page.next),
      further: query.after !== undefined,
      filtered: query.name !== undefined || query.kind !== undefined || query.active !== undefined,
      form: { values: asked, wrong: {} },
      kinds: [{ value: '', text: say('Any kind') }, ...choicesOf(ORGANISATION_KIND_WORDS)],
      words: { kind: ORGANISATION_KIND_WORDS },
    });
  }

  @Get('new')
  @Can('organisation.create')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.newPage({ request, reply }, actor, newForm());
  }

  @Post('new')
  @Can('organisation.create')
  async create(
    @CurrentActor() actor: MemberActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => {
        const input = await readForm(CreateOrganisationInput, body);
        const id = await this.organisations.create(actor, input);
        const isGroup = input.provides === true && reachOf('provider.create', actor.role) !== 'none';
        return isGroup ? `/desk/groups/new?organisationId=${id}` : `${ADDRESS}/${id}`;
      },
      (form) => this.newPage(exchange, actor, form),
    );
  }

  @Get(':id')
  @Can('organisation.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page({ request, reply }, actor, id, null);
  }

  @Post(':id')
  @Can('organisation.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => {
        const input = await readChange(AmendOrganisationInput, body);
        return `${ADDRESS}/${await this.organisations.amend(actor, id, versionIn(body), input)}`;
      },
      (form) => this.page(exchange, actor, id, form),
    );
  }

  @Get(':id/secure-addresses')
  @Can('secureAddress.list')
  async secureAddresses(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.securePage({ request, reply }, actor, id, newForm());
  }

  @Post(':id/secure-addresses')
  @Can('secureAddress.keep')
  async allow(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => {
        const { email } = await readForm(SecureAddressInput, body);
        return `${ADDRESS}/${await this.secure.add(actor, id, email)}/secure-addresses`;
      },
      (form) => this.securePage(exchange, actor, id, form),
    );
  }

  @Post(':id/secure-addresses/remove')
  @Can('secureAddress.keep')
  async forbid(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exchange = { request, reply };
    await take(
      exchange,
      async (body) => {
        const { email } = await readForm(SecureAddressInput, body);
        return `${ADDRESS}/${await this.secure.remove(actor, id, email)}/secure-addresses`;
      },
      (form) => this.securePage(exchange, actor, id, form),
    );
  }

  private async newPage(exchange: Exchange, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(exchange, actor, form.status, 'managers/pages/organisation-new.njk', {
      title: say('Add an organisation'),
      form,
      kinds: [{ value: '', text: say('Choose one') }, ...choicesOf(ORGANISATION_KIND_WORDS)],
    });
  }

  private async page(exchange: Exchange, actor: MemberActor, id: string, form: Form | null): Promise<void> {
    const organisation = await this.queries.get(actor, id);
    await this.desk.show(exchange, actor, form?.status ?? 200, 'managers/pages/organisation.njk', {
      title: say('{{name}}, the organisation', { name: organisation.name }),
      organisation,
      form: form ? overtaken(form, organisation) : newForm(asTyped(organisation), organisation.version),
      kinds: choicesOf(ORGANISATION_KIND_WORDS),
      words: { kind: ORGANISATION_KIND_WORDS },
    });
  }

  private async securePage(exchange: Exchange, actor: MemberActor, id: string, form: Form): Promise<void> {
    const organisation = await this.queries.get(actor, id);
    await this.desk.show(exchange, actor, form.status, 'managers/pages/secure-addresses.njk', {
      title: say('Secure mail of {{name}}', { name: organisation.name }),
      organisation,
      addresses: await this.secure.list(actor, id),
      form,
      /** For those on the list: a form each, and only one of all is sent. */
      other: newForm(),
    });
  }
}

const asTyped = (one: OrganisationView): Form['values'] => ({
  name: one.name,
  kind: one.kind,
  refers: one.refers ? 'yes' : 'no',
  provides: one.provides ? 'yes' : 'no',
  active: one.active ? 'yes' : 'no',
  odsCode: one.odsCode ?? '',
  email: one.email ?? '',
  phone: one.phone === null ? '' : spokenPhone(one.phone),
  address: one.address ?? '',
  postcode: one.postcode ?? '',
  feedbackEmail: one.feedbackEmail ?? '',
});
