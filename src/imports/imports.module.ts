import { Module } from '@nestjs/common';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { RemindersModule } from '../reminders/reminders.module.js';
import { BatchesQueries } from './batches.queries.js';
import { BatchesService } from './batches.service.js';
import { ImportSweep, ImportWork, QueueImport, TellImportOver } from './batch.work.js';
import { BulkReferralsController } from './bulk-referrals.controller.js';
import { BulkReferralsQueries } from './bulk-referrals.queries.js';
import { BulkReferrals } from './bulk-referrals.service.js';
import { FeedReader } from './feed-reader.js';
import { ImportRunner } from './import.runner.js';
import { ImportUploads } from './import-uploads.service.js';
import { ImportsController } from './imports.controller.js';
import { UserList } from './user-list.js';

@Module({
  imports: [IdentityModule, OnwardReferralsModule, ProvidersModule, ReferralsModule, RemindersModule],
  controllers: [BulkReferralsController, ImportsController],
  providers: [
    ImportRunner,
    BatchesService,
    BatchesQueries,
    BulkReferrals,
    BulkReferralsQueries,
    ImportUploads,
    FeedReader,
    ImportWork,
    QueueImport,
    TellImportOver,
    ImportSweep,
    UserList,
  ],
  exports: [BatchesQueries, BatchesService, BulkReferrals, BulkReferralsQueries, ImportRunner, ImportUploads],
})
export class ImportsModule {}
