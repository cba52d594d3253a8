import { Controller, Get, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Refusal } from '../platform/errors/refusal.js';
import { fileOf, TakesUpload } from '../platform/files/uploads.js';
import { ApiReadAll, ApiWriteAll } from '../platform/http/api.js';
import { NeighbourhoodView } from './neighbourhood.dto.js';
import { NeighbourhoodsQueries } from './neighbourhoods.queries.js';
import { OutlinesInput, OutlineView } from './outline.dto.js';
import { OutlinesQueries } from './outlines.queries.js';
import { MOST_OUTLINE_BYTES, OutlinesService } from './outlines.service.js';

@ApiTags('Neighbourhoods')
@Controller('neighbourhoods')
export class NeighbourhoodsController {
  constructor(
    private readonly queries: NeighbourhoodsQueries,
    private readonly outlines: OutlinesQueries,
    private readonly outlinesService: OutlinesService,
  ) {}

  @Get()
  @Can('neighbourhood.list')
  @ApiReadAll(
    NeighbourhoodView,
    'The neighbourhoods of the scheme, by name',
    'Loaded by the command `import neighbourhoods`.',
  )
  list(@CurrentActor() actor: MemberActor): Promise<NeighbourhoodView[]> {
    return this.queries.list(actor);
  }

  @Get('outlines')
  @Can('neighbourhood.list')
  @ApiReadAll(OutlineView, 'Outlines of areas that maps are drawn on, by name')
  listOutlines(@CurrentActor() actor: MemberActor): Promise<OutlineView[]> {
    return this.outlines.list(actor);
  }

  @Post('outlines')
  @Can('outline.replace')
  @TakesUpload()
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: { file: { type: 'string', format: 'binary' } },
    },
  })
  @ApiWriteAll(
    OutlineView,
    'Put new outlines in the place of all that are there',
    'GeoJSON in longitude and latitude, up to 5 MB: a FeatureCollection of named Polygons. They are thinned for a picture.',
  )
  async replaceOutlines(
    @CurrentActor() actor: MemberActor,
    @Query() query: OutlinesInput,
    @Req() request: FastifyRequest,
  ): Promise<OutlineView[]> {
    if (!request.isMultipart())
      throw Refusal.of(415, 'unsupported-media-type', 'Send the file in a form: multipart/form-data.');
    const file = await fileOf(request, MOST_OUTLINE_BYTES);
    if (!file) throw Refusal.invalidField('file', 'Choose a file');
    try {
      await this.outlinesService.replace(actor, query, file.bytes);
    } finally {
      file.bytes.resume();
    }
    return this.outlines.list(actor);
  }
}
