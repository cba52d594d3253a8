import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from './platform/config/config.js';
import { migrate } from './platform/database/migrate.js';

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

const migrateCommand: Command = {
  name: 'migrate',
  usage: '',
  summary: 'Bring the database up to this version, as the role in DATABASE_OWNER_URL',
  migrations: 'ignored',
  async run({ config, print }) {
    const { applied } = await migrate(config);
    print(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
  },
};

export const COMMANDS: Command[] = [migrateCommand];
