import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { PlainFault } from '../platform/errors/plain-fault.js';
import type { Command } from '../platform/process/command.js';
import { AuditDetacher } from './detach.service.js';

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export const auditDetachCommand: Command = {
  name: 'audit:detach',
  usage: '--before <month>',
  summary:
    'Take the months of the audit record before one, as 2024-01, into the archive, as the owner of the tables',
  migrations: 'needed',
  async run({ app, print }, args) {
    const { values } = parseArgs({ args, options: { before: { type: 'string' } } });
    const { before } = values;
    if (before === undefined || !MONTH.test(before)) {
      throw new PlainFault('Say before which month: --before 2024-01');
    }
    const done = await (await app()).get(AuditDetacher).detach(before, operator());
    for (const { month, table, entries } of done)
      print(`${month}: ${entries} entries are in archive.${table} now.`);
    print(
      done.length === 0 ? `There is no month before ${before}.` : 'docs/operating.md says how to dump them.',
    );
  },
};

/** Who runs the command, as the machine knows them; in a container it may know a number alone. */
function operator(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.())}`;
  }
}
