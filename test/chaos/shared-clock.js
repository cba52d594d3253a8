import { readFileSync } from 'node:fs';
import { Clock } from '../../dist-test/platform/clock/clock.js';

/**
 * For `node --import`: one clock for all processes of a run, kept in the file CHAOS_CLOCK as a moment of the product's and the
 * moment of this machine's at which it showed that. Between jumps time goes as it does.
 */
const FILE = process.env.CHAOS_CLOCK;

Clock.prototype.now = () => {
  const [shown, since] = readFileSync(FILE, 'utf8').split(' ').map(Number);
  return new Date(shown + Date.now() - since);
};
