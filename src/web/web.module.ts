import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { OutcomesModule } from '../outcomes/outcomes.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { RecordsModule } from '../records/records.module.js';
import { StylesController } from './layout/styles.controller.js';
import { Pages } from './layout/pages.js';
import { ClaimController } from './claim/claim.controller.js';
import { PrivacyController } from './privacy/privacy.controller.js';
import { CopyController } from './records/copy.controller.js';
import { QuestionsController } from './questions/questions.controller.js';
import { ReplyController } from './reply/reply.controller.js';
import { SurveyController } from './survey/survey.controller.js';
import { TallyController } from './tally/tally.controller.js';

/** Pages for people, by journey. They call the services and queries that the API calls, and never the database. */
@Module({
  imports: [
    AssetsModule,
    IdentityModule,
    OnwardReferralsModule,
    OutcomesModule,
    ProvidersModule,
    RecordsModule,
  ],
  controllers: [
    ClaimController,
    CopyController,
    PrivacyController,
    QuestionsController,
    ReplyController,
    StylesController,
    SurveyController,
    TallyController,
  ],
  providers: [Pages],
})
export class WebModule {}
