import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * A directory of 10,000 services, in and out: a file is checked and approved, everything in it published, and the open feed
 * read to its end. Told: how long, how much memory the one process that does it all (HTTP and worker) had before and at
 * most. Publishing is one request a service and takes most of the four minutes.
 * `npm run build && node bench/directory.js [services]`.
 */
const SERVICES = Number(process.argv[2] ?? 10_000);
const ABREAST = 8;
const PASSWORD = 'a password for the bench';

const say = (text) => process.stdout.write(`${text}\n`);
const folder = mkdtempSync(join(tmpdir(), 'betony-directory-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const base = `http://127.0.0.1:${port}`;

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const server = spawn(process.execPath, scripts.start.split(' ').slice(1), {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, PORT: String(port), DATA_DIR: folder, DEMO_PASSWORD: PASSWORD, LOG_LEVEL: 'error' },
});

const megabytes = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;

/** How long it took, and the memory before and at its highest. */
async function measured(name, work) {
  const before = megabytes();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, megabytes());
  }, 50);
  const began = performance.now();
  const result = await work();
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  say(
    `${name.padEnd(34)} ${seconds.toFixed(1).padStart(6)} s   ${Math.round(before)} MB before, ${Math.round(most)} at most${result ? `   ${result}` : ''}`,
  );
}

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR'];
const service = (n) => ({
  id: `service-${n}`,
  name: `Lunch club ${n}`,
  description: `Meals and company for lonely people. ${'Everybody is welcome, and somebody meets you at the door. '.repeat(8)}`,
  status: 'active',
  minimum_age: 18,
  organization: { id: `group-${n % 1250}`, name: `Group of friends ${n % 1250}` },
  schedules: [{ freq: 'WEEKLY', byday: DAYS[n % 5], opens_at: '10:00', closes_at: '12:00' }],
  service_at_locations: [
    {
      location: {
        latitude: 51.5 + (n % 500) / 1000,
        longitude: 0.4 + (n % 800) / 1000,
        addresses: [{ address_1: `${n} Mill Lane`, city: 'Saltwick', postal_code: 'CO97 1AA' }],
      },
    },
  ],
});

async function main() {
  for (let tries = 0; ; tries += 1) {
    if (
      await fetch(`${base}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
    if (tries > 600) throw new Error('Betony did not start');
    await wait(200);
  }
  const json = { 'content-type': 'application/json' };
  const signedIn = await fetch(`${base}/api/v1/sign-in`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: 'manager@demo.example.org', password: PASSWORD }),
  });
  const authorization = `Bearer ${(await signedIn.json()).accessToken}`;
  const call = async (method, path, body, type = 'application/json') => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': type }) },
      body,
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const lines = Array.from({ length: SERVICES }, (_, n) => JSON.stringify(service(n))).join('\n');
  const reached = async (id, state) => {
    const seen = new Set();
    for (;;) {
      const it = await call('GET', `/imports/${id}`);
      seen.add(it.done);
      if (it.state === state) return `progress seen at ${seen.size} points`;
      if (it.state === 'failed') throw new Error(it.because);
      await wait(100);
    }
  };

  let id = '';
  await measured(`check ${SERVICES} services`, async () => {
    const file = `?kind=open-referral&source=${randomUUID()}`;
    ({ id } = await call('POST', `/imports/file${file}`, lines, 'application/x-ndjson'));
  });
  await measured('write them', async () => {
    await call('POST', `/imports/${id}/approve`, '{}');
    return reached(id, 'applied');
  });
  const listings = [];
  for (let after = 0; ;) {
    const cursor = Buffer.from(JSON.stringify([after])).toString('base64url');
    const { items } = await call('GET', `/imports/${id}/rows?limit=100&after=${cursor}`);
    if (items.length === 0) break;
    listings.push(...items.map(({ listingId }) => listingId));
    after = items.at(-1).row;
  }
  await measured('publish them, one by one', async () => {
    const publish = async (worker) => {
      for (let n = worker; n < listings.length; n += ABREAST)
        await call('POST', `/listings/${listings[n]}/publish`, '{}');
    };
    await Promise.all(Array.from({ length: ABREAST }, (_, worker) => publish(worker)));
  });
  for (const what of [
    'services?format=ndjson',
    'services?format=ndjson&full=true',
    'services?minimal=true',
    'services?page=100',
  ]) {
    await measured(`read ${what}`, async () => {
      const answer = await fetch(`${base}/open-referral/${what}`);
      let bytes = 0;
      for await (const chunk of answer.body) bytes += chunk.length;
      return `${(bytes / 1e6).toFixed(1)} MB`;
    });
  }
}

try {
  await main();
} finally {
  const ended = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
