import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { ClaimsQuery, ClaimView, RefuseClaim } from './claim.dto.js';
import { ClaimsQueries } from './claims.queries.js';
import { Claims } from './claims.service.js';

@ApiTags('Claims of groups')
@Controller('provider-claims')
export class ClaimsController {
  constructor(
    private readonly claims: Claims,
    private readonly queries: ClaimsQueries,
  ) {}

  @Get()
  @Can('claim.list')
  @ApiReadPage(
    ClaimView,
    'People who say that a group is theirs, newest first',
    'They asked at the form whose address the group’s profile gives, and proved their e-mail address.',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: ClaimsQuery): Promise<Page<ClaimView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('claim.list')
  @ApiRead(ClaimView, 'One claim')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ClaimView> {
    return this.queries.get(actor, id);
  }

  @Post(':id/approve')
  @Can('claim.decide')
  @ApiWrite(
    ClaimView,
    'Let them answer for the group',
    'The group is written to at their address from now on; if they want to sign in, they are invited.',
  )
  async approve(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ClaimView> {
    return this.queries.get(actor, await this.claims.approve(actor, id));
  }

  @Post(':id/refuse')
  @Can('claim.decide')
  @ApiWrite(ClaimView, 'Leave the group as it is')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RefuseClaim,
  ): Promise<ClaimView> {
    return this.queries.get(actor, await this.claims.refuse(actor, id, body));
  }
}
