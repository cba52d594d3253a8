import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import {
  AmendOrganisationInput,
  CreateOrganisationInput,
  OrganisationsQuery,
  OrganisationView,
} from './organisation.dto.js';
import { OrganisationsQueries } from './organisations.queries.js';
import { Organisations } from './organisations.service.js';

@ApiTags('Organisations')
@Controller('organisations')
export class OrganisationsController {
  constructor(
    private readonly organisations: Organisations,
    private readonly queries: OrganisationsQueries,
  ) {}

  @Get()
  @Can('organisation.list')
  @ApiReadPage(OrganisationView, 'List organisations by name')
  list(
    @CurrentActor() actor: MemberActor,
    @Query() query: OrganisationsQuery,
  ): Promise<Page<OrganisationView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('organisation.get')
  @ApiRead(OrganisationView, 'Read one organisation')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<OrganisationView> {
    return this.queries.get(actor, id);
  }

  @Post()
  @Can('organisation.create')
  @ApiMake(OrganisationView, 'Add an organisation')
  async create(
    @CurrentActor() actor: MemberActor,
    @Body() input: CreateOrganisationInput,
  ): Promise<OrganisationView> {
    return this.queries.get(actor, await this.organisations.create(actor, input));
  }

  @Patch(':id')
  @Can('organisation.amend')
  @ApiAmend(OrganisationView, 'Change an organisation')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() input: AmendOrganisationInput,
  ): Promise<OrganisationView> {
    return this.queries.get(actor, await this.organisations.amend(actor, id, version, input));
  }
}
