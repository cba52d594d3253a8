import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { systemActor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { PlainFault } from '../platform/errors/plain-fault.js';
import type { Command } from '../platform/process/command.js';
import { ClientsService } from './clients.service.js';

export const placeCommand: Command = {
  name: 'place-people',
  usage: '[--scheme <id>]',
  summary: "Look up everybody's area and deprivation decile again, after postcodes or deciles were imported",
  migrations: 'needed',
  async run({ app, print }, args) {
    const { values } = parseArgs({ args, options: { scheme: { type: 'string' } } });
    const context = await app();
    const schemes = await context.get(Database).unscoped<{ id: string; name: string }>(sql`
        select id, name from scheme
        where ${values.scheme ?? null}::text is null or id::text = ${values.scheme ?? null} order by name`);
    if (schemes.length === 0) throw new PlainFault('There is no such scheme.');
    for (const { id, name } of schemes) {
      const changed = await context
        .get(ClientsService)
        .placeEverybody(systemActor(id, 'command:place-people'));
      print(`${name}: ${changed} changed.`);
    }
  },
};
