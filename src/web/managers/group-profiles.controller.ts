import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OrganisationsQueries } from '../../identity/organisations.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { AddHubPartner, EndHubPartner } from '../../providers/hub.dto.js';
import { HubsQueries } from '../../providers/hubs.queries.js';
import { HubsService } from '../../providers/hubs.service.js';
import { AmendProvider, CreateProvider, type ProviderView } from '../../providers/provider.dto.js';
import { ProvidersQueries } from '../../providers/providers.queries.js';
import { ProvidersService } from '../../providers/providers.service.js';
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
import { choicesOf, NEED_WORDS } from '../layout/words.js';
import { LIMIT_WORDS } from '../listing/listing.words.js';
import { profileChoices } from './groups.words.js';
import { ANSWERS_BY_WORDS, SECTOR_WORDS } from './managers.words.js';
import { namesOf } from './organisation-choices.js';
import type { AskedReason } from './reason.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/groups';
/** More are not chosen from a list: their names are written. */
const MOST_ORGANISATIONS = 100;

class NewGroupQuery {
  @Uuid({ optional: true })
  organisationId?: string;
}

/** An organisation becomes a group, says what it does and does not do, and whom it works with. */
@ApiExcludeController()
@Controller('desk/groups')
export class GroupProfilesController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: ProvidersQueries,
    private readonly providers: ProvidersService,
    private readonly hubs: HubsService,
    private readonly partnerships: HubsQueries,
    private readonly organisations: OrganisationsQueries,
  ) {}

  @Get('new')
  @Can('provider.create')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { organisationId = '' } = await readQuery(NewGroupQuery, asked);
    await this.newPage(reply, actor, newForm({ organisationId, answersBy: 'email' }));
  }

  @Post('new')
  @Can('provider.create')
  async create(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) =>
        `${ADDRESS}/${await this.providers.create(actor, await readForm(CreateProvider, body))}`,
      (form) => this.newPage(reply, actor, form),
    );
  }

  @Get(':id/profile')
  @Can('provider.amend')
  async askProfile(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.profilePage(reply, actor, id, null);
  }

  @Post(':id/profile')
  @Can('provider.amend')
  async saveProfile(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.providers.amend(actor, id, versionIn(body), await readChange(AmendProvider, body));
        return `${ADDRESS}/${id}`;
      },
      (form) => this.profilePage(reply, actor, id, form),
    );
  }

  @Get(':id/partners')
  @Can('provider.namePartner')
  async partners(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.partnersPage(reply, actor, id, newForm());
  }

  @Post(':id/partners')
  @Can('provider.namePartner')
  async addPartner(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.hubs.add(actor, id, await readForm(AddHubPartner, body));
        return `${ADDRESS}/${id}/partners`;
      },
      (form) => this.partnersPage(reply, actor, id, form),
    );
  }

  @Get(':id/partners/:partnerId')
  @Can('provider.namePartner')
  async askBeforeEnding(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('partnerId') partnerId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.endPage(reply, actor, id, partnerId, newForm());
  }

  @Post(':id/partners/:partnerId')
  @Can('provider.namePartner')
  async endPartner(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('partnerId') partnerId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.hubs.end(actor, id, partnerId, await readForm(EndHubPartner, body));
        return `${ADDRESS}/${id}/partners`;
      },
      (form) => this.endPage(reply, actor, id, partnerId, form),
    );
  }

  private async newPage(reply: FastifyReply, actor: MemberActor, form: Form): Promise<void> {
    const organisations = await this.queries.withoutProfile(actor);
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-new.njk', {
      title: say('Add a group'),
      form,
      none: organisations.length === 0,
      organisations: namesOf(organisations),
      sectors: choicesOf(SECTOR_WORDS),
      ways: choicesOf(ANSWERS_BY_WORDS),
    });
  }

  private async profilePage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    sent: Form | null,
  ): Promise<void> {
    const group = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, sent?.status ?? 200, 'managers/pages/group-profile.njk', {
      title: say('What {{name}} does and does not do', { name: group.name }),
      group,
      form: sent
        ? overtaken(sent, { id: group.organisationId, version: group.version })
        : newForm(profileAsTyped(group), group.version),
      sectors: choicesOf(SECTOR_WORDS),
      choices: profileChoices(group.languages ?? []),
      words: { sector: SECTOR_WORDS, need: NEED_WORDS, limit: LIMIT_WORDS },
    });
  }

  private async partnersPage(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const group = await this.queries.get(actor, id);
    const known = await this.organisations.list(actor, { active: true, limit: MOST_ORGANISATIONS });
    await this.desk.show(reply, actor, form.status, 'managers/pages/group-partners.njk', {
      title: say('Whom {{name}} works with', { name: group.name }),
      group,
      partners: await this.partnerships.partners(actor, id),
      organisations: namesOf(known.items.filter((one) => one.id !== id)),
      form,
    });
  }

  private async endPage(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    partnerId: string,
    form: Form,
  ): Promise<void> {
    const { name, does } = await this.partnerships.partner(actor, id, partnerId);
    const asked: AskedReason = {
      title: say('No longer together with {{name}}', { name }),
      back: { text: say('Whom it works with'), href: `${ADDRESS}/${id}/partners` },
      says: say('{{does}}. It stays in the list with its last day.', { does }),
      action: `${ADDRESS}/${id}/partners/${partnerId}`,
      label: say('Why? The group can read it.'),
      buttonText: say('It has ended'),
      form,
    };
    await this.desk.show(reply, actor, form.status, 'managers/pages/reason.njk', asked);
  }
}

const said = (value: boolean | null | undefined): string => (value == null ? '' : value ? 'yes' : 'no');

const profileAsTyped = (group: ProviderView): Form['values'] => ({
  sector: group.sector,
  tradition: group.tradition ?? '',
  traditionShown: said(group.traditionShown ?? false),
  inPlaceOfWorship: said(group.inPlaceOfWorship),
  prayer: group.prayer ?? '',
  religiousContent: group.religiousContent ?? '',
  religiousContentExamples: group.religiousContentExamples ?? '',
  womanVolunteer: said(group.womanVolunteer),
  food: group.food ?? [],
  dress: group.dress ?? '',
  languages: group.languages ?? [],
  remit: group.remit ?? [],
  remitNote: group.remitNote ?? '',
  limits: group.limits ?? [],
  limitsNote: group.limitsNote ?? '',
  quietDays: group.quietDays ?? [],
});
