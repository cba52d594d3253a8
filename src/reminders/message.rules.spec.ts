import { SENDING_CHANNELS, type SendingChannel } from '../platform/messages/channel.types.js';
import { messageIdOf, MOST_ATTEMPTS, retryAt, settle, whileOfUse } from './message.rules.js';
import { ATTEMPTS, RECIPIENT_KINDS } from './message.types.js';

const CLIENT = { recipient: 'client', channel: 'email' } as const;
const NOW = new Date('2026-11-23T10:00:00Z');
const inMinutes = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

describe('what an attempt leads to', () => {
  const again = { state: 'ready', nextAttemptAt: inMinutes(1), because: 'E' };
  const first = (
    attempt: (typeof ATTEMPTS)[number],
    recipient: (typeof RECIPIENT_KINDS)[number],
    channel: SendingChannel,
  ) => {
    switch (attempt) {
      case 'sent':
        return { state: 'sent' };
      case 'refused':
        return { state: 'failed', because: 'E', switchOff: recipient === 'client' };
      case 'failed':
        return again;
      case 'unknown':
        return recipient === 'client' || channel !== 'email' ? { state: 'unconfirmed', because: 'E' } : again;
    }
  };
  const every = ATTEMPTS.flatMap((attempt) =>
    RECIPIENT_KINDS.flatMap((recipient) =>
      SENDING_CHANNELS.map((channel) => [attempt, recipient, channel] as const),
    ),
  );
  it.each(every)('%s, %s, by %s', (attempt, recipient, channel) => {
    expect(settle({ recipient, channel }, attempt, 'E', 1, NOW)).toEqual(first(attempt, recipient, channel));
  });

  it('gives up after the last attempt, without blaming the address', () => {
    for (const recipient of RECIPIENT_KINDS) {
      expect(settle({ recipient, channel: 'email' }, 'failed', 'E', MOST_ATTEMPTS - 1, NOW).state).toBe(
        'ready',
      );
      expect(settle({ recipient, channel: 'email' }, 'failed', 'E', MOST_ATTEMPTS, NOW)).toEqual({
        state: 'failed',
        because: 'E',
        switchOff: false,
      });
    }
    expect(
      settle({ recipient: 'provider', channel: 'email' }, 'unknown', 'E', MOST_ATTEMPTS, NOW).state,
    ).toBe('failed');
    expect(settle(CLIENT, 'unknown', 'E', MOST_ATTEMPTS, NOW).state).toBe('unconfirmed');
  });

  it('never makes a client message ready again once it may have arrived', () => {
    for (let attempts = 1; attempts <= MOST_ATTEMPTS; attempts += 1) {
      expect(settle(CLIENT, 'unknown', null, attempts, NOW).state).toBe('unconfirmed');
    }
  });

  it('does not blame an address for a refusal of the text or the sender', () => {
    expect(settle(CLIENT, 'refused', '554 5.7.1', 1, NOW)).toMatchObject({ switchOff: false });
    expect(settle(CLIENT, 'refused', '550 5.1.1', 1, NOW)).toMatchObject({ switchOff: true });
  });

  it('says something even when the server did not', () => {
    expect(settle(CLIENT, 'unknown', null, 1, NOW)).toEqual({ state: 'unconfirmed', because: 'unknown' });
  });
});

it('waits longer after each attempt, and never less than a minute', () => {
  expect(
    [1, 2, 3, 4, 5, 6, 7, 8, 12].map((n) => (retryAt(n, NOW).getTime() - NOW.getTime()) / 60_000),
  ).toEqual([1, 5, 15, 60, 180, 360, 720, 720, 720]);
});

it.each([
  ['https://betony.example.org', 'i@betony.example.org'],
  ['http://127.0.0.1:3000', 'i@127.0.0.1'],
  ['http://[::1]:3000/', 'i@[::1]'],
])('a Message-ID at %s', (url, header) => {
  expect(messageIdOf('i', url)).toBe(header);
});

describe('a try that would come too late', () => {
  const at = (iso: string) => new Date(iso);
  const again = (next: string, ...until: (string | null)[]) =>
    whileOfUse(
      { state: 'ready', nextAttemptAt: at(next), because: '451' },
      until.map((end) => (end === null ? null : at(end))),
    ).state;

  it.each([
    ['four hours before its end', '2026-11-25T10:00:00Z', ['2026-11-25T14:00:00Z'], 'ready'],
    ['less than that', '2026-11-25T10:00:01Z', ['2026-11-25T14:00:00Z'], 'failed'],
    ['after it', '2026-11-25T15:00:00Z', ['2026-11-25T14:00:00Z'], 'failed'],
    ['at night, which ends too late', '2026-11-25T00:30:00Z', ['2026-11-25T11:00:00Z'], 'failed'],
    ['where something in it has no end', '2026-11-25T15:00:00Z', ['2026-11-25T14:00:00Z', null], 'ready'],
    ['where nothing is wanted of it', '2026-11-25T15:00:00Z', [], 'ready'],
  ])('%s', (_when, next, until, state) => {
    expect(again(next, ...until)).toBe(state);
  });
});
