import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Config } from './platform/config/config.js';
import { httpAddress } from './platform/config/load-config.js';
import { addressFault } from './platform/http/address.js';
import { httpAdapter, prepareHttpApp } from './platform/http/http-app.js';
import { leave } from './platform/http/leave.js';
import { JobQueue } from './platform/jobs/job-queue.js';
import { logFile, NestLog } from './platform/logging/log.js';
import type { Door } from './platform/process/door.js';
import { PREPARATIONS } from './preparations.js';
import { startScreen } from './start-screen.js';
import { startWork } from './worker.module.js';

/** How long a balancer may take to hear that this process leaves; where it is alone, nobody else could be sent to. */
const HEARD_MS = 3_000;
/** Requests under way get this long to finish when the process is told to stop. */
const HTTP_STOP_MS = 10_000;
const CLOSE_MS = 2_000;
const APP_STOP_MS = 10_000;

/** Everything that listens, and unless `apiOnly` the worker's part too, in this process. */
export async function serve(door: Door, { apiOnly }: { apiOnly: boolean }): Promise<void> {
  const { config, log, stops } = door;
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config),
    httpAdapter(config, log),
    { logger: new NestLog(log), abortOnError: false },
  );
  stops.add('application', APP_STOP_MS, () => app.close());
  await prepareHttpApp(app, config);
  await app.init();
  const notes: string[][] = [];
  for (const prepare of PREPARATIONS) notes.push(await prepare(app, config));
  if (!apiOnly) await startWork(app, stops);
  await listen(app, config);
  const heardMs = apiOnly ? HEARD_MS : 0;
  stops.add('http', heardMs + HTTP_STOP_MS + CLOSE_MS, () =>
    leave(app, { heardMs, answeredMs: HTTP_STOP_MS }),
  );
  await welcome(app, door, notes, apiOnly);
}

async function listen(app: NestFastifyApplication, { host, port }: Config): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    throw addressFault(error, { host, port });
  }
}

async function welcome(
  app: NestFastifyApplication,
  door: Door,
  notes: string[][],
  apiOnly: boolean,
): Promise<void> {
  const { config, embedded, log } = door;
  const { port } = app.getHttpServer().address() as { port: number };
  const address = httpAddress(config.host, port);
  await embedded?.announce(address);
  log.info({ port }, 'listening');
  process.stdout.write(
    startScreen({
      address,
      mail:
        config.smtpUrl === null
          ? { folder: join(config.dataDir, 'outbox') }
          : { host: new URL(config.smtpUrl).host },
      worker: !apiOnly,
      queueAway: await app.get(JobQueue).awayNow(),
      dataDir: config.dataDir,
      logFile: logFile(config),
      notes: notes.filter((lines) => lines.length > 0),
    }),
  );
}
