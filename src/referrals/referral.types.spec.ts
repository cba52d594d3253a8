import { readFileSync } from 'node:fs';
import { SIDES } from '../platform/pure/lifecycle.js';
import {
  END_REASONS,
  FEEDBACK,
  MISSING,
  NEXT_KINDS,
  OPEN_STATES,
  OWNER_KINDS,
  REFERRAL_STATES,
  RESULTS,
  ROUTES,
  TOLD_STATUSES,
  VOID_REASONS,
  WHYS,
} from './referral.types.js';

const migration = readFileSync('migrations/0005-referrals.sql', 'utf8');
const words = (list: string) => [...list.matchAll(/'(\w+)'/g)].map(([, word]) => word!);

/** The values the table allows in a column. */
function allowed(column: string): string[] {
  const check = new RegExp(`^  ${column} text.* check \\(${column} (?:in|<@ array) ?[([]([^)\\]]+)`, 'm');
  const found = check.exec(migration)?.[1];
  if (found === undefined) throw new Error(`No list in the migration for ${column}`);
  return words(found);
}

describe('the lists in the code and in the database', () => {
  it.each([
    ['state', REFERRAL_STATES],
    ['route', ROUTES],
    ['feedback', FEEDBACK],
    ['owner_kind', OWNER_KINDS],
    ['next_kind', NEXT_KINDS],
    ['end_side', SIDES],
    ['end_reason', [...new Set([...Object.keys(END_REASONS), ...VOID_REASONS])]],
    ['result', RESULTS],
    ['returned_missing', MISSING],
    ['told_status', TOLD_STATUSES],
    ['told_why', WHYS],
  ])('%s', (column, list) => {
    expect(allowed(column).sort()).toEqual([...list].sort());
  });

  it('open means the same in both', () => {
    const where = /referral_open_client[^;]*where state in \(([^)]+)\)/.exec(migration)?.[1];
    expect(words(where ?? '').sort()).toEqual([...OPEN_STATES].sort());
  });
});
