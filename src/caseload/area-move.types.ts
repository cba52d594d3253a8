import type { Lifecycle } from '../platform/pure/lifecycle.js';

export const AREA_MOVE_STATES = ['open', 'handing_over', 'kept', 'ended'] as const;
export type AreaMoveState = (typeof AREA_MOVE_STATES)[number];

export const AREA_MOVE_CHOICES = ['hand_over', 'keep', 'close'] as const;
export type AreaMoveChoice = (typeof AREA_MOVE_CHOICES)[number];

/** What came of it. `stays`: they did not move away after all. */
export const AREA_MOVE_OUTCOMES = ['closed', 'handed_over', 'stays', 'referral_ended'] as const;
export type AreaMoveOutcome = (typeof AREA_MOVE_OUTCOMES)[number];

export const AREA_MOVE_VERBS = ['record', ...AREA_MOVE_CHOICES, 'cancel', 'end'] as const;
export type AreaMoveVerb = (typeof AREA_MOVE_VERBS)[number];

/** How long somebody who lives elsewhere is kept before it is decided anew. */
export const KEEP_WITHIN_MONTHS = 6;

const LIVE = ['open', 'handing_over', 'kept'] as const satisfies readonly AreaMoveState[];

/** Decided anew at any time before it is over. `end` has no route: the end of the referral does it. */
// prettier-ignore
export const AREA_MOVE_LIFECYCLE: Lifecycle<AreaMoveState, AreaMoveVerb> = {
  record:    { from: null, to: 'open' },
  hand_over: { from: LIVE, to: 'handing_over' },
  keep:      { from: LIVE, to: 'kept' },
  close:     { from: LIVE, to: 'ended' },
  cancel:    { from: LIVE, to: 'ended' },
  end:       { from: LIVE, to: 'ended' },
};
