import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from '../platform/config/config.js';
import { DemoSeeder, type DemoSignIn } from './demo.seeder.js';

const FILE = 'demo-sign-ins.txt';
/** A demo group with something to answer. */
const REPLIES_AT = 'faith1@example.org';
const PASSWORD_LINE = /^Password: (.+)$/m;

/** Demo data on a first start: always on the embedded database, elsewhere only when DEMO_DATA asks for it. */
export async function prepareDemo(app: INestApplicationContext, config: Config): Promise<string[]> {
  if (!config.embedded && !config.demoData) return [];
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
