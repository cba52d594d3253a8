import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { PlainFault } from '../errors/plain-fault.js';

/** PostgreSQL refuses to run as root. Started by root, its server runs as another account of this machine. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where root puts the server's files when the project itself is in a folder only root may enter. */
export const FILES_OUTSIDE_HOME = '/var/lib/betony';

/**
 * Null when Betony is not root. An existing database keeps the account that owns its files; a new one gets
 * `postgres`, or `nobody` where there is no such account. initdb insists on an account with a name.
 */
export function serverAccount(existingDatabase: string | null): Account | null {
  if (process.getuid?.() !== 0) return null;
  if (existingDatabase !== null) {
    const { uid, gid } = statSync(existingDatabase);
    if (uid !== 0) return { uid, gid };
  }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find(([name]) => name === wanted) ?? [];
    if (Number(uid) > 0 && Number(gid) >= 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new PlainFault(
    'PostgreSQL refuses to run as root, and this machine has neither an account "postgres" nor "nobody".',
    'Start Betony as an ordinary user, or set DATABASE_URL and DATABASE_OWNER_URL (see .env.example).',
  );
}

/** Spawn options. The working folder is one every account may enter: PostgreSQL's programs read it at start. */
export const asAccount = (account: Account | null): { uid?: number; gid?: number; cwd: string } => ({
  ...(account ?? {}),
  cwd: process.platform === 'win32' ? process.cwd() : '/',
});

/** Asked of the kernel itself: the mode bits of every folder above, access lists and mounts all count. */
export function canEnter(account: Account, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], asAccount(account)).status === 0;
}
