import 'reflect-metadata';
import { createHmac, randomBytes } from 'node:crypto';
import { decrypted, encrypted } from '../dist/platform/vault/encrypted.js';
import { endAll, startApi, startDatabase, startInProcess } from './installation.js';
import { cpuOf, loaded, median } from './measure.js';
import { workloads } from './works.js';
import { seed, settled, signedIn } from './world.js';

/**
 * What it would cost to keep the NHS number and the contact details of people encrypted, each text for itself (AES-256-GCM,
 * with a blind index for those that are looked for): the processor's time for what one request would have to read or write,
 * beside the time that the API takes for that request today. `npm run bench:encryption`.
 */
const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 16;
/** Texts of people in one answer: a caseload shows 25 NHS numbers, today's list up to 25 telephones, sending writes five texts. */
const TEXTS = {
  caseload: { read: 25, written: 0, indexed: 0 },
  today: { read: 25, written: 0, indexed: 0 },
  send: { read: 0, written: 5, indexed: 4 },
};

const say = (text) => process.stdout.write(`${text}\n`);
const key = randomBytes(32);
const ABOUT = 'client 01a20732-9919-7084-99e9-cfb8d30cbcb3 nhs_number';
const KEPT = encrypted(key, ABOUT, '9990000018');
const STEPS = {
  read: () => decrypted(key, ABOUT, KEPT),
  written: () => encrypted(key, ABOUT, '9990000018'),
  indexed: () => createHmac('sha256', key).update('9990000018').digest(),
};

/** Milliseconds of one step, once the program is warm. */
function costOf(step) {
  const many = 20_000;
  for (let n = 0; n < many; n += 1) step();
  const { user, system } = process.cpuUsage();
  for (let n = 0; n < many; n += 1) step();
  const spent = process.cpuUsage();
  return (spent.user - user + spent.system - system) / 1000 / many;
}

async function main() {
  const database = await startDatabase();
  const app = await startInProcess(database);
  const world = await seed(app, database, { referrals: 5000, services: 100, workers: CONNECTIONS });
  await settled(world);
  const works = workloads(await signedIn(app, world, CONNECTIONS)).filter(({ name }) => name in TEXTS);
  await app.close();
  const api = await startApi(database);
  const rows = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const steps = Object.fromEntries(Object.entries(STEPS).map(([name, step]) => [name, costOf(step)]));
    for (const work of works) {
      const before = cpuOf(api.pid);
      const { answers } = await loaded(api.url, work, { connections: CONNECTIONS, seconds: SECONDS });
      const request = (cpuOf(api.pid) - before) / answers;
      const more = Object.entries(TEXTS[work.name]).reduce(
        (sum, [step, many]) => sum + many * steps[step],
        0,
      );
      rows.push({ name: work.name, request, more, share: more / request });
    }
  }
  for (const name of Object.keys(TEXTS)) {
    const of = (what) => median(rows.filter((row) => row.name === name).map((row) => row[what]));
    say(
      `${name.padEnd(9)} ${of('request').toFixed(2)} ms of the API's processor a request, ${of('more').toFixed(3)} ms more: ${(of('share') * 100).toFixed(1)} %`,
    );
  }
}

try {
  await main();
} finally {
  await endAll();
}
