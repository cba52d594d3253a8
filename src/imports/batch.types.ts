import { type Action, reachOf } from '../permissions/permission.table.js';
import type { Actor } from '../platform/actor/actor.types.js';

export const BATCH_KINDS = [
  'open-referral',
  'charities',
  'food-banks',
  'assets',
  'populations',
  'users',
] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];

/** What whoever brings a list may do without one: no list is a way round. */
export const KIND_NEEDS: Record<BatchKind, Action> = {
  'open-referral': 'provider.create',
  charities: 'provider.create',
  'food-banks': 'provider.create',
  assets: 'asset.publish',
  populations: 'outline.replace',
  users: 'user.invite',
};

/** Those that this actor can bring, and sees: the system all, a member by their role. */
export const kindsFor = (actor: Actor): BatchKind[] =>
  BATCH_KINDS.filter((kind) => actor.kind !== 'member' || reachOf(KIND_NEEDS[kind], actor.role) === 'scheme');

/** A list of people whom an organisation refers. Its own, and no kind that the scheme imports. */
export const REFERRALS = 'referrals';
export type AnyBatchKind = BatchKind | typeof REFERRALS;

export const BATCH_STATES = [
  'uploaded',
  'fetching',
  'checked',
  'failed',
  'approved',
  'applied',
  'undoing',
  'undone',
  'discarded',
] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** `alike`: it looks like a service that is here, and somebody says whether it is that one. */
export const ROW_OUTCOMES = ['added', 'changed', 'same', 'alike', 'refused', 'ignored', 'gone'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** What becomes of a row of people: sent or to be sent, one's own already, alike one's own, not to be used, left out, taken back. */
export const PERSON_ROW_OUTCOMES = ['added', 'same', 'alike', 'refused', 'ignored', 'undone'] as const;
export type PersonRowOutcome = (typeof PERSON_ROW_OUTCOMES)[number];

export const VERDICTS = ['same', 'different'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What waits for a worker, or is with one. */
export const GOING_ON = ['fetching', 'approved', 'undoing'] as const satisfies readonly BatchState[];
export const isGoingOn = (state: BatchState): boolean => (GOING_ON as readonly BatchState[]).includes(state);

/** How long what was imported can be taken back. */
export const UNDO_HOURS = 24;

const OF_SERVICES = [
  'Each service is for everyone. Lists do not say who may not come, such as that a group is for women only.',
  'Each is at the level “open door”, so no safety checks are asked of it. Where people meet alone, at home or with children, change the level before you publish it.',
  'Nobody has confirmed any of it: it reads as “not confirmed” until somebody does.',
] as const;

/** What we take to be so where a list does not say it, for whoever approves it. */
export const ASSUMED: Record<BatchKind, readonly string[]> = {
  'open-referral': [
    ...OF_SERVICES,
    'A number of places reads as “ask first” until the group confirms it; without one people ask first.',
  ],
  charities: [
    ...OF_SERVICES,
    'Each charity is one service under its own name, and what it helps with is read from the words of its activities.',
  ],
  'food-banks': [...OF_SERVICES, 'Each helps with food, and people ask first.'],
  assets: ['An asset takes no referrals unless the list says yes. Nobody has confirmed any of it.'],
  populations: [
    'An empty cell goes for everybody: all areas, ages, or languages. Nothing is added up, so a total is a row of its own.',
    'A number that is here already, of the same source and year, is replaced.',
  ],
  users: [
    'Nobody is written to before you approve it. Each is then sent an invitation that works for seven days.',
    'Whoever has the role already, or an invitation to it that still works, is left as they are.',
  ],
};
