import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import {
  AmendHelp,
  HelpChangeView,
  HelpView,
  RecordHelp,
  RecordHelpForClient,
  RecordTally,
  TallyListQuery,
  VoidHelp,
} from './help.dto.js';
import { HelpQueries } from './help.queries.js';
import { Help } from './help.service.js';

@ApiTags('Practical help')
@Controller()
export class HelpController {
  constructor(
    private readonly help: Help,
    private readonly queries: HelpQueries,
  ) {}

  @Get('clients/:clientId/help')
  @Can('help.list')
  @ApiReadAll(HelpView, 'Help given to somebody, newest first')
  ofClient(@CurrentActor() actor: MemberActor, @Id('clientId') clientId: string): Promise<HelpView[]> {
    return this.queries.ofClient(actor, clientId);
  }

  @Post('clients/:clientId/help')
  @Can('help.record')
  @ApiMake(HelpView, 'Record help given to somebody')
  async recordForClient(
    @CurrentActor() actor: MemberActor,
    @Id('clientId') clientId: string,
    @Body() body: RecordHelpForClient,
  ): Promise<HelpView> {
    return this.queries.get(actor, await this.help.recordForClient(actor, clientId, body));
  }

  @Get('onward-referrals/:id/help')
  @Can('help.list')
  @ApiReadAll(HelpView, 'Help a group gave to somebody who takes part, newest first')
  ofOnward(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<HelpView[]> {
    return this.queries.ofOnward(actor, id);
  }

  @Post('onward-referrals/:id/help')
  @Can('help.record')
  @ApiMake(HelpView, 'Record help that a group gave', 'Only while somebody takes part: accepted or started.')
  async recordForOnward(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RecordHelp,
  ): Promise<HelpView> {
    return this.queries.get(actor, await this.help.recordForOnward(actor, id, body));
  }

  @Get('help/tallies')
  @Can('help.list')
  @ApiReadPage(HelpView, 'Help counted without a name, newest first')
  tallies(@CurrentActor() actor: MemberActor, @Query() query: TallyListQuery): Promise<Page<HelpView>> {
    return this.queries.tallies(actor, query);
  }

  @Post('help/tallies')
  @Can('help.tally')
  @ApiMake(HelpView, 'Count help without a name', 'Kind, quantity, household size and area; no words.')
  async tally(@CurrentActor() actor: MemberActor, @Body() body: RecordTally): Promise<HelpView> {
    return this.queries.get(actor, await this.help.tally(actor, body));
  }

  @Get('help/:id')
  @Can('help.list')
  @ApiRead(HelpView, 'One record of help')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<HelpView> {
    return this.queries.get(actor, id);
  }

  @Get('help/:id/trail')
  @Can('help.list')
  @ApiReadAll(HelpChangeView, 'What was done to it, oldest first')
  trail(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<HelpChangeView[]> {
    return this.queries.trail(actor, id);
  }

  @Patch('help/:id')
  @Can('help.amend')
  @ApiAmend(HelpView, 'Put it right, saying why')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: AmendHelp,
  ): Promise<HelpView> {
    return this.queries.get(actor, await this.help.amend(actor, id, version, body));
  }

  @Post('help/:id/void')
  @Can('help.amend')
  @ApiWrite(HelpView, 'Take out what was recorded by mistake', 'It stays to be read, and is in no figure.')
  async void(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: VoidHelp,
  ): Promise<HelpView> {
    return this.queries.get(actor, await this.help.void(actor, id, body));
  }
}
