import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite, ConflictProblem } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import {
  AskForCopyInput,
  CopiesQuery,
  CopyLine,
  CopyView,
  DocumentQuery,
  RecordDocumentView,
  RefuseCopyInput,
  ReleaseCopyInput,
  ReviewCopyInput,
} from './record.dto.js';
import { SubjectAccessQueries } from './subject-access.queries.js';
import { SubjectAccess } from './subject-access.service.js';

@ApiTags('Records')
@Controller()
export class SubjectAccessController {
  constructor(
    private readonly copies: SubjectAccess,
    private readonly queries: SubjectAccessQueries,
  ) {}

  @Post('clients/:id/subject-access')
  @Can('subjectAccess.ask')
  @ApiMake(
    CopyView,
    'Write down that a person asks for a copy of all that is held about them',
    'It is collected within minutes, reviewed by a manager, and due within a month.',
  )
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: AskForCopyInput,
  ): Promise<CopyView> {
    return this.queries.asked(actor, await this.copies.ask(actor, id, input));
  }

  @Get('subject-access')
  @Can('subjectAccess.list')
  @ApiReadPage(CopyLine, 'List requests for copies')
  list(@CurrentActor() actor: MemberActor, @Query() query: CopiesQuery): Promise<Page<CopyLine>> {
    return this.queries.list(actor, query);
  }

  @Get('subject-access/:id')
  @Can('subjectAccess.list')
  @ApiRead(CopyView, 'Read a request, with what is left to decide')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<CopyView> {
    return this.queries.get(actor, id);
  }

  @Get('subject-access/:id/document')
  @Can('subjectAccess.review')
  @ApiConflictResponse({
    type: ConflictProblem,
    description: 'Not prepared, not reviewed or not kept any more',
  })
  @ApiRead(RecordDocumentView, 'Read everything held about the person, with who looked at it')
  document(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: DocumentQuery,
  ): Promise<RecordDocumentView> {
    return this.queries.document(actor, id, query.forReview ?? false);
  }

  @Post('subject-access/:id/review')
  @Can('subjectAccess.review')
  @ApiWrite(CopyView, 'Decide what may be shown of other people', 'Decisions add to those made before.')
  async review(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: ReviewCopyInput,
  ): Promise<CopyView> {
    return this.queries.get(actor, await this.copies.review(actor, id, input));
  }

  @Post('subject-access/:id/release')
  @Can('subjectAccess.release')
  @ApiWrite(CopyView, 'Record that the person was given their copy')
  async release(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: ReleaseCopyInput,
  ): Promise<CopyView> {
    return this.queries.get(actor, await this.copies.release(actor, id, input));
  }

  @Post('subject-access/:id/refuse')
  @Can('subjectAccess.release')
  @ApiWrite(CopyView, 'Refuse a request, with the reason the person is given')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: RefuseCopyInput,
  ): Promise<CopyView> {
    return this.queries.get(actor, await this.copies.refuse(actor, id, input.because));
  }
}
