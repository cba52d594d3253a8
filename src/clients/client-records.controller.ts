import { Body, Controller, Delete, Get, Post, Put, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll, ApiReadPage, ApiRemove } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import {
  ClientView,
  CONFLICT,
  GpRegistrationInput,
  GpRegistrationView,
  HistoryView,
  NeverOfferView,
} from './client.dto.js';
import { ClientsQueries } from './clients.queries.js';
import { ClientsService } from './clients.service.js';

@ApiTags('Clients')
@Controller('clients/:id')
export class ClientRecordsController {
  constructor(
    private readonly clients: ClientsService,
    private readonly queries: ClientsQueries,
  ) {}

  @Get('history')
  @Can('client.get')
  @ApiReadPage(HistoryView, 'List what happened to a record, oldest first')
  history(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<HistoryView>> {
    return this.queries.history(actor, id, query);
  }

  @Get('gp-registrations')
  @Can('client.get')
  @ApiReadAll(GpRegistrationView, 'List GP registrations, the present one first')
  registrations(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<GpRegistrationView[]> {
    return this.queries.registrations(actor, id);
  }

  @Post('gp-registrations')
  @Can('client.amend')
  @ApiConflictResponse(CONFLICT)
  @ApiMake(ClientView, 'Record a move to another GP practice, or that there is no known one')
  async register(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: GpRegistrationInput,
  ): Promise<ClientView> {
    return this.queries.get(actor, await this.clients.register(actor, id, input));
  }

  @Get('never-offer')
  @Can('client.neverOffer')
  @ApiReadAll(NeverOfferView, 'List organisations this person is never offered to')
  neverOffers(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<NeverOfferView[]> {
    return this.queries.neverOffers(actor, id);
  }

  @Put('never-offer/:organisationId')
  @Can('client.neverOffer')
  @ApiConflictResponse(CONFLICT)
  @ApiRemove(
    'Never offer this person to an organisation',
    'It works as a gate and shows no reason to others.',
  )
  async addNeverOffer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('organisationId') organisationId: string,
  ): Promise<void> {
    await this.clients.addNeverOffer(actor, id, organisationId);
  }

  @Delete('never-offer/:organisationId')
  @Can('client.neverOffer')
  @ApiConflictResponse(CONFLICT)
  @ApiRemove('Allow offers to an organisation again')
  async removeNeverOffer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('organisationId') organisationId: string,
  ): Promise<void> {
    await this.clients.removeNeverOffer(actor, id, organisationId);
  }
}
