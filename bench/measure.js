import { readFileSync, readdirSync } from 'node:fs';
import autocannon from 'autocannon';
import { percentile } from './peer.js';

/** Seconds for one answer, on the largest scheme with every connection busy. */
const LONGEST = 600;

/**
 * What a server does in so many seconds with all connections busy: its answers, requests a second, and how many ms they
 * took; `each` is how many a connection asks instead, of work that takes longer than that. Fails where anything was not
 * answered, or refused.
 */
export function loaded(url, work, { connections, seconds, each }) {
  let next = 0;
  let refused = null;
  const times = [];
  return new Promise((resolve, reject) => {
    const run = autocannon(
      {
        url,
        connections,
        timeout: LONGEST,
        ...(each ? { amount: each * connections } : { duration: seconds }),
        setupClient: (client) => {
          client.setRequests(work.requests(next++));
          client.on('response', (status, _bytes, milliseconds) => {
            times.push(milliseconds);
            if (status >= 300) refused ??= status;
          });
        },
      },
      (error, result) => {
        if (error) return reject(error);
        if (refused !== null || result.errors > 0)
          return reject(new Error(`${work.name}: answered ${refused}, ${result.errors} errors`));
        resolve({
          answers: times.length,
          rate: result.requests.total / result.duration,
          p50: percentile(times, 50),
          p95: percentile(times, 95),
          p99: percentile(times, 99),
        });
      },
    );
    run.on('error', reject);
  });
}

/** The most MB that a process ever held; null where the system does not tell. */
export function mostMegabytes(pid) {
  try {
    return Math.round(
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    );
  } catch {
    return null;
  }
}

/** What a process and those it started have used of the processors, in ms; the kernel counts hundredths of a second. */
export function cpuOf(pid) {
  try {
    const now = statOf(pid);
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(statOf)
      .filter((stat) => stat?.parent === pid);
    return children.reduce((sum, child) => sum + child.own, now.own + now.ended) * 10;
  } catch {
    return NaN;
  }
}

function statOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ').map(Number);
    return { parent: fields[1], own: fields[11] + fields[12], ended: fields[13] + fields[14] };
  } catch {
    return null;
  }
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
