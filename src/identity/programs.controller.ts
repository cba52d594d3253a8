import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { type Page, PageQuery } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import {
  AmendProgramInput,
  MakeProgramInput,
  MakeProgramKeyInput,
  OwnProgramView,
  ProgramKeyMade,
  ProgramView,
} from './program.dto.js';
import { ProgramsQueries } from './programs.queries.js';
import { Programs } from './programs.service.js';

@ApiTags('Programs')
@Controller()
export class ProgramsController {
  constructor(
    private readonly programs: Programs,
    private readonly queries: ProgramsQueries,
  ) {}

  @Get('program')
  @Can('program.own')
  @ApiRead(
    OwnProgramView,
    'Which program am I, and what may I do',
    'For a program with its key; a person is none.',
  )
  own(@CurrentActor() actor: MemberActor): Promise<OwnProgramView> {
    return this.queries.own(actor);
  }

  @Get('programs')
  @Can('program.list')
  @ApiReadPage(ProgramView, 'List the programs that may use this API')
  list(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<ProgramView>> {
    return this.queries.list(actor, query);
  }

  @Get('programs/:id')
  @Can('program.list')
  @ApiRead(ProgramView, 'Read one program')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ProgramView> {
    return this.queries.get(actor, id);
  }

  @Post('programs')
  @Can('program.make')
  @ApiMake(
    ProgramKeyMade,
    'Let a program in',
    'It acts for one organisation, in a role that must suit it, and may do part of what a person of that role may. Its key is shown in the answer and nowhere else.',
  )
  async make(@CurrentActor() actor: MemberActor, @Body() input: MakeProgramInput): Promise<ProgramKeyMade> {
    return this.queries.made(actor, await this.programs.make(actor, input));
  }

  @Patch('programs/:id')
  @Can('program.amend')
  @ApiAmend(ProgramView, 'Change where a program may come from, and how often')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() input: AmendProgramInput,
  ): Promise<ProgramView> {
    return this.queries.get(actor, await this.programs.amend(actor, id, version, input));
  }

  @Post('programs/:id/keys')
  @Can('program.amend')
  @ApiMake(
    ProgramKeyMade,
    'Make another key',
    'For changing keys without a gap: two work at a time, and the older one ends after some days.',
  )
  async renew(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: MakeProgramKeyInput,
  ): Promise<ProgramKeyMade> {
    return this.queries.made(actor, await this.programs.renew(actor, id, input));
  }

  @Post('programs/:id/keys/:keyId/revoke')
  @Can('program.end')
  @ApiWrite(ProgramView, 'Revoke a key', 'It opens nothing from the next request on.')
  async revoke(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('keyId') keyId: string,
  ): Promise<ProgramView> {
    return this.queries.get(actor, await this.programs.revoke(actor, id, keyId));
  }

  @Post('programs/:id/end')
  @Can('program.end')
  @ApiWrite(ProgramView, 'Switch a program off for good', 'With all its keys, from the next request on.')
  async end(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ProgramView> {
    return this.queries.get(actor, await this.programs.end(actor, id));
  }
}
