import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/config.js';

const LARGEST_FILE = 20 * 1024 * 1024;

/** Where the log goes: beside the data of a trial, so that its screen stays readable; else standard error. */
export const logFile = (config: Config): string | null =>
  config.embedded ? join(config.dataDir, 'betony.log') : null;

export function createLog(config: Config): Logger {
  return pino(
    {
      level: config.logLevel,
      // A host name tells where people's data lives; the process number is enough to tell workers apart.
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describe },
    },
    destination(logFile(config)),
  );
}

function destination(file: string | null): DestinationStream {
  if (file === null) return pino.destination({ dest: 2, sync: true });
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LARGEST_FILE) renameSync(file, `${file}.1`);
  return pino.destination({ dest: file, sync: true, mode: 0o600 });
}

/** An error's kind and place. Its message may quote what somebody typed, so only our own plain ones are kept. */
export function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const frames = error.stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 12)
    .join('\n');
  return { kind: error.name, code: (error as { code?: unknown }).code, frames };
}

const LEVELS = {
  log: 'info',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  debug: 'debug',
  verbose: 'trace',
} as const;

/** Parts of Nest that tell, at every start, of each module and route in turn. */
const CHATTER = new Set<unknown>(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory']);

/** Nest's own words and ours through one pino. */
export class NestLog implements LoggerService {
  constructor(private readonly log_: Logger) {}

  log = this.through('log');
  fatal = this.through('fatal');
  error = this.through('error');
  warn = this.through('warn');
  debug = this.through('debug');
  verbose = this.through('verbose');

  private through(kind: keyof typeof LEVELS) {
    return (message: unknown, ...rest: unknown[]): void => {
      const context: unknown = rest.findLast((part) => typeof part === 'string' && !part.includes('\n'));
      const fields = rest.find((part) => typeof part === 'object' && part !== null);
      const level = kind === 'log' && CHATTER.has(context) ? 'debug' : LEVELS[kind];
      const line: Record<string, unknown> = { context, ...fields };
      if (message instanceof Error) {
        this.log_[level]({ ...line, err: message });
      } else if (typeof message === 'object' && message !== null) {
        this.log_[level]({ ...line, ...message });
      } else {
        const stack = rest.find((part) => typeof part === 'string' && part.includes('\n    at '));
        this.log_[level]({ ...line, stack }, String(message));
      }
    };
  }
}
