import type { BatchState, PersonRowOutcome } from '../../imports/batch.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const BULK_STATE_WORDS: Record<BatchState, string> = sayAll({
  uploaded: 'Say what the columns are',
  fetching: 'Being checked',
  checked: 'Waits for you to look at it',
  failed: 'Was not checked',
  approved: 'Being referred',
  applied: 'Done',
  undoing: 'Being taken back',
  undone: 'Taken back',
  discarded: 'Not referred',
});

export const BULK_STATE_COLOURS: Record<BatchState, 'yellow' | 'blue' | 'green' | 'red' | 'grey'> = {
  uploaded: 'yellow',
  fetching: 'blue',
  checked: 'yellow',
  failed: 'red',
  approved: 'blue',
  applied: 'green',
  undoing: 'blue',
  undone: 'grey',
  discarded: 'grey',
};

/** What becomes of somebody on a list, before it is approved. */
export const BULK_ROW_WORDS: Record<PersonRowOutcome, string> = sayAll({
  added: 'Will be referred',
  same: 'Referred by you already, and still open: no need to remove them',
  alike: 'Look like somebody you referred',
  refused: 'Will be left out: cannot be referred like this',
  ignored: 'Left out, because it was stopped',
  undone: 'Withdrawn again',
});

export const WAS_REFERRED = 'Referred';
