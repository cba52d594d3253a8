import { type EndState, faultsOf, type History, type Invariant, INVARIANTS } from './checker.js';

const T = Date.parse('2026-11-24T10:00:00Z');
const HOUR = 3_600_000;
const person = {
  firstName: 'Grace',
  phone: '07700 900123',
  reasons: 'loneliness',
  reachThrough: 'phone',
  basis: 'agreed',
};
const visit = { kind: 'phone', minutes: '30' };
const call = { kind: 'phone', outcome: 'reached', nextOn: '2026-12-01' };
const ending = { reason: 'done', result: 'helped', mayAskAgain: 'false' };

/**
 * One person referred, taken on, spoken to, with one appointment that stands and one called off, offered to two groups of
 * which one says yes; and one who is referred and refused by nobody yet.
 */
const good = (): { history: History; end: EndState } => {
  const ask = { outcome: 'acknowledged', tries: 1, clock: T, content: {} } as const;
  return {
    history: {
      asks: [
        { ...ask, verb: 'refer', about: 'Mark one', ids: ['r1', 'r1'], tries: 3, content: person },
        { ...ask, verb: 'refer', about: 'Mark two', ids: ['r2'], content: person },
        { ...ask, verb: 'accept', about: 'r1', ids: ['r1'] },
        { ...ask, verb: 'allocate', about: 'r1', ids: ['r1'], content: { worker: 'w' } },
        { ...ask, verb: 'arrange', about: 'Mark three', ids: ['a1'], content: visit },
        { ...ask, verb: 'arrange', about: 'Mark four', ids: ['a2'], content: visit },
        { ...ask, verb: 'cancel', about: 'a2', ids: ['a2'] },
        { ...ask, verb: 'offer', about: 'Mark five', ids: ['o1'] },
        { ...ask, verb: 'offer', about: 'Mark six', ids: ['o2'] },
        { ...ask, verb: 'answer', about: 'o1', ids: [], content: { said: 'accept' } },
        { ...ask, verb: 'answer', about: 'o1', ids: [], content: { said: 'decline' }, outcome: 'refused' },
        { ...ask, verb: 'answer', about: 'o2', ids: [], content: { said: 'accept' }, outcome: 'refused' },
        { ...ask, verb: 'close', about: 'r2', ids: [], outcome: 'unknown' },
        { ...ask, verb: 'offer', about: 'Mark seven', ids: ['o3'] },
        { ...ask, verb: 'withdraw', about: 'o3', ids: ['o3'], clock: T + HOUR },
        { ...ask, verb: 'contact', about: 'Mark eight', ids: ['k1'], content: call },
        { ...ask, verb: 'close', about: 'r3', ids: ['r3'], content: ending },
      ],
      arrivals: [
        { messageId: 'm1', to: 'grace@example.org', clock: T + 2 * HOUR },
        { messageId: 'm2', to: 'group@example.org', clock: T },
        { messageId: 'm2', to: 'group@example.org', clock: T + HOUR },
        { messageId: 'm5', to: 'group@example.org', clock: T + 3 * HOUR },
      ],
    },
    end: {
      clock: T + 8 * HOUR,
      written: [
        { verb: 'refer', about: 'Mark one', id: 'r1', content: person },
        { verb: 'refer', about: 'Mark two', id: 'r2', content: person },
        { verb: 'accept', about: 'r1', id: 'r1', content: {} },
        { verb: 'allocate', about: 'r1', id: 'r1', content: { worker: 'w' } },
        { verb: 'arrange', about: 'Mark three', id: 'a1', content: visit },
        { verb: 'arrange', about: 'Mark four', id: 'a2', content: visit },
        { verb: 'cancel', about: 'a2', id: 'a2', content: {} },
        { verb: 'offer', about: 'Mark five', id: 'o1', content: {} },
        { verb: 'offer', about: 'Mark six', id: 'o2', content: {} },
        { verb: 'answer', about: 'o1', id: 'o1', content: { said: 'accept' } },
        { verb: 'offer', about: 'Mark seven', id: 'o3', content: {} },
        { verb: 'withdraw', about: 'o3', id: 'o3', content: {} },
        { verb: 'contact', about: 'Mark eight', id: 'k1', content: call },
        { verb: 'close', about: 'r3', id: 'r3', content: ending },
      ],
      lines: [
        { of: 'referral', id: 'r1', action: 'submit', from: null, to: 'sent' },
        { of: 'referral', id: 'r2', action: 'submit', from: null, to: 'sent' },
        { of: 'referral', id: 'r1', action: 'accept', from: 'sent', to: 'accepted' },
        { of: 'referral', id: 'r1', action: 'allocate', from: 'accepted', to: 'allocated' },
        { of: 'onward', id: 'o1', action: 'offer', from: null, to: 'offered' },
        { of: 'onward', id: 'o2', action: 'offer', from: null, to: 'offered' },
        { of: 'onward', id: 'o1', action: 'accept', from: 'offered', to: 'accepted' },
        { of: 'onward', id: 'o2', action: 'withdraw', from: 'offered', to: 'withdrawn' },
        { of: 'onward', id: 'o3', action: 'offer', from: null, to: 'offered' },
        { of: 'onward', id: 'o3', action: 'withdraw', from: 'offered', to: 'withdrawn' },
      ],
      now: [
        { of: 'referral', id: 'r1', state: 'allocated' },
        { of: 'referral', id: 'r2', state: 'sent' },
        { of: 'onward', id: 'o1', state: 'accepted' },
        { of: 'onward', id: 'o2', state: 'withdrawn' },
        { of: 'onward', id: 'o3', state: 'withdrawn' },
      ],
      referrals: [
        { id: 'r1', state: 'allocated', owner: 'w', nextAt: T, live: true },
        { id: 'r2', state: 'sent', owner: 'triage', nextAt: T, live: true },
        { id: 'r3', state: 'closed', owner: null, nextAt: null, live: false },
      ],
      listings: [{ id: 'l1', total: 1, taken: 1, held: 1 }],
      offers: [
        { id: 'o1', referral: 'r1', firstYesWins: true, state: 'accepted', because: null },
        { id: 'o2', referral: 'r1', firstYesWins: true, state: 'withdrawn', because: 'another_said_yes' },
        { id: 'o3', referral: 'r1', firstYesWins: false, state: 'withdrawn', because: 'changed_mind' },
      ],
      looks: [
        {
          listings: [{ id: 'l1', total: 1, taken: 0, held: 0 }],
          offers: [{ id: 'o1', referral: 'r1', firstYesWins: true, state: 'offered', because: null }],
        },
      ],
      reminders: [
        {
          kind: 'appointment',
          occasion: 'a1 1',
          subject: 'a1',
          referral: 'r1',
          dueAt: T + HOUR,
          state: 'done',
          message: 'm1',
          firedAt: T + HOUR,
        },
        {
          kind: 'appointment',
          occasion: 'a2 1',
          subject: 'a2',
          referral: 'r1',
          dueAt: T + HOUR,
          state: 'dropped',
          message: null,
          firedAt: T,
        },
        {
          kind: 'offer_made',
          occasion: 'o1 1',
          subject: 'o1',
          referral: 'r1',
          dueAt: T,
          state: 'done',
          message: 'm2',
          firedAt: T,
        },
        {
          kind: 'next_contact',
          occasion: 'r1 1',
          subject: 'r1',
          referral: 'r1',
          dueAt: T + 9 * HOUR,
          state: 'waiting',
          message: null,
          firedAt: null,
        },
        // What was called off after it was told: that is told as well.
        {
          kind: 'do_not_contact',
          occasion: 'o3 1',
          subject: 'o3',
          referral: 'r1',
          dueAt: T + HOUR,
          state: 'done',
          message: 'm5',
          firedAt: T + 2 * HOUR,
        },
      ],
      owed: [
        { kind: 'appointment', subject: 'a1' },
        { kind: 'offer_made', subject: 'o1' },
        { kind: 'do_not_contact', subject: 'o3' },
        { kind: 'measure_baseline', subject: 'r1' },
      ],
      // Somebody without an address is rung.
      tasks: [{ kind: 'measure_baseline', subject: 'r1' }],
      messages: [
        { id: 'm1', recipient: 'client', state: 'sent', task: false },
        { id: 'm2', recipient: 'provider', state: 'sent', task: false },
        { id: 'm3', recipient: 'client', state: 'failed', task: true },
        { id: 'm4', recipient: 'client', state: 'cancelled', task: false },
        { id: 'm5', recipient: 'provider', state: 'sent', task: false },
      ],
      changes: [
        { action: 'referral.accept', subject: 'r1' },
        { action: 'onward.accept', subject: 'o1' },
      ],
      entries: [
        { action: 'onward.accept', subject: 'o1' },
        { action: 'referral.accept', subject: 'r1' },
      ],
      chain: [],
      outbox: [],
      stuck: [],
      ended: [
        { name: 'api 1', code: 0 },
        { name: 'worker 1', code: 0 },
      ],
      left: [],
      crashed: [],
      connections: [
        { to: 'Redis', when: 'at rest', open: 7, most: 8 },
        { to: 'Redis', when: 'once all had ended', open: 0, most: 0 },
      ],
      heldJobs: [],
    },
  };
};

type Change = (of: { history: History; end: EndState }) => Partial<History & EndState>;
const without = <Item>(items: readonly Item[], index: number): Item[] =>
  items.filter((_one, at) => at !== index);
const changed = <Item>(items: readonly Item[], index: number, change: Partial<Item>): Item[] =>
  items.map((one, at) => (at === index ? { ...one, ...change } : one));

const judged = (change: Change = () => ({})) => {
  const { history, end } = good();
  const changes = change({ history, end });
  return faultsOf({ ...history, ...changes }, { ...end, ...changes });
};

const BAD: Record<Invariant, [string, Change, string][]> = {
  kept: [
    [
      'an acknowledged referral is gone',
      ({ end }) => ({ written: without(end.written, 0) }),
      'refer Mark one was acknowledged and is lost',
    ],
    [
      'it is there under another id',
      ({ end }) => ({ written: changed(end.written, 0, { id: 'r9' }) }),
      'refer Mark one was acknowledged and is lost',
    ],
    [
      'it is there with another telephone number',
      ({ end }) => ({ written: changed(end.written, 0, { content: { ...person, phone: '07700 900999' } }) }),
      'refer Mark one was acknowledged and is there with another phone',
    ],
    [
      'it is there without one',
      ({ end }) => ({ written: changed(end.written, 0, { content: { firstName: 'Grace' } }) }),
      'refer Mark one was acknowledged and is there with another phone, reasons, reachThrough, basis',
    ],
    ...(
      [
        ['for other reasons', 0, person, { reasons: 'money' }, 'refer Mark one'],
        ['to be reached in another way', 0, person, { reachThrough: 'letter' }, 'refer Mark one'],
        ['on another basis', 0, person, { basis: 'best_interests' }, 'refer Mark one'],
        ['a contact with another next day', 12, call, { nextOn: '2026-12-08' }, 'contact Mark eight'],
        ['a contact that reached nobody', 12, call, { outcome: 'no_answer' }, 'contact Mark eight'],
        ['an end with another result', 13, ending, { result: 'not_helped' }, 'close r3'],
        ['an end after which we may ask', 13, ending, { mayAskAgain: 'true' }, 'close r3'],
      ] as const
    ).map(([name, index, content, other, what]): [string, Change, string] => [
      `it is there ${name}`,
      ({ end }) => ({ written: changed(end.written, index, { content: { ...content, ...other } }) }),
      `${what} was acknowledged and is there with another ${Object.keys(other).join()}`,
    ]),
    [
      'an acknowledged move is gone',
      ({ end }) => ({ written: without(end.written, 2) }),
      'accept r1 was acknowledged and is lost',
    ],
    [
      'what was refused was done',
      ({ end }) => ({
        written: [...end.written, { verb: 'answer', about: 'o2', id: 'o2', content: { said: 'accept' } }],
      }),
      'answer o2 was refused and is there',
    ],
  ],
  once: [
    [
      'two referrals of one key',
      ({ end }) => ({ written: [...end.written, { ...end.written[0]!, id: 'r9' }] }),
      'refer Mark one was written 2 times',
    ],
    [
      'a move done twice',
      ({ end }) => ({ written: [...end.written, end.written[2]!] }),
      'accept r1 was written 2 times',
    ],
    [
      'a repeat answered with another id',
      ({ history }) => ({ asks: changed(history.asks, 0, { ids: ['r1', 'r9'] }) }),
      'refer Mark one was answered with different ids',
    ],
    [
      'a referral that nobody made',
      ({ end }) => ({
        written: [...end.written, { verb: 'refer', about: 'Mark nine', id: 'r9', content: {} }],
      }),
      'refer Mark nine was asked for by nobody',
    ],
  ],
  told: [
    [
      'a client twice',
      ({ history }) => ({ arrivals: [...history.arrivals, history.arrivals[0]!] }),
      'm1 reached a client 2 times',
    ],
    [
      'called sent, never arrived',
      ({ history }) => ({ arrivals: without(history.arrivals, 0) }),
      'm1 is called sent and never arrived',
    ],
    [
      'perhaps told, and nobody asked to look',
      ({ end }) => ({ messages: changed(end.messages, 0, { state: 'unconfirmed' }) }),
      'm1 is unconfirmed and nobody is to see to it',
    ],
    [
      'refused by a mail server, and nobody asked to ring',
      ({ end }) => ({ messages: changed(end.messages, 2, { task: false }) }),
      'm3 is failed and nobody is to see to it',
    ],
    ['never sent', ({ end }) => ({ messages: changed(end.messages, 1, { state: 'ready' }) }), 'm2 is ready'],
    [
      'left in the middle',
      ({ end }) => ({ messages: changed(end.messages, 1, { state: 'sending' }) }),
      'm2 is sending',
    ],
    [
      'cancelled, and it reached the client',
      ({ end }) => ({ messages: changed(end.messages, 0, { state: 'cancelled' }) }),
      'm1 is cancelled and reached a client',
    ],
    [
      'from nowhere',
      ({ history }) => ({
        arrivals: [...history.arrivals, { messageId: 'm9', to: 'a@example.org', clock: T }],
      }),
      'm9 arrived and is not in the ledger',
    ],
    [
      'to somebody else too',
      ({ history }) => ({ arrivals: changed(history.arrivals, 2, { to: 'other@example.org' }) }),
      'm2 went to two addresses',
    ],
    [
      'a group under two Message-IDs',
      ({ end }) => ({ reminders: [...end.reminders, { ...end.reminders[2]!, message: 'm1' }] }),
      'o1 1 is told under two Message-IDs',
    ],
    [
      'due and forgotten',
      ({ end }) => ({ reminders: changed(end.reminders, 3, { dueAt: T }) }),
      'next_contact of r1 is due and waits',
    ],
    [
      'a reminder that was never planned',
      ({ end }) => ({ reminders: without(end.reminders, 0) }),
      'appointment of a1 was owed, is in no message and is nobody’s to do',
    ],
    [
      'a group that was not told that they come no more',
      ({ end }) => ({ reminders: without(end.reminders, 4) }),
      'do_not_contact of o3 was owed, is in no message and is nobody’s to do',
    ],
    [
      'questions that nobody was asked, and nobody is to ask',
      () => ({ tasks: [] }),
      'measure_baseline of r1 was owed, is in no message and is nobody’s to do',
    ],
    [
      'the ledger lost a message',
      ({ end }) => ({ messages: without(end.messages, 1) }),
      'm2 arrived and is not in the ledger',
    ],
    [
      'a reminder whose message is gone',
      ({ end }) => ({ reminders: changed(end.reminders, 2, { message: 'm9' }) }),
      'offer_made of o1 is in a message that is not there',
    ],
  ],
  inTime: [
    [
      'a day too early',
      ({ end }) => ({ reminders: changed(end.reminders, 0, { dueAt: T + 3 * HOUR }) }),
      'm1 arrived before it was due',
    ],
    [
      'told of what was called off',
      ({ end }) => ({
        reminders: changed(end.reminders, 1, { state: 'done', message: 'm1', firedAt: T + HOUR }),
      }),
      'appointment of a2 was told when the appointment was over',
    ],
    [
      'told of what ended with the referral',
      ({ history }) => ({ asks: changed(history.asks, 12, { about: 'r1', outcome: 'acknowledged' }) }),
      'appointment of a1 was told when the referral was over',
    ],
    [
      'asked how they are when the referral was closed',
      ({ history, end }) => ({
        asks: changed(history.asks, 12, { about: 'r1', outcome: 'acknowledged' }),
        reminders: [...end.reminders, { ...end.reminders[0]!, kind: 'measure_baseline', subject: 'r1' }],
      }),
      'measure_baseline of r1 was told when the referral was over',
    ],
    [
      'a group asked about somebody whom we took back',
      ({ end }) => ({ reminders: changed(end.reminders, 4, { kind: 'offer_made' }) }),
      'offer_made of o3 was told when the offer was over',
    ],
    [
      'a group asked about somebody whom another took',
      ({ end }) => ({
        reminders: [
          ...end.reminders,
          { ...end.reminders[2]!, subject: 'o2', occasion: 'o2 1', firedAt: T + 1 },
        ],
      }),
      'offer_made of o2 was told when the offer was over',
    ],
    [
      'a group asked again that had said no',
      ({ history, end }) => ({
        asks: changed(history.asks, 11, { content: { said: 'decline' }, outcome: 'acknowledged' }),
        reminders: [
          ...end.reminders,
          { ...end.reminders[2]!, kind: 'reply_wanted', subject: 'o2', firedAt: T + HOUR },
        ],
      }),
      'reply_wanted of o2 was told when the offer was over',
    ],
  ],
  places: [
    [
      'answered twice',
      ({ end }) => ({
        written: [...end.written, { verb: 'answer', about: 'o1', id: 'o1', content: { said: 'decline' } }],
      }),
      'o1 was answered more than once',
    ],
    [
      'two groups with one person',
      ({ end }) => ({ offers: changed(end.offers, 1, { state: 'started' }) }),
      'r1 has more than one yes',
    ],
    [
      'a place sold twice',
      ({ end }) => ({ listings: changed(end.listings, 0, { taken: 2, held: 2 }) }),
      'l1 has 2 places taken of 1',
    ],
    [
      'fewer than none',
      ({ end }) => ({ listings: changed(end.listings, 0, { taken: -1, held: -1 }) }),
      'l1 has fewer than no places taken',
    ],
    [
      'a place sold twice for a moment',
      ({ end }) => ({
        looks: [...end.looks, { ...end, listings: changed(end.listings, 0, { taken: 2, held: 2 }) }],
      }),
      'meanwhile l1 has 2 places taken of 1',
    ],
    [
      'two groups with one person for a moment',
      ({ end }) => ({
        looks: [...end.looks, { ...end, offers: changed(end.offers, 1, { state: 'accepted' }) }],
      }),
      'meanwhile r1 has more than one yes',
    ],
    [
      'a place lost',
      ({ end }) => ({ listings: changed(end.listings, 0, { held: 0 }) }),
      'l1 has 1 places taken and 0 held',
    ],
  ],
  audited: [
    [
      'a change without an entry',
      ({ end }) => ({ entries: without(end.entries, 0) }),
      'onward.accept o1 changed 1 times and has 0 entries',
    ],
    [
      'an entry without a change',
      ({ end }) => ({ changes: without(end.changes, 0) }),
      'referral.accept r1 changed 0 times and has 1 entries',
    ],
    [
      'two entries to one change',
      ({ end }) => ({ entries: [...end.entries, end.entries[0]!] }),
      'onward.accept o1 changed 1 times and has 2 entries',
    ],
    ['a broken chain', () => ({ chain: ['Seal 3 does not fit'] }), 'Seal 3 does not fit'],
  ],
  legal: [
    [
      'a move from where it cannot be made',
      ({ end }) => ({ lines: without(end.lines, 2) }),
      'referral r1: allocate began from accepted, and it was sent',
    ],
    [
      'a move that leads elsewhere',
      ({ end }) => ({
        lines: changed(end.lines, 6, { to: 'started' }),
        now: changed(end.now, 2, { state: 'started' }),
      }),
      'onward o1: accept does not lead from offered to started',
    ],
    [
      'a move that there is not',
      ({ end }) => ({ lines: changed(end.lines, 6, { action: 'complete' }) }),
      'onward o1: complete is not possible from offered',
    ],
    [
      'a state that nothing led to',
      ({ end }) => ({ now: changed(end.now, 0, { state: 'active' }) }),
      'referral r1 is active, and its history ends at allocated',
    ],
  ],
  finished: [
    [
      'an event left behind',
      () => ({ outbox: ['referral.submitted e1'] }),
      'referral.submitted e1 is not finished',
    ],
  ],
  owned: [
    [
      'nobody has it',
      ({ end }) => ({ referrals: changed(end.referrals, 0, { owner: null }) }),
      'r1 is open and nobody has it in hand',
    ],
    [
      'whoever had it has left',
      ({ end }) => ({ referrals: changed(end.referrals, 0, { live: false }) }),
      'r1 is open and whoever has it in hand is here no more',
    ],
    [
      'nothing comes next',
      ({ end }) => ({ referrals: changed(end.referrals, 1, { nextAt: null }) }),
      'r2 is open and has no next step',
    ],
  ],
  released: [
    ['a transaction left open', () => ({ stuck: ['a transaction is open'] }), 'a transaction is open'],
    [
      'a process that crashed',
      () => ({ crashed: ['Connection terminated'] }),
      'a process came down by itself: Connection terminated',
    ],
    ['a connection left behind', () => ({ left: ['a session of betony'] }), 'a session of betony'],
    [
      'a connection to Redis left behind',
      ({ end }) => ({ connections: changed(end.connections, 1, { open: 1 }) }),
      'Redis has 1 connections once all had ended, and there is use for 0',
    ],
    [
      'connections to Redis that nobody uses any more',
      ({ end }) => ({ connections: changed(end.connections, 0, { open: 9 }) }),
      'Redis has 9 connections at rest, and there is use for 8',
    ],
    ['a job left held', () => ({ heldJobs: ['m1'] }), 'the job m1 is held and nobody works on it'],
    [
      'a process that had to be killed',
      ({ end }) => ({ ended: changed(end.ended, 1, { code: 'SIGKILL' }) }),
      'worker 1 was told to stop and ended with SIGKILL',
    ],
  ],
};

describe('the checker of what happened under fire', () => {
  it('lets a good history pass', () => {
    expect(judged()).toEqual([]);
  });

  it('lets pass what nobody was told about and everybody knows: perhaps told, and a person asked', () => {
    expect(
      judged(({ end }) => ({ messages: changed(end.messages, 0, { state: 'unconfirmed', task: true }) })),
    ).toEqual([]);
    expect(
      judged(({ history, end }) => ({
        arrivals: without(history.arrivals, 0),
        messages: changed(end.messages, 0, { state: 'unconfirmed', task: true }),
      })),
    ).toEqual([]);
  });

  it('lets pass what was refused once it had been asked for before, since that may have been done', () => {
    expect(
      judged(({ history, end }) => ({
        asks: changed(history.asks, 11, { tries: 2 }),
        written: [...end.written, { verb: 'answer', about: 'o2', id: 'o2', content: { said: 'accept' } }],
      })),
    ).toEqual([]);
  });

  it('lets pass a message sent as it was called off', () => {
    expect(
      judged(({ history, end }) => ({
        asks: changed(history.asks, 6, { clock: T + HOUR }),
        reminders: changed(end.reminders, 1, { state: 'done', message: 'm1', firedAt: T + HOUR }),
      })),
    ).toEqual([]);
  });

  it('lets pass that somebody is told of the end itself, and asked how it was', () => {
    const asked = { referral: 'r1', firedAt: T + HOUR } as const;
    expect(
      judged(({ history, end }) => ({
        asks: changed(history.asks, 12, { about: 'r1', outcome: 'acknowledged', clock: T + HOUR }),
        written: [...end.written, { verb: 'close', about: 'r1', id: 'r1', content: {} }],
        reminders: [
          ...end.reminders,
          { ...end.reminders[0]!, ...asked, kind: 'appointment_changed', firedAt: T + 2 * HOUR },
          { ...end.reminders[0]!, ...asked, kind: 'measure_closing', subject: 'r1', firedAt: T + 2 * HOUR },
        ],
      })),
    ).toEqual([]);
  });

  const cases = (Object.keys(BAD) as Invariant[]).flatMap((invariant) =>
    BAD[invariant].map(([name, change, what]) => ({ invariant, name, change, what })),
  );
  it.each(cases)('rejects, by $invariant: $name', ({ invariant, change, what }) => {
    expect(judged(change)).toContainEqual({ invariant, what });
  });

  it('has at least twenty bad histories, and some for each of the ten', () => {
    expect(cases.length).toBeGreaterThanOrEqual(20);
    expect(Object.keys(BAD).sort()).toEqual(Object.keys(INVARIANTS).sort());
    expect(Object.keys(INVARIANTS)).toHaveLength(10);
  });
});
