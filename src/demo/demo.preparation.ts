import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from '../platform/config/config.js';
import { PlainFault } from '../platform/errors/plain-fault.js';
import type { Command } from '../platform/process/command.js';
import { DemoSeeder, type DemoSignIn } from './demo.seeder.js';
import { OWN_PAGE_AT, SUPPORTER_AT } from './own-page.js';

const FILE = 'demo-sign-ins.txt';
/** A demo group with something to answer. */
const REPLIES_AT = 'faith1@example.org';
const PASSWORD_LINE = /^Password: (.+)$/m;

/** Demo data on a first start: always on the embedded database, elsewhere only when DEMO_DATA asks for it. */
export async function prepareDemo(app: INestApplicationContext, config: Config): Promise<string[]> {
  if (!config.embedded && !config.demoData) return [];
  if (await app.get(DemoSeeder).isDue()) await inItsOwnProcess();
  return fillWithDemo(app, config);
}

/** The scheme's year stands in memory before it is written, and a heap once large stays so: 370 MB where 210 do. */
async function inItsOwnProcess(): Promise<void> {
  const args = [...process.execArgv, fileURLToPath(new URL('../cli.js', import.meta.url)), demoCommand.name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new PlainFault('The demo data could not be made.');
}

export const demoCommand: Command = {
  name: 'demo',
  usage: '',
  summary: 'Fill a new installation with an invented scheme, as a first start does',
  migrations: 'needed',
  async run({ config, app, print }) {
    const lines = await fillWithDemo(await app(), config);
    print(lines.length > 0 ? lines.join('\n') : 'There are schemes already. Nothing was changed.');
  },
};

async function fillWithDemo(app: INestApplicationContext, config: Config): Promise<string[]> {
  const file = join(config.dataDir, FILE);
  const kept = await readFile(file, 'utf8').catch(() => null);
  // The password is on disk before the accounts have it: killed in between, the next start carries on with it.
  const password =
    config.demoPassword ?? kept?.match(PASSWORD_LINE)?.[1] ?? randomBytes(12).toString('base64url');
  if (kept === null) await keep(file, config.dataDir, signInText(password, []));
  const seeder = app.get(DemoSeeder);
  const signIns = await seeder.once(password, { resetPassword: config.demoPassword !== null });
  if (signIns.length === 0) return [];
  const text = signInText(password, signIns);
  if (text !== kept) await keep(file, config.dataDir, text);
  return [
    ...text.trimEnd().split('\n'),
    `Kept in ${file}`,
    `Groups need no account: open /reply at the address above, give ${REPLIES_AT}, and the links come as mail.`,
    `People have a page of their own: open /my, give ${OWN_PAGE_AT} (or her son’s, ${SUPPORTER_AT}); the code comes as mail.`,
  ];
}

const signInText = (password: string, signIns: readonly DemoSignIn[]): string =>
  [
    'Demo people, all invented. Sign in with any of these addresses and the one password.',
    `Password: ${password}`,
    ...signIns.map(
      ({ email, role, whose }) => `  ${email.padEnd(34)} ${role.replaceAll('_', ' ').padEnd(16)} ${whose}`,
    ),
    '',
  ].join('\n');

async function keep(file: string, folder: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
