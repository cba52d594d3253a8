import { type ChildProcess, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PlainFault } from '../errors/plain-fault.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { type Account, asAccount } from './server-account.js';

export const SUPERUSER = 'postgres';
export const LOOPBACK = '127.0.0.1';

/** Recovery after a power cut can take a while on a slow disk; a start without one takes well under a second. */
const START_DEADLINE_MS = 60_000;
const POLL_MS = 20;

export interface ServerPlace {
  binaries: PostgresBinaries;
  account: Account | null;
  /** The database cluster's folder. */
  folder: string;
  /** Where the server writes what it has to say. */
  log: string;
}

export interface RunningServer {
  pid: number;
  port: number;
}

/** Makes a database cluster. Made beside its place and renamed when whole, so that half of one is never found. */
export async function makeCluster(place: ServerPlace, password: string, flags: string[] = []): Promise<void> {
  const making = `${place.folder}.making`;
  const passwordFile = `${place.folder}.password`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.account) {
    chownSync(making, place.account.uid, place.account.gid);
    chownSync(passwordFile, place.account.uid, place.account.gid);
  }
  try {
    await finished(
      place,
      place.binaries.initdb,
      // The built-in locale needs nothing from the system and sorts alike everywhere.
      ['--pgdata', making, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256']
        .concat(['--encoding', 'UTF8', '--locale', 'C'])
        .concat(['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-instructions'])
        .concat(flags),
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(making, place.folder);
}

/** Starts the server on `port` and comes back when it takes connections. */
export async function startServer(
  place: ServerPlace,
  port: number,
  settings: Record<string, string> = {},
): Promise<RunningServer> {
  const all: Record<string, string> = {
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A failed statement's DETAIL quotes the row it failed on; a log must not.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...settings,
  };
  const log = openSync(place.log, 'a', 0o600);
  const told = readFileSync(place.log, 'utf8').length;
  // Detached: Ctrl-C in a terminal reaches every process of the foreground group, and the database must stop last.
  const server = spawn(
    place.binaries.postgres,
    ['-D', place.folder, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...asAccount(place.account), detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  server.unref();
  const ended = new Promise<never>((_resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => {
      reject(
        new PlainFault(
          'The embedded PostgreSQL did not start. It said:',
          readFileSync(place.log, 'utf8').slice(told).trim(),
        ),
      );
    });
  });
  try {
    return await Promise.race([readyServer(place.folder, server), ended]);
  } finally {
    // From here on its end is told by the statements that needed it.
    server.removeAllListeners('exit');
    ended.catch(() => undefined);
  }
}

async function readyServer(folder: string, server: ChildProcess): Promise<RunningServer> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (performance.now() < deadline) {
    const file = readPidFile(folder);
    if (file !== null && file.pid === server.pid && file.status === 'ready') return file;
    await wait(POLL_MS);
  }
  throw new PlainFault('The embedded PostgreSQL did not become ready within a minute.');
}

/** Ends sessions and stops cleanly; a server that does not manage in half a minute is stopped without ceremony. */
export async function stopServer(place: ServerPlace): Promise<void> {
  const stop = (mode: string, seconds: number) =>
    finished(place, place.binaries.pgCtl, ['stop', '-D', place.folder, '-m', mode, '-t', String(seconds)]);
  try {
    await stop('fast', 30);
  } catch {
    if (readPidFile(place.folder) !== null) await stop('immediate', 10);
  }
}

export interface PidFile extends RunningServer {
  status: 'starting' | 'ready' | 'stopping' | 'standby' | '';
}

/** What a server says of itself in its folder (see "postmaster.pid" in PostgreSQL's Database File Layout). */
export function readPidFile(folder: string): PidFile | null {
  const path = join(folder, 'postmaster.pid');
  if (!existsSync(path)) return null;
  let lines: string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch {
    return null;
  }
  return {
    pid: Number(lines[0]),
    port: Number(lines[3]),
    status: (lines[7] ?? '').trim() as PidFile['status'],
  };
}

/** A port nobody listens on at this moment, `preferred` if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (preferred === 0) reject(error);
      else resolve(freePort());
    });
    probe.listen({ port: preferred, host: LOOPBACK, exclusive: true }, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

async function finished(place: ServerPlace, command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { ...asAccount(place.account), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  const name = command.slice(dirname(command).length + 1);
  throw new PlainFault(`PostgreSQL's ${name} failed in ${place.folder}. It said:`, said.trim());
}
