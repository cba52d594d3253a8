import type { BatchKind, BatchState, RowOutcome } from '../../imports/batch.types.js';
import { sayAll } from '../words/staff/staff-words.js';

const UNDO_OF_SERVICES =
  'What was only published goes too. What somebody has changed since, or somebody was referred to, stays.';

export const IMPORT_KIND_WORDS: Record<BatchKind, string> = sayAll({
  'open-referral': 'Services of groups (Open Referral, JSON or NDJSON)',
  charities: 'Charities (CSV of the register)',
  'food-banks': 'Food banks (CSV)',
  assets: 'Assets of the community (CSV)',
  populations: 'Numbers of people who live here (CSV)',
  users: 'People who are to sign in (CSV)',
});

/** What the headings do not say by themselves. */
export const SHEET_HINTS: Partial<Record<BatchKind, string>> = sayAll({
  charities:
    'The number is that of the register, such as 1089464. Whatever else the register has may stay in.',
  'food-banks': 'Name and postcode tell one from another. Contact is an e-mail address.',
  assets:
    'Name, description and kind are needed. Domains have a semicolon between them, a neighbourhood is one of yours by name, and takes_referrals is yes or no.',
  populations:
    'People, source and year are needed; whatever else is empty goes for everybody. An area is a code of one of your neighbourhoods or its name. Age bands are under 18, 18-24, 25-34 and so on to 85+; sex, ethnicity (A to Z) and language (a code, like pl) are as people are recorded here; deprivation is a fifth, 1 the most deprived.',
  users:
    'All four are needed. A role is referrer, link worker, scheme manager, provider member, commissioner or administrator; an organisation is one of yours by its name or its ODS code.',
});

/** What taking it back does, before somebody does it. */
export const UNDO_WORDS: Record<BatchKind, string> = sayAll({
  'open-referral': UNDO_OF_SERVICES,
  charities: UNDO_OF_SERVICES,
  'food-banks': UNDO_OF_SERVICES,
  assets: UNDO_OF_SERVICES,
  populations: 'What it added goes, and each number that it replaced is as it was before.',
  users: 'Invitations that nobody has used yet are withdrawn. Whoever has used theirs stays.',
});

export const IMPORT_STATE_WORDS: Record<BatchState, string> = sayAll({
  uploaded: 'Waits for you to say what its columns are',
  fetching: 'Being checked',
  checked: 'Waits for you to look at it',
  failed: 'Did not work',
  approved: 'Being written',
  applied: 'Done',
  undoing: 'Being taken back',
  undone: 'Taken back',
  discarded: 'Not imported',
});

/** Undone, but for what somebody here has changed or used. */
export const PARTLY_UNDONE = 'Partly taken back';

export const IMPORT_STATE_COLOURS: Record<BatchState, 'yellow' | 'blue' | 'green' | 'red' | 'grey'> = {
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

/** What a row comes to, before and after it is written. */
export const ROW_WORDS: Record<RowOutcome, string> = sayAll({
  added: 'New here',
  changed: 'Here, and changed',
  same: 'Here already: no need to remove them',
  alike: 'Look like ones that are here: compare them',
  refused: 'Cannot be used',
  ignored: 'Of no use here, such as services that have ended',
  gone: 'No longer in the feed: look at them, nothing is deleted',
});
