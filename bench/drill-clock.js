import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Clock } from '../dist/platform/clock/clock.js';

/**
 * For `node --import`, and for the drill itself: one clock for all its processes, kept in the file DRILL_CLOCK, which the
 * drill moves on. Between its moves time goes as it does.
 */
const FILE = process.env.DRILL_CLOCK;

Clock.prototype.now = () => {
  const [shown, since] = readFileSync(FILE, 'utf8').split(' ').map(Number);
  return new Date(shown + Date.now() - since);
};

export function moveTo(moment) {
  writeFileSync(`${FILE}.new`, `${moment.getTime()} ${Date.now()}`);
  renameSync(`${FILE}.new`, FILE);
}
