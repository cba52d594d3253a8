import type { Action } from '../permissions/permission.table.js';
import { move, type Lifecycle, type MoveAnswer } from '../platform/pure/lifecycle.js';
import { ENDED_STATES, OPEN_STATES, WORKER_STATES, type ReferralState } from './referral.types.js';

/**
 * What may be done to a referral, from where, leading where. `begin` has no route: a reached contact does it; nor has
 * `unjoin` and `restore`: undoing a merge and reversing a death do them, since nobody may be lost by a mistake. Two verbs
 * are two rows: allocate moves an accepted referral and only hands over one that a worker has already, and send does at once
 * what nobody saw as a draft.
 * `amendDraft`, `setNext`, `setRisks`, `setFeedback` and `note` change a referral without moving it.
 */
export const REFERRAL_LIFECYCLE = {
  draft: { from: null, to: 'draft' },
  amendDraft: { from: ['draft'], to: 'same' },
  discard: { from: ['draft'], to: 'gone' },
  submit: { from: null, to: 'sent' },
  send: { from: ['draft', 'returned'], to: 'sent' },
  sendAtOnce: { from: null, to: 'sent' },
  return: { from: ['sent'], to: 'returned' },
  accept: { from: ['sent'], to: 'accepted' },
  join: { from: ['sent'], to: 'joined' },
  unjoin: { from: ['joined'], to: 'sent' },
  restore: { from: ['closed', 'withdrawn'], to: 'sent' },
  decline: { from: ['sent', 'accepted'], to: 'declined' },
  allocate: { from: ['accepted'], to: 'allocated' },
  reallocate: { from: WORKER_STATES, to: 'same' },
  begin: { from: ['allocated'], to: 'active' },
  // Triage's own two deadlines are not for moving; everybody else's next step is.
  setNext: { from: ['returned', ...WORKER_STATES], to: 'same' },
  note: { from: [...OPEN_STATES, 'joined'], to: 'same' },
  // What is learned after it was taken on; until then its words are the sender's own.
  setRisks: { from: ['accepted', ...WORKER_STATES], to: 'same' },
  // People change their minds about what a practice may hear, also when all is over.
  setFeedback: { from: [...OPEN_STATES, 'joined', 'closed'], to: 'same' },
  hold: { from: ['allocated', 'active'], to: 'on_hold' },
  resume: { from: ['on_hold'], to: 'before' },
  close: { from: WORKER_STATES, to: 'closed' },
  reopen: { from: ['closed'], to: 'active' },
  withdraw: { from: OPEN_STATES, to: 'withdrawn' },
  void: {
    from: ['draft', ...OPEN_STATES, ...ENDED_STATES.filter((state) => state !== 'entered_in_error')],
    to: 'entered_in_error',
  },
} as const satisfies Lifecycle<ReferralState, string>;

/** The other row of a verb that has two. */
const OTHER_ROW = { allocate: 'reallocate', send: 'sendAtOnce' } as const;
type OtherRow = (typeof OTHER_ROW)[keyof typeof OTHER_ROW];
const OTHER_ROWS: readonly string[] = Object.values(OTHER_ROW);

export type ReferralVerb = Exclude<keyof typeof REFERRAL_LIFECYCLE, OtherRow>;
export const REFERRAL_VERBS = Object.keys(REFERRAL_LIFECYCLE).filter(
  (row): row is ReferralVerb => !OTHER_ROWS.includes(row),
);

const lifecycle: Lifecycle<ReferralState, keyof typeof REFERRAL_LIFECYCLE> = REFERRAL_LIFECYCLE;

/** Whether the verb may be done in the state, and where it leads; `null` is a referral that is not there yet. */
export function moveReferral(verb: ReferralVerb, from: ReferralState | null): MoveAnswer<ReferralState> {
  const answer = move(lifecycle, verb, from);
  if (answer.ok || (verb !== 'allocate' && verb !== 'send')) return answer;
  const other = move(lifecycle, OTHER_ROW[verb], from);
  if (other.ok || verb === 'send') return other.ok ? other : answer;
  return { ok: false, because: 'This can be done only while it is accepted, allocated, active or on hold.' };
}

/** The permission each verb asks for; null for what has no route of its own. */
export const VERB_ACTION = {
  draft: 'referral.draft',
  amendDraft: 'referral.draft',
  submit: null,
  discard: 'referral.discard',
  send: 'referral.send',
  return: 'referral.return',
  accept: 'referral.accept',
  join: 'referral.join',
  unjoin: null,
  restore: null,
  decline: 'referral.decline',
  allocate: 'referral.allocate',
  begin: null,
  setNext: 'referral.setNext',
  note: 'referral.note',
  setRisks: 'referral.setRisks',
  setFeedback: 'referral.setFeedback',
  hold: 'referral.hold',
  resume: 'referral.resume',
  close: 'referral.close',
  reopen: 'referral.reopen',
  withdraw: 'referral.withdraw',
  void: 'referral.void',
} as const satisfies Record<ReferralVerb, Action | null>;
