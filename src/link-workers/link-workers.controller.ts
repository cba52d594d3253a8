import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { SchemeView } from '../identity/scheme.dto.js';
import { SchemesQueries } from '../identity/schemes.queries.js';
import { Schemes } from '../identity/schemes.service.js';
import { CoversQueries } from './covers.queries.js';
import { Covers } from './covers.service.js';
import {
  AbsentInput,
  AmendLinkWorkerInput,
  ArrangeCoverInput,
  CoversQuery,
  CoverView,
  LinkWorkersQuery,
  LinkWorkerView,
  StandingCoverInput,
} from './link-worker.dto.js';
import { LinkWorkersQueries } from './link-workers.queries.js';
import { LinkWorkers } from './link-workers.service.js';

@ApiTags('Link workers')
@Controller('link-workers')
export class LinkWorkersController {
  constructor(
    private readonly linkWorkers: LinkWorkers,
    private readonly queries: LinkWorkersQueries,
    private readonly covers: Covers,
    private readonly coverQueries: CoversQueries,
    private readonly schemes: Schemes,
    private readonly schemesQueries: SchemesQueries,
  ) {}

  @Get()
  @Can('linkWorker.list')
  @ApiReadPage(LinkWorkerView, 'List the team: caseloads, room, who is away')
  list(@CurrentActor() actor: MemberActor, @Query() query: LinkWorkersQuery): Promise<Page<LinkWorkerView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('linkWorker.list')
  @ApiRead(LinkWorkerView, 'Read one link worker', 'The id is that of the membership.')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<LinkWorkerView> {
    return this.queries.get(actor, id);
  }

  @Patch(':id')
  @Can('linkWorker.amend')
  @ApiAmend(LinkWorkerView, 'Change a link worker’s limit, languages or areas')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() input: AmendLinkWorkerInput,
  ): Promise<LinkWorkerView> {
    return this.queries.get(actor, await this.linkWorkers.amend(actor, id, version, input));
  }

  @Post(':id/absent')
  @Can('cover.arrange')
  @ApiMake(
    CoverView,
    'Away from today',
    'Reminders, replies and appointments go to the cover or the team; clocks run on. Where they are away later already, this one ends the day before (`endsOn` says so) and that one keeps its cover.',
  )
  async absent(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: AbsentInput,
  ): Promise<CoverView> {
    return this.coverQueries.get(actor, await this.covers.absentToday(actor, id, input));
  }

  @Post(':id/back')
  @Can('cover.end')
  @ApiWrite(LinkWorkerView, 'Back at work today')
  async back(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<LinkWorkerView> {
    return this.queries.get(actor, await this.covers.back(actor, id));
  }

  @Post('standing-cover')
  @Can('linkWorker.amend')
  @ApiWrite(SchemeView, 'Say who takes work that nobody else is named for')
  async setStandingCover(
    @CurrentActor() actor: MemberActor,
    @Body() { membershipId }: StandingCoverInput,
  ): Promise<SchemeView> {
    await this.schemes.setStandingCover(actor, membershipId ?? null);
    return this.schemesQueries.get(actor);
  }
}

@ApiTags('Link workers')
@Controller('covers')
export class CoversController {
  constructor(
    private readonly covers: Covers,
    private readonly queries: CoversQueries,
  ) {}

  @Get()
  @Can('cover.list')
  @ApiReadPage(CoverView, 'List absences and covers by first day')
  list(@CurrentActor() actor: MemberActor, @Query() query: CoversQuery): Promise<Page<CoverView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('cover.list')
  @ApiRead(CoverView, 'Read one absence or cover')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<CoverView> {
    return this.queries.get(actor, id);
  }

  @Post()
  @Can('cover.arrange')
  @ApiMake(
    CoverView,
    'Arrange an absence with its cover',
    'A link worker for themselves; a manager for anybody.',
  )
  async arrange(@CurrentActor() actor: MemberActor, @Body() input: ArrangeCoverInput): Promise<CoverView> {
    return this.queries.get(actor, await this.covers.arrange(actor, input));
  }

  @Post(':id/end')
  @Can('cover.end')
  @ApiWrite(CoverView, 'End an absence or cover now')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<CoverView> {
    return this.queries.get(actor, await this.covers.end(actor, id));
  }
}
