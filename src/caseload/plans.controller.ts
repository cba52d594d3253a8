import { Body, Controller, Delete, Get, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import {
  ApiAmend,
  ApiMake,
  ApiRead,
  ApiReadAll,
  ApiReadPage,
  ApiRemove,
  ApiWrite,
  ApiWriteSeen,
} from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { IfMatch, IfMatchIfSent } from '../platform/http/version.js';
import { PlanDraftsService } from './plan-drafts.service.js';
import {
  ActionProgressInput,
  AgreePlanInput,
  DifferencesQuery,
  GoalProgressInput,
  GoalProgressView,
  MakePlanInput,
  PlanDifferenceView,
  PlanDraftView,
  PlanVersionView,
  PlanView,
  SavePlanDraftInput,
  SavePlanInput,
  SharedPlanView,
  SharePlanInput,
} from './plan.dto.js';
import { PlansQueries } from './plans.queries.js';
import { PlansService } from './plans.service.js';

@ApiTags('Plans')
@Controller()
export class PlansController {
  constructor(
    private readonly service: PlansService,
    private readonly drafts: PlanDraftsService,
    private readonly queries: PlansQueries,
  ) {}

  @Get('referrals/:id/plan')
  @Can('plan.read')
  @ApiRead(PlanView, 'What matters to the person, and the plan, as it stands')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PlanView> {
    return this.queries.ofReferral(actor, id);
  }

  @Post('referrals/:id/plan')
  @Can('plan.write')
  @ApiMake(
    PlanView,
    'Make the plan',
    'One for each referral. It is looked at again in six weeks unless another day is given.',
  )
  async make(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: MakePlanInput,
  ): Promise<PlanView> {
    return this.queries.ofReferral(actor, await this.service.make(actor, id, body));
  }

  @Put('plans/:id')
  @Can('plan.write')
  @ApiAmend(
    PlanView,
    'Save the whole plan as it shall be',
    'What is left out is taken away; every version stays readable. Status and progress have routes of their own.',
  )
  async save(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() body: SavePlanInput,
  ): Promise<PlanView> {
    return this.queries.ofReferral(actor, await this.service.save(actor, id, version, body));
  }

  @Get('plans/:id/versions')
  @Can('plan.read')
  @ApiReadPage(PlanVersionView, 'Every version of the plan, newest first')
  versions(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<PlanVersionView>> {
    return this.queries.versions(actor, id, query);
  }

  @Get('plans/:id/differences')
  @Can('plan.read')
  @ApiReadAll(PlanDifferenceView, 'What differs between two versions of the plan')
  differences(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: DifferencesQuery,
  ): Promise<PlanDifferenceView[]> {
    return this.queries.differences(actor, id, query);
  }

  @Get('plans/:id/progress')
  @Can('plan.read')
  @ApiReadAll(GoalProgressView, 'How each goal went over time')
  progress(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<GoalProgressView[]> {
    return this.queries.progress(actor, id);
  }

  @Post('plans/:id/goals/:goalId/progress')
  @Can('plan.write')
  @ApiWriteSeen(PlanView, 'Say how a goal stands now')
  async goalProgress(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: GoalProgressInput,
  ): Promise<PlanView> {
    return this.queries.ofReferral(actor, await this.service.goalProgress(actor, id, goalId, body, seen));
  }

  @Post('plans/:id/actions/:actionId/progress')
  @Can('plan.write')
  @ApiWriteSeen(PlanView, 'Say how an action stands now')
  async actionProgress(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('actionId') actionId: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: ActionProgressInput,
  ): Promise<PlanView> {
    return this.queries.ofReferral(actor, await this.service.actionProgress(actor, id, actionId, body, seen));
  }

  @Post('plans/:id/agree')
  @Can('plan.write')
  @ApiWriteSeen(PlanView, 'Record that the person agrees to the plan as it stands')
  async agree(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() body: AgreePlanInput,
  ): Promise<PlanView> {
    return this.queries.ofReferral(actor, await this.service.agree(actor, id, body, seen));
  }

  @Post('plans/:id/shares')
  @Can('plan.share')
  @ApiMake(
    PlanView,
    'Give somebody the chosen parts of the plan as it stands',
    'An organisation needs an agreement for `plan`, asked again at every read; withdrawing it closes the plan to them.',
  )
  async share(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SharePlanInput,
  ): Promise<PlanView> {
    return this.queries.ofReferral(actor, await this.service.share(actor, id, body));
  }

  @Post('plans/:id/shares/:shareId/end')
  @Can('plan.share')
  @ApiWrite(PlanView, 'Share the plan with somebody no longer')
  async endShare(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('shareId') shareId: string,
  ): Promise<PlanView> {
    return this.queries.ofReferral(actor, await this.service.endShare(actor, id, shareId));
  }

  @Get('referrals/:id/plan-draft')
  @Can('plan.read')
  @ApiRead(PlanDraftView, 'What you are writing and have not saved')
  draft(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<PlanDraftView> {
    return this.queries.draft(actor, id);
  }

  @Post('referrals/:id/plan-draft')
  @Can('plan.write')
  @ApiWrite(
    PlanDraftView,
    'Keep what you are writing',
    'Written on top of an older revision than the latest, it is put aside and answered with 409 draft-elsewhere.',
  )
  async saveDraft(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() body: SavePlanDraftInput,
  ): Promise<PlanDraftView> {
    return this.queries.draft(actor, await this.drafts.save(actor, id, body));
  }

  @Delete('referrals/:id/plan-draft')
  @Can('plan.write')
  @ApiRemove('Throw away your draft')
  async discardDraft(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<void> {
    await this.drafts.discard(actor, id, null);
  }

  @Delete('referrals/:id/plan-draft/aside/:asideId')
  @Can('plan.write')
  @ApiRemove('Throw away a text that another tab put aside')
  async discardAside(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('asideId') asideId: string,
  ): Promise<void> {
    await this.drafts.discard(actor, id, asideId);
  }

  @Get('shared-plans')
  @Can('sharedPlan.list')
  @ApiReadPage(SharedPlanView, 'Plans that people let your organisation read')
  shared(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<SharedPlanView>> {
    return this.queries.shared(actor, query);
  }

  @Get('shared-plans/:id')
  @Can('sharedPlan.list')
  @ApiRead(SharedPlanView, 'One plan that somebody lets your organisation read')
  sharedOne(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<SharedPlanView> {
    return this.queries.sharedOne(actor, id);
  }
}
