import { onwardLifecycle } from '../../onward-referrals/onward.lifecycle.js';
import { ONWARD_STATES } from '../../onward-referrals/onward.types.js';
import { move } from '../../platform/pure/lifecycle.js';
import { speechIn } from '../words/speech.js';
import { refusedWords } from './reply.refusals.js';

const BUTTONS = {
  yes: 'accept',
  no: 'decline',
  waitlist: 'waitlist',
  talk: 'talk',
  'undo-talk': 'undoTalk',
  'late-yes': 'lateYes',
  undo: 'undo',
  'in-touch': 'inTouch',
  came: 'attend',
  finish: 'complete',
} as const;
const OURS = /only while|offered|waitlisted|accepted|completed|withdrawn|expired|onward|referral|attendance/i;

describe('why a button did nothing', () => {
  const refused = Object.entries(BUTTONS).flatMap(([button, verb]) =>
    ONWARD_STATES.map((from) => ({ button, from, answer: move(onwardLifecycle, verb, from) })).flatMap(
      ({ answer, ...one }) => (answer.ok ? [] : [{ ...one, because: answer.because }]),
    ),
  );

  it.each(refused)(
    '$button where it is $from: what has happened, in plain words',
    ({ button, from, because }) => {
      const words = refusedWords(
        button,
        { code: 'illegal-move', message: because, extra: { from } },
        speechIn('en'),
      );
      expect(words).toMatch(
        button.startsWith('undo') ? /^Nothing was taken back\. / : /^That was not saved\. /,
      );
      expect(words).toMatch(/(?:say here|answer here|this page|do nothing more)/);
      expect(words).not.toMatch(OURS);
    },
  );

  it.each([
    ['undo', 'full', 'declined', /^Nothing was taken back\. No place is free/],
    ['came', 'register-final', null, /^That was not saved\. Who came that day is settled/],
    ['undo', 'illegal-move', 'accepted', /^Nothing was taken back\. Because\.$/],
    ['code', 'illegal-move', 'accepted', /^Because\.$/],
    ['right', 'illegal-move', 'closed', /^Because\.$/],
  ])('%s, refused as %s where it is %s', (button, code, from, words) => {
    expect(refusedWords(button, { code, message: 'Because.', extra: { from } }, speechIn('en'))).toMatch(
      words,
    );
  });
});
