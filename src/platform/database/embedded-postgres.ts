import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { keptSecret } from '../config/keys.js';
import { PlainFault } from '../errors/plain-fault.js';
import {
  address,
  APP_ROLE,
  DATABASE,
  OWNER_ROLE,
  type Passwords,
  prepareDatabase,
} from './embedded-roles.js';
import { postgresBinaries } from './postgres-binaries.js';
import {
  freePort,
  makeCluster,
  readPidFile,
  type RunningServer,
  type ServerPlace,
  startServer,
  stopServer,
  SUPERUSER,
} from './postgres-server.js';
import { canEnter, FILES_OUTSIDE_HOME, serverAccount } from './server-account.js';
import { mayEnd } from './sessions.js';

/** Advisory locks on the embedded database. They end with the process that holds them, however it ends. */
const USING_LOCK = 7_266_102;
const ALONE_LOCK = 7_266_103;

const OTHER_START_MS = 60_000;

export interface EmbeddedPostgres {
  url: string;
  ownerUrl: string;
  /** Says on the server where this process listens, for a second start to read. */
  announce(httpAddress: string): Promise<void>;
  /** Stops the server, unless another process of this data folder still uses it. Comes last. */
  close(): Promise<void>;
}

/**
 * The PostgreSQL inside the data folder: made on the first start, found again when a killed process left it
 * running, started otherwise. With `alone`, a second process that also wants to be alone is refused.
 */
export async function openEmbeddedPostgres(
  dataDir: string,
  options: { alone: boolean },
): Promise<EmbeddedPostgres> {
  makeDataFolder(dataDir);
  const passwords: Passwords = {
    superuser: keptSecret(join(dataDir, 'keys'), 'postgres-superuser'),
    owner: keptSecret(join(dataDir, 'keys'), 'postgres-owner'),
    app: keptSecret(join(dataDir, 'keys'), 'postgres-app'),
  };
  const release = await startLock(dataDir);
  try {
    const place = placeOf(dataDir);
    const server = await runningServer(place, dataDir, passwords);
    const session = await openSession(server.port, passwords.superuser);
    if (options.alone) await beAlone(session, dataDir);
    await session.query('select pg_advisory_lock_shared($1)', [USING_LOCK]);
    return {
      url: address(APP_ROLE, passwords.app, server.port, DATABASE),
      ownerUrl: address(OWNER_ROLE, passwords.owner, server.port, DATABASE),
      announce: async (httpAddress) => {
        await session.query(`set application_name = ${session.escapeLiteral(sessionName(httpAddress))}`);
      },
      close: async () => {
        await closeServer(dataDir, place, session);
      },
    };
  } finally {
    release();
  }
}

/** Whether a server has been left running in this data folder, or was killed in it. */
export const serverIsThere = (dataDir: string): boolean => readPidFile(placeIn(dataDir)) !== null;

function makeDataFolder(dataDir: string): void {
  try {
    // Others may pass through, as the server's own account must when Betony is root; secrets inside are 0600.
    mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o711 });
    chmodSync(join(dataDir, 'keys'), 0o700);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PlainFault(
      `Betony cannot write to its data folder: ${dataDir} (${(error as NodeJS.ErrnoException).code ?? 'no access'}).`,
      'Make it writable for this user, start Betony as the user who owns it, or name another in DATA_DIR.',
    );
  }
}

/**
 * One process at a time makes or starts the server. The lock is a file with a process number, because there is no
 * database yet to hold it; a number nobody has any more means that start was killed.
 */
async function startLock(dataDir: string): Promise<() => void> {
  const path = join(dataDir, 'starting.lock');
  const deadline = performance.now() + OTHER_START_MS;
  for (;;) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => {
        rmSync(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readQuietly(path));
    if (holder > 0 && (holder === process.pid || !isAlive(holder))) rmSync(path, { force: true });
    else if (performance.now() > deadline) {
      throw new PlainFault(
        `Another start of Betony (process ${String(holder)}) has been under way in ${dataDir} for a minute.`,
        `If there is none, delete ${path} and start again.`,
      );
    } else await wait(100);
  }
}

/** Names the folder of a database that could not be inside the data folder. */
const MOVED = 'postgres.place';

const placeIn = (dataDir: string): string =>
  readQuietly(join(dataDir, MOVED)).trim() || join(dataDir, 'postgres');

function placeOf(dataDir: string): ServerPlace {
  const inside = join(dataDir, 'postgres');
  const known = placeIn(dataDir);
  const account = serverAccount(existsSync(known) ? known : null);
  let folder = known;
  if (account !== null && folder === inside && !canEnter(account, dataDir)) {
    // The project is under /root or the like, where the server's account may not go.
    const outside = join(FILES_OUTSIDE_HOME, `data-${randomBytes(6).toString('hex')}`);
    mkdirSync(outside, { recursive: true, mode: 0o711 });
    folder = join(outside, 'postgres');
    writeFileSync(join(dataDir, MOVED), `${folder}\n`, { mode: 0o600 });
  }
  if (account !== null && existsSync(folder)) chownSync(folder, account.uid, account.gid);
  return { binaries: postgresBinaries(account), account, folder, log: join(dataDir, 'postgres.log') };
}

async function runningServer(
  place: ServerPlace,
  dataDir: string,
  passwords: Passwords,
): Promise<RunningServer> {
  if (!existsSync(place.folder)) await makeCluster(place, passwords.superuser);
  checkCluster(place);
  const left = await serverLeftBehind(place);
  const server = left ?? (await start(place, dataDir));
  try {
    await prepareDatabase(server.port, passwords);
  } catch (error) {
    if (left === null) await stopServer(place);
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new PlainFault(
      `The database in ${place.folder} does not know the passwords in ${join(dataDir, 'keys')}.`,
      'Put the keys folder that belongs to it back, or delete the whole data folder to begin anew.',
    );
  }
  return server;
}

function checkCluster({ folder, binaries }: ServerPlace): void {
  const version = readQuietly(join(folder, 'PG_VERSION')).trim();
  if (version === '') {
    throw new PlainFault(
      `${folder} is not a whole database (${String(readdirSync(folder).length)} entries, no PG_VERSION).`,
      'Put it back from a backup, or delete it to begin anew.',
    );
  }
  const { stdout } = spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8' });
  const major = /\b(\d+)\.\d+/.exec(stdout)?.[1];
  if (major !== undefined && major !== version) {
    throw new PlainFault(
      `${folder} was made by PostgreSQL ${version}, and this Betony comes with ${major}.`,
      `Export it with the Betony that made it, or run it under a PostgreSQL ${version} and set DATABASE_URL.`,
    );
  }
}

/** A killed Node leaves its server running. Such a server is used as it is, once it is certain that it is this one. */
async function serverLeftBehind(place: ServerPlace): Promise<RunningServer | null> {
  const deadline = performance.now() + OTHER_START_MS;
  for (;;) {
    const file = readPidFile(place.folder);
    if (file === null || !isAlive(file.pid)) return null;
    if (!isPostgres(file.pid)) {
      // After a restart of the machine the number may belong to anybody, and PostgreSQL itself would not dare.
      rmSync(join(place.folder, 'postmaster.pid'), { force: true });
      return null;
    }
    if (file.status === 'ready') return file;
    if (performance.now() > deadline) {
      throw new PlainFault(
        `A PostgreSQL (process ${String(file.pid)}) holds ${place.folder} and does not answer.`,
        `Look at ${place.log}, then stop it with: kill -INT ${String(file.pid)}`,
      );
    }
    await wait(100);
  }
}

async function start(place: ServerPlace, dataDir: string): Promise<RunningServer> {
  const memory = join(dataDir, 'postgres.port');
  const tries = 3;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(Number(readQuietly(memory)) || 0);
    try {
      const server = await startServer(place, port);
      writeFileSync(memory, `${String(port)}\n`, { mode: 0o600 });
      return server;
    } catch (error) {
      // The port may have been taken meanwhile; a killed server's children may need a moment to let go of its memory.
      if (attempt === tries) throw error;
      rmSync(memory, { force: true });
      await wait(1000);
    }
  }
}

async function openSession(port: number, password: string): Promise<pg.Client> {
  const session = new pg.Client({
    connectionString: address(SUPERUSER, password, port, DATABASE),
    application_name: sessionName('starting'),
    keepAlive: true,
  });
  // If the server goes, the pool says so at the next statement; this session has nothing to add.
  mayEnd(session);
  await session.connect();
  return session;
}

const sessionName = (what: string) => `betony ${String(process.pid)} ${what}`.slice(0, 63);

async function beAlone(session: pg.Client, dataDir: string): Promise<void> {
  const { rows } = await session.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
    ALONE_LOCK,
  ]);
  if (rows[0]?.got === true) return;
  const holder = await session.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1`,
    [ALONE_LOCK],
  );
  await session.end();
  const [, pid, where] = (holder.rows[0]?.name ?? '').split(' ');
  throw new PlainFault(
    `Betony already runs here: process ${pid ?? 'unknown'}${where?.startsWith('http') ? `, ${where}` : ''}.`,
    `It uses the data folder ${dataDir}.`,
    'Stop it first (Ctrl-C where it runs), or start a second one with its own DATA_DIR and PORT.',
  );
}

async function closeServer(dataDir: string, place: ServerPlace, session: pg.Client): Promise<void> {
  const release = await startLock(dataDir);
  try {
    const last = await isLastUser(session);
    await session.end().catch(() => undefined);
    if (last) await stopServer(place);
  } finally {
    release();
  }
}

async function isLastUser(session: pg.Client): Promise<boolean> {
  try {
    await session.query('select pg_advisory_unlock_shared($1)', [USING_LOCK]);
    const { rows } = await session.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
      USING_LOCK,
    ]);
    return rows[0]?.got === true;
  } catch {
    // The session is gone, and so is the server or the way to it: leave nothing behind that may still run.
    return true;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isPostgres(pid: number): boolean {
  if (process.platform === 'win32') return true;
  const { stdout, error } = spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  if (error) return readQuietly(`/proc/${String(pid)}/cmdline`).includes('postgres');
  return stdout.includes('postgres');
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
