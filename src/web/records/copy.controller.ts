import { Controller, Get, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SchemesQueries } from '../../identity/schemes.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { ConflictProblem } from '../../platform/http/api.js';
import { Id } from '../../platform/http/id-param.js';
import { SubjectAccessQueries } from '../../records/subject-access.queries.js';
import { Pages } from '../layout/pages.js';
import { copyFile, copyPage } from './copy.page.js';

@ApiTags('Records')
@Controller('subject-access')
export class CopyController {
  constructor(
    private readonly pages: Pages,
    private readonly copies: SubjectAccessQueries,
    private readonly schemes: SchemesQueries,
  ) {}

  @Get(':id/document.html')
  @Can('subjectAccess.review')
  @ApiOperation({
    summary: 'Download the copy as one page to read or print',
    description: 'It names no other file, so that it can be put on a stick or into secure mail as it is.',
  })
  @ApiOkResponse({ content: { 'text/html': { schema: { type: 'string' } } } })
  @ApiConflictResponse({
    type: ConflictProblem,
    description: 'Not prepared, not reviewed or not kept any more',
  })
  async document(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const document = await this.copies.document(actor, id, false);
    const { name } = await this.schemes.get(actor);
    await this.pages.download(reply, copyFile(id), 'records/copy.njk', copyPage(document, name));
  }
}
