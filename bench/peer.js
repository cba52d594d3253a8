import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Transactions a second of pgbench on a script, for so many seconds or so many of `each` client, their median and 95th percentile in ms; null where pgbench is not installed. */
export async function pgbench(url, script, { clients, seconds, each }) {
  const folder = mkdtempSync(join(tmpdir(), 'betony-bench-'));
  const file = join(folder, 'work.sql');
  writeFileSync(file, script);
  const address = new URL(url);
  const args = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(clients),
    '-j',
    '1',
    ...(each ? ['-t', String(each)] : ['-T', String(seconds)]),
    '-f',
    file,
    '-l',
  ];
  args.push('--log-prefix', join(folder, 'took'));
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
    return { rate: Number(tps), ...percentiles(folder) };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The third number of a line of the log is how long it took, in microseconds. */
function percentiles(folder) {
  const times = readdirSync(folder)
    .filter((name) => name.startsWith('took'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => Number(line.split(' ')[2]) / 1000);
  return { p50: percentile(times, 50), p95: percentile(times, 95) };
}

export const percentile = (numbers, part) =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length * part) / 100)] ?? 0;

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
