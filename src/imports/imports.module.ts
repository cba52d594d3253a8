import { Module } from '@nestjs/common';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { BatchesQueries } from './batches.queries.js';
import { BatchesService } from './batches.service.js';
import { ImportSweep, ImportWork, QueueImport } from './batch.work.js';
import { FeedReader } from './feed-reader.js';
import { ImportRunner } from './import.runner.js';
import { ImportUploads } from './import-uploads.service.js';
import { ImportsController } from './imports.controller.js';

@Module({
  imports: [OnwardReferralsModule, ProvidersModule],
  controllers: [ImportsController],
  providers: [
    ImportRunner,
    BatchesService,
    BatchesQueries,
    ImportUploads,
    FeedReader,
    ImportWork,
    QueueImport,
    ImportSweep,
  ],
  exports: [BatchesQueries, BatchesService, ImportRunner, ImportUploads],
})
export class ImportsModule {}
