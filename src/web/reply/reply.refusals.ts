import { onwardLifecycle, type OnwardVerb } from '../../onward-referrals/onward.lifecycle.js';
import { ONWARD_STATES, type OnwardState } from '../../onward-referrals/onward.types.js';
import { move } from '../../platform/pure/lifecycle.js';

/** What each button of the pages asks for. */
const VERB_OF: Partial<Record<string, OnwardVerb>> = {
  yes: 'accept',
  no: 'decline',
  waitlist: 'waitlist',
  talk: 'talk',
  'late-yes': 'lateYes',
  undo: 'undo',
  seen: 'seen',
  'in-touch': 'inTouch',
  came: 'attend',
  finish: 'complete',
};

/** What has happened meanwhile, and what can be done now. */
const STANDS: Record<OnwardState, string> = {
  offered: 'Your group has not answered, or has taken its answer back. You can answer here.',
  waitlisted:
    'They are on your waiting list. You can say here when you have a place, or that you cannot help.',
  accepted: 'Your group has said yes already. What comes next is on this page.',
  started: 'They have come to you already. You can say here who came, or that it has come to an end.',
  declined: 'Your group has said no already, and we ask somebody else. You need do nothing more.',
  expired: 'The time to answer has passed. What you can do now is on this page.',
  completed: 'It has come to an end already. You need do nothing more.',
  stopped: 'It has come to an end already. You need do nothing more.',
  withdrawn: 'This is no longer needed. You need do nothing more.',
};

const CONFLICTS: Partial<Record<string, string>> = {
  'nothing-to-take-back':
    'It was taken back already, is too long ago, or something else was said since. What holds now is on this page.',
  full: 'No place is free any more. Please ring us if you can make room.',
  'register-final': 'Who came that day is settled already. Please ring us if something in it is wrong.',
};

const isState = (from: unknown): from is OnwardState => (ONWARD_STATES as readonly unknown[]).includes(from);

/** Why a button did nothing, for whoever pressed it: never in the words of the product. */
export function refusedWords(
  button: string,
  refusal: { code: string; message: string; extra: Record<string, unknown> },
): string {
  const nothing = button === 'undo' ? 'Nothing was taken back.' : 'That was not saved.';
  const known = CONFLICTS[refusal.code];
  if (known !== undefined) return `${nothing} ${known}`;
  const verb = VERB_OF[button];
  const from = refusal.extra['from'];
  if (verb === undefined || !isState(from)) return refusal.message;
  return move(onwardLifecycle, verb, from).ok
    ? `${nothing} ${refusal.message}`
    : `${nothing} ${STANDS[from]}`;
}
