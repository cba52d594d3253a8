import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { RemindersModule } from '../reminders/reminders.module.js';
import { AuditSearchController } from './audit-search.controller.js';
import { AuditSearchQueries } from './audit-search.queries.js';
import { PrepareCopy } from './prepare-copy.handler.js';
// Registers the event's name; everybody else imports only the constant.
import './record.events.js';
import { RecordsTicks } from './records.ticks.js';
import { RetentionController } from './retention.controller.js';
import { RetentionQueries } from './retention.queries.js';
import { Retention } from './retention.service.js';
import { SubjectAccessController } from './subject-access.controller.js';
import { SubjectAccessQueries } from './subject-access.queries.js';
import { SubjectAccess } from './subject-access.service.js';

@Module({
  imports: [IdentityModule, RemindersModule],
  controllers: [AuditSearchController, SubjectAccessController, RetentionController],
  providers: [
    AuditSearchQueries,
    SubjectAccess,
    SubjectAccessQueries,
    PrepareCopy,
    Retention,
    RetentionQueries,
    RecordsTicks,
  ],
  exports: [AuditSearchQueries, Retention, RetentionQueries, SubjectAccess, SubjectAccessQueries],
})
export class RecordsModule {}
