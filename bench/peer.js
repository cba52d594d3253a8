import { spawn } from 'node:child_process';
import { rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Transactions a second and mean latency of pgbench on a script; null where pgbench is not installed. */
export async function pgbench(url, script, { clients, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'betony-bench-'));
  const file = join(folder, 'work.sql');
  writeFileSync(file, script);
  const address = new URL(url);
  const args = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', file];
  try {
    const { code, output } = await finished('pgbench', args, {
      PGHOST: address.hostname,
      PGPORT: address.port,
      PGUSER: address.username,
      PGPASSWORD: decodeURIComponent(address.password),
      PGDATABASE: address.pathname.slice(1),
    });
    const tps = /tps = ([\d.]+)/.exec(output)?.[1];
    if (code !== 0 || !tps) throw new Error(`pgbench failed:\n${output}`);
    if (/number of failed transactions: [1-9]/.test(output))
      throw new Error(`pgbench had failures:\n${output}`);
    return Number(tps);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function finished(command, args, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...environment } });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
