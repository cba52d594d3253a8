import { Clock } from '../../dist-test/platform/clock/clock.js';

/** For `node --import`: the product's own worker, at a time a test chooses. Real time goes on from there. */
const shown = Date.parse(process.env.BETONY_TEST_NOW);
const started = Date.now();
Clock.prototype.now = () => new Date(shown + Date.now() - started);
