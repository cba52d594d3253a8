import { onwardLifecycle, type OnwardVerb } from '../../onward-referrals/onward.lifecycle.js';
import { ONWARD_STATES, type OnwardState } from '../../onward-referrals/onward.types.js';
import type { Key, Speech } from '../words/speech.js';
import { move } from '../../platform/pure/lifecycle.js';

/** What each button of the pages asks for. */
const VERB_OF: Partial<Record<string, OnwardVerb>> = {
  yes: 'accept',
  no: 'decline',
  waitlist: 'waitlist',
  talk: 'talk',
  'undo-talk': 'undoTalk',
  'late-yes': 'lateYes',
  undo: 'undo',
  seen: 'seen',
  'seen-safety': 'seenSafety',
  'in-touch': 'inTouch',
  came: 'attend',
  finish: 'complete',
};

/** What has happened meanwhile, and what can be done now. */
const STANDS: Record<OnwardState, Key> = {
  offered: 'reply.refused.offered',
  waitlisted: 'reply.refused.waitlisted',
  accepted: 'reply.refused.accepted',
  started: 'reply.refused.started',
  declined: 'reply.refused.declined',
  expired: 'reply.refused.expired',
  completed: 'reply.refused.completed',
  stopped: 'reply.refused.completed',
  withdrawn: 'reply.refused.withdrawn',
};

const CONFLICTS: Partial<Record<string, Key>> = {
  'nothing-to-take-back': 'reply.refused.takenBack',
  full: 'reply.refused.full',
  'changed-again': 'reply.refused.changedAgain',
  'register-final': 'reply.refused.registerFinal',
};

const isState = (from: unknown): from is OnwardState => (ONWARD_STATES as readonly unknown[]).includes(from);

/** Why a button did nothing, for whoever pressed it: never in the words of the product, unless they are English and apt. */
export function refusedWords(
  button: string,
  refusal: { code: string; message: string; extra: Record<string, unknown> },
  { language, t }: Speech,
): string {
  const nothing = (because: string): string =>
    t(button.startsWith('undo') ? 'reply.refused.undo' : 'reply.refused.save', { because });
  const known = CONFLICTS[refusal.code];
  if (known !== undefined) return nothing(t(known));
  if (refusal.extra['from'] === 'final') return nothing(t('reply.refused.finished'));
  const said = language === 'en' ? refusal.message : t('reply.refused.other');
  const verb = VERB_OF[button];
  const from = refusal.extra['from'];
  if (verb === undefined || !isState(from)) return said;
  return nothing(move(onwardLifecycle, verb, from).ok ? said : t(STANDS[from]));
}
