import { parseArgs } from 'node:util';
import { validateSync } from 'class-validator';
import { PlainFault } from '../platform/errors/plain-fault.js';
import { Refusal } from '../platform/errors/refusal.js';
import { Email, Text } from '../platform/http/fields.js';
import type { Command } from '../platform/process/command.js';
import { SecondFactors } from './second-factors.service.js';
import { Schemes } from './schemes.service.js';
import { Users } from './users.service.js';

class SchemeArguments {
  @Text({ max: 200 })
  name: string;

  @Email()
  'admin-email': string;

  @Text({ max: 200 })
  'admin-name': string;
}

const createScheme: Command = {
  name: 'scheme:create',
  usage: '--name <name> --admin-email <address> --admin-name <name>',
  summary: 'Make a scheme and print the link with which its first administrator chooses a password',
  migrations: 'needed',
  async run({ app, config, print }, args) {
    const given = Object.assign(
      new SchemeArguments(),
      argumentsOf(args, ['name', 'admin-email', 'admin-name']),
    );
    refuseFaults(given);
    const { schemeId, link, token } = await (await app()).get(Schemes).create({
      name: given.name,
      adminEmail: given['admin-email'],
      adminName: given['admin-name'],
    });
    print(
      [
        `Made the scheme ${given.name} (${schemeId}).`,
        '',
        `Give this link to ${given['admin-name']}. It works once, for seven days:`,
        `  ${link}`,
        '',
        'Without a browser:',
        `  curl -X POST ${config.publicUrl}/api/v1/invitations/accept -H 'content-type: application/json' \\`,
        `    -d '{"token":"${token}","password":"<a new password of 12 characters or more>"}'`,
      ].join('\n'),
    );
  },
};

const disableUser: Command = {
  name: 'user:disable',
  usage: '--email <address>',
  summary: 'Shut an account everywhere, at once, and hand over its live work to each scheme’s standing cover',
  migrations: 'needed',
  async run({ app, print }, args) {
    const { email } = argumentsOf(args, ['email']);
    if (!email) throw new PlainFault('Say whose account: --email <address>');
    const done = await (await app()).get(Users).disableAccount(email);
    if (!done) throw new PlainFault('Nobody has an account with this address.');
    print('The account is shut. Its next request is refused.');
    for (const name of done.handedOver) print(`  ${name}: live work handed over.`);
    if (done.refused.length === 0) return;
    for (const name of done.refused) {
      print(
        `  ${name}: NOT handed over, because the scheme has no standing cover. Its administrator can name somebody.`,
      );
    }
    process.exitCode = 1;
  },
};

const resetFactor: Command = {
  name: 'user:reset-factor',
  usage: '--email <address>',
  summary:
    'Take away a second factor that is lost, and sign the person out everywhere; they are told by mail',
  migrations: 'needed',
  async run({ app, print }, args) {
    const { email } = argumentsOf(args, ['email']);
    if (!email) throw new PlainFault('Say whose second factor: --email <address>');
    try {
      if (!(await (await app()).get(SecondFactors).resetAccount(email))) {
        throw new PlainFault('Nobody who works anywhere has an account with this address.');
      }
    } catch (error) {
      throw error instanceof Refusal ? new PlainFault(error.message) : error;
    }
    print('The password alone signs in until another second factor is set up.');
  },
};

export const IDENTITY_COMMANDS: Command[] = [createScheme, disableUser, resetFactor];

function argumentsOf(args: string[], names: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new PlainFault((error as Error).message);
  }
}

function refuseFaults(given: object): void {
  const faults = validateSync(given, { stopAtFirstError: true }).map(
    ({ property, constraints }) => `--${property}: ${Object.values(constraints ?? {}).join(', ')}`,
  );
  if (faults.length > 0) throw new PlainFault(...faults);
}
