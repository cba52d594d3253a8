import { setTimeout as wait } from 'node:timers/promises';
import { addWorkingDays, londonDate, atLondon } from '../../src/platform/clock/calendar.js';
import { DATABASE } from '../../src/platform/database/embedded-roles.js';
import { aGroup } from '../factories/onward.js';
import { aMember, aScheme } from '../support/people.js';
import { startApp } from '../support/start-app.js';
import { numbersOf } from '../support/tampering.js';
import { type EndState, type Fault, faultsOf, type History, type Places, VERBS } from './checker.js';
import { Clients, type People } from './clients.js';
import { connections, evidence, heldJobs, left, leftBehind, OWED, placesOf, stuck } from './evidence.js';
import { drawn, TROUBLES } from './faults.js';
import { Installation, type Keys } from './installation.js';

export interface ChaosOptions {
  seed: number;
  faults: number;
  queue: 'redis' | 'postgres';
  say?: (line: string) => void;
}

export interface Outcome {
  figures: Record<string, unknown> & { acknowledged: number; faults: number };
  /** Troubles that could not be had here, and why. */
  skipped: string[];
  found: Fault[];
  /** Why the run proves little, whatever it found. */
  worthless: string[];
  history: History;
  end: EndState;
}

/** A Tuesday by day, so that mail goes out. */
const BEGINS = '2026-11-24T09:30:00Z';
const AT_WORK = 4;
const ANSWERS = 6;
const GROUPS = 4;
/** Scarce, so that they are raced for, yet not gone long before a long run is. */
const placesFor = (faults: number): number => Math.max(12, Math.ceil(faults * 0.4));
const MINUTE = 60_000;
/** How often the places are looked at meanwhile. */
const LOOK_MS = 500;
/** Less mail than one message to so many troubles shows little of mail. */
const TROUBLES_A_MESSAGE = 3;
/** People are answered between two troubles; when not even that happens, they go on. */
const MOST_BREATH_MS = 60_000;
/** Everything is at rest by then, or is said to be left. A job that a killed worker held is taken up after 45 s. */
const REST_MS = 240_000;

/** One run: an installation at work, one trouble after another, and everything that is wrong with what came of it. */
export async function chaos({ seed, faults, queue, say = () => undefined }: ChaosOptions): Promise<Outcome> {
  const began = Date.now();
  const random = numbersOf(seed);
  const made: { at?: Installation; people?: People } = {};
  const clients = new Clients(
    () => made.at!,
    () => made.people!,
    numbersOf(seed + 1),
  );
  const at = await Installation.make({
    queue,
    begins: new Date(BEGINS),
    tell: (mail) => {
      clients.heard(mail);
    },
    fell: say,
  });
  made.at = at;
  try {
    const { schemeId, keys, people } = await peopled(at, placesFor(faults));
    made.people = people;
    await at.open(keys);
    say(
      `an installation is at work after ${seconds(began)} s, its queue on ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}`,
    );

    const missing = TROUBLES.map(({ name, missing: why }) => ({ name, why: why?.(at) ?? null }));
    const skipped = missing
      .filter(({ why }) => why !== null)
      .map(({ name, why }) => `${name}: ${String(why)}`);
    const possible = TROUBLES.filter(({ missing: why }) => (why?.(at) ?? null) === null);
    const happened = new Set<string>();
    const work = clients.work(AT_WORK);
    const watch = watched(at, schemeId);
    for (const [n, { name, happen }] of drawn(possible, faults, random).entries()) {
      happened.add(name);
      const answered = clients.asks.length;
      const until = Date.now() + MOST_BREATH_MS;
      while (clients.asks.length < answered + ANSWERS && Date.now() < until) await wait(10);
      const before = Date.now();
      await happen(at, random);
      keepToWorkingHours(at);
      say(
        `${String(n + 1)} ${name}, ${String(Date.now() - before)} ms; ${String(clients.acknowledged)} acknowledged, ${String(clients.arrivals.length)} messages`,
      );
    }
    clients.rest(60_000);
    await work;
    const looks = await watch.end();
    const troubled = Date.now();
    const rested = await comesToRest(at, schemeId);
    say(`at rest after ${seconds(troubled)} s, ${String(rested)} things left`);

    const held = await stuck(at);
    const jobs = await heldJobs(at);
    const open = await connections(at, 'at rest');
    const clock = at.clock.latest();
    const state = await evidence(at, schemeId);
    const ended = await at.close();
    const behind = await leftBehind(at);
    const openStill = await connections(at, 'once all had ended');
    const jobsStill = await at.heldJobs();
    const verified = await at.command(keys, 'audit:verify', '--seal');
    const end: EndState = {
      ...state,
      clock: Math.min(clock, at.clock.now().getTime()),
      chain: verified.code === 0 ? [] : [verified.printed],
      stuck: held,
      ended,
      crashed: at.crashes(),
      left: behind,
      looks,
      connections: [...open, ...openStill],
      heldJobs: [...new Set([...jobs, ...jobsStill])],
    };
    const history: History = { asks: clients.asks, arrivals: clients.arrivals };
    const found = faultsOf(history, end);
    const count = (outcome: string) => clients.asks.filter((ask) => ask.outcome === outcome).length;
    const ids = new Set(clients.arrivals.map(({ messageId }) => messageId));
    return {
      figures: {
        seed,
        queue,
        faults,
        kinds: happened.size,
        asked: clients.asks.length,
        acknowledged: clients.acknowledged,
        refused: count('refused'),
        refusals: Object.fromEntries(clients.refusals),
        unknown: count('unknown'),
        askedAgain: clients.again,
        referrals: end.referrals.length,
        messages: end.messages.length,
        arrivals: clients.arrivals.length,
        repeats: clients.arrivals.length - ids.size,
        handedToAPerson: end.messages.filter(({ task }) => task).length,
        auditEntries: end.entries.length,
        looks: looks.length,
        told: toldOf(end),
        seconds: Math.round((Date.now() - began) / 1000),
        found: found.length,
      },
      skipped,
      found,
      worthless: worthless(
        history,
        end,
        faults / TROUBLES_A_MESSAGE,
        faults < possible.length ? [] : possible.filter(({ name }) => !happened.has(name)),
      ),
      history,
      end,
    };
  } finally {
    clients.rest(0);
    await at.remove();
  }
}

/** How many messages told clients of what, by the kind of the reminder. */
function toldOf({ reminders, messages }: EndState): Record<string, number> {
  const toClients = new Set(messages.filter(({ recipient }) => recipient === 'client').map(({ id }) => id));
  const counts: Record<string, number> = {};
  for (const { kind, message } of reminders) {
    if (message !== null && toClients.has(message)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/**
 * Nothing is proved where nothing happened: each thing that is asked for must have been done now and then, mail gone out, the
 * places been looked at, and clients been told of nothing that nobody asks after.
 */
function worthless(
  { asks, arrivals }: History,
  end: EndState,
  least: number,
  missed: readonly { name: string }[],
): string[] {
  const done = new Set(asks.filter(({ outcome }) => outcome === 'acknowledged').map(({ verb }) => verb));
  const unknown = asks.filter(({ outcome }) => outcome === 'unknown').length;
  return [
    ...VERBS.filter((verb) => !done.has(verb)).map((verb) => `never acknowledged: ${verb}`),
    ...(unknown > 0 ? [`never told what became of it: ${String(unknown)}`] : []),
    ...(arrivals.length > least ? [] : [`messages that arrived: ${String(arrivals.length)}`]),
    ...(end.looks.length > least ? [] : [`looks at the places: ${String(end.looks.length)}`]),
    ...Object.keys(toldOf(end))
      .filter((kind) => !(kind in OWED))
      .map((kind) => `clients are told of it and nobody asks whether all were: ${kind}`),
    ...missed.map(({ name }) => `never happened: ${name}`),
  ];
}

/** The places looked at again and again until it ends. What could not be looked at just then is left out. */
function watched(at: Installation, schemeId: string): { end: () => Promise<Places[]> } {
  const looks: Places[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const look = await placesOf(at, schemeId).catch(() => null);
      if (look !== null) looks.push(look);
      await wait(LOOK_MS);
    }
  })();
  return {
    end: async () => {
      over.abort();
      await watching;
      return looks;
    },
  };
}

const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);

/** A scheme with its people and groups, made by the product itself, which is gone before anything goes wrong. */
async function peopled(
  at: Installation,
  places: number,
): Promise<{ schemeId: string; keys: Keys; people: People }> {
  const { app: url, owner: ownerUrl, superuser: superuserUrl } = at.urls;
  const betony = await startApp({
    now: BEGINS,
    database: { name: DATABASE, url, ownerUrl, superuserUrl, drop: () => Promise.resolve() },
  });
  try {
    const scheme = await aScheme(betony);
    const [practice, manager] = [await aMember(scheme, 'referrer'), await aMember(scheme, 'scheme_manager')];
    const workers = [await aMember(scheme, 'link_worker'), await aMember(scheme, 'link_worker')];
    const listings: string[] = [];
    for (let n = 1; n <= GROUPS; n += 1) {
      const provider = { contactEmail: `group${String(n)}@example.org`, answersBy: 'email' } as const;
      const { listingId } = await aGroup(scheme, { places, provider });
      listings.push(listingId);
    }
    const { auditKey, tokenKey, dataKey, publicUrl } = betony.config;
    return {
      schemeId: scheme.id,
      keys: { auditKey, tokenKey, dataKey, publicUrl },
      people: {
        practice: practice.headers,
        manager: manager.headers,
        workers: workers.map(({ actor, headers }) => ({ id: actor.membershipId, headers })),
        listings,
      },
    };
  } finally {
    await betony.stop();
  }
}

/** Nobody is written to in the evening: where the day is over, the next one begins. */
function keepToWorkingHours({ clock }: Installation): void {
  const now = clock.now();
  if (now.getUTCHours() < 17) return;
  clock.jump(nextWorkingDay(now, '09:00').getTime() - now.getTime());
}

const nextWorkingDay = (now: Date, time: string): Date =>
  atLondon(addWorkingDays(londonDate(now), 1, new Set()), time);

/**
 * Nothing goes wrong any more, and the clock goes on faster: until all is done, or for long enough. Whatever was arranged
 * last falls due, and then what falls due on the morning after.
 */
async function comesToRest(at: Installation, schemeId: string): Promise<number> {
  const deadline = Date.now() + REST_MS;
  at.clock.jump(30 * MINUTE);
  const open = await settled(at, schemeId, deadline);
  if (open > 0) return open;
  at.clock.jump(nextWorkingDay(at.clock.now(), '10:05').getTime() - at.clock.now().getTime());
  return settled(at, schemeId, deadline);
}

async function settled(at: Installation, schemeId: string, deadline: number): Promise<number> {
  for (let turn = 1; ; turn += 1) {
    const open = await left(at, schemeId);
    if (open === 0 || Date.now() > deadline) return open;
    await wait(500);
    // What may be tried again is tried, what is due comes due, and what a dead process claimed is claimed anew.
    if (turn % 4 === 0) at.clock.jump(12 * MINUTE);
    keepToWorkingHours(at);
  }
}
