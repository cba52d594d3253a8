import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import {
  ApiAmend,
  ApiMake,
  ApiRead,
  ApiReadAll,
  ApiReadPage,
  ApiWrite,
  ApiWriteSeen,
} from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { IfMatch, IfMatchIfSent } from '../platform/http/version.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { ClientMerges } from './client-merges.service.js';
import {
  AmendClientInput,
  ClientLine,
  ClientSearchInput,
  ClientsQuery,
  ClientView,
  CONFLICT,
  CreateClientInput,
  MatchesView,
  MatchInput,
  MergeInput,
  MergeView,
  ReasonInput,
  RecordDeathInput,
  SwitchOffChannelInput,
} from './client.dto.js';
import { ClientsQueries } from './clients.queries.js';
import { ClientsService } from './clients.service.js';
import { MergesQueries } from './merges.queries.js';

@ApiTags('Clients')
@Controller('clients')
export class ClientsController {
  constructor(
    private readonly clients: ClientsService,
    private readonly queries: ClientsQueries,
    private readonly merges: ClientMerges,
    private readonly mergesQueries: MergesQueries,
  ) {}

  @Post()
  @Can('client.create')
  @ApiConflictResponse(CONFLICT)
  @ApiMake(
    ClientView,
    'Write a person down',
    'Refused with 409 and the candidates side by side while somebody in your reach is likely the same person. ' +
      'Repeat with their ids in `notTheSameAs` if they are somebody else.',
  )
  async create(@CurrentActor() actor: MemberActor, @Body() input: CreateClientInput): Promise<ClientView> {
    return this.queries.get(actor, await this.clients.create(actor, input));
  }

  @Post('match')
  @HttpCode(200)
  @Can('client.match')
  @ApiRead(MatchesView, 'Who in your reach may this person be, and which facts agree')
  match(@CurrentActor() actor: MemberActor, @Body() input: MatchInput): Promise<MatchesView> {
    return this.queries.match(actor, input);
  }

  @Post('search')
  @HttpCode(200)
  @Can('client.list')
  @ApiReadPage(
    ClientLine,
    'Find people by NHS number, name, phone, postcode or date of birth',
    'What is sought is sent as a body, so that it is in no address.',
  )
  search(@CurrentActor() actor: MemberActor, @Body() input: ClientSearchInput): Promise<Page<ClientLine>> {
    return this.queries.search(actor, input);
  }

  @Get()
  @Can('client.list')
  @ApiReadPage(ClientLine, 'List people in your reach by name')
  list(@CurrentActor() actor: MemberActor, @Query() query: ClientsQuery): Promise<Page<ClientLine>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('client.get')
  @ApiRead(
    ClientView,
    'Read a person',
    'A record that was joined to another answers as it was then, and names where the person is now in `mergedInto`.',
  )
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ClientView> {
    return this.queries.get(actor, id);
  }

  @Patch(':id')
  @Can('client.amend')
  @ApiConflictResponse(CONFLICT)
  @ApiAmend(
    ClientView,
    'Change what is recorded about a person',
    'What is left out stays; null takes it away. A new number or address turns a "yes, safe" into "not asked" unless ' +
      'the same change answers it.',
  )
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() input: AmendClientInput,
  ): Promise<ClientView> {
    return this.queries.get(actor, await this.clients.amend(actor, id, version, input));
  }

  @Get(':id/matches')
  @Can('client.match')
  @ApiRead(MatchesView, 'Who else may this person be', 'Triage compares a new person with the whole scheme.')
  matches(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<MatchesView> {
    return this.queries.matchesOf(actor, id);
  }

  @Post(':id/switch-off-channel')
  @Can('client.amend')
  @ApiConflictResponse(CONFLICT)
  @ApiWrite(
    ClientView,
    'Stop using a way of reaching a person',
    'For a wrong number, a bounce, or because they asked.',
  )
  async switchOffChannel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: SwitchOffChannelInput,
  ): Promise<ClientView> {
    return this.queries.get(
      actor,
      await this.clients.switchOffChannel(actor, id, input.channel, input.because),
    );
  }

  @Post(':id/resume-messages')
  @Can('client.amend')
  @ApiConflictResponse(CONFLICT)
  @ApiWrite(ClientView, 'Confirm how a person may be reached, after two records were joined')
  async resumeMessages(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ClientView> {
    return this.queries.get(actor, await this.clients.resumeMessages(actor, id));
  }

  @Post(':id/record-death')
  @Can('client.recordDeath')
  @ApiConflictResponse(CONFLICT)
  @ApiWriteSeen(
    ClientView,
    'Record that a person has died',
    'Cancels everything that would still reach them.',
  )
  async recordDeath(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: RecordDeathInput,
  ): Promise<ClientView> {
    return this.queries.get(actor, await this.clients.recordDeath(actor, id, input, seen));
  }

  @Post(':id/reverse-death')
  @Can('client.reverseDeath')
  @ApiConflictResponse(CONFLICT)
  @ApiWriteSeen(ClientView, 'Take back a death recorded by mistake')
  async reverseDeath(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: ReasonInput,
  ): Promise<ClientView> {
    return this.queries.get(actor, await this.clients.reverseDeath(actor, id, input.reason, seen));
  }

  @Post(':id/merge')
  @Can('client.merge')
  @ApiConflictResponse(CONFLICT)
  @ApiWrite(
    MergeView,
    'Join another record of the same person to this one',
    'Keeps the stricter contact rule and pauses messages until somebody confirms. Answers with whom either record was ' +
      'agreed to be shared before.',
  )
  async merge(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: MergeInput,
  ): Promise<MergeView> {
    return this.mergesQueries.get(actor, await this.merges.merge(actor, id, input.mergedId, input.reason));
  }

  @Post(':id/unmerge')
  @Can('client.unmerge')
  @ApiConflictResponse(CONFLICT)
  @ApiWrite(ClientView, 'Take apart what was joined', 'The id is that of the record that stopped being used.')
  async unmerge(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: ReasonInput,
  ): Promise<ClientView> {
    return this.queries.get(actor, await this.merges.unmerge(actor, id, input.reason));
  }

  @Get(':id/merges')
  @Can('client.merge')
  @ApiReadAll(MergeView, 'List the joinings a record took part in')
  listMerges(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<MergeView[]> {
    return this.mergesQueries.list(actor, id);
  }
}
