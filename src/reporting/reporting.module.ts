import { Module } from '@nestjs/common';
import { ChangeController } from './change.controller.js';
import { ChangeQueries } from './change.queries.js';
import { CommunityController } from './community.controller.js';
import { CommunityQueries } from './community.queries.js';
import { GoalsQueries } from './goals.queries.js';
import { OverviewController } from './overview.controller.js';
import { OverviewQueries } from './overview.queries.js';

@Module({
  controllers: [ChangeController, CommunityController, OverviewController],
  providers: [ChangeQueries, GoalsQueries, CommunityQueries, OverviewQueries],
})
export class ReportingModule {}
