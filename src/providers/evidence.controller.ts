import { Controller, Delete, Get, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { attachment, CONTENT_TYPES } from '../platform/files/content.rules.js';
import { TakesUpload } from '../platform/files/uploads.js';
import { ApiMake, ApiReadAll, ApiRemove } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { EvidenceView, UploadQuery } from './evidence.dto.js';
import { EvidenceQueries } from './evidence.queries.js';
import { EvidenceService } from './evidence.service.js';

@ApiTags('Providers')
@Controller('providers/:id/evidence')
export class EvidenceController {
  constructor(
    private readonly evidence: EvidenceService,
    private readonly queries: EvidenceQueries,
  ) {}

  @Get()
  @Can('evidence.list')
  @ApiReadAll(EvidenceView, 'Policies and pictures a group has sent, newest first')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<EvidenceView[]> {
    return this.queries.list(actor, id);
  }

  @Post()
  @Can('evidence.upload')
  @TakesUpload()
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: { file: { type: 'string', format: 'binary' } },
    },
  })
  @ApiMake(
    EvidenceView,
    'Send a policy or a picture of a place',
    'PDF, JPEG or PNG, up to 10 MB; a picture of a place is JPEG or PNG. Certificates and identity documents are not kept: look at them, give them back, and record that they were seen.',
  )
  async upload(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: UploadQuery,
    @Req() request: FastifyRequest,
  ): Promise<EvidenceView> {
    return this.queries.get(actor, id, await this.evidence.upload(actor, id, query.kind, request));
  }

  @Get(':fileId')
  @Can('evidence.get')
  @ApiOperation({
    summary: 'Save a file',
    description: 'Always as an attachment, of the type it was found to be.',
  })
  @ApiProduces(...CONTENT_TYPES)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async download(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('fileId') fileId: string,
  ): Promise<StreamableFile> {
    const { file, bytes } = await this.queries.open(actor, id, fileId);
    return new StreamableFile(bytes, {
      type: file.contentType,
      disposition: attachment(file.name),
      length: file.bytes,
    });
  }

  @Delete(':fileId')
  @Can('evidence.upload')
  @ApiRemove('Take a file away')
  remove(@CurrentActor() actor: MemberActor, @Id() id: string, @Id('fileId') fileId: string): Promise<void> {
    return this.evidence.remove(actor, id, fileId);
  }
}
