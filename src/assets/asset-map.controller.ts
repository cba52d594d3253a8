import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import {
  AmendAsset,
  AssetChangeView,
  AssetListQuery,
  AssetView,
  CreateAsset,
  MoveAsset,
  ReturnAsset,
} from './asset.dto.js';
import { AssetsQueries } from './assets.queries.js';
import { AssetsService } from './assets.service.js';

@ApiTags('Assets')
@Controller('assets')
export class AssetMapController {
  constructor(
    private readonly assets: AssetsService,
    private readonly queries: AssetsQueries,
  ) {}

  @Get()
  @Can('asset.list')
  @ApiReadPage(AssetView, 'What is strong, by name', 'A group reads its own.')
  list(@CurrentActor() actor: MemberActor, @Query() query: AssetListQuery): Promise<Page<AssetView>> {
    return this.queries.list(actor, query);
  }

  @Post()
  @Can('asset.create')
  @ApiMake(AssetView, 'Write down something strong', 'A draft, or for review; a manager puts it on the map.')
  async create(@CurrentActor() actor: MemberActor, @Body() body: CreateAsset): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.create(actor, body));
  }

  @Get(':id')
  @Can('asset.get')
  @ApiRead(AssetView, 'One asset')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AssetView> {
    return this.queries.get(actor, id);
  }

  @Patch(':id')
  @Can('asset.amend')
  @ApiAmend(AssetView, 'Amend it; what is left out stays as it was')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: AmendAsset,
  ): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.amend(actor, id, version, body));
  }

  @Get(':id/history')
  @Can('asset.get')
  @ApiReadPage(AssetChangeView, 'What was done to it, newest first')
  readHistory(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<AssetChangeView>> {
    return this.queries.history(actor, id, query);
  }

  @Post(':id/submit')
  @Can('asset.amend')
  @ApiWrite(AssetView, 'Ready for a manager to look at')
  async submit(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.submit(actor, id));
  }

  @Post(':id/return')
  @Can('asset.publish')
  @ApiWrite(AssetView, 'Send it back to be put right')
  async return(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ReturnAsset,
  ): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.return(actor, id, body));
  }

  @Post(':id/publish')
  @Can('asset.publish')
  @ApiWrite(AssetView, 'Put it on the map')
  async publish(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.publish(actor, id));
  }

  @Post(':id/retire')
  @Can('asset.retire')
  @ApiWrite(AssetView, 'Take it off the map')
  async retire(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MoveAsset,
  ): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.retire(actor, id, body));
  }

  @Post(':id/restore')
  @Can('asset.publish')
  @ApiWrite(AssetView, 'Take it up again, as a draft')
  async restore(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MoveAsset,
  ): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.restore(actor, id, body));
  }

  @Post(':id/confirm')
  @Can('asset.confirm')
  @ApiWrite(AssetView, 'Say that it is still right')
  async confirm(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AssetView> {
    return this.queries.get(actor, await this.assets.confirm(actor, id));
  }
}
