import { Body, Controller, Get, Param, ParseIntPipe, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiLong, ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import {
  ApproveBulkReferral,
  BulkReferralFileQuery,
  BulkReferralRowQuery,
  BulkReferralRowView,
  BulkReferralView,
  CheckBulkReferral,
  DecideInput,
} from './bulk-referral.dto.js';
import { BulkReferralsQueries } from './bulk-referrals.queries.js';
import { BulkReferrals } from './bulk-referrals.service.js';
import { sheetFile } from './sheet-file.js';

@ApiTags('Bulk referrals')
@Controller('bulk-referrals')
export class BulkReferralsController {
  constructor(
    private readonly bulk: BulkReferrals,
    private readonly queries: BulkReferralsQueries,
  ) {}

  @Get()
  @Can('bulkReferral.list')
  @ApiReadPage(BulkReferralView, 'Lists of people that your organisation referred, newest first')
  list(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<BulkReferralView>> {
    return this.queries.list(actor, query);
  }

  @Post()
  @Can('bulkReferral.make')
  @ApiConsumes('text/csv', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiMake(
    BulkReferralView,
    'Bring a list of people',
    'The file itself as the body: a CSV of at most 5 MB and 2,000 people. Nobody is referred before it is approved.',
  )
  async upload(
    @CurrentActor() actor: MemberActor,
    @Query() query: BulkReferralFileQuery,
    @Req() request: FastifyRequest,
  ): Promise<BulkReferralView> {
    return this.queries.get(actor, await this.bulk.upload(actor, query.name, request.body));
  }

  @Get(':id')
  @Can('bulkReferral.list')
  @ApiRead(BulkReferralView, 'One list: how far it is, and what it would do or did')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<BulkReferralView> {
    return this.queries.get(actor, id);
  }

  @Get(':id/rows')
  @Can('bulkReferral.list')
  @ApiReadPage(BulkReferralRowView, 'Its people, what becomes of each, and why some are not referred')
  rows(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: BulkReferralRowQuery,
  ): Promise<Page<BulkReferralRowView>> {
    return this.queries.rows(actor, id, query);
  }

  @Get(':id/refused')
  @Can('bulkReferral.list')
  @ApiRead(
    BulkReferralRowView,
    'The rows that are not used as a sheet (CSV), with all that is wrong with each',
  )
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async refused(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<StreamableFile> {
    return sheetFile('not-referred', await this.queries.refused(actor, id));
  }

  @Post(':id/check')
  @Can('bulkReferral.make')
  @ApiLong(BulkReferralView, 'Say what its columns are', 'Every row is then judged as if it were sent.')
  async check(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: CheckBulkReferral,
  ): Promise<BulkReferralView> {
    return this.queries.get(actor, await this.bulk.read(actor, id, body));
  }

  @Post(':id/rows/:row/verdict')
  @Can('bulkReferral.make')
  @ApiWrite(BulkReferralView, 'Say whether somebody who looks alike is the same person')
  async decide(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('row', ParseIntPipe) row: number,
    @Body() body: DecideInput,
  ): Promise<BulkReferralView> {
    return this.queries.get(actor, await this.bulk.decide(actor, id, row, body.verdict));
  }

  @Post(':id/approve')
  @Can('bulkReferral.approve')
  @ApiLong(BulkReferralView, 'Refer them', 'Each is sent by itself, once, whatever happens to the worker.')
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ApproveBulkReferral,
  ): Promise<BulkReferralView> {
    return this.queries.get(actor, await this.bulk.approve(actor, id, body.couldComeToHarm));
  }

  @Post(':id/stop')
  @Can('bulkReferral.make')
  @ApiWrite(BulkReferralView, 'Stop what is going on', 'Those sent already stay sent; undo takes them back.')
  async stop(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<BulkReferralView> {
    return this.queries.get(actor, await this.bulk.stop(actor, id));
  }

  @Post(':id/discard')
  @Can('bulkReferral.make')
  @ApiWrite(BulkReferralView, 'Do not refer them; the rows are deleted')
  async discard(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<BulkReferralView> {
    return this.queries.get(actor, await this.bulk.discard(actor, id));
  }

  @Post(':id/undo')
  @Can('bulkReferral.undo')
  @ApiLong(
    BulkReferralView,
    'Take it back, within 24 hours',
    'Its referrals are withdrawn as sent in error. Those that a link worker has begun stay, and their rows say why.',
  )
  async undo(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<BulkReferralView> {
    return this.queries.get(actor, await this.bulk.undo(actor, id));
  }
}
