import type { DynamicModule, Type } from '@nestjs/common';
import { AssetsModule } from './assets/assets.module.js';
import { AuditModule } from './audit/audit.module.js';
import { CaseloadModule } from './caseload/caseload.module.js';
import { ClientPageModule } from './client-page/client-page.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { DemoModule } from './demo/demo.module.js';
import { FeedbackModule } from './feedback/feedback.module.js';
import { IdentityModule } from './identity/identity.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { LinkWorkersModule } from './link-workers/link-workers.module.js';
import { OpenReferralModule } from './open-referral/open-referral.module.js';
import { OnwardReferralsModule } from './onward-referrals/onward-referrals.module.js';
import { OutcomesModule } from './outcomes/outcomes.module.js';
import { PermissionsModule } from './permissions/permissions.module.js';
import { ProvidersModule } from './providers/providers.module.js';
import { RecordsModule } from './records/records.module.js';
import { ReferralsModule } from './referrals/referrals.module.js';
import { RemindersModule } from './reminders/reminders.module.js';
import { ReportingModule } from './reporting/reporting.module.js';
import { StoriesModule } from './stories/stories.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WebModule } from './web/web.module.js';

/** The modules of the domain, floor by floor. Every door opens on the same ones. */
export const FEATURES: (Type<unknown> | DynamicModule)[] = [
  AuditModule,
  PermissionsModule,
  // Floor 3.
  IdentityModule,
  // Floor 4.
  ClientsModule,
  ProvidersModule,
  LinkWorkersModule,
  // Floor 5.
  ReferralsModule,
  // Floor 6.
  OnwardReferralsModule,
  // Floor 7.
  CaseloadModule,
  OutcomesModule,
  AssetsModule,
  StoriesModule,
  FeedbackModule,
  // Floor 8.
  RemindersModule,
  ReportingModule,
  // Floor 9.
  OpenReferralModule,
  RecordsModule,
  ClientPageModule,
  WebhooksModule,
  // Floor 10.
  WebModule,
  // Above every floor.
  ImportsModule,
  DemoModule,
];
