import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * A directory of 10,000 services, in and out: a file is checked and approved, everything in it published, and the open feed
 * read to its end. Told: how long, how far it said it was meanwhile, and how much memory the one process that does it all
 * (HTTP and worker) had before, at most in the first half of the time, and at most in the second. Publishing is one request
 * a service and takes most of the four minutes; `--quick` takes 1,000 services, `--services N` as many. Where an aim is
 * set, it is told whether it was met, and `--aims` makes a missed one a failure.
 */
const { values: options } = parseArgs({
  options: {
    services: { type: 'string', default: '10000' },
    quick: { type: 'boolean', default: false },
    aims: { type: 'boolean', default: false },
  },
});
const SERVICES = options.quick ? 1000 : Number(options.services);
const ABREAST = 8;
const PASSWORD = 'a password for the bench';

/** Seconds to check and write 10,000; fewer have their share. */
const MOST_SECONDS = 60 * Math.max(1, SERVICES / 10_000);
/**
 * Megabytes by which the second half of anything may stand above its first. Garbage moves it by some; what is held of every
 * row or service would move it by more.
 */
const MOST_GROWTH = 40;
/** As often, at least, must somebody who asks all the time see another number of rows done. */
const LEAST_SEEN = 5;

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

const judge = (met, text) => {
  say(`${met ? 'met   ' : 'MISSED'} ${text}`);
  if (!met && options.aims) process.exitCode = 1;
};

/** How long it took, and the memory before and at its highest in each half. */
async function measured(name, work) {
  const before = megabytes();
  const samples = [];
  const began = performance.now();
  const timer = setInterval(() => {
    samples.push({ at: performance.now(), megabytes: megabytes() });
  }, 50);
  const result = await work();
  const ended = performance.now();
  clearInterval(timer);
  samples.push({ at: ended, megabytes: megabytes() });
  const highest = (half) =>
    Math.max(
      before,
      ...samples.filter(({ at }) => at > (began + ended) / 2 === half).map((one) => one.megabytes),
    );
  const [first, second] = [highest(false), highest(true)];
  const seconds = (ended - began) / 1000;
  say(
    `${name.padEnd(34)} ${seconds.toFixed(1).padStart(6)} s   ${Math.round(before)} MB before, ${Math.round(first)} at most in its first half, ${Math.round(second)} in its second${result ? `   ${result}` : ''}`,
  );
  return { seconds, growth: second - first };
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
  const [{ model } = { model: 'processor' }] = cpus();
  say(
    `${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, a load of ${Math.round(loadavg()[0])}`,
  );
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
  const signIn = async () => {
    const signedIn = await fetch(`${base}/api/v1/sign-in`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ email: 'manager@demo.example.org', password: PASSWORD }),
    });
    return `Bearer ${(await signedIn.json()).accessToken}`;
  };
  let authorization = await signIn();
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
  const seen = { check: new Set(), write: new Set() };

  let id = '';
  const checked = async () => {
    const file = `?kind=open-referral&source=${randomUUID()}`;
    let checking = true;
    const sent = call('POST', `/imports/file${file}`, lines, 'application/x-ndjson').finally(() => {
      checking = false;
    });
    // The answer comes with the end of it; meanwhile others see it in the list.
    while (checking) {
      const [newest] = (await call('GET', '/imports?limit=1&state=fetching')).items;
      if (newest) seen.check.add(newest.done);
      await Promise.race([sent, wait(100)]);
    }
    ({ id } = await sent);
    return `progress seen at ${seen.check.size} points`;
  };
  const until = async (state, each = () => {}) => {
    for (;;) {
      const it = await call('GET', `/imports/${id}`);
      each(it);
      if (it.state === state) return;
      if (it.state === 'failed') throw new Error(it.because);
      await wait(100);
    }
  };
  const written = async () => {
    await call('POST', `/imports/${id}/approve`, '{}');
    await until('applied', ({ done }) => seen.write.add(done));
    return `progress seen at ${seen.write.size} points`;
  };
  const check = await measured(`check ${SERVICES} services`, checked);
  const write = await measured('write them', written);
  // At once, when PostgreSQL has not counted yet what came: so it is when somebody sees their mistake.
  const undo = await measured('take them back', async () => {
    await call('POST', `/imports/${id}/undo`, '{}');
    await until('undone');
  });
  await checked();
  await written();
  // On a busy machine what follows takes longer than one sign-in lasts.
  const renewing = setInterval(() => {
    void signIn().then((renewed) => {
      authorization = renewed;
    });
  }, 240_000);
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
  }).finally(() => clearInterval(renewing));
  const read = {};
  for (const what of [
    'services?format=ndjson',
    'services?format=ndjson&full=true',
    'services?minimal=true',
    'services?page=100',
  ]) {
    read[what] = await measured(`read ${what}`, async () => {
      const answer = await fetch(`${base}/open-referral/${what}`);
      let bytes = 0;
      for await (const chunk of answer.body) bytes += chunk.length;
      return `${(bytes / 1e6).toFixed(1)} MB`;
    });
  }
  const seconds = check.seconds + write.seconds;
  judge(
    seconds <= MOST_SECONDS,
    `${SERVICES} services checked and written in ${seconds.toFixed(1)} s, of at most ${MOST_SECONDS}`,
  );
  judge(
    undo.seconds <= MOST_SECONDS,
    `taken back in ${undo.seconds.toFixed(1)} s, of at most ${MOST_SECONDS}`,
  );
  for (const [step, { size }] of Object.entries(seen))
    judge(size >= LEAST_SEEN, `progress of ${step} seen at ${size} points, of at least ${LEAST_SEEN}`);
  const steps = { check, write, undo, 'the feed': read['services?format=ndjson&full=true'] };
  for (const [step, { growth }] of Object.entries(steps))
    judge(
      growth <= MOST_GROWTH,
      `memory of ${step} ${Math.round(growth)} MB higher in its second half, of at most ${MOST_GROWTH}`,
    );
}

try {
  await main();
} finally {
  const ended = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
