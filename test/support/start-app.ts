import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Config, type ConfigValues } from '../../src/platform/config/config.js';
import { httpAdapter, prepareHttpApp } from '../../src/platform/http/http-app.js';
import { createLog, NestLog } from '../../src/platform/logging/log.js';
import { Work } from '../../src/platform/jobs/work.js';
import { TestClock } from './test-clock.js';
import { type TestDatabase, testDatabase } from './test-database.js';

/** A Monday in winter, when London's clock and UTC agree. */
export const TEST_NOW = '2026-11-23T10:00:00Z';

export interface TestApp {
  app: NestFastifyApplication;
  config: Config;
  clock: TestClock;
  database: TestDatabase;
  /** A request through the whole application, without a socket. */
  inject: NestFastifyApplication['inject'];
  /** A provider of the application: `get(ReferralsService)`. */
  get: NestFastifyApplication['get'];
  stop(): Promise<void>;
}

export interface StartOptions {
  config?: Partial<ConfigValues>;
  now?: string;
  database?: TestDatabase;
  /** Modules beside the application's own, such as one with a test's handlers. */
  imports?: Type<unknown>[];
  /** Also run relay, jobs and ticks, as a worker would. */
  work?: boolean;
  customise?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

export function testConfig(
  database: TestDatabase,
  dataDir: string,
  changes: Partial<ConfigValues> = {},
): Config {
  return new Config({
    port: 0,
    host: '127.0.0.1',
    databaseUrl: database.url,
    databaseOwnerUrl: database.ownerUrl,
    embedded: false,
    databasePoolSize: 10,
    redisUrl: null,
    dataDir,
    smtpUrl: null,
    mailFrom: 'Betony <no-reply@betony.example.org>',
    notify: null,
    publicUrl: 'https://betony.example.org',
    auditKey: 'a key that seals the audit record of tests',
    tokenKey: 'another key that signs the tokens of tests',
    dataKey: 'a third key that encrypts what tests keep secret',
    oidc: null,
    tiles: null,
    maintenance: false,
    logLevel: 'silent',
    demoData: false,
    demoPassword: null,
    trustProxy: false,
    ...changes,
  });
}

/** The whole application on a database of its own. Stop it in `afterAll`. */
export async function startApp(options: StartOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await testDatabase());
  const dataDir = mkdtempSync(join(tmpdir(), 'betony-app-'));
  const config = testConfig(database, dataDir, options.config);
  const clock = new TestClock(options.now ?? TEST_NOW);
  const log = createLog(config);
  const builder = Test.createTestingModule({ imports: [AppModule.for(config), ...(options.imports ?? [])] })
    .setLogger(new NestLog(log))
    .overrideProvider(Clock)
    .useValue(clock);
  const module = await (options.customise?.(builder) ?? builder).compile();
  const app = module.createNestApplication<NestFastifyApplication>(httpAdapter(config, log));
  await prepareHttpApp(app, config);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const work = app.get(Work);
  if (options.work) work.start();
  return {
    app,
    config,
    clock,
    database,
    inject: app.inject.bind(app),
    get: app.get.bind(app),
    stop: async () => {
      if (options.work) await work.stop();
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (!options.database) await database.drop();
    },
  };
}
