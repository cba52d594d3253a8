import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import {
  address,
  APP_ROLE,
  DATABASE,
  OWNER_ROLE,
  type Passwords,
  prepareDatabase,
} from '../../src/platform/database/embedded-roles.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { postgresBinaries } from '../../src/platform/database/postgres-binaries.js';
import {
  freePort,
  LOOPBACK,
  makeCluster,
  type RunningServer,
  type ServerPlace,
  startServer,
  stopServer,
  SUPERUSER,
} from '../../src/platform/database/postgres-server.js';
import { serverAccount } from '../../src/platform/database/server-account.js';
import { QUEUE_SCHEMA } from '../../src/platform/jobs/queue-schema.js';
import { type SmtpStandIn, startSmtpStandIn, type TakenMail } from '../support/smtp-stand-in.js';
import { type Proxy, startProxy } from './proxy.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Room for the cluster and what a run writes, and little beside. */
const DISK_MB = 512;
/** As a process is restarted by whoever looks after it. */
const RESTART_MS = 100;
const STOP_DEADLINE_MS = 45_000;

/** The product's clock, as every process of the run reads it; jumps are the run's. */
export class SharedClock {
  private shown: number;
  private since = Date.now();
  private furthest: number;

  constructor(
    readonly file: string,
    begins: Date,
  ) {
    this.shown = this.furthest = begins.getTime();
    this.write();
  }

  now(): Date {
    const now = this.shown + Date.now() - this.since;
    this.furthest = Math.max(this.furthest, now);
    return new Date(now);
  }

  /** The latest it has ever shown: what was due then was due for whoever looked. */
  latest(): number {
    this.now();
    return this.furthest;
  }

  jump(ms: number): void {
    this.shown = this.now().getTime() + ms;
    this.since = Date.now();
    this.write();
    this.now();
  }

  private write(): void {
    writeFileSync(`${this.file}.new`, `${String(this.shown)} ${String(this.since)}`);
    renameSync(`${this.file}.new`, this.file);
  }
}

/** A process that is started again whenever it ends, until it is told to stop for good. */
export class Kept {
  child: ChildProcess;
  private wanted = true;
  /** Whether it was told to end, one way or another. */
  private told = false;
  private again: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    private readonly start: () => ChildProcess,
    private readonly fell: (how: string) => void = () => undefined,
  ) {
    this.child = this.begin();
  }

  private begin(): ChildProcess {
    const child = this.start();
    this.told = false;
    child.once('exit', (code, signal) => {
      if (!this.told) this.fell(`${this.name} ended by itself with ${String(code ?? signal)}`);
      if (this.wanted) this.again = setTimeout(() => (this.child = this.begin()), RESTART_MS);
    });
    return child;
  }

  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.told = true;
    this.child.kill(signal);
  }

  /** Told to stop; comes back once it has, and another is being started. */
  async restart(): Promise<void> {
    if (!this.runs) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.signal('SIGTERM');
    await ended;
  }

  /** Told to stop and not started again: the code it ends with, or the signal that it took. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.wanted = false;
    this.told = true;
    clearTimeout(this.again);
    const { child } = this;
    if (this.runs) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGCONT');
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(late);
    }
    return child.exitCode ?? child.signalCode ?? 'unknown';
  }
}

export interface Keys {
  auditKey: string;
  tokenKey: string;
  dataKey: string;
  publicUrl: string;
}

/** What is asked of an installation, which nothing here is told about by the product. */
export interface Wishes {
  queue: 'redis' | 'postgres';
  begins: Date;
  tell: (mail: TakenMail) => void;
  /** A process that nobody told to end has ended, and what it said last. */
  fell: (how: string) => void;
}

/** A small installation of its own: PostgreSQL, Redis where asked for, a mail server, and wires between them that can be cut. */
export class Installation {
  readonly clock: SharedClock;
  readonly passwords: Passwords;
  readonly apis: Kept[] = [];
  readonly workers: Kept[] = [];
  /** Where clients reach the processes of the API. */
  readonly doors: Proxy[] = [];
  mail!: SmtpStandIn;
  toDatabase!: Proxy;
  toRedis: Proxy | null = null;
  redis: Kept | null = null;
  /** Null where no small disk could be had. */
  disk: string | null = null;
  private postgres!: RunningServer;
  private redisPort = 0;
  private readonly place: ServerPlace;

  private constructor(
    private readonly folder: string,
    private readonly wishes: Wishes,
  ) {
    this.clock = new SharedClock(join(folder, 'clock'), wishes.begins);
    const account = serverAccount(null);
    this.disk = smallDisk(join(folder, 'disk'));
    const secret = () => randomBytes(12).toString('hex');
    this.passwords = { superuser: secret(), owner: secret(), app: secret() };
    this.place = {
      binaries: postgresBinaries(account),
      account,
      folder: join(folder, 'disk', 'postgres'),
      log: join(folder, 'postgres.log'),
    };
  }

  static async make(wishes: Wishes): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'betony-chaos-'));
    chmodSync(folder, 0o711);
    const made = new Installation(folder, wishes);
    try {
      await made.prepare();
    } catch (error) {
      await made.remove();
      throw error;
    }
    return made;
  }

  private async prepare(): Promise<void> {
    // Small segments, so that a full disk is met by the write-ahead log as well as by tables.
    await makeCluster(this.place, this.passwords.superuser, ['--wal-segsize', '1']);
    this.postgres = await this.startPostgres(await freePort());
    await prepareDatabase(this.postgres.port, this.passwords);
    this.toDatabase = await startProxy(this.postgres.port);
    await migrate({ databaseUrl: this.urls.app, databaseOwnerUrl: this.urls.owner });
    this.mail = await startSmtpStandIn(this.wishes.tell);
    if (this.wishes.queue === 'redis') {
      this.redisPort = await freePort();
      this.redis = new Kept('redis', () => this.startRedis());
      this.toRedis = await startProxy(this.redisPort);
    }
  }

  private startPostgres(port: number): Promise<RunningServer> {
    return startServer(this.place, port, { max_wal_size: '32MB', min_wal_size: '2MB' });
  }

  private startRedis(): ChildProcess {
    const dir = join(this.folder, 'redis');
    mkdirSync(dir, { recursive: true });
    const options = ['--bind', LOOPBACK, '--save', '', '--appendonly', 'yes', '--dir', dir];
    return spawn('redis-server', ['--port', String(this.redisPort), ...options], { stdio: 'ignore' });
  }

  /** Straight to the server, past the wire that is cut. */
  get urls(): { app: string; owner: string; superuser: string } {
    const { app, owner, superuser } = this.passwords;
    const { port } = this.postgres;
    return {
      app: address(APP_ROLE, app, port, DATABASE),
      owner: address(OWNER_ROLE, owner, port, DATABASE),
      superuser: address(SUPERUSER, superuser, port, DATABASE),
    };
  }

  private environment({ auditKey, tokenKey, dataKey, publicUrl }: Keys): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      CHAOS_CLOCK: this.clock.file,
      DATABASE_URL: address(APP_ROLE, this.passwords.app, this.toDatabase.port, DATABASE),
      ...(this.toRedis ? { REDIS_URL: `redis://${LOOPBACK}:${String(this.toRedis.port)}` } : {}),
      SMTP_URL: `smtp://${LOOPBACK}:${String(this.mail.port)}`,
      AUDIT_KEY: auditKey,
      TOKEN_KEY: tokenKey,
      DATA_KEY: dataKey,
      PUBLIC_URL: publicUrl,
      TRUST_PROXY: LOOPBACK,
      DATA_DIR: join(this.folder, 'data'),
      LOG_LEVEL: 'warn',
    };
  }

  private program(
    file: 'main' | 'worker' | 'cli',
    args: string[],
    environment: Record<string, string>,
  ): ChildProcess {
    const log = openSync(join(this.folder, `${file}.log`), 'a');
    const child = spawn(
      process.execPath,
      ['--import', './test/chaos/shared-clock.js', `dist-test/${file}.js`, ...args],
      {
        cwd: ROOT,
        stdio: ['ignore', log, log],
        env: environment,
      },
    );
    closeSync(log);
    return child;
  }

  /** Two of the API and two workers, which are started again when they end. */
  async open(keys: Keys): Promise<void> {
    const environment = this.environment(keys);
    for (const n of [1, 2]) {
      const port = await freePort();
      this.apis.push(
        new Kept(
          `api ${String(n)}`,
          () => this.program('main', ['--api'], { ...environment, PORT: String(port) }),
          this.fell('main'),
        ),
      );
      this.doors.push(await startProxy(port));
      this.workers.push(
        new Kept(`worker ${String(n)}`, () => this.program('worker', [], environment), this.fell('worker')),
      );
    }
    for (const door of this.doors) await this.ready(door);
  }

  private fell(file: 'main' | 'worker') {
    return (how: string) => {
      const said = readFileSync(join(this.folder, `${file}.log`), 'utf8')
        .trimEnd()
        .split('\n');
      this.wishes.fell(`${how}: ${said.slice(-3).join(' | ')}`);
    };
  }

  async ready(door: Proxy, deadlineMs = 300_000): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const answer = await fetch(`http://${LOOPBACK}:${String(door.port)}/health/ready`, {
        signal: AbortSignal.timeout(2_000),
      }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok === true) return;
      if (Date.now() > deadline) {
        const said = readFileSync(join(this.folder, 'main.log'), 'utf8').slice(-2_000);
        throw new Error(`The API did not become ready. It said: ${said}`);
      }
      await wait(100);
    }
  }

  /** The program of the command line, at the clock of the run: its exit code and all it printed. */
  async command(keys: Keys, ...args: string[]): Promise<{ code: number | null; printed: string }> {
    const child = spawn(
      process.execPath,
      ['--import', './test/chaos/shared-clock.js', 'dist-test/cli.js', ...args],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: this.environment(keys) },
    );
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (printed += String(part)));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, printed };
  }

  /** With the rights of the superuser, past the wire; again where the server is not there just then. */
  async ask<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    for (let tries = 1; ; tries += 1) {
      const client = new pg.Client({ connectionString: this.urls.superuser });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return (await client.query<Row>(text, values)).rows;
      } catch (error) {
        if (tries === 50) throw error;
        await wait(200);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  private get postgresRuns(): boolean {
    try {
      process.kill(this.postgres.pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  /** To the server itself and to each process of its own. */
  signalPostgres(signal: NodeJS.Signals): void {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const own = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === this.postgres.pid)
      .map(([pid]) => pid ?? 0);
    for (const pid of [this.postgres.pid, ...own]) {
      try {
        process.kill(pid, signal);
      } catch {
        // Ended since it was listed.
      }
    }
  }

  /** Ends it with the signal, and starts it again as soon as its own processes have seen that they are alone. */
  async restartPostgres(signal: NodeJS.Signals): Promise<void> {
    process.kill(this.postgres.pid, signal);
    await this.postgresAgain();
  }

  /** Starts it where it has ended, however long its recovery takes. */
  async postgresAgain(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (this.postgresRuns && Date.now() < deadline) await wait(20);
    for (;;) {
      try {
        this.postgres = await this.startPostgres(this.postgres.port);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await wait(200);
      }
    }
  }

  /** Nothing more can be written for so long. */
  async fillDisk(ms: number): Promise<void> {
    if (this.disk === null) return;
    const ballast = join(this.disk, 'ballast');
    const file = openSync(ballast, 'w');
    try {
      for (const part of [Buffer.alloc(1 << 20), Buffer.alloc(4096)]) {
        try {
          for (;;) writeSync(file, part);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
      await wait(ms);
    } finally {
      closeSync(file);
      rmSync(ballast, { force: true });
    }
    // It may have given up, and its own restart after a crash may have failed as well.
    await wait(200);
    if (!this.postgresRuns) await this.postgresAgain();
  }

  /** Each time that a process of the product came down through an error of its own, as it told its log. */
  crashes(): string[] {
    return ['main', 'worker'].flatMap((file) =>
      readFileSync(join(this.folder, `${file}.log`), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"msg":"crashed"')),
    );
  }

  async wipeRedis(): Promise<void> {
    await this.withRedis((redis) => redis.flushall());
  }

  /** Straight to the server, past the wire that is cut. */
  private async withRedis<Result>(work: (redis: Redis) => Promise<Result>): Promise<Result> {
    const redis = new Redis({ port: this.redisPort, host: LOOPBACK });
    redis.on('error', () => undefined);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Connections to Redis that are not our own, each by the name it gave itself; null where there is no Redis. */
  async redisConnections(): Promise<string[] | null> {
    if (this.redis === null) return null;
    return this.withRedis(async (redis) => {
      const own = String(await redis.client('ID'));
      const list = String(await redis.client('LIST'))
        .trim()
        .split('\n');
      return list
        .map((line) => new Map(line.split(' ').map((part) => part.split('=') as [string, string])))
        .filter((client) => client.get('id') !== own)
        .map((client) => client.get('name') ?? '');
    });
  }

  /** Jobs that some worker holds, as the queue has it: they are under way, or it died. And locks of those that are no more. */
  async heldJobs(): Promise<string[]> {
    if (this.redis === null) {
      const rows = await this.ask<{ id: string }>(
        `select id from ${QUEUE_SCHEMA}.job where state = 'active' or lock_token is not null`,
      );
      return rows.map(({ id }) => id);
    }
    return this.withRedis(async (redis) => {
      const [lists, locks] = await Promise.all([redis.keys('*:active'), redis.keys('*:lock')]);
      const active = await Promise.all(lists.map((list) => redis.lrange(list, 0, -1)));
      return [...new Set([...active.flat(), ...locks.map((lock) => lock.split(':').at(-2) ?? lock)])];
    });
  }

  /** Everything of the product told to stop, at once; how each of its processes ended. */
  async close(): Promise<{ name: string; code: number | string }[]> {
    return Promise.all(
      [...this.apis, ...this.workers].map(async (kept) => ({ name: kept.name, code: await kept.end() })),
    );
  }

  async remove(): Promise<void> {
    for (const kept of [...this.apis, ...this.workers, ...(this.redis ? [this.redis] : [])])
      await kept.end('SIGKILL');
    for (const wire of [...this.doors, this.toRedis, this.toDatabase as Proxy | undefined])
      await wire?.stop();
    await (this.mail as SmtpStandIn | undefined)?.stop();
    this.signalIfThere('SIGCONT');
    await stopServer(this.place).catch(() => undefined);
    if (this.disk !== null) spawnSync('umount', [this.disk]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private signalIfThere(signal: NodeJS.Signals): void {
    if ((this.postgres as RunningServer | undefined) !== undefined) this.signalPostgres(signal);
  }
}

/** A disk of its own that can be filled, where this user may have one (root, on Linux). */
function smallDisk(folder: string): string | null {
  mkdirSync(folder, { mode: 0o711 });
  const size = `size=${String(DISK_MB)}m,mode=711`;
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'betony-chaos', folder]);
  return status === 0 ? folder : null;
}
