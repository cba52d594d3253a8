import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import {
  ApprovalsQuery,
  ApprovalView,
  ApproveOffer,
  AskApproval,
  RefuseOffer,
} from './offer-approval.dto.js';
import { OfferApprovalQueries } from './offer-approval.queries.js';
import { OfferApprovals } from './offer-approvals.service.js';

@ApiTags('Offers to a service of one’s own')
@Controller()
export class OfferApprovalsController {
  constructor(
    private readonly approvals: OfferApprovals,
    private readonly queries: OfferApprovalQueries,
  ) {}

  @Get('offer-approvals')
  @Can('approval.list')
  @ApiReadPage(
    ApprovalView,
    'Where a second person was asked, newest first',
    'Managers see all; link workers what they asked and what was asked for people they hold.',
  )
  list(@CurrentActor() actor: MemberActor, @Query() query: ApprovalsQuery): Promise<Page<ApprovalView>> {
    return this.queries.list(actor, query);
  }

  @Post('referrals/:id/offer-approvals')
  @Can('approval.ask')
  @ApiMake(
    ApprovalView,
    'Ask a second person before offering somebody to a service of one’s own organisation',
    'Needed where the asker works for the group, or the group referred the person. A yes holds for this referral and this service.',
  )
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: AskApproval,
  ): Promise<ApprovalView> {
    return this.queries.get(actor, await this.approvals.ask(actor, id, body));
  }

  @Get('offer-approvals/:id')
  @Can('approval.list')
  @ApiRead(ApprovalView, 'One asking, and what the second person said')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ApprovalView> {
    return this.queries.get(actor, id);
  }

  @Post('offer-approvals/:id/approve')
  @Can('approval.decide')
  @ApiWrite(ApprovalView, 'Agree as the second person; never by whoever asked, in whatever role')
  async approve(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: ApproveOffer,
  ): Promise<ApprovalView> {
    return this.queries.get(actor, await this.approvals.approve(actor, id, body));
  }

  @Post('offer-approvals/:id/refuse')
  @Can('approval.decide')
  @ApiWrite(ApprovalView, 'Say no as the second person, and why')
  async refuse(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: RefuseOffer,
  ): Promise<ApprovalView> {
    return this.queries.get(actor, await this.approvals.refuse(actor, id, body));
  }

  @Post('offer-approvals/:id/withdraw')
  @Can('approval.ask')
  @ApiWrite(ApprovalView, 'Take back one’s own asking')
  async withdraw(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<ApprovalView> {
    return this.queries.get(actor, await this.approvals.withdraw(actor, id));
  }
}
