import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiAmend, ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { IfMatch } from '../platform/http/version.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import { Memberships } from './memberships.service.js';
import { SecondFactors } from './second-factors.service.js';
import {
  AmendUserInput,
  CreateMembershipInput,
  LeaveInput,
  TriagesInput,
  UsersQuery,
  UserView,
} from './user.dto.js';
import { UsersQueries } from './users.queries.js';
import { Users } from './users.service.js';

const HANDING_OVER =
  'Bites at the next request. Live work goes, in the same act, to `handTo`, else to the standing cover of the scheme; ' +
  'refused when there is work and neither.';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: Users,
    private readonly memberships: Memberships,
    private readonly factors: SecondFactors,
    private readonly queries: UsersQueries,
  ) {}

  @Get()
  @Can('user.list')
  @ApiReadPage(UserView, 'List the people of the scheme by name')
  list(@CurrentActor() actor: MemberActor, @Query() query: UsersQuery): Promise<Page<UserView>> {
    return this.queries.list(actor, query);
  }

  @Get(':id')
  @Can('user.get')
  @ApiRead(UserView, 'Read one person')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<UserView> {
    return this.queries.get(actor, id);
  }

  @Patch(':id')
  @Can('user.amend')
  @ApiAmend(UserView, 'Change a person’s name, address or phone')
  async amend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() input: AmendUserInput,
  ): Promise<UserView> {
    return this.queries.get(actor, await this.users.amend(actor, id, version, input));
  }

  @Post(':id/disable')
  @Can('user.disable')
  @ApiWrite(UserView, 'Disable a person in this scheme', HANDING_OVER)
  async disable(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { handTo }: LeaveInput,
  ): Promise<UserView> {
    return this.queries.get(actor, await this.users.disable(actor, id, handTo ?? null));
  }

  @Post(':id/enable')
  @Can('user.disable')
  @ApiWrite(UserView, 'Let a disabled person in again')
  async enable(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<UserView> {
    return this.queries.get(actor, await this.users.enable(actor, id));
  }

  @Post(':id/reset-factor')
  @Can('user.resetFactor')
  @ApiWrite(
    UserView,
    'Take away a person’s second factor',
    'For somebody whose telephone is gone. They are signed out everywhere, told by mail, and sign in with the password alone until they set up another.',
  )
  async resetFactor(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<UserView> {
    return this.queries.get(actor, await this.factors.reset(actor, id));
  }

  @Post(':id/memberships')
  @Can('user.invite')
  @ApiMake(UserView, 'Give a person a further role')
  async addMembership(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: CreateMembershipInput,
  ): Promise<UserView> {
    return this.queries.get(actor, await this.memberships.create(actor, id, input));
  }
}

@ApiTags('Users')
@Controller('memberships')
export class MembershipsController {
  constructor(
    private readonly memberships: Memberships,
    private readonly queries: UsersQueries,
  ) {}

  @Post(':id/end')
  @Can('membership.end')
  @ApiWrite(UserView, 'End a membership for good', HANDING_OVER)
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { handTo }: LeaveInput,
  ): Promise<UserView> {
    return this.queries.get(actor, await this.memberships.end(actor, id, handTo ?? null));
  }

  @Post(':id/disable')
  @Can('membership.end')
  @ApiWrite(UserView, 'Disable one membership', HANDING_OVER)
  async disable(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { handTo }: LeaveInput,
  ): Promise<UserView> {
    return this.queries.get(actor, await this.memberships.disable(actor, id, handTo ?? null));
  }

  @Post(':id/enable')
  @Can('membership.end')
  @ApiWrite(UserView, 'Enable a membership again')
  async enable(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<UserView> {
    return this.queries.get(actor, await this.memberships.enable(actor, id));
  }

  @Post(':id/set-triages')
  @Can('user.amend')
  @ApiWrite(UserView, 'Say whether a link worker works the triage queue')
  async setTriages(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { triages }: TriagesInput,
  ): Promise<UserView> {
    return this.queries.get(actor, await this.memberships.setTriages(actor, id, triages));
  }
}
