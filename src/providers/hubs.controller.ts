import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiReadAll, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { AddHubPartner, EndHubPartner, HubPartnerView } from './hub.dto.js';
import { HubsQueries } from './hubs.queries.js';
import { HubsService } from './hubs.service.js';

/** A provider that names partners is a hub. */
@ApiTags('Providers')
@Controller('providers/:id/partners')
export class HubsController {
  constructor(
    private readonly hubs: HubsService,
    private readonly queries: HubsQueries,
  ) {}

  @Get()
  @Can('provider.get')
  @ApiReadAll(HubPartnerView, 'Whom a hub works with', 'Also those that ended, newest first.')
  list(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<HubPartnerView[]> {
    return this.queries.partners(actor, id);
  }

  @Post()
  @Can('provider.namePartner')
  @ApiMake(
    HubPartnerView,
    'Name a partner of a hub',
    'It is shown wherever the hub is, and learns nothing of anybody who comes: passing a person on is a new onward referral that needs agreement.',
  )
  async add(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: AddHubPartner,
  ): Promise<HubPartnerView> {
    return this.queries.partner(actor, id, await this.hubs.add(actor, id, body));
  }

  @Post(':partnerId/end')
  @Can('provider.namePartner')
  @ApiWrite(HubPartnerView, 'End a partnership; it stays in the list with its last day')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('partnerId') partnerId: string,
    @Body() body: EndHubPartner,
  ): Promise<HubPartnerView> {
    return this.queries.partner(actor, id, await this.hubs.end(actor, id, partnerId, body));
  }
}
