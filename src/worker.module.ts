import { type DynamicModule, Module } from '@nestjs/common';
import { FEATURES } from './features.js';
import type { Config } from './platform/config/config.js';
import { PlatformModule } from './platform/platform.module.js';

/** The same domain without the HTTP door. */
@Module({})
export class WorkerModule {
  static for(config: Config): DynamicModule {
    return { module: WorkerModule, imports: [PlatformModule.for(config), ...FEATURES] };
  }
}
