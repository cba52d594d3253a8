import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { NestLog } from './platform/logging/log.js';
import { throughDoor } from './platform/process/door.js';
import { startWork, WorkerModule } from './worker.module.js';

const APP_STOP_MS = 10_000;

await throughDoor({}, async ({ config, log, stops }) => {
  const app = await NestFactory.createApplicationContext(WorkerModule.for(config), {
    logger: new NestLog(log),
    abortOnError: false,
  });
  stops.add('application', APP_STOP_MS, () => app.close());
  startWork(app, stops);
  log.info('working');
  process.stdout.write(`Betony's worker runs (process ${process.pid}). Ctrl-C stops it.\n`);
  return 'stay';
});
