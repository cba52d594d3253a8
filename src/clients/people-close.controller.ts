import { Body, Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiReadAll, ApiRemove, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { IfMatch } from '../platform/http/version.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { CONFLICT } from './client.dto.js';
import {
  AmendSupporterInput,
  ClientLinkView,
  LinkClientInput,
  NameSupporterInput,
  SupporterView,
} from './people-close.dto.js';
import { PeopleCloseQueries } from './people-close.queries.js';
import { PeopleCloseService } from './people-close.service.js';

@ApiTags('Clients')
@Controller('clients/:id')
export class PeopleCloseController {
  constructor(
    private readonly people: PeopleCloseService,
    private readonly queries: PeopleCloseQueries,
  ) {}

  @Get('links')
  @Can('client.link')
  @ApiReadAll(ClientLinkView, 'List other people here whom this person belongs with')
  links(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ClientLinkView[]> {
    return this.queries.links(actor, id);
  }

  @Post('links')
  @Can('client.link')
  @ApiConflictResponse(CONFLICT)
  @ApiMake(
    ClientLinkView,
    'Link two people who belong together',
    'A household, a couple, a carer and whom they care for. Records and agreements stay apart.',
  )
  async link(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: LinkClientInput,
  ): Promise<ClientLinkView> {
    return this.queries.getLink(actor, id, await this.people.link(actor, id, input));
  }

  @Post('links/:linkId/end')
  @Can('client.link')
  @ApiConflictResponse(CONFLICT)
  @ApiRemove('End a link, from either side', 'Nobody is told.')
  async endLink(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('linkId') linkId: string,
  ): Promise<void> {
    await this.people.endLink(actor, id, linkId);
  }

  @Get('supporters')
  @Can('supporter.list')
  @ApiReadAll(SupporterView, 'List carers, advocates and others a person names')
  supporters(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SupporterView[]> {
    return this.queries.supporters(actor, id);
  }

  @Post('supporters')
  @Can('supporter.amend')
  @ApiConflictResponse(CONFLICT)
  @ApiMake(
    SupporterView,
    'Write down somebody a person names',
    'Nothing is shared with them but what `shares` says.',
  )
  async name(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: NameSupporterInput,
  ): Promise<SupporterView> {
    return this.queries.getSupporter(actor, id, await this.people.nameSupporter(actor, id, input));
  }

  @Patch('supporters/:supporterId')
  @Can('supporter.amend')
  @ApiConflictResponse(CONFLICT)
  @ApiAmend(SupporterView, 'Change what is shared with a supporter, or how they are reached')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('supporterId') supporterId: string,
    @IfMatch() version: number,
    @Body() input: AmendSupporterInput,
  ): Promise<SupporterView> {
    return this.queries.getSupporter(
      actor,
      id,
      await this.people.amendSupporter(actor, id, supporterId, version, input),
    );
  }

  @Post('supporters/:supporterId/end')
  @Can('supporter.amend')
  @ApiConflictResponse(CONFLICT)
  @ApiWrite(SupporterView, 'End what a supporter may see', 'At once, and nobody is told.')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('supporterId') supporterId: string,
  ): Promise<SupporterView> {
    return this.queries.getSupporter(actor, id, await this.people.endSupporter(actor, id, supporterId));
  }
}
