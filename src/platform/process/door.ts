import type { Logger } from 'pino';
import { type Config } from '../config/config.js';
import { loadConfig, readSettings } from '../config/load-config.js';
import { FaultySettings } from '../config/settings.js';
import { type EmbeddedPostgres, openEmbeddedPostgres, serverIsThere } from '../database/embedded-postgres.js';
import { migrate, pendingMigrations } from '../database/migrate.js';
import { PlainFault } from '../errors/plain-fault.js';
import type { Address } from '../http/address.js';
import { createLog, describe } from '../logging/log.js';
import { makeDataFolder } from './data-folder.js';
import { Stops } from './stops.js';

/** npm passes Ctrl-C on to a process that the terminal has told already; only a later one means "now". */
const ECHO_MS = 1000;
const DATABASE_STOP_MS = 45_000;

export interface Door {
  config: Config;
  log: Logger;
  /** Null with a real server. */
  embedded: EmbeddedPostgres | null;
  stops: Stops;
}

export interface DoorOptions {
  /** Whether a second process of this kind on the same data folder is a mistake. */
  alone?: boolean;
  /** What to do about migrations: the embedded database is ours to bring up to date, a real one is not. */
  migrations?: 'needed' | 'ignored';
  /**
   * Whether the address can be listened on. Asked before a database is made or started; where one runs already it is
   * asked afterwards, because then the likelier trouble is that Betony itself runs already.
   */
  checkAddress?: (address: Address) => Promise<void>;
}

/** Checks the settings, finds or starts the database, and leaves a stack of what to stop. */
export async function openDoor(
  options: DoorOptions = {},
  settingsAreSound: () => void = () => undefined,
): Promise<Door> {
  const settings = readSettings();
  const { HOST: host, PORT: port } = settings.variables;
  const later = settings.variables.DATABASE_URL === undefined && serverIsThere(settings.dataDir);
  if (!later) await options.checkAddress?.({ host, port });
  makeDataFolder(settings.dataDir);
  settingsAreSound();
  let embedded: EmbeddedPostgres | null = null;
  const config = await loadConfig(settings, async () => {
    embedded = await openEmbeddedPostgres(settings.dataDir, { alone: options.alone ?? false });
    return embedded;
  });
  const server = embedded as EmbeddedPostgres | null;
  const log = createLog(config);
  const stops = new Stops(log);
  if (server) stops.add('database', DATABASE_STOP_MS, () => server.close());
  try {
    if (later) await options.checkAddress?.({ host, port });
    if (options.migrations !== 'ignored') await bringUpToDate(config);
  } catch (error) {
    await stops.run();
    throw error;
  }
  return { config, log, embedded: server, stops };
}

async function bringUpToDate(config: Config): Promise<void> {
  if (config.embedded) {
    await migrate(config);
    return;
  }
  const pending = await pendingMigrations(config.databaseUrl);
  if (pending.length === 0) return;
  throw new PlainFault(
    `The database in DATABASE_URL lacks ${String(pending.length)} migration(s) of this version.`,
    'Run: npm run migrate (with DATABASE_OWNER_URL set)',
  );
}

export interface LoadingDoorOptions<Loaded> extends DoorOptions {
  /** Brings in the rest of the program, which takes longer than the database does: begun when the settings are sound. */
  load: () => Promise<Loaded>;
}

/** Runs a door of the program: plain words for what people can put right, exit codes for scripts, an orderly stop. */
export async function throughDoor<Loaded>(
  options: LoadingDoorOptions<Loaded>,
  work: (door: Door, loaded: Loaded) => Promise<'stay' | 'leave'>,
): Promise<void> {
  let door: Door | undefined;
  try {
    let loading: Promise<Loaded> | undefined;
    door = await openDoor(options, () => {
      loading = options.load();
      loading.catch(() => undefined);
    });
    const { stops, log } = door;
    stopOnSignal(stops);
    stopOnCrash(stops, log);
    if ((await work(door, await (loading ?? options.load()))) === 'stay') return;
    await stops.run();
  } catch (error) {
    // Told to stop in the middle of starting: what was cut off fails, and that is no news.
    if (!door?.stops.begun) {
      tell(error);
      door?.log.fatal({ err: error }, 'stopped');
      process.exitCode = 1;
    }
    await door?.stops.run();
    // Something half started may keep Node alive.
    process.exit();
  }
}

export function tell(error: unknown): void {
  const plain = error instanceof PlainFault || error instanceof FaultySettings;
  process.stderr.write(plain ? `\n${error.message}\n\n` : `\nBetony stopped: ${faultText(error)}\n\n`);
}

function faultText(error: unknown): string {
  const { kind, code, frames } = describe(error);
  const reason = error instanceof Error ? error.message : '';
  return [`${String(kind)} ${typeof code === 'string' ? code : ''}`, reason, frames]
    .filter(Boolean)
    .join('\n');
}

function stopOnSignal(stops: Stops): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first !== undefined) {
        if (performance.now() - first > ECHO_MS) process.exit(130);
        return;
      }
      first = performance.now();
      void stops.run().then(() => process.exit());
    });
  }
}

function stopOnCrash(stops: Stops, log: Logger): void {
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'crashed');
    process.exitCode = 1;
    void stops.run().then(() => process.exit());
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
