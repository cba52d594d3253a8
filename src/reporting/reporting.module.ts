import { Module } from '@nestjs/common';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { ChangeController } from './change.controller.js';
import { ChangeQueries } from './change.queries.js';
import { CommunityController } from './community.controller.js';
import { CommunityQueries } from './community.queries.js';
import { GoalsQueries } from './goals.queries.js';
import { GroupFiguresController } from './group-figures.controller.js';
import { GroupFiguresQueries } from './group-figures.queries.js';
import { OverviewController } from './overview.controller.js';
import { OverviewQueries } from './overview.queries.js';
import { UsableStoriesController } from './stories.controller.js';
import { UsableStoriesQueries } from './stories.queries.js';

@Module({
  imports: [ReferralsModule],
  controllers: [
    ChangeController,
    CommunityController,
    GroupFiguresController,
    OverviewController,
    UsableStoriesController,
  ],
  providers: [
    ChangeQueries,
    GoalsQueries,
    CommunityQueries,
    GroupFiguresQueries,
    OverviewQueries,
    UsableStoriesQueries,
  ],
  exports: [CommunityQueries, GroupFiguresQueries, OverviewQueries],
})
export class ReportingModule {}
