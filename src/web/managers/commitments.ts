import type { Commitment } from '../../providers/covenant.types.js';
import { NO_PRESSURE } from '../../providers/covenant.types.js';

/** The words that a scheme can ask every group for, as it is offered to begin with. */
export const NO_PRESSURE_WORDS = 'Nobody is put under pressure to take part in religious activity';

/**
 * Commitments as somebody types them, one a line, with a short name made of the first words of each; the one that can be
 * asked of every group keeps the name it is known by.
 */
export function commitmentsIn(lines: string): Commitment[] {
  const seen = new Map<string, number>();
  return lines
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((words) => {
      const code = words === NO_PRESSURE_WORDS ? NO_PRESSURE : shortName(words);
      const times = (seen.get(code) ?? 0) + 1;
      seen.set(code, times);
      return { code: times === 1 ? code : `${code}_${String(times)}`, words };
    });
}

const shortName = (words: string): string =>
  words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 50) || 'commitment';
