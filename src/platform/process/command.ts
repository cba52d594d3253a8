import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from '../config/config.js';

export interface CommandContext {
  config: Config;
  /** The application without its HTTP door, started when first asked for. */
  app: () => Promise<INestApplicationContext>;
  print: (text: string) => void;
}

/** An admin command. Its arguments are its own to read, with `parseArgs` of node:util; a PlainFault tells what is wrong. */
export interface Command {
  name: string;
  usage: string;
  summary: string;
  /** `ignored` for commands that work before the database is up to date. */
  migrations: 'needed' | 'ignored';
  run(context: CommandContext, args: string[]): Promise<void>;
}
