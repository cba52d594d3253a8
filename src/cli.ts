import 'reflect-metadata';
import { COMMANDS } from './commands.js';
import { PlainFault } from './platform/errors/plain-fault.js';
import type { Command } from './platform/process/command.js';
import { tell, throughDoor } from './platform/process/door.js';

const [name, ...args] = process.argv.slice(2);
const command = COMMANDS.find((one) => one.name === name);

if (command) {
  const nothing = () => Promise.resolve();
  await throughDoor({ migrations: command.migrations, load: nothing }, async (door) => {
    const app = lazily(async () => (await import('./worker.module.js')).startApplication(door));
    await command.run({ config: door.config, app, print }, args).catch(sayHowToUse(command));
    return 'leave';
  });
} else if (name === undefined || name === 'help' || name === '--help') {
  print(help());
} else {
  tell(new PlainFault(`There is no command "${name}".`, '', help()));
  process.exitCode = 1;
}

/** Arguments that a command does not know are a slip of the keyboard, not a fault of the program. */
function sayHowToUse(one: Command): (error: unknown) => never {
  return (error) => {
    if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new PlainFault((error as Error).message, '', `Usage: npm run cli -- ${usageOf(one)}`);
  };
}

function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function help(): string {
  return [
    'Usage: npm run cli -- <command>',
    '',
    ...COMMANDS.flatMap((one) => [`  ${usageOf(one)}`, `      ${one.summary}`]),
  ].join('\n');
}

function usageOf(one: Command): string {
  return `${one.name} ${one.usage}`.trim();
}
