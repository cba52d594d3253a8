import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { FEATURES } from './features.js';
import type { Config } from './platform/config/config.js';
import { Work } from './platform/jobs/work.js';
import { PlatformModule } from './platform/platform.module.js';
import type { Stops } from './platform/process/stops.js';

/** The same domain without the HTTP door. */
@Module({})
export class WorkerModule {
  static for(config: Config): DynamicModule {
    return { module: WorkerModule, imports: [PlatformModule.for(config), ...FEATURES] };
  }
}

const WORK_STOP_MS = 20_000;

/** Relay, jobs and ticks, in a process of their own or beside HTTP. */
export function startWork(app: INestApplicationContext, stops: Stops): void {
  const work = app.get(Work);
  work.start();
  stops.add('work', WORK_STOP_MS, () => work.stop());
}
