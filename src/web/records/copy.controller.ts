import { Controller, Get, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SchemesQueries } from '../../identity/schemes.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { ConflictProblem } from '../../platform/http/api.js';
import { Id } from '../../platform/http/id-param.js';
import { SubjectAccessQueries } from '../../records/subject-access.queries.js';
import { Pages } from '../layout/pages.js';
import { readable } from './copy.words.js';

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
    await this.pages.download(reply, `what-we-hold-${id}.html`, 'records/copy.njk', {
      scheme: name,
      preparedOn: londonDate(new Date(document.preparedAt)),
      whoLooked: document.whoLooked,
      notShown: document.notShown,
      sections: document.sections.map(({ section, items }) => ({
        section,
        items: items.map(({ what, fields }) => ({
          what,
          fields: fields.map(({ label, value }) => ({ label, value: readable(value) })),
        })),
      })),
    });
  }
}
