import { move, type Lifecycle } from './lifecycle.js';

type State = 'open' | 'shut';
const DOOR = {
  build: { from: null, to: 'open' },
  shut: { from: ['open'], to: 'shut' },
  paint: { from: ['open', 'shut'], to: 'same' },
  undo: { from: ['shut'], to: 'before' },
} as const satisfies Lifecycle<State, string>;
const door: Lifecycle<State, keyof typeof DOOR> = DOOR;

describe('move', () => {
  it.each([
    ['build', null, { ok: true, to: 'open' }],
    ['build', 'open', { ok: false, because: 'It exists already.' }],
    ['shut', 'open', { ok: true, to: 'shut' }],
    ['shut', 'shut', { ok: false, because: 'This can be done only while it is open.' }],
    ['shut', null, { ok: false, because: 'This can be done only while it is open.' }],
    ['paint', 'shut', { ok: true, to: 'shut' }],
    ['paint', null, { ok: false, because: 'This can be done only while it is open or shut.' }],
    ['undo', 'shut', { ok: true, to: 'before' }],
  ] as const)('%s from %s', (verb, from, answer) => {
    expect(move(door, verb, from)).toEqual(answer);
  });
});
