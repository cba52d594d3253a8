import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { AttendanceFact } from './attendance.entity.js';
import { GapsFound } from './gaps-found.queries.js';
import { GapsController } from './gaps.controller.js';
import {
  CloseGapsOfHelped,
  ReopenGapsOfNotHelped,
  CloseGapsOfNewService,
  CloseGapsOfResumedService,
  OpenGapAfterClosing,
  OpenGapAfterNo,
  OpenGapAfterSilence,
  OpenGapAfterStopping,
  OpenGapAtBegin,
} from './gaps.handler.js';
import { GapCounts } from './gap-counts.queries.js';
import { GapsQueries } from './gaps.queries.js';
import { Gaps } from './gaps.service.js';
import { Concerns } from './concerns.service.js';
import { ConcernsController } from './concerns.controller.js';
import { ConcernsQueries } from './concerns.queries.js';
import { MatchingController } from './matching.controller.js';
import { MatchingQueries } from './matching.queries.js';
import { OfferApprovalQueries } from './offer-approval.queries.js';
import { OfferApprovalsController } from './offer-approvals.controller.js';
import { OfferApprovals } from './offer-approvals.service.js';
import { OnwardAnswers } from './onward-answers.service.js';
import { OnwardChasing } from './onward-chasing.service.js';
import { OnwardClocks } from './onward-clocks.service.js';
import { OnwardMoves } from './onward-moves.service.js';
import { OnwardOffers } from './onward-offers.service.js';
import { OnwardParticipation } from './onward-participation.service.js';
import { OnwardReferralsController } from './onward-referrals.controller.js';
import { OnwardSettling } from './onward-settling.hooks.js';
import { OnwardHistory, OnwardReferral } from './onward.entity.js';
import { OnwardHooks } from './onward.hooks.js';
import { OnwardQueries } from './onward.queries.js';
import { RegistersController } from './registers.controller.js';
import { RegistersQueries } from './registers.queries.js';
import { WarmHandoversController } from './warm-handovers.controller.js';
import { WarmHandoversQueries } from './warm-handovers.queries.js';
import { WarmHandovers } from './warm-handovers.service.js';
import { RegisterLinks } from './register-links.service.js';
import { Registers } from './registers.service.js';
import { ReplyQueries } from './reply.queries.js';
import { ReplyCodes } from './reply-codes.service.js';
import { ReplyLinks } from './reply-links.service.js';
import { SendRegisterLink, SendReplyCode, SendReplyLinks } from './reply-mail.handler.js';
import { Shortlists } from './shortlists.service.js';
import { Signpost } from './signpost.entity.js';
import { SignpostsController } from './signposts.controller.js';
import { SignpostsQueries } from './signposts.queries.js';
import { Signposts } from './signposts.service.js';
import { VolunteersController } from './volunteers.controller.js';
import { Volunteers } from './volunteers.service.js';
import { RegistersTicks } from './registers.ticks.js';
import { VolunteersTicks } from './volunteers.ticks.js';

@Module({
  imports: [
    ClientsModule,
    ProvidersModule,
    ReferralsModule,
    TypeOrmModule.forFeature([OnwardReferral, OnwardHistory, AttendanceFact, Signpost]),
  ],
  controllers: [
    OnwardReferralsController,
    SignpostsController,
    MatchingController,
    GapsController,
    ConcernsController,
    OfferApprovalsController,
    VolunteersController,
    RegistersController,
    WarmHandoversController,
  ],
  providers: [
    OnwardHooks,
    OfferApprovals,
    Volunteers,
    RegistersTicks,
    VolunteersTicks,
    OfferApprovalQueries,
    OnwardMoves,
    OnwardOffers,
    OnwardAnswers,
    OnwardChasing,
    OnwardClocks,
    OnwardParticipation,
    OnwardSettling,
    OnwardQueries,
    MatchingQueries,
    ReplyLinks,
    ReplyCodes,
    ReplyQueries,
    SendReplyCode,
    SendReplyLinks,
    Registers,
    RegisterLinks,
    RegistersQueries,
    SendRegisterLink,
    WarmHandovers,
    WarmHandoversQueries,
    Shortlists,
    Gaps,
    GapCounts,
    GapsQueries,
    GapsFound,
    OpenGapAfterClosing,
    OpenGapAfterNo,
    OpenGapAfterSilence,
    OpenGapAfterStopping,
    OpenGapAtBegin,
    CloseGapsOfNewService,
    CloseGapsOfResumedService,
    CloseGapsOfHelped,
    ReopenGapsOfNotHelped,
    Concerns,
    ConcernsQueries,
    Signposts,
    SignpostsQueries,
  ],
  exports: [
    ConcernsQueries,
    Concerns,
    GapCounts,
    Gaps,
    GapsQueries,
    OfferApprovalQueries,
    OfferApprovals,
    Shortlists,
    Signposts,
    SignpostsQueries,
    WarmHandovers,
    WarmHandoversQueries,
    Volunteers,
    OnwardHooks,
    OnwardOffers,
    OnwardAnswers,
    OnwardChasing,
    OnwardClocks,
    OnwardParticipation,
    OnwardQueries,
    MatchingQueries,
    ReplyLinks,
    ReplyCodes,
    ReplyQueries,
    Registers,
    RegistersQueries,
    RegisterLinks,
  ],
})
export class OnwardReferralsModule {}
