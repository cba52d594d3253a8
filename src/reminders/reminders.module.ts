import { Module } from '@nestjs/common';
import { CaseloadModule } from '../caseload/caseload.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { FeedbackModule } from '../feedback/feedback.module.js';
import { LinkWorkersModule } from '../link-workers/link-workers.module.js';
import { OnwardReferralsModule } from '../onward-referrals/onward-referrals.module.js';
import { OutcomesModule } from '../outcomes/outcomes.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { StoriesModule } from '../stories/stories.module.js';
import { DeadLetters } from './dead-letters.service.js';
import { Digests } from './digests.service.js';
import { Doorbell } from './doorbell.service.js';
import { DueReminders } from './due-reminders.service.js';
import { IdentityModule } from '../identity/identity.module.js';
import './message-timeline.js';
import './safety-timeline.js';
import './written-timeline.js';
import { LongJobs } from './long-jobs.service.js';
import { MessageSwitches } from './message-switches.service.js';
import {
  MessagesController,
  MessageSwitchesController,
  MessageTemplatesController,
  SecureAddressesController,
  StuckEventsController,
  SystemHealthController,
} from './messages.controller.js';
import { Notices } from './notices.js';
import { PageTasks } from './page-tasks.js';
import { MessagesQueries } from './messages.queries.js';
import { MessagesService } from './messages.service.js';
import { ProductActs } from './product-acts.service.js';
import { Receipts } from './receipts.service.js';
import { RemindersTakePart } from './reminders.hooks.js';
import { ReminderTicks } from './reminders.ticks.js';
import { Unplanned } from './unplanned.service.js';
import { RemindersService } from './reminders.service.js';
import { AfterRestore } from './restored.service.js';
import { SafetyMessagesController } from './safety-messages.controller.js';
import { SendSafetyMessage } from './safety-messages.handler.js';
import { SafetyMessagesQueries } from './safety-messages.queries.js';
import { SafetyMessages } from './safety-messages.service.js';
import { SecureAddresses } from './secure-addresses.service.js';
import { SendMessage } from './send-message.handler.js';
import { SystemHealthQueries } from './system-health.queries.js';
import { TasksController } from './tasks.controller.js';
import { TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';
import { WrittenMessagesController } from './written-messages.controller.js';
import { WrittenMessagesQueries } from './written-messages.queries.js';
import { WrittenMessages } from './written-messages.service.js';
import { SendTemplateTest } from './template-tests.handler.js';
import { TemplateTests } from './template-tests.service.js';

@Module({
  imports: [
    IdentityModule,
    ClientsModule,
    ReferralsModule,
    OnwardReferralsModule,
    CaseloadModule,
    OutcomesModule,
    ProvidersModule,
    StoriesModule,
    FeedbackModule,
    LinkWorkersModule,
  ],
  controllers: [
    MessagesController,
    MessageSwitchesController,
    MessageTemplatesController,
    SafetyMessagesController,
    SecureAddressesController,
    StuckEventsController,
    SystemHealthController,
    TasksController,
    WrittenMessagesController,
  ],
  providers: [
    DeadLetters,
    Digests,
    Doorbell,
    DueReminders,
    LongJobs,
    MessageSwitches,
    MessagesQueries,
    MessagesService,
    Notices,
    PageTasks,
    ProductActs,
    Receipts,
    AfterRestore,
    SafetyMessages,
    SafetyMessagesQueries,
    SecureAddresses,
    SendSafetyMessage,
    ReminderTicks,
    Unplanned,
    RemindersService,
    RemindersTakePart,
    SendMessage,
    SendTemplateTest,
    SystemHealthQueries,
    TasksQueries,
    TasksService,
    TemplateTests,
    WrittenMessages,
    WrittenMessagesQueries,
  ],
  exports: [
    DeadLetters,
    LongJobs,
    MessagesQueries,
    MessageSwitches,
    PageTasks,
    RemindersService,
    SafetyMessages,
    SafetyMessagesQueries,
    SecureAddresses,
    SystemHealthQueries,
    TasksQueries,
    TasksService,
    TemplateTests,
    WrittenMessages,
    WrittenMessagesQueries,
  ],
})
export class RemindersModule {}
