import { auditVerifyCommand } from './audit/audit.command.js';
import { auditDetachCommand } from './audit/detach.command.js';
import { placeCommand } from './clients/place.command.js';
import { demoCommand } from './demo/demo.preparation.js';
import { IDENTITY_COMMANDS } from './identity/identity.commands.js';
import { importCommand } from './imports/import.command.js';
import { migrate } from './platform/database/migrate.js';
import type { Command } from './platform/process/command.js';
import { restoredCommand } from './reminders/restored.command.js';

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

export const COMMANDS: Command[] = [
  migrateCommand,
  ...IDENTITY_COMMANDS,
  auditVerifyCommand,
  auditDetachCommand,
  importCommand,
  placeCommand,
  restoredCommand,
  demoCommand,
];
