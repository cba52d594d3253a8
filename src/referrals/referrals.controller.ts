import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query, Header } from '@nestjs/common';
import { ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';
import { RecordDeathInput } from '../clients/client.dto.js';
import { Can, CurrentActor, Public } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Problem } from '../platform/errors/problem.js';
import {
  ApiAmend,
  ApiMake,
  ApiRead,
  ApiReadPage,
  ApiRemove,
  ApiWrite,
  ApiWriteSeen,
} from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import { PageQuery, type Page } from '../platform/http/pagination.js';
import { LimitPerAddress } from '../platform/http/rate-limit.js';
import { IfMatch, IfMatchIfSent } from '../platform/http/version.js';
import { ReferralSending } from './referral-sending.service.js';
import {
  AcceptInput,
  AllocateInput,
  CaseloadQuery,
  CloseInput,
  DeclineInput,
  DraftInput,
  DraftLine,
  HistoryEntry,
  HoldInput,
  JoinInput,
  NoteInput,
  ReferralLine,
  ReferralSearchInput,
  ReferralsQuery,
  ReferralView,
  ReopenInput,
  ResumeInput,
  ReturnInput,
  SelfReferralInput,
  SendAgainInput,
  SendInput,
  SentReferralLine,
  HandedOver,
  SentReferralView,
  SetFeedbackInput,
  SetNextInput,
  SetRisksInput,
  Submitted,
  TriageLine,
  TriageQuery,
  VoidInput,
  WithdrawInput,
} from './referral.dto.js';
import { ReferralsQueries } from './referrals.queries.js';
import { ReferralsService } from './referrals.service.js';

type View = ReferralView | SentReferralView;
/** Those who work for the scheme see the first, senders the second. */
const VIEWS = [ReferralView, SentReferralView];

@ApiTags('Referrals')
@Controller('referrals')
export class ReferralsController {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly sending: ReferralSending,
    private readonly queries: ReferralsQueries,
  ) {}

  @Get()
  @Can('referral.list')
  @ApiReadPage([ReferralLine, SentReferralLine], 'List referrals, newest first')
  list(
    @CurrentActor() actor: MemberActor,
    @Query() query: ReferralsQuery,
  ): Promise<Page<ReferralLine> | Page<SentReferralLine>> {
    return this.queries.list(actor, query);
  }

  @Post('search')
  @Can('referral.list')
  @HttpCode(200)
  @ApiReadPage(
    [ReferralLine, SentReferralLine],
    'Find referrals by whom they are about, or by their reference',
    'A sender finds its own, by what it sent.',
  )
  search(
    @CurrentActor() actor: MemberActor,
    @Body() input: ReferralSearchInput,
  ): Promise<Page<ReferralLine> | Page<SentReferralLine>> {
    return this.queries.search(actor, input);
  }

  @Get('drafts')
  @Can('referral.draft')
  @ApiReadPage(DraftLine, 'Drafts that are not sent yet, newest first')
  drafts(@CurrentActor() actor: MemberActor, @Query() query: PageQuery): Promise<Page<DraftLine>> {
    return this.queries.drafts(actor, query);
  }

  @Post('drafts')
  @Can('referral.draft')
  @ApiMake(VIEWS, 'Start a draft')
  async draft(@CurrentActor() actor: MemberActor, @Body() input: DraftInput): Promise<View> {
    return this.queries.get(actor, await this.sending.draft(actor, input));
  }

  @Patch('drafts/:id')
  @Can('referral.draft')
  @ApiAmend(VIEWS, 'Change a draft')
  async amendDraft(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatch() version: number,
    @Body() input: DraftInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.sending.amendDraft(actor, id, version, input));
  }

  @Delete('drafts/:id')
  @Can('referral.discard')
  @ApiRemove('Discard a draft')
  async discard(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<void> {
    await this.sending.discard(actor, id);
  }

  @Post()
  @Can('referral.send')
  @ApiMake(
    VIEWS,
    'Send a new referral',
    'The same externalId, or Idempotency-Key, gives the referral of the first time.',
  )
  async send(@CurrentActor() actor: MemberActor, @Body() input: SendInput): Promise<View> {
    return this.queries.get(actor, await this.sending.send(actor, input));
  }

  @Get(':id')
  @Can('referral.get')
  @ApiRead(VIEWS, 'Read a referral')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<View> {
    return this.queries.get(actor, id);
  }

  @Get(':id/history')
  @Can('referral.get')
  @ApiReadPage(HistoryEntry, 'What happened to a referral, oldest first')
  history(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() query: PageQuery,
  ): Promise<Page<HistoryEntry>> {
    return this.queries.history(actor, id, query);
  }

  @Post(':id/send')
  @Can('referral.send')
  @ApiWriteSeen(VIEWS, 'Send a draft, or again what was returned')
  async sendAgain(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: SendAgainInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.sending.sendAgain(actor, id, input, [], seen));
  }

  @Post(':id/return')
  @Can('referral.return')
  @ApiWrite(VIEWS, 'Return it to its sender, saying what is missing')
  async return(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: ReturnInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.return(actor, id, input));
  }

  @Post(':id/accept')
  @Can('referral.accept')
  @ApiWriteSeen(VIEWS, 'Take it on', 'As somebody new, or as somebody known here (sameAs).')
  async accept(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: AcceptInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.accept(actor, id, input, seen));
  }

  @Post(':id/join')
  @Can('referral.join')
  @ApiWrite(VIEWS, "Add it to the person's open referral")
  async join(@CurrentActor() actor: MemberActor, @Id() id: string, @Body() input: JoinInput): Promise<View> {
    return this.queries.get(actor, await this.referrals.join(actor, id, input));
  }

  @Post(':id/decline')
  @Can('referral.decline')
  @ApiWrite(VIEWS, 'Decline it')
  async decline(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: DeclineInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.decline(actor, id, input));
  }

  @Post(':id/allocate')
  @Can('referral.allocate')
  @ApiWriteSeen([...VIEWS, HandedOver], 'Give it to a link worker, or to another one')
  async allocate(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: AllocateInput,
  ): Promise<View | HandedOver> {
    return this.queries.afterHandingOver(actor, await this.referrals.allocate(actor, id, input, seen));
  }

  @Post(':id/next')
  @Can('referral.setNext')
  @ApiWriteSeen(VIEWS, 'Choose its next date')
  async setNext(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: SetNextInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.setNext(actor, id, input, seen));
  }

  @Post(':id/notes')
  @Can('referral.note')
  @ApiWrite(VIEWS, 'Add what you know, for its owner')
  async note(@CurrentActor() actor: MemberActor, @Id() id: string, @Body() input: NoteInput): Promise<View> {
    return this.queries.get(actor, await this.referrals.note(actor, id, input));
  }

  @Post(':id/risks')
  @Can('referral.setRisks')
  @ApiWriteSeen(
    VIEWS,
    'Say which risks are known now, or that none are',
    'Groups never read them: they are told what keeps them safe.',
  )
  async setRisks(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: SetRisksInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.setRisks(actor, id, input, seen));
  }

  @Post(':id/feedback')
  @Can('referral.setFeedback')
  @ApiWriteSeen(VIEWS, 'Change what its sender may hear, as the person now agrees')
  async setFeedback(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: SetFeedbackInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.setFeedback(actor, id, input, seen));
  }

  @Post(':id/hold')
  @Can('referral.hold')
  @ApiWriteSeen(VIEWS, 'Put it on hold until a date')
  async hold(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: HoldInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.hold(actor, id, input, seen));
  }

  @Post(':id/resume')
  @Can('referral.resume')
  @ApiWriteSeen(VIEWS, 'Take it up again')
  async resume(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: ResumeInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.resume(actor, id, input, seen));
  }

  @Post(':id/close')
  @Can('referral.close')
  @ApiWriteSeen(VIEWS, 'Close it')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: CloseInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.close(actor, id, input, seen));
  }

  @Post(':id/reopen')
  @Can('referral.reopen')
  @ApiWriteSeen([...VIEWS, HandedOver], 'Reopen it within 28 days')
  async reopen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: ReopenInput,
  ): Promise<View | HandedOver> {
    return this.queries.afterHandingOver(actor, await this.referrals.reopen(actor, id, input, seen));
  }

  @Post(':id/withdraw')
  @Can('referral.withdraw')
  @ApiWrite(VIEWS, 'Withdraw it', 'A sender can while it is with triage.')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: WithdrawInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.withdraw(actor, id, input));
  }

  @Post(':id/void')
  @Can('referral.void')
  @ApiWriteSeen(VIEWS, 'Say that it should never have been here')
  async void(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @IfMatchIfSent() seen: number | undefined,
    @Body() input: VoidInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.void(actor, id, input, seen));
  }

  @Post(':id/died')
  @Can('client.recordDeath')
  @ApiWrite(VIEWS, 'Say that the person died')
  async died(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: RecordDeathInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.referrals.recordDeath(actor, id, input));
  }
}

@ApiTags('Referrals')
@Controller()
export class ReferralWorklistsController {
  constructor(private readonly queries: ReferralsQueries) {}

  @Get('caseload')
  @Can('caseload.list')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiReadPage(ReferralLine, "A link worker's referrals by next date")
  caseload(@CurrentActor() actor: MemberActor, @Query() query: CaseloadQuery): Promise<string> {
    return this.queries.caseloadText(actor, query);
  }

  @Get('triage')
  @Can('referral.triage')
  @ApiReadPage(TriageLine, 'What waits for triage, oldest first')
  triage(@CurrentActor() actor: MemberActor, @Query() query: TriageQuery): Promise<Page<TriageLine>> {
    return this.queries.triage(actor, query);
  }
}

@ApiTags('Self-referrals')
@Controller('schemes/:schemeId/self-referrals')
export class SelfReferralsController {
  constructor(private readonly sending: ReferralSending) {}

  @Post()
  @Public()
  @LimitPerAddress(10, 60)
  @ApiMake(Submitted, 'Ask for support for yourself', 'Somebody looks at it and gets in touch.')
  @ApiNotFoundResponse({ type: Problem, description: 'No such scheme, or nobody asks for themselves there' })
  async submit(@Id('schemeId') schemeId: string, @Body() input: SelfReferralInput): Promise<Submitted> {
    return { reference: await this.sending.submit(schemeId, input) };
  }
}
