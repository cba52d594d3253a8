import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { RecordVolunteering, VoidVolunteering, VolunteeringView } from './volunteering.dto.js';
import { VolunteeringQueries } from './volunteering.queries.js';
import { Volunteering } from './volunteering.service.js';

@ApiTags('From helped to helper')
@Controller('clients/:clientId/volunteering')
export class VolunteeringController {
  constructor(
    private readonly volunteering: Volunteering,
    private readonly queries: VolunteeringQueries,
  ) {}

  @Get()
  @Can('volunteering.get')
  @ApiRead(VolunteeringView, 'Whether somebody became a volunteer, and since when')
  get(@CurrentActor() actor: MemberActor, @Id('clientId') clientId: string): Promise<VolunteeringView> {
    return this.queries.ofClient(actor, clientId);
  }

  @Post()
  @Can('volunteering.record')
  @ApiMake(
    VolunteeringView,
    'Record that somebody became a volunteer',
    'Not needed for a volunteer role of the directory: starting it counts by itself.',
  )
  async record(
    @CurrentActor() actor: MemberActor,
    @Id('clientId') clientId: string,
    @Body() body: RecordVolunteering,
  ): Promise<VolunteeringView> {
    return this.queries.ofClient(actor, await this.volunteering.record(actor, clientId, body));
  }

  @Post('void')
  @Can('volunteering.record')
  @ApiWrite(VolunteeringView, 'Take back what was recorded by mistake')
  async void(
    @CurrentActor() actor: MemberActor,
    @Id('clientId') clientId: string,
    @Body() body: VoidVolunteering,
  ): Promise<VolunteeringView> {
    return this.queries.ofClient(actor, await this.volunteering.void(actor, clientId, body));
  }
}
