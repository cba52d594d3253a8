import { onwardLifecycle, type OnwardVerb } from '../../src/onward-referrals/onward.lifecycle.js';
import type { OnwardState } from '../../src/onward-referrals/onward.types.js';
import { move, type MoveAnswer } from '../../src/platform/pure/lifecycle.js';
import { moveReferral, type ReferralVerb } from '../../src/referrals/referral.lifecycle.js';
import { isOpen, type ReferralState } from '../../src/referrals/referral.types.js';

/** What must be true of everything that happened, whatever was killed, cut or lied to meanwhile. */
export const INVARIANTS = {
  kept: 'What was acknowledged is kept, with the same content, and what was refused is not',
  once: 'However often it was asked for with one key, it is one write',
  told: 'Whatever was due was sent once to a client, under one Message-ID to others, or is a person’s to do',
  inTime: 'Nothing is sent before it is due, or once it is over',
  places: 'One answer to an offer, one yes to a round, no more places than there are, at any time',
  audited: 'One audit entry to each change, and the chain verifies',
  legal: 'No move that the lifecycle does not know',
  finished: 'The outbox empties',
  owned: 'No open referral without somebody who has it in hand, and a next step',
  released: 'No lock, transaction, connection or process is left behind',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Fault {
  invariant: Invariant;
  what: string;
}

export const VERBS = [
  'refer',
  'accept',
  'allocate',
  'contact',
  'arrange',
  'cancel',
  'offer',
  'answer',
  'withdraw',
  'close',
] as const;
export type Verb = (typeof VERBS)[number];
/** What makes a row of its own, which nobody but a client of the history does. */
const MAKES: readonly Verb[] = ['refer', 'contact', 'arrange', 'offer'];

export type Content = Readonly<Record<string, string>>;

/** One thing that one client asked for, as often as it took to be told what became of it. */
export interface Ask {
  verb: Verb;
  /** Of what makes a row, a word found in that row; of a move, the id of what is moved. */
  about: string;
  content: Content;
  outcome: 'acknowledged' | 'refused' | 'unknown';
  /** Every id it was answered with. */
  ids: readonly string[];
  /** How often it was sent. */
  tries: number;
  /** The latest the product's clock had shown when the last answer came. */
  clock: number;
}

/** One write as the database has it. */
export interface Written {
  verb: Verb;
  about: string;
  id: string;
  content: Content;
}

/** One line of the history of a referral or an onward referral, in order. */
export interface Line {
  of: 'referral' | 'onward';
  id: string;
  action: string;
  from: string | null;
  to: string;
}

export interface Reminder {
  kind: string;
  /** What tells it from every other one: once for each. */
  occasion: string;
  subject: string;
  referral: string;
  dueAt: number;
  state: 'waiting' | 'done' | 'dropped';
  message: string | null;
  /** When it became a message or a task. */
  firedAt: number | null;
}

export interface Message {
  id: string;
  recipient: string;
  state: string;
  /** Whether somebody has been asked to see to it. */
  task: boolean;
}

export interface Arrival {
  messageId: string;
  to: string;
  /** The latest the product's clock had shown. */
  clock: number;
}

/** What there is of places, and who has them. */
export interface Places {
  listings: readonly { id: string; total: number; taken: number; held: number }[];
  offers: readonly {
    id: string;
    referral: string;
    firstYesWins: boolean;
    state: string;
    /** Why it ended. */
    because: string | null;
  }[];
}

/** How many connections there are to what the product works with, and how many it has use for. */
export interface Connections {
  to: string;
  /** While everything runs and rests, or once all has ended. */
  when: string;
  open: number;
  most: number;
}

/** What is left once everything has come to rest. */
export interface EndState extends Places {
  /** The product's clock. */
  clock: number;
  written: readonly Written[];
  lines: readonly Line[];
  /** The state of each referral and onward referral now. */
  now: readonly { of: Line['of']; id: string; state: string }[];
  referrals: readonly {
    id: string;
    state: string;
    owner: string | null;
    nextAt: number | null;
    live: boolean;
  }[];
  /** The places as they were found while everybody was at work. */
  looks: readonly Places[];
  reminders: readonly Reminder[];
  /** What somebody had to be sent a message about: the kind of its reminder, and its subject. */
  owed: readonly { kind: string; subject: string }[];
  /** What is, or was, a person's to do instead. */
  tasks: readonly { kind: string; subject: string }[];
  messages: readonly Message[];
  /** What was written to histories, and the entries of the audit record for such things. */
  changes: readonly { action: string; subject: string }[];
  entries: readonly { action: string; subject: string }[];
  /** What the verifier found wrong. */
  chain: readonly string[];
  /** Events of the outbox that are not finished. */
  outbox: readonly string[];
  /** Transactions and locks with nobody at work, before anything was stopped. */
  stuck: readonly string[];
  /** Processes told to stop, and how each ended. */
  ended: readonly { name: string; code: number | string }[];
  /** What a process said that came down by itself, through an error of its own. */
  crashed: readonly string[];
  /** Sessions and locks in PostgreSQL once every process had ended. */
  left: readonly string[];
  connections: readonly Connections[];
  /** Jobs of the queue that are held, and nobody works on. */
  heldJobs: readonly string[];
}

export interface History {
  asks: readonly Ask[];
  arrivals: readonly Arrival[];
}

const CHECKS: Record<Invariant, (history: History, end: EndState) => string[]> = {
  kept,
  once,
  told,
  inTime,
  places,
  audited,
  legal,
  finished: (_history, { outbox }) => outbox.map((event) => `${event} is not finished`),
  owned,
  released,
};

/** Everything wrong with what happened and what is left of it; nothing where all ten hold. */
export const faultsOf = (history: History, end: EndState): Fault[] =>
  (Object.keys(CHECKS) as Invariant[]).flatMap((invariant) =>
    CHECKS[invariant](history, end).map((what) => ({ invariant, what })),
  );

const key = (...parts: string[]): string => parts.join(' ');
const differing = (a: Content, b: Content): string[] =>
  Object.keys({ ...a, ...b }).filter((name) => a[name] !== b[name]);

function grouped<Item>(items: readonly Item[], by: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group) group.push(item);
    else groups.set(by(item), [item]);
  }
  return groups;
}

function kept({ asks }: History, { written }: EndState): string[] {
  const rows = grouped(written, (row) => key(row.verb, row.about));
  return asks.flatMap(({ verb, about, content, outcome, ids, tries }) => {
    const found = rows.get(key(verb, about)) ?? [];
    if (outcome === 'refused' && tries === 1) {
      return found.some((row) => differing(row.content, content).length === 0)
        ? [`${verb} ${about} was refused and is there`]
        : [];
    }
    if (outcome !== 'acknowledged') return [];
    const [row] = found.filter(({ id }) => ids.length === 0 || ids.includes(id));
    if (!row) return [`${verb} ${about} was acknowledged and is lost`];
    const other = differing(row.content, content);
    return other.length === 0
      ? []
      : [`${verb} ${about} was acknowledged and is there with another ${other.join(', ')}`];
  });
}

function once({ asks }: History, { written }: EndState): string[] {
  const asked = new Set(asks.map((ask) => key(ask.verb, ask.about)));
  const rows = [...grouped(written, (row) => key(row.verb, row.about))];
  return [
    ...rows
      .filter(([, found]) => found.length > 1)
      .map(([what, { length }]) => `${what} was written ${String(length)} times`),
    ...rows
      .filter(([what, [row]]) => row && MAKES.includes(row.verb) && !asked.has(what))
      .map(([what]) => `${what} was asked for by nobody`),
    ...asks
      .filter(({ ids }) => new Set(ids).size > 1)
      .map(({ verb, about }) => `${verb} ${about} was answered with different ids`),
  ];
}

/** A message in one of these is never sent again by itself. */
const AT_REST: readonly string[] = ['sent', 'failed', 'unconfirmed', 'cancelled'];

function told({ arrivals }: History, { clock, reminders, owed, tasks, messages }: EndState): string[] {
  const ledger = new Set(messages.map(({ id }) => id));
  const seenTo = new Set(
    [...reminders.filter(({ message }) => message !== null), ...tasks].map(({ kind, subject }) =>
      key(kind, subject),
    ),
  );
  const came = grouped(arrivals, ({ messageId }) => messageId);
  return [
    ...reminders
      .filter(({ state, dueAt }) => state === 'waiting' && dueAt <= clock)
      .map(({ kind, subject }) => `${kind} of ${subject} is due and waits`),
    ...reminders
      .filter(({ message }) => message !== null && !ledger.has(message))
      .map(({ kind, subject }) => `${kind} of ${subject} is in a message that is not there`),
    ...[
      ...grouped(
        reminders.filter(({ message }) => message !== null),
        ({ occasion }) => occasion,
      ),
    ]
      .filter(([, of]) => new Set(of.map(({ message }) => message)).size > 1)
      .map(([occasion]) => `${occasion} is told under two Message-IDs`),
    ...owed
      .filter(({ kind, subject }) => !seenTo.has(key(kind, subject)))
      .map(({ kind, subject }) => `${kind} of ${subject} was owed, is in no message and is nobody’s to do`),
    ...[...came.keys()].filter((id) => !ledger.has(id)).map((id) => `${id} arrived and is not in the ledger`),
    ...messages.flatMap((message) => messageFaults(message, came.get(message.id) ?? [])),
  ];
}

function messageFaults({ id, recipient, state, task }: Message, came: readonly Arrival[]): string[] {
  const faults: string[] = [];
  const say = (text: string) => faults.push(`${id} ${text}`);
  if (!AT_REST.includes(state)) say(`is ${state}`);
  if (new Set(came.map(({ to }) => to)).size > 1) say('went to two addresses');
  if (state === 'sent' && came.length === 0) say('is called sent and never arrived');
  if ((state === 'unconfirmed' || state === 'failed') && !task) say(`is ${state} and nobody is to see to it`);
  if (recipient !== 'client') return faults;
  if (came.length > 1) say(`reached a client ${String(came.length)} times`);
  if ((state === 'failed' || state === 'cancelled') && came.length > 0)
    say(`is ${state} and reached a client`);
  return faults;
}

/** What is still told of something that is over; whatever else is said of it from then on is said of what is no more. */
const AFTERWARDS = {
  appointment: ['appointment_changed'],
  offer: ['do_not_contact'],
  referral: [
    'appointment_changed',
    'do_not_contact',
    'closing_summary',
    'closing_present',
    'measure_closing',
    'measure_3_months',
    'measure_6_months',
  ],
} as const satisfies Record<string, readonly string[]>;

interface Over {
  what: keyof typeof AFTERWARDS;
  id: string;
  /** The latest the clock had shown when somebody was told so. */
  clock: number;
}

/** All that ended as somebody was told that it had; of a round, with the yes to one of it, the others. */
function overBy({ verb, about, content, outcome, clock }: Ask, offers: Places['offers']): Over[] {
  if (outcome !== 'acknowledged') return [];
  switch (verb) {
    case 'cancel':
      return [{ what: 'appointment', id: about, clock }];
    case 'close':
      return [{ what: 'referral', id: about, clock }];
    case 'withdraw':
      return [{ what: 'offer', id: about, clock }];
    case 'answer': {
      if (content['said'] === 'decline') return [{ what: 'offer', id: about, clock }];
      const taken = offers.find(({ id }) => id === about);
      return offers
        .filter(({ referral, because }) => referral === taken?.referral && because === 'another_said_yes')
        .map(({ id }) => ({ what: 'offer', id, clock }));
    }
    default:
      return [];
  }
}

function inTime({ asks, arrivals }: History, { reminders, offers }: EndState): string[] {
  const about = grouped(
    reminders.filter(({ message }) => message !== null),
    ({ message }) => message ?? '',
  );
  const came = new Set(arrivals.map(({ messageId }) => messageId));
  const early = arrivals
    .filter(({ messageId, clock }) => (about.get(messageId) ?? []).some(({ dueAt }) => clock < dueAt))
    .map(({ messageId }) => `${messageId} arrived before it was due`);
  const of = {
    thing: grouped(reminders, ({ subject }) => subject),
    referral: grouped(reminders, ({ referral }) => referral),
  };
  const after = asks
    .flatMap((ask) => overBy(ask, offers))
    .flatMap(({ what, id, clock }) => {
      const still: readonly string[] = AFTERWARDS[what];
      return (of[what === 'referral' ? 'referral' : 'thing'].get(id) ?? [])
        .filter(
          ({ kind, message, firedAt }) =>
            !still.includes(kind) &&
            message !== null &&
            came.has(message) &&
            firedAt !== null &&
            firedAt > clock,
        )
        .map(({ kind, subject }) => `${kind} of ${subject} was told when the ${what} was over`);
    });
  return [...early, ...after];
}

const SAID_YES: readonly string[] = ['accepted', 'started', 'completed', 'stopped'];

function places(_history: History, end: EndState): string[] {
  const answers = grouped(
    end.written.filter(({ verb }) => verb === 'answer'),
    ({ about }) => about,
  );
  return [
    ...[...answers].filter(([, of]) => of.length > 1).map(([id]) => `${id} was answered more than once`),
    ...placesFaults(end),
    ...new Set(end.looks.flatMap(placesFaults).map((what) => `meanwhile ${what}`)),
  ];
}

function placesFaults({ listings, offers }: Places): string[] {
  const rounds = grouped(
    offers.filter(({ firstYesWins, state }) => firstYesWins && SAID_YES.includes(state)),
    ({ referral }) => referral,
  );
  return [
    ...[...rounds].filter(([, of]) => of.length > 1).map(([id]) => `${id} has more than one yes`),
    ...listings.flatMap(({ id, total, taken, held }) => [
      ...(taken < 0 ? [`${id} has fewer than no places taken`] : []),
      ...(taken > total ? [`${id} has ${String(taken)} places taken of ${String(total)}`] : []),
      ...(taken === held ? [] : [`${id} has ${String(taken)} places taken and ${String(held)} held`]),
    ]),
  ];
}

function audited(_history: History, { changes, entries, chain }: EndState): string[] {
  const of = ({ action, subject }: { action: string; subject: string }) => key(action, subject);
  const [wrote, noted] = [grouped(changes, of), grouped(entries, of)];
  const counts = [...new Set([...wrote.keys(), ...noted.keys()])].flatMap((what) => {
    const [there, here] = [wrote.get(what)?.length ?? 0, noted.get(what)?.length ?? 0];
    return there === here ? [] : [`${what} changed ${String(there)} times and has ${String(here)} entries`];
  });
  return [...counts, ...chain];
}

function answerTo({ of, action, from }: Line): MoveAnswer<string> {
  return of === 'referral'
    ? moveReferral(action as ReferralVerb, from as ReferralState | null)
    : move(onwardLifecycle, action as OnwardVerb, from as OnwardState | null);
}

function legal(_history: History, { lines, now }: EndState): string[] {
  const faults: string[] = [];
  const states = new Map<string, string>();
  const been = new Map<string, Set<string>>();
  for (const line of lines) {
    const { of, id, action, from, to } = line;
    const say = (text: string) => faults.push(`${of} ${id}: ${action} ${text}`);
    const before = states.get(id) ?? null;
    const seen = been.get(id) ?? new Set();
    if (before !== from) say(`began from ${String(from)}, and it was ${String(before)}`);
    const answer = answerTo(line);
    if (!answer.ok) say(`is not possible from ${String(from)}`);
    else if (answer.to === 'before' ? !seen.has(to) : answer.to !== to)
      say(`does not lead from ${String(from)} to ${to}`);
    states.set(id, to);
    been.set(id, seen.add(to));
  }
  for (const { of, id, state } of now) {
    if (states.get(id) !== state)
      faults.push(`${of} ${id} is ${state}, and its history ends at ${String(states.get(id))}`);
  }
  return faults;
}

function owned(_history: History, { referrals }: EndState): string[] {
  return referrals
    .filter(({ state }) => isOpen(state as ReferralState))
    .flatMap(({ id, owner, nextAt, live }) => [
      ...(owner === null ? [`${id} is open and nobody has it in hand`] : []),
      ...(owner !== null && !live ? [`${id} is open and whoever has it in hand is here no more`] : []),
      ...(nextAt === null ? [`${id} is open and has no next step`] : []),
    ]);
}

function released(_history: History, end: EndState): string[] {
  const { stuck, ended, crashed, left, connections, heldJobs } = end;
  return [
    ...stuck,
    ...left,
    ...connections
      .filter(({ open, most }) => open > most)
      .map(
        ({ to, when, open, most }) =>
          `${to} has ${String(open)} connections ${when}, and there is use for ${String(most)}`,
      ),
    ...heldJobs.map((job) => `the job ${job} is held and nobody works on it`),
    ...crashed.map((said) => `a process came down by itself: ${said}`),
    ...ended
      .filter(({ code }) => code !== 0)
      .map(({ name, code }) => `${name} was told to stop and ended with ${String(code)}`),
  ];
}
