import type { KeyState, ProgramRole } from '../../identity/program.types.js';
import { sayAll } from '../words/staff/staff-words.js';

/** What a program of each role is for. */
export const PROGRAM_ROLE_WORDS: Record<ProgramRole, string> = sayAll({
  referrer: 'Sends referrals and follows them',
  provider_member: 'Answers for a group and keeps its services',
  commissioner: 'Reads figures',
});

export const KEY_STATE_WORDS: Record<KeyState, string> = sayAll({
  live: 'Works',
  ended: 'Ran out',
  revoked: 'Revoked',
});
