import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
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
import { choicesOf } from '../layout/words.js';
import { ORGANISATION_KIND_WORDS } from './managers.words.js';
import { say, sayAll } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/organisations';

const whatItDoes = ({ active, refers, provides }: OrganisationView): string =>
  !active
    ? say('Closed')
    : [...(refers ? [say('Refers')] : []), ...(provides ? [say('Helps')] : [])].join(', ') || '–';

const ORGANISATIONS: ListOf<OrganisationView> = sayAll({
  address: ADDRESS,
  name: 'organisations',
  columns: [
    { text: 'Name', sort: 'name' },
    { text: 'Kind', sort: 'kind' },
    { text: 'What it does', sort: 'active' },
  ],
  usual: 'name',
  file: (one) => ({
    [say('Name')]: one.name,
    [say('Kind')]: ORGANISATION_KIND_WORDS[one.kind],
    [say('What it does')]: whatItDoes(one),
    [say('ODS code')]: one.odsCode,
    [say('Email')]: one.email,
    [say('Phone')]: one.phone === null ? '' : spokenPhone(one.phone),
    [say('Address')]: one.address,
    [say('Postcode')]: one.postcode,
    [say('Whom to ask')]: one.contactName,
  }),
});

/** Practices, groups and everybody else that people of the scheme belong to, with what each is told and where. */
@ApiExcludeController()
@Controller('desk/organisations')
export class OrganisationPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly lists: ListPages,
    private readonly organisations: Organisations,
    private readonly queries: OrganisationsQueries,
    private readonly secure: SecureAddresses,
  ) {}

  @Get()
  @Can('organisation.list')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const list = {
      asked,
      query: await readQuery(OrganisationsQuery, asked),
      read: (query: OrganisationsQuery) => this.queries.list(actor, query),
      count: (query: OrganisationsQuery) => this.queries.count(actor, query),
    };
    const page = 'managers/pages/organisations.njk';
    await this.lists.show(reply, actor, page, ORGANISATIONS, list, (items) => ({
      title: say('Organisations and practices'),
      items,
      does: whatItDoes,
      form: { values: asked, wrong: {} },
      kinds: [{ value: '', text: say('Any kind') }, ...choicesOf(ORGANISATION_KIND_WORDS)],
      words: { kind: ORGANISATION_KIND_WORDS },
    }));
  }

  @Get('new')
  @Can('organisation.create')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.newPage(reply, actor, newForm());
  }

  @Post('new')
  @Can('organisation.create')
  async create(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(CreateOrganisationInput, body);
        const id = await this.organisations.create(actor, input);
        const isGroup = input.provides === true && reachOf('provider.create', actor.role) !== 'none';
        return isGroup ? `/desk/groups/new?organisationId=${id}` : `${ADDRESS}/${id}`;
      },
      (form) => this.newPage(reply, actor, form),
    );
  }

  @Get(':id')
  @Can('organisation.get')
  async look(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.page(reply, actor, id, null);
  }

  @Post(':id')
  @Can('organisation.amend')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readChange(AmendOrganisationInput, body);
        return `${ADDRESS}/${await this.organisations.amend(actor, id, versionIn(body), input)}`;
      },
      (form) => this.page(reply, actor, id, form),
    );
  }

  @Get(':id/secure-addresses')
  @Can('secureAddress.list')
  async secureAddresses(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.securePage(reply, actor, id, newForm());
  }

  @Post(':id/secure-addresses')
  @Can('secureAddress.keep')
  async allow(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { email } = await readForm(SecureAddressInput, body);
        return `${ADDRESS}/${await this.secure.add(actor, id, email)}/secure-addresses`;
      },
      (form) => this.securePage(reply, actor, id, form),
    );
  }

  @Post(':id/secure-addresses/remove')
  @Can('secureAddress.keep')
  async forbid(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const { email } = await readForm(SecureAddressInput, body);
        return `${ADDRESS}/${await this.secure.remove(actor, id, email)}/secure-addresses`;
      },
      (form) => this.securePage(reply, actor, id, form),
    );
  }

  private async newPage(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    await this.desk.show(reply, actor, form.status, 'managers/pages/organisation-new.njk', {
      title: say('Add an organisation'),
      form,
      kinds: [{ value: '', text: say('Choose one') }, ...choicesOf(ORGANISATION_KIND_WORDS)],
    });
  }

  private async page(reply: FastifyReply, actor: MemberActor, id: string, form: Form | null): Promise<void> {
    const organisation = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/organisation.njk', {
      title: say('{{name}}, the organisation', { name: organisation.name }),
      organisation,
      form: form ? overtaken(form, organisation) : newForm(asTyped(organisation), organisation.version),
      kinds: choicesOf(ORGANISATION_KIND_WORDS),
      words: { kind: ORGANISATION_KIND_WORDS },
    });
  }

  private async securePage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const organisation = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'managers/pages/secure-addresses.njk', {
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
