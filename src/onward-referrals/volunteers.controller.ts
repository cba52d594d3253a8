import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiWrite } from '../platform/http/api.js';
import { VolunteerData, VolunteerDataInput } from './volunteer.dto.js';
import { Volunteers } from './volunteers.service.js';

@ApiTags('Volunteers')
@Controller('volunteers')
export class VolunteersController {
  constructor(private readonly volunteers: Volunteers) {}

  @Post('data')
  @Can('volunteer.data')
  @ApiWrite(
    VolunteerData,
    'Everything held on somebody who helps in a group',
    'For a volunteer who asks. Nothing is changed; the reading is on record. They can read it themselves from any of their links.',
  )
  data(@CurrentActor() actor: MemberActor, @Body() body: VolunteerDataInput): Promise<VolunteerData> {
    return this.volunteers.dataFor(actor, body);
  }
}
