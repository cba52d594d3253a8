import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import {
  AskStaffInput,
  RefuseStaffInput,
  StaffRequestsQuery,
  StaffRequestView,
  StaffView,
} from './staff.dto.js';
import { StaffQueries } from './staff.queries.js';
import { StaffRequests } from './staff-requests.service.js';

@ApiTags('Organisations')
@Controller()
export class StaffController {
  constructor(
    private readonly requests: StaffRequests,
    private readonly queries: StaffQueries,
  ) {}

  @Get('staff')
  @Can('staff.list')
  @ApiReadAll(StaffView, 'Who signs in for your own organisation, by name')
  list(@CurrentActor() actor: MemberActor): Promise<StaffView[]> {
    return this.queries.list(actor);
  }

  @Get('staff-requests')
  @Can('staffRequest.list')
  @ApiReadPage(StaffRequestView, 'What organisations asked about who signs in for them, newest first')
  listRequests(
    @CurrentActor() actor: MemberActor,
    @Query() query: StaffRequestsQuery,
  ): Promise<Page<StaffRequestView>> {
    return this.queries.requests(actor, query);
  }

  @Get('staff-requests/:id')
  @Can('staffRequest.list')
  @ApiRead(StaffRequestView, 'Read what was asked, and what became of it')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<StaffRequestView> {
    return this.queries.request(actor, id);
  }

  @Post('staff-requests')
  @Can('staffRequest.make')
  @ApiMake(
    StaffRequestView,
    'Ask that somebody signs in for your organisation, or no more',
    'An administrator of the scheme is asked to do it.',
  )
  async ask(@CurrentActor() actor: MemberActor, @Body() input: AskStaffInput): Promise<StaffRequestView> {
    return this.queries.request(actor, await this.requests.ask(actor, input));
  }

  @Post('staff-requests/:id/withdraw')
  @Can('staffRequest.make')
  @ApiWrite(StaffRequestView, 'Take back what was asked')
  async withdraw(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<StaffRequestView> {
    return this.queries.request(actor, await this.requests.withdraw(actor, id));
  }

  @Post('staff-requests/:id/grant')
  @Can('staffRequest.settle')
  @ApiWrite(StaffRequestView, 'Do what was asked', 'Sends the invitation, or ends the membership.')
  async grant(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<StaffRequestView> {
    return this.queries.request(actor, await this.requests.grant(actor, id));
  }

  @Post('staff-requests/:id/refuse')
  @Can('staffRequest.settle')
  @ApiWrite(StaffRequestView, 'Say why it is not done')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() { because }: RefuseStaffInput,
  ): Promise<StaffRequestView> {
    return this.queries.request(actor, await this.requests.refuse(actor, id, because));
  }
}
