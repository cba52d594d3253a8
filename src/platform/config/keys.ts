import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const OWNER_ONLY = 0o600;

/**
 * A secret made once for this data folder and kept in a file only its owner may read. Two processes starting at
 * once get the same one: the file is created exclusively, and the loser reads the winner's.
 */
export function keptSecret(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  try {
    const file = openSync(path, 'wx', OWNER_ONLY);
    writeSync(file, `${randomBytes(36).toString('base64url')}\n`);
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length < 32) {
    throw new Error(`${path} is damaged. If nothing was kept yet, delete the data folder and start again.`);
  }
  return secret;
}
