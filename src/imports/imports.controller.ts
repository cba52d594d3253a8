import { Body, Controller, Get, Param, ParseIntPipe, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import {
  ApiLong,
  ApiLongSeen,
  ApiMake,
  ApiRead,
  ApiReadPage,
  ApiWrite,
  ApiWriteSeen,
} from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { IfMatchIfSent } from '../platform/http/version.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import {
  ApproveImport,
  DecideRow,
  GoneListingView,
  ImportFeedInput,
  ImportFileQuery,
  ImportListQuery,
  ImportRowQuery,
  ImportRowView,
  ImportView,
  SayColumns,
} from './batch.dto.js';
import { BatchesQueries } from './batches.queries.js';
import { BatchesService } from './batches.service.js';
import { ImportUploads } from './import-uploads.service.js';
import { sheetFile } from './sheet-file.js';

@ApiTags('Imports')
@Controller('imports')
export class ImportsController {
  constructor(
    private readonly batches: BatchesService,
    private readonly queries: BatchesQueries,
    private readonly uploads: ImportUploads,
  ) {}

  @Get()
  @Can('import.list')
  @ApiReadPage(
    ImportView,
    'Imports of groups, services, assets, numbers of people and users, newest first: those you can bring',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: ImportListQuery): Promise<Page<ImportView>> {
    return this.queries.list(actor, query);
  }

  @Get('gone')
  @Can('provider.create')
  @ApiReadPage(GoneListingView, 'Services that their feed no longer has, for somebody to look at')
  gone(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<GoneListingView>> {
    return this.queries.gone(actor, query);
  }

  @Post('feed')
  @Can('provider.create')
  @ApiLong(
    ImportView,
    'Read an Open Referral feed',
    'It is fetched and checked; nothing changes before it is approved.',
  )
  async feed(@CurrentActor() actor: MemberActor, @Body() body: ImportFeedInput): Promise<ImportView> {
    return this.queries.get(actor, await this.uploads.feed(actor, body.address));
  }

  @Post('file')
  @Can('import.make')
  @ApiConsumes('text/csv', 'application/x-ndjson', 'application/octet-stream', 'application/json')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiMake(
    ImportView,
    'Check a file',
    'The file itself as the body, at most 50 MB. Nothing changes before it is approved.',
  )
  async file(
    @CurrentActor() actor: MemberActor,
    @Query() query: ImportFileQuery,
    @Req() request: FastifyRequest,
  ): Promise<ImportView> {
    return this.queries.get(actor, await this.uploads.file(actor, query, request.body));
  }

  @Get(':id')
  @Can('import.list')
  @ApiRead(ImportView, 'One import: how far it is, and what it would do or did')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ImportView> {
    return this.queries.get(actor, id);
  }

  @Get(':id/rows')
  @Can('import.list')
  @ApiReadPage(ImportRowView, 'Its rows as they came, what we make of them, and why some were refused')
  rows(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: ImportRowQuery,
  ): Promise<Page<ImportRowView>> {
    return this.queries.rows(actor, id, query);
  }

  @Get(':id/refused')
  @Can('import.list')
  @ApiRead(ImportRowView, 'The refused rows as a sheet (CSV), with all that is wrong with each')
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async refused(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<StreamableFile> {
    return sheetFile('refused', await this.queries.refused(actor, id));
  }

  @Post(':id/columns')
  @Can('import.make')
  @ApiLongSeen(
    ImportView,
    'Say what its columns are',
    'Of a CSV, as often as you like until it is approved: every row is checked again.',
  )
  async sayColumns(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SayColumns,
    @IfMatchIfSent() seen: number | undefined,
  ): Promise<ImportView> {
    return this.queries.get(actor, await this.batches.sayColumns(actor, id, body.columns, seen));
  }

  @Post(':id/rows/:row/verdict')
  @Can('provider.create')
  @ApiWriteSeen(
    ImportView,
    'Say whether a row that looks like a service here is that one',
    'Until it is approved. A row of which nobody has said is left out.',
  )
  async decide(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('row', ParseIntPipe) row: number,
    @Body() { verdict }: DecideRow,
    @IfMatchIfSent() seen: number | undefined,
  ): Promise<ImportView> {
    return this.queries.get(actor, await this.batches.decide(actor, id, row, verdict, seen));
  }

  @Post(':id/approve')
  @Can('import.approve')
  @ApiLongSeen(
    ImportView,
    'Approve it',
    'All of it is written, or nothing: new services and assets wait for review, and users are sent an invitation.',
  )
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ApproveImport,
    @IfMatchIfSent() seen: number | undefined,
  ): Promise<ImportView> {
    return this.queries.get(
      actor,
      await this.batches.approve(actor, id, body.leaveOutRefused ?? false, { seen }),
    );
  }

  @Post(':id/stop')
  @Can('import.make')
  @ApiWrite(ImportView, 'Stop reading a feed; nothing of it is kept')
  async stop(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ImportView> {
    return this.queries.get(actor, await this.batches.stop(actor, id));
  }

  @Post(':id/discard')
  @Can('import.make')
  @ApiWrite(ImportView, 'Do not import it; its rows are forgotten')
  async discard(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ImportView> {
    return this.queries.get(actor, await this.batches.discard(actor, id));
  }

  @Post(':id/undo')
  @Can('import.undo')
  @ApiLong(
    ImportView,
    'Take it back, within 24 hours',
    'Nothing of it is left to be seen, what was only published included. What somebody has changed or used since stays: `kept` counts it, `partlyUndone` says so, and its rows say why.',
  )
  async undo(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ImportView> {
    return this.queries.get(actor, await this.batches.undo(actor, id));
  }
}
