import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FEATURES } from './features.js';
import type { Config } from './platform/config/config.js';
import { Timeline } from './platform/database/timeline.js';
import { JobQueue } from './platform/jobs/job-queue.js';
import { Work } from './platform/jobs/work.js';
import { NestLog } from './platform/logging/log.js';
import { PlatformModule } from './platform/platform.module.js';
import type { Door } from './platform/process/door.js';
import type { Stops } from './platform/process/stops.js';

/** The same domain without the HTTP door. */
@Module({})
export class WorkerModule {
  static for(config: Config): DynamicModule {
    return { module: WorkerModule, imports: [PlatformModule.for(config), ...FEATURES] };
  }
}

const APP_STOP_MS = 10_000;
const WORK_STOP_MS = 20_000;

/** Relay, jobs and ticks, in a process of their own or beside HTTP. */
export async function startWork(app: INestApplicationContext, stops: Stops): Promise<void> {
  await app.get(Timeline).mustBeKnown();
  const work = app.get(Work);
  work.start();
  stops.add('work', WORK_STOP_MS, () => work.stop());
}

/** The application without HTTP, for a worker or a command. */
export async function startApplication({ config, log, stops }: Door): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(WorkerModule.for(config), {
    logger: new NestLog(log),
    abortOnError: false,
  });
  stops.add('application', APP_STOP_MS, () => app.close());
  return app;
}

/** A process that does nothing else. */
export async function runWorker(door: Door): Promise<void> {
  const app = await startApplication(door);
  await startWork(app, door.stops);
  door.log.info('working');
  const away = await app.get(JobQueue).awayNow();
  process.stdout.write(
    `Betony's worker runs (process ${process.pid}). Ctrl-C stops it.\n${away === null ? '' : `WAITING: ${away}.\n`}`,
  );
}
