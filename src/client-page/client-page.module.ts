import { Module } from '@nestjs/common';
import { CaseloadModule } from '../caseload/caseload.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { OutcomesModule } from '../outcomes/outcomes.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { RemindersModule } from '../reminders/reminders.module.js';
import { StoriesModule } from '../stories/stories.module.js';
import { OwnPage } from './own-page.service.js';
import { PageAccessController } from './page-access.controller.js';
import { PageAccessQueries } from './page-access.queries.js';
import { PageAccess } from './page-access.service.js';
import { PageChanges } from './page-changes.service.js';
import { SendPageChange, SendPageCode } from './page-code.handler.js';
import { PageEntryController } from './page-entry.controller.js';
import { PageEntry } from './page-entry.service.js';
import { PageKeptForms } from './page-kept-forms.service.js';
import { PageSessions } from './page-sessions.service.js';
import { OwnPageController } from './page.controller.js';
import { OwnPageQueries } from './page.queries.js';
import './page-timeline.js';
import { PageTicks } from './page.ticks.js';
import { SentGroupsController } from './sent-groups.controller.js';
import { SentGroupsQueries } from './sent-groups.queries.js';
import { SentGroups } from './sent-groups.service.js';
import { VisitGuard } from './visit.guard.js';

/** A person's own page: the ways in, what it shows, what is done there. */
@Module({
  imports: [
    CaseloadModule,
    ClientsModule,
    FeedbackModule,
    OnwardReferralsModule,
    OutcomesModule,
    ProvidersModule,
    RemindersModule,
    StoriesModule,
  ],
  controllers: [PageAccessController, PageEntryController, OwnPageController, SentGroupsController],
  providers: [
    OwnPage,
    OwnPageQueries,
    PageAccess,
    PageAccessQueries,
    PageChanges,
    PageEntry,
    PageKeptForms,
    PageSessions,
    PageTicks,
    SendPageChange,
    SendPageCode,
    SentGroups,
    SentGroupsQueries,
    VisitGuard,
  ],
  exports: [
    OwnPage,
    OwnPageQueries,
    PageAccess,
    PageAccessQueries,
    PageChanges,
    PageEntry,
    PageKeptForms,
    PageSessions,
    SentGroups,
    SentGroupsQueries,
  ],
})
export class ClientPageModule {}
