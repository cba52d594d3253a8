import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { BatchState } from './batch.types.js';

/** Nothing of an import is anywhere else before somebody has looked at its report and approved it. */
export const BATCH_LIFECYCLE = {
  // A sheet may wait for somebody to say what its columns are, and be read again by others.
  upload: { from: null, to: 'uploaded' },
  read: { from: ['uploaded', 'checked', 'failed'], to: 'fetching' },
  begin: { from: null, to: 'fetching' },
  check: { from: ['fetching'], to: 'checked' },
  fail: { from: ['fetching', 'approved'], to: 'failed' },
  approve: { from: ['checked'], to: 'approved' },
  apply: { from: ['approved'], to: 'applied' },
  undo: { from: ['applied'], to: 'undoing' },
  finishUndo: { from: ['undoing'], to: 'undone' },
  discard: { from: ['uploaded', 'checked', 'failed'], to: 'discarded' },
  // What is being checked is given up; of what is being sent, the rest stays unsent.
  stop: { from: ['fetching', 'approved'], to: 'same' },
} as const satisfies Lifecycle<BatchState, string>;

export type BatchVerb = keyof typeof BATCH_LIFECYCLE;

export const batchLifecycle: Lifecycle<BatchState, BatchVerb> = BATCH_LIFECYCLE;
