import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock/clock.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { Readiness } from './health/readiness.js';

/** What every process of Betony has, whichever door it came in by. */
@Global()
@Module({})
export class PlatformModule {
  static for(config: Config): DynamicModule {
    return {
      module: PlatformModule,
      imports: [ConfigModule.for(config), DatabaseModule],
      providers: [Clock, Readiness],
      exports: [Clock, Readiness],
    };
  }
}
