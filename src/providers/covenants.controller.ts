import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import {
  CovenantView,
  EndSignature,
  GroupCovenantView,
  PublishCovenant,
  SignCovenant,
} from './covenant.dto.js';
import { CovenantsQueries } from './covenants.queries.js';
import { CovenantsService } from './covenants.service.js';

/** Pages call it "our local agreement". */
@ApiTags('Providers')
@Controller()
export class CovenantsController {
  constructor(
    private readonly covenants: CovenantsService,
    private readonly queries: CovenantsQueries,
  ) {}

  @Get('covenants')
  @Can('covenant.list')
  @ApiReadAll(CovenantView, 'Every version of the local agreement, newest first')
  list(@CurrentActor() actor: MemberActor): Promise<CovenantView[]> {
    return this.queries.list(actor);
  }

  @Post('covenants')
  @Can('covenant.publish')
  @ApiMake(CovenantView, 'Publish the next version; what groups have signed stands until they sign this one')
  async publish(@CurrentActor() actor: MemberActor, @Body() body: PublishCovenant): Promise<CovenantView> {
    return this.queries.get(actor, await this.covenants.publish(actor, body));
  }

  @Get('providers/:id/covenant')
  @Can('covenant.get')
  @ApiRead(GroupCovenantView, 'What a group has signed, when, and to which commitments')
  ofGroup(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<GroupCovenantView> {
    return this.queries.ofGroup(actor, id);
  }

  @Post('providers/:id/covenant')
  @Can('covenant.sign')
  @ApiMake(GroupCovenantView, 'Record that a group signed a version')
  async sign(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SignCovenant,
  ): Promise<GroupCovenantView> {
    return this.queries.ofGroup(actor, await this.covenants.sign(actor, id, body));
  }

  @Post('providers/:id/covenant/end')
  @Can('covenant.sign')
  @ApiWrite(GroupCovenantView, 'Take a signature back')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: EndSignature,
  ): Promise<GroupCovenantView> {
    return this.queries.ofGroup(actor, await this.covenants.end(actor, id, body));
  }
}
