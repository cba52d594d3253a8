import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { LinkWorkersModule } from '../link-workers/link-workers.module.js';
import { PersonHeads } from './person-head.queries.js';
import { PracticeMovesController } from './practice-moves.controller.js';
import { PracticeMovesQueries } from './practice-moves.queries.js';
import { PracticeMoves } from './practice-moves.service.js';
import { ReferralCheck } from './referral-check.service.js';
import { Referral, ReferralAssignment, ReferralHistory } from './referral.entity.js';
import { ReferralHooks } from './referral.hooks.js';
import { ReferralSending } from './referral-sending.service.js';
import {
  ReferralsController,
  ReferralWorklistsController,
  SelfReferralsController,
} from './referrals.controller.js';
import { ReferralsTakePart } from './referrals.hooks.js';
import { ReferralsQueries } from './referrals.queries.js';
import { ReferralsService } from './referrals.service.js';
import { WorriesController } from './worries.controller.js';
import { WorriesQueries } from './worries.queries.js';
import { WorriesService } from './worries.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Referral, ReferralHistory, ReferralAssignment]),
    IdentityModule,
    ClientsModule,
    LinkWorkersModule,
  ],
  controllers: [
    PracticeMovesController,
    ReferralsController,
    ReferralWorklistsController,
    SelfReferralsController,
    WorriesController,
  ],
  providers: [
    PersonHeads,
    PracticeMoves,
    PracticeMovesQueries,
    ReferralCheck,
    ReferralHooks,
    ReferralsService,
    ReferralSending,
    ReferralsQueries,
    ReferralsTakePart,
    WorriesQueries,
    WorriesService,
  ],
  exports: [
    PersonHeads,
    PracticeMoves,
    PracticeMovesQueries,
    ReferralHooks,
    ReferralsService,
    ReferralSending,
    ReferralsQueries,
    WorriesQueries,
    WorriesService,
  ],
})
export class ReferralsModule {}
