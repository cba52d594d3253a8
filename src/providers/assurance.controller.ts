import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { AssuranceView, EndAssurance, RecordAssurance } from './assurance.dto.js';
import { AssuranceQueries } from './assurance.queries.js';
import { AssuranceService } from './assurance.service.js';

/** Pages call it "safety checks". */
@ApiTags('Providers')
@Controller('providers/:id/assurance')
export class AssuranceController {
  constructor(
    private readonly assurance: AssuranceService,
    private readonly queries: AssuranceQueries,
  ) {}

  @Get()
  @Can('assurance.get')
  @ApiRead(
    AssuranceView,
    'What was checked, what each level of service still needs, and until when it counts',
  )
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AssuranceView> {
    return this.queries.get(actor, id);
  }

  @Post()
  @Can('provider.assure')
  @ApiMake(
    AssuranceView,
    'Record what was seen for one requirement, or an exemption from it',
    'Policies and practice only. Certificates and identity documents are looked at and given back: write that they were seen, and when.',
  )
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RecordAssurance,
  ): Promise<AssuranceView> {
    return this.queries.get(actor, await this.assurance.record(actor, id, body));
  }

  @Post(':recordId/end')
  @Can('provider.assure')
  @ApiWrite(AssuranceView, 'Say that what was shown no longer holds')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('recordId') recordId: string,
    @Body() body: EndAssurance,
  ): Promise<AssuranceView> {
    return this.queries.get(actor, await this.assurance.end(actor, id, recordId, body));
  }
}
