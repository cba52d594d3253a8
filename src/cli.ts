import 'reflect-metadata';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { COMMANDS } from './commands.js';
import { PlainFault } from './platform/errors/plain-fault.js';
import { NestLog } from './platform/logging/log.js';
import type { Command } from './platform/process/command.js';
import { type Door, tell, throughDoor } from './platform/process/door.js';
import { WorkerModule } from './worker.module.js';

const APP_STOP_MS = 10_000;

const [name, ...args] = process.argv.slice(2);
const command = COMMANDS.find((one) => one.name === name);

if (command) {
  await throughDoor({ migrations: command.migrations }, async (door) => {
    await command.run({ config: door.config, app: lazily(() => startContext(door)), print }, args);
    return 'leave';
  });
} else if (name === undefined || name === 'help' || name === '--help') {
  print(help());
} else {
  tell(new PlainFault(`There is no command "${name}".`, '', help()));
  process.exitCode = 1;
}

async function startContext({ config, log, stops }: Door): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(WorkerModule.for(config), {
    logger: new NestLog(log),
    abortOnError: false,
  });
  stops.add('application', APP_STOP_MS, () => app.close());
  return app;
}

function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function help(): string {
  const width = Math.max(...COMMANDS.map((one) => usageOf(one).length));
  return [
    'Usage: npm run cli -- <command>',
    '',
    ...COMMANDS.map((one) => `  ${usageOf(one).padEnd(width)}  ${one.summary}`),
  ].join('\n');
}

function usageOf(one: Command): string {
  return `${one.name} ${one.usage}`.trim();
}
