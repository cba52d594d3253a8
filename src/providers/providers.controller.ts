import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import { CloseForGood, ReopenProvider } from './closure.dto.js';
import { Closures } from './closures.service.js';
import { ProviderHistoryQueries } from './history.queries.js';
import {
  AmendProvider,
  CreateProvider,
  ProviderChangeView,
  ProviderListQuery,
  ProviderView,
} from './provider.dto.js';
import { ProvidersQueries } from './providers.queries.js';
import { ProvidersService } from './providers.service.js';

/** A provider is known by the id of its organisation. */
@ApiTags('Providers')
@Controller('providers')
export class ProvidersController {
  constructor(
    private readonly providers: ProvidersService,
    private readonly queries: ProvidersQueries,
    private readonly history: ProviderHistoryQueries,
    private readonly closures: Closures,
  ) {}

  @Get()
  @Can('provider.list')
  @ApiReadPage(ProviderView, 'Organisations that provide, by name')
  list(@CurrentActor() actor: MemberActor, @Query() query: ProviderListQuery): Promise<Page<ProviderView>> {
    return this.queries.list(actor, query);
  }

  @Post()
  @Can('provider.create')
  @ApiMake(ProviderView, 'Give an organisation its profile as a provider')
  async create(@CurrentActor() actor: MemberActor, @Body() body: CreateProvider): Promise<ProviderView> {
    return this.queries.get(actor, await this.providers.create(actor, body));
  }

  @Get(':id')
  @Can('provider.get')
  @ApiRead(ProviderView, 'One provider: what it does and does not do, and how to work with it')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ProviderView> {
    return this.queries.get(actor, id);
  }

  @Patch(':id')
  @Can('provider.amend')
  @ApiAmend(ProviderView, 'Amend a profile; what is left out stays as it was')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: AmendProvider,
  ): Promise<ProviderView> {
    return this.queries.get(actor, await this.providers.amend(actor, id, version, body));
  }

  @Post(':id/close-for-good')
  @Can('provider.closeForGood')
  @ApiWrite(
    ProviderView,
    'Close a group for good',
    'Its services close and nobody new is offered to it. Everybody it was asked about or who is with it becomes their worker’s to ring, before the group is told to destroy its notes.',
  )
  async closeForGood(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: CloseForGood,
  ): Promise<ProviderView> {
    return this.queries.get(actor, await this.closures.closeForGood(actor, id, body));
  }

  @Post(':id/reopen')
  @Can('provider.reopen')
  @ApiWrite(
    ProviderView,
    'Take back that a group closed for good',
    'Its services are again as they were. Links stay ended, and people stay with their workers, who may offer them again.',
  )
  async reopen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ReopenProvider,
  ): Promise<ProviderView> {
    return this.queries.get(actor, await this.closures.reopen(actor, id, body));
  }

  @Get(':id/history')
  @Can('provider.get')
  @ApiReadPage(ProviderChangeView, 'What was done to a provider, newest first')
  readHistory(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ProviderChangeView>> {
    return this.history.ofProvider(actor, id, query);
  }
}
