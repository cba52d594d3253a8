import { move } from '../platform/pure/lifecycle.js';
import { ONWARD_EVENTS } from './onward.events.js';
import { onwardLifecycle, type OnwardVerb } from './onward.lifecycle.js';
import { END_REASONS, ENDED_STATES, LIVE_STATES, ONWARD_STATES, type OnwardState } from './onward.types.js';

/** Every cell: rows are verbs, columns states, '.' is refused. */
const MATRIX: Record<OnwardVerb, string> = {
  //         (new)    offered   waitlisted accepted  started   declined  expired completed stopped withdrawn
  offer: '   offered  .         .          .         .         .         .       .         .       .',
  accept: '  .        accepted  accepted   .         .         .         .       .         .       .',
  waitlist: '.        waitlisted .         .         .         .         .       .         .       .',
  talk: '    .        offered   .          .         .         .         .       .         .       .',
  undoTalk: '.        offered   .          .         .         .         .       .         .       .',
  yesHeld: ' .        offered   waitlisted .         .         .         .       .         .       .',
  setSafety: '.       offered   waitlisted accepted  started   .         .       .         .       .',
  seenSafety: '.      .         .          accepted  started   .         .       .         .       .',
  rang: '    .        offered   waitlisted .         .         .         .       .         .       .',
  resend: '  .        offered   waitlisted accepted  started   .         .       .         .       .',
  chase: '   .        offered   waitlisted accepted  started   .         .       .         .       .',
  pause: '    .        offered   .          .         .         .         .       .         .       .',
  resume: '    .        offered   .          .         .         .         .       .         .       .',
  follow: '  .        offered   .          .         .         .         .       .         .       .',
  untold: '  .        offered   .          .         .         .         .       .         .       .',
  decline: ' .        declined  declined   .         .         .         .       .         .       .',
  expire: '  .        expired   .          .         .         .         .       .         .       .',
  lateYes: ' .        .         .          .         .         .         expired .         .       .',
  revive: '  .        .         .          .         .         .         offered .         .       .',
  inTouch: ' .        .         .          accepted  started   .         .       .         .       .',
  start: '   .        .         .          started   .         .         .       .         .       .',
  notStarted: '.       .         .          .         accepted  .         .       .         .       .',
  attend: '  .        .         .          accepted  started   .         .       completed stopped .',
  complete: '.        .         .          .         completed .         .       .         .       .',
  stop: '    .        .         .          .         stopped   .         .       .         .       .',
  withdraw: '.        withdrawn withdrawn  withdrawn .         .         .       .         .       .',
  undo: '    .        .         before     before    .         before    .       before    before  .',
  reOffer: ' .        .         .          .         .         .         .       .         .       withdrawn',
  seen: '    .        .         .          .         .         declined  expired completed stopped withdrawn',
  noted: '   .        .         .          .         .         declined  expired completed stopped withdrawn',
};

const columns: (OnwardState | null)[] = [null, ...ONWARD_STATES];
const cells = (Object.keys(MATRIX) as OnwardVerb[]).flatMap((verb) => {
  const answers = MATRIX[verb].trim().split(/\s+/);
  expect(answers).toHaveLength(columns.length);
  return columns.map((from, index) => ({ verb, from, to: answers[index]! }));
});

describe('the onward referral lifecycle', () => {
  it.each(cells)('$verb from $from is $to', ({ verb, from, to }) => {
    const answer = move(onwardLifecycle, verb, from);
    expect(answer.ok ? answer.to : '.').toBe(to);
  });

  it('covers every verb and every state', () => {
    expect(Object.keys(MATRIX).sort()).toEqual(Object.keys(onwardLifecycle).sort());
    expect([...LIVE_STATES, ...ENDED_STATES].sort()).toEqual([...ONWARD_STATES].sort());
  });

  it('reaches every state, and every live state can end', () => {
    const reached = new Set(Object.values(onwardLifecycle).map(({ to }) => to));
    for (const state of ONWARD_STATES) expect(reached).toContain(state);
    for (const state of LIVE_STATES) {
      const ends = Object.values(onwardLifecycle).some(
        ({ from, to }) => from?.includes(state) && (ENDED_STATES as readonly string[]).includes(to),
      );
      expect([state, ends]).toEqual([state, true]);
    }
  });

  it('names an event for every verb, each once', () => {
    const names = Object.values(ONWARD_EVENTS);
    expect(new Set(names).size).toBe(names.length);
  });

  it('lists every reason once', () => {
    expect(new Set(END_REASONS).size).toBe(END_REASONS.length);
  });
});
