import { setTimeout as wait } from 'node:timers/promises';
import type { SmtpBehaviour } from '../support/smtp-stand-in.js';
import { redisInstalled } from '../support/redis.js';
import type { Installation, Kept } from './installation.js';

/** What goes wrong, from the same seed in the same order; how it meets what is under way is chance. */
export interface Trouble {
  name: string;
  /** Why it cannot be had here; null where it can. */
  missing?: (at: Installation) => string | null;
  happen: (at: Installation, random: () => number) => void | Promise<void>;
}

const MINUTE = 60_000;
/** Longer than a claim is believed, shorter than a group has to answer. */
const LONG_MS = 11 * MINUTE;

const between = (random: () => number, least: number, most: number): number =>
  least + random() * (most - least);
const one = (random: () => number, kept: readonly Kept[]): Kept => kept[Math.floor(random() * kept.length)]!;

const needsRedis = ({ redis }: Installation): string | null => {
  if (redis !== null) return null;
  return redisInstalled ? 'the queue of this run is on PostgreSQL' : 'redis-server is not installed';
};

/** A mail server that does something else for a while. */
const mail = (name: string, behaviour: SmtpBehaviour): Trouble => ({
  name: `the mail server ${name}`,
  happen: async (at, random) => {
    at.mail.behaviour = behaviour;
    await wait(between(random, 500, 1_500));
    at.mail.behaviour = 'takes';
  },
});

async function frozen(kept: Kept, ms: number): Promise<void> {
  const { child } = kept;
  child.kill('SIGSTOP');
  await wait(ms);
  child.kill('SIGCONT');
}

export const TROUBLES: readonly Trouble[] = [
  {
    name: 'an API killed',
    happen: ({ apis }, random) => {
      one(random, apis).signal('SIGKILL');
    },
  },
  {
    name: 'a worker killed',
    happen: ({ workers }, random) => {
      one(random, workers).signal('SIGKILL');
    },
  },
  {
    name: 'an API told to stop',
    happen: ({ apis }, random) => {
      one(random, apis).signal('SIGTERM');
    },
  },
  {
    name: 'a worker told to stop',
    happen: ({ workers }, random) => {
      one(random, workers).signal('SIGTERM');
    },
  },
  {
    name: 'an API frozen',
    happen: ({ apis }, random) => frozen(one(random, apis), between(random, 500, 2_000)),
  },
  {
    name: 'a worker frozen for longer than its claims are believed',
    happen: async ({ workers, clock }, random) => {
      const asleep = frozen(one(random, workers), between(random, 1_500, 2_500));
      clock.jump(LONG_MS);
      await asleep;
    },
  },
  {
    name: 'every process restarted in turn',
    happen: async (at) => {
      for (const [n, door] of at.doors.entries()) {
        await Promise.all([at.apis[n]?.restart(), at.workers[n]?.restart()]);
        await at.ready(door);
      }
    },
  },
  {
    name: 'sessions of PostgreSQL ended',
    happen: async (at) => {
      await at.ask(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'betony_app'`);
    },
  },
  {
    name: 'PostgreSQL frozen',
    happen: async (at, random) => {
      at.signalPostgres('SIGSTOP');
      await wait(between(random, 500, 1_500));
      at.signalPostgres('SIGCONT');
    },
  },
  { name: 'PostgreSQL killed', happen: (at) => at.restartPostgres('SIGKILL') },
  { name: 'PostgreSQL stopped at once', happen: (at) => at.restartPostgres('SIGQUIT') },
  {
    name: 'connections to PostgreSQL broken',
    happen: ({ toDatabase }) => {
      toDatabase.cut();
    },
  },
  {
    name: 'connections to PostgreSQL blocked',
    happen: async ({ toDatabase }, random) => {
      const ms = between(random, 500, 2_000);
      toDatabase.block(ms);
      await wait(ms);
    },
  },
  {
    name: 'connections of clients broken',
    happen: ({ doors }) => {
      for (const door of doors) door.cut();
    },
  },
  {
    name: 'the disk full',
    missing: ({ disk }) => (disk === null ? 'this user may not mount a small disk' : null),
    happen: (at, random) => at.fillDisk(between(random, 500, 1_500)),
  },
  mail('takes a message and breaks off before it says so', 'says 250 and dies before it is read'),
  mail('takes a message and says so late', 'takes the text and answers too late'),
  mail('takes nothing just now', 'says 451 to DATA'),
  mail('refuses for good', 'says 550 to everybody'),
  {
    name: 'the clock jumps on',
    happen: ({ clock }, random) => {
      clock.jump(between(random, 5, 15) * MINUTE);
    },
  },
  {
    name: 'the clock is put back',
    happen: ({ clock }, random) => {
      clock.jump(-between(random, 1, 5) * MINUTE);
    },
  },
  {
    name: 'Redis killed',
    missing: needsRedis,
    happen: ({ redis }) => {
      redis?.signal('SIGKILL');
    },
  },
  { name: 'Redis wiped', missing: needsRedis, happen: (at) => at.wipeRedis() },
  {
    name: 'Redis slow',
    missing: needsRedis,
    happen: async ({ toRedis }, random) => {
      toRedis?.slowBy(between(random, 100, 400));
      await wait(between(random, 500, 1_500));
      toRedis?.slowBy(0);
    },
  },
  {
    name: 'connections to Redis broken',
    missing: needsRedis,
    happen: ({ toRedis }) => {
      toRedis?.cut();
    },
  },
];

/** So many of them: each once before any comes again, in an order that the seed gives. */
export function drawn(troubles: readonly Trouble[], count: number, random: () => number): Trouble[] {
  const all: Trouble[] = [];
  while (all.length < count) {
    const left = [...troubles];
    while (left.length > 0) all.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return all.slice(0, count);
}
