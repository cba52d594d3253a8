import { Body, Controller, Delete, Get, Post, Put, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiRemove, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { CONFLICT } from './client.dto.js';
import {
  AddSafeguardingStep,
  CloseSafeguardingInput,
  ReadSafeguardingInput,
  RecordSafeguardingInput,
  SafeguardingLine,
  SafeguardingQuery,
  SafeguardingView,
  SafeguardingWordsView,
} from './safeguarding.dto.js';
import { SafeguardingQueries } from './safeguarding.queries.js';
import { Safeguarding } from './safeguarding.service.js';

@ApiTags('Safeguarding')
@Controller()
export class SafeguardingController {
  constructor(
    private readonly safeguarding: Safeguarding,
    private readonly queries: SafeguardingQueries,
  ) {}

  @Get('safeguarding/words')
  @Can('safeguarding.words')
  @ApiRead(SafeguardingWordsView, 'What to read before recording a concern, and who the leads are')
  words(@CurrentActor() actor: MemberActor): Promise<SafeguardingWordsView> {
    return this.queries.words(actor);
  }

  @Put('safeguarding/leads/:membershipId')
  @Can('safeguarding.lead')
  @ApiRemove('Name a safeguarding lead')
  nameLead(@CurrentActor() actor: MemberActor, @Id('membershipId') membershipId: string): Promise<void> {
    return this.safeguarding.nameLead(actor, membershipId);
  }

  @Delete('safeguarding/leads/:membershipId')
  @Can('safeguarding.lead')
  @ApiRemove('Somebody is no longer a safeguarding lead')
  endLead(@CurrentActor() actor: MemberActor, @Id('membershipId') membershipId: string): Promise<void> {
    return this.safeguarding.endLead(actor, membershipId);
  }

  @Post('clients/:id/safeguarding')
  @Can('safeguarding.record')
  @ApiConflictResponse(CONFLICT)
  @ApiMake(
    SafeguardingView,
    'Record a safeguarding concern',
    'Not how to report an emergency: refused until `understood` is true. Needs nobody’s agreement.',
  )
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RecordSafeguardingInput,
  ): Promise<SafeguardingView> {
    return this.queries.get(actor, await this.safeguarding.record(actor, id, body));
  }

  @Get('safeguarding')
  @Can('safeguarding.list')
  @ApiReadPage(
    SafeguardingLine,
    'Safeguarding concerns and where they stand, newest first, without their words',
  )
  list(
    @CurrentActor() actor: MemberActor,
    @Query() query: SafeguardingQuery,
  ): Promise<Page<SafeguardingLine>> {
    return this.queries.list(actor, query);
  }

  @Get('safeguarding/:id')
  @Can('safeguarding.get')
  @ApiRead(SafeguardingView, 'One concern, for its author and the safeguarding leads')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SafeguardingView> {
    return this.queries.get(actor, id);
  }

  @Post('safeguarding/:id/read')
  @Can('safeguarding.open')
  @ApiWrite(SafeguardingView, 'Read a concern as a manager, with a reason that the leads are shown')
  async read(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ReadSafeguardingInput,
  ): Promise<SafeguardingView> {
    return this.queries.opened(actor, id, await this.safeguarding.read(actor, id, body.reason));
  }

  @Post('safeguarding/:id/steps')
  @Can('safeguarding.addStep')
  @ApiMake(SafeguardingLine, 'Write down what was done: who was told, when, under which reference')
  async addStep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: AddSafeguardingStep,
  ): Promise<SafeguardingLine> {
    return this.queries.line(actor, await this.safeguarding.addStep(actor, id, body));
  }

  @Post('safeguarding/:id/close')
  @Can('safeguarding.close')
  @ApiWrite(SafeguardingLine, 'Close a concern, as a lead or a manager')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: CloseSafeguardingInput,
  ): Promise<SafeguardingLine> {
    return this.queries.line(actor, await this.safeguarding.close(actor, id, body));
  }
}
