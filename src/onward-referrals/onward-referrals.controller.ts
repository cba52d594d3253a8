import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecordDeathInput } from '../clients/client.dto.js';
import { Can, CurrentActor } from '../permissions/can.decorator.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { ApiMake, ApiRead, ApiReadAll, ApiReadPage, ApiWrite } from '../platform/http/api.js';
import { Id } from '../platform/http/id-param.js';
import type { Page } from '../platform/http/pagination.js';
import { OnwardAnswers } from './onward-answers.service.js';
import { OnwardChasing } from './onward-chasing.service.js';
import { OnwardParticipation } from './onward-participation.service.js';
import { OnwardOffers } from './onward-offers.service.js';
import {
  AcceptOfferInput,
  AttendanceInput,
  AttendanceView,
  CompleteInput,
  DeclineOfferInput,
  GatesQuery,
  GatesView,
  GroupOnwardView,
  ChaseInput,
  OfferNoteInput,
  OfferInput,
  OnwardHistoryView,
  OnwardListQuery,
  OnwardView,
  PreviewView,
  AskAgainInput,
  InTouchInput,
  SafetyInput,
  SafetySeenInput,
  StartInput,
  StopInput,
  TalkInput,
  WaitlistInput,
  WithdrawOfferInput,
} from './onward.dto.js';
import { OnwardQueries } from './onward.queries.js';

type View = OnwardView | GroupOnwardView;
const EITHER = [OnwardView, GroupOnwardView];

@ApiTags('Onward referrals')
@Controller()
export class OnwardReferralsController {
  constructor(
    private readonly offers: OnwardOffers,
    private readonly answers: OnwardAnswers,
    private readonly chasing: OnwardChasing,
    private readonly participation: OnwardParticipation,
    private readonly queries: OnwardQueries,
  ) {}

  @Get('listings/:listingId/gates')
  @Can('listing.checkGates')
  @ApiRead(GatesView, 'Ask whether a service may be offered to the person of a referral, and why or why not')
  gates(
    @CurrentActor() actor: MemberActor,
    @Id('listingId') listingId: string,
    @Query() query: GatesQuery,
  ): Promise<GatesView> {
    return this.queries.gates(actor, listingId, query);
  }

  @Post('referrals/:referralId/onward-referrals/preview')
  @Can('onward.offer')
  @ApiWrite(PreviewView, 'See exactly what a group would see', 'Nothing is kept and nobody is told.')
  preview(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Body() input: OfferInput,
  ): Promise<PreviewView> {
    return this.queries.preview(actor, referralId, input);
  }

  @Post('referrals/:referralId/onward-referrals')
  @Can('onward.offer')
  @ApiMake(
    EITHER,
    'Offer the person to a service',
    'Refused (409) with every reason: gates, places, limits of live offers, agreement. A counted place is held.',
  )
  async offer(
    @CurrentActor() actor: MemberActor,
    @Id('referralId') referralId: string,
    @Body() input: OfferInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.offers.offer(actor, referralId, input));
  }

  @Get('referrals/:referralId/onward-referrals')
  @Can('onward.list')
  @ApiReadAll(EITHER, 'List the onward referrals of a referral, newest first')
  ofReferral(@CurrentActor() actor: MemberActor, @Id('referralId') referralId: string): Promise<View[]> {
    return this.queries.ofReferral(actor, referralId);
  }

  @Get('onward-referrals')
  @Can('onward.list')
  @ApiReadPage(EITHER, 'List onward referrals, newest first', "A group's inbox; a link worker's own clients.")
  list(@CurrentActor() actor: MemberActor, @Query() query: OnwardListQuery): Promise<Page<View>> {
    return this.queries.list(actor, query);
  }

  @Get('onward-referrals/:id')
  @Can('onward.get')
  @ApiRead(EITHER, 'Read one onward referral', 'A group is shown what its step includes, and nothing more.')
  get(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<View> {
    return this.queries.get(actor, id);
  }

  @Get('onward-referrals/:id/history')
  @Can('onward.history')
  @ApiReadAll(OnwardHistoryView, 'Everything that was done to one, oldest first')
  history(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<OnwardHistoryView[]> {
    return this.queries.history(actor, id);
  }

  @Post('onward-referrals/:id/accept')
  @Can('onward.accept')
  @ApiWrite(EITHER, 'Say yes', 'Refused (409, full) when no place is left; the waiting list is open then.')
  async accept(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: AcceptOfferInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.answers.accept(actor, id, input));
  }

  @Post('onward-referrals/:id/waitlist')
  @Can('onward.waitlist')
  @ApiWrite(EITHER, 'Put the person on the waiting list')
  async waitlist(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: WaitlistInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.answers.waitlist(actor, id, input));
  }

  @Post('onward-referrals/:id/talk')
  @Can('onward.talk')
  @ApiWrite(EITHER, 'Ask to talk first', 'The clock stands until our call is logged.')
  async talk(@CurrentActor() actor: MemberActor, @Id() id: string, @Body() input: TalkInput): Promise<View> {
    return this.queries.get(actor, await this.answers.talk(actor, id, input));
  }

  @Post('onward-referrals/:id/undo-talk')
  @Can('onward.undoTalk')
  @ApiWrite(
    EITHER,
    'Take back that the group wants to talk first',
    'Within 24 hours, until our call is logged: the clock runs on as it did before.',
  )
  async undoTalk(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<View> {
    return this.queries.get(actor, await this.answers.undoTalk(actor, id));
  }

  @Post('onward-referrals/:id/rang')
  @Can('onward.rang')
  @ApiWrite(EITHER, 'Log our call to the group', 'The clock runs again.')
  async rang(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: OfferNoteInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.answers.rang(actor, id, input.note ?? null));
  }

  @Post('onward-referrals/:id/resend')
  @Can('onward.resend')
  @ApiWrite(
    EITHER,
    'Send the group its link again',
    'A new link, to where it is written to today, by day; once a day. A group that answers by telephone is rung (409).',
  )
  async resend(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<View> {
    return this.queries.get(actor, await this.chasing.resend(actor, id));
  }

  @Post('onward-referrals/:id/chase')
  @Can('onward.rang')
  @ApiWrite(EITHER, 'Log that we rang to ask', 'What was said. It is no answer, and no clock moves.')
  async chase(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: ChaseInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.chasing.chase(actor, id, input.note));
  }

  @Post('onward-referrals/:id/safety-instructions')
  @Can('onward.setSafety')
  @ApiWrite(
    EITHER,
    'Tell the group what keeps those who help safe',
    'Codes alone, never a story. Refused (422) where they leave a known risk to others unanswered.',
  )
  async setSafety(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: SafetyInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.answers.setSafety(actor, id, input));
  }

  @Post('onward-referrals/:id/safety-instructions/seen')
  @Can('onward.seenSafety')
  @ApiWrite(
    EITHER,
    '"I have seen this": the group has read what changed of what keeps it safe',
    'A worker who rang the group says whom they told (`toldTo`), and when if it was not just now.',
  )
  async seenSafety(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: SafetySeenInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.answers.seenSafety(actor, id, input));
  }

  @Post('onward-referrals/:id/decline')
  @Can('onward.decline')
  @ApiWrite(EITHER, 'Say no', 'With "full", nobody else is offered until the date given.')
  async decline(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: DeclineOfferInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.answers.decline(actor, id, input));
  }

  @Post('onward-referrals/:id/late-yes')
  @Can('onward.lateYes')
  @ApiWrite(EITHER, 'Say yes after the time has passed', 'Goes to the link worker, who may ask again.')
  async lateYes(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: OfferNoteInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.answers.lateYes(actor, id, input.note ?? null));
  }

  @Post('onward-referrals/:id/revive')
  @Can('onward.revive')
  @ApiWrite(EITHER, 'Ask the group again after its late yes', 'Everything is asked as for a new offer.')
  async revive(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: AskAgainInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.offers.revive(actor, id, input));
  }

  @Post('onward-referrals/:id/re-offer')
  @Can('onward.offer')
  @ApiMake(
    EITHER,
    'Make a withdrawn offer again, with the same words',
    'Everything is asked as for a new offer, and a new onward referral begins.',
  )
  async reOffer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: AskAgainInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.offers.reOffer(actor, id, input));
  }

  @Post('onward-referrals/:id/undo')
  @Can('onward.undo')
  @ApiWrite(
    EITHER,
    'Take an answer back, or that it has come to an end',
    'Within 24 hours, while nothing is built on it.',
  )
  async undo(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<View> {
    return this.queries.get(actor, await this.answers.undo(actor, id));
  }

  @Post('onward-referrals/:id/in-touch')
  @Can('onward.inTouch')
  @ApiWrite(EITHER, 'Say whether the group got in touch as promised', 'A no comes up for the link worker.')
  async inTouch(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: InTouchInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.participation.inTouch(actor, id, input));
  }

  @Post('onward-referrals/:id/start')
  @Can('onward.start')
  @ApiWrite(EITHER, 'Record the first attendance, or the first help given')
  async start(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: StartInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.participation.start(actor, id, input));
  }

  @Post('onward-referrals/:id/complete')
  @Can('onward.complete')
  @ApiWrite(EITHER, 'Finish')
  async complete(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: CompleteInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.participation.complete(actor, id, input));
  }

  @Post('onward-referrals/:id/stop')
  @Can('onward.stop')
  @ApiWrite(EITHER, 'Stop before the end')
  async stop(@CurrentActor() actor: MemberActor, @Id() id: string, @Body() input: StopInput): Promise<View> {
    return this.queries.get(actor, await this.participation.stop(actor, id, input));
  }

  @Post('onward-referrals/:id/withdraw')
  @Can('onward.withdraw')
  @ApiWrite(EITHER, 'Take an offer back')
  async withdraw(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: WithdrawOfferInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.participation.withdraw(actor, id, input));
  }

  @Post('onward-referrals/:id/seen')
  @Can('onward.seen')
  @ApiWrite(EITHER, '"I have seen this": the group will not contact the person again')
  async seen(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<View> {
    return this.queries.get(actor, await this.participation.seen(actor, id));
  }

  @Post('onward-referrals/:id/noted')
  @Can('onward.noted')
  @ApiWrite(EITHER, 'Take a reply off the list of what waits for you')
  async noted(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<View> {
    return this.queries.get(actor, await this.participation.noted(actor, id));
  }

  @Post('onward-referrals/:id/died')
  @Can('client.recordDeath')
  @ApiWrite(EITHER, 'Tell us that the person has died')
  async died(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: RecordDeathInput,
  ): Promise<View> {
    return this.queries.get(actor, await this.participation.died(actor, id, input));
  }

  @Get('onward-referrals/:id/attendance')
  @Can('onward.get')
  @ApiReadAll(AttendanceView, 'Who came, session by session')
  attendance(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<AttendanceView[]> {
    return this.queries.attendance(actor, id);
  }

  @Post('onward-referrals/:id/attendance')
  @Can('attendance.record')
  @ApiMake(
    AttendanceView,
    'Record who came',
    'One fact per person and session: recording the same session again corrects it. The first time they came starts it.',
  )
  async attend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Body() input: AttendanceInput,
  ): Promise<AttendanceView> {
    return this.queries.attendanceFact(actor, id, await this.participation.attend(actor, id, input));
  }
}
