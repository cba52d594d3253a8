import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../src/platform/database/postgres-server.js';
import { eventually } from './settle.js';

export const redisInstalled = spawnSync('redis-server', ['--version']).status === 0;

export interface TestRedis {
  url: string;
  /** Becomes a cluster of one, which takes no script whose keys could lie apart. */
  cluster(): Promise<void>;
  /** Loses everything it was given, as stock Redis may on a crash. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(settings: string[] = ['--appendonly', 'yes']): Promise<TestRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'betony-redis-'));
  const server: ChildProcess = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings],
    { stdio: 'ignore' },
  );
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  await redis.connect().catch(() => undefined);
  await eventually(() => redis.status === 'ready');
  return {
    url: `redis://127.0.0.1:${port}`,
    cluster: async () => {
      await redis.call('cluster', 'addslotsrange', '0', '16383');
      await eventually(async () => String(await redis.call('cluster', 'info')).includes('cluster_state:ok'));
    },
    wipe: async () => {
      await redis.flushall();
    },
    stop: async () => {
      redis.disconnect();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
