import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock } from './clock/clock.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { Timeline } from './database/timeline.js';
import { FileStore } from './files/file-store.js';
import { Readiness } from './health/readiness.js';
import { JobQueue } from './jobs/job-queue.js';
import { JobRegistry } from './jobs/registry.js';
import { Ticks } from './jobs/ticks.js';
import { Work } from './jobs/work.js';
import { MailSender } from './mail/mail-sender.js';
import { MessageSender } from './messages/message-sender.js';
import { Outgoing } from './outgoing/outgoing.js';
import { EventRunner } from './outbox/event-runner.js';
import { Relay } from './outbox/relay.js';
import { StuckEvents } from './outbox/stuck-events.js';
import { Vault } from './vault/vault.js';

const OUTGOING = { provide: Outgoing, useFactory: () => new Outgoing() };
const SHARED = [
  Clock,
  Readiness,
  Timeline,
  JobQueue,
  Ticks,
  MailSender,
  MessageSender,
  FileStore,
  OUTGOING,
  Vault,
];

/** What every process of Betony has, whichever door it came in by. */
@Global()
@Module({})
export class PlatformModule {
  static for(config: Config): DynamicModule {
    return {
      module: PlatformModule,
      imports: [ConfigModule.for(config), DatabaseModule, DiscoveryModule],
      providers: [...SHARED, JobRegistry, EventRunner, Relay, StuckEvents, Work],
      exports: [...SHARED, StuckEvents],
    };
  }
}
