import { Module } from '@nestjs/common';
import { ChangeController } from './change.controller.js';
import { ChangeQueries } from './change.queries.js';
import { OverviewController } from './overview.controller.js';
import { OverviewQueries } from './overview.queries.js';

@Module({
  controllers: [ChangeController, OverviewController],
  providers: [ChangeQueries, OverviewQueries],
})
export class ReportingModule {}
