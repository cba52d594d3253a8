import type { SendingChannel } from '../platform/messages/channel.types.js';
import { channelFor, channelsOf } from './channel.rules.js';

describe('the channel of a message to a person', () => {
  it.each<[string | null, SendingChannel[], SendingChannel | null]>([
    [null, ['email', 'text', 'letter'], 'email'],
    [null, ['text', 'letter'], 'text'],
    // Nobody asked for letters, and others in a house may open them.
    [null, ['letter'], null],
    ['text', ['email', 'text'], 'text'],
    ['text', ['email'], 'email'],
    ['email', ['text'], 'text'],
    ['letter', ['email', 'text', 'letter'], 'letter'],
    ['letter', ['email'], 'email'],
    ['phone', ['email', 'text'], 'email'],
    ['hostel', [], null],
  ])('reached through %s, with %j open: %s', (reachThrough, open, channel) => {
    expect(channelFor('waiting_list', reachThrough, (one) => open.includes(one))).toBe(channel);
  });

  it('no letter is posted for tomorrow', () => {
    expect(channelsOf('write_letter')).toEqual(['letter']);
    expect(channelsOf('appointment')).toEqual(['email', 'text']);
    expect(channelsOf('measure_3_months')).toContain('letter');
  });
});

it('is the one that was chosen, or none', () => {
  for (const [kind, channel] of [
    ['write_letter', 'letter'],
    ['send_text', 'text'],
  ] as const) {
    expect(channelFor(kind, 'email', () => true)).toBe(channel);
    expect(channelFor(kind, channel, (one) => one !== channel)).toBeNull();
  }
  expect(channelFor('written_message', 'phone', () => true, 'letter')).toBe('letter');
  expect(channelFor('written_message', 'phone', (one) => one !== 'letter', 'letter')).toBeNull();
});
