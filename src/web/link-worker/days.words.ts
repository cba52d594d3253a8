import type { APPOINTMENT_REASONS, ENDING_REASONS, Warning } from '../../caseload/appointment.types.js';
import type { CoverReason, CoverState } from '../../link-workers/cover.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const MOVED_WORDS: Record<(typeof APPOINTMENT_REASONS)[number], string> = sayAll({
  unwell: 'Unwell',
  something_else_on: 'Something else came up',
  transport: 'No way to get there',
  weather: 'The weather',
  place_not_available: 'The place is not available',
  interpreter_not_available: 'No interpreter',
  no_longer_wanted: 'No longer wanted',
  worker_away: 'The link worker is away',
  other: 'Another reason',
});

export const WHY_MOVED_WORDS: Record<string, string> = sayAll({
  ...MOVED_WORDS,
  referral_ended: 'The referral ended',
  died: 'They died',
} satisfies Record<keyof typeof MOVED_WORDS | (typeof ENDING_REASONS)[number], string>);

export const EVEN_SO_WORDS: Record<Warning, string> = sayAll({
  double_booked: 'Both stand: there is another appointment then',
  no_home_visits: 'I go all the same, although nobody is to visit at home',
});

export const AWAY_WORDS: Record<CoverReason, string> = sayAll({
  leave: 'Leave',
  absent: 'Absent',
  part_time: 'Somebody shares the work',
  other: 'Something else',
});

export const COVER_STATE_WORDS: Record<CoverState, string> = sayAll({
  current: 'Away now',
  upcoming: 'To come',
  over: 'Over',
});
