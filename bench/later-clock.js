import { Clock } from '../dist/platform/clock/clock.js';

/** For `node --import`: the product's own worker by day, at whatever hour the bench is run. Real time goes on from there. */
const shown = Date.parse(process.env.BENCH_NOW);
const started = Date.now();
Clock.prototype.now = () => new Date(shown + Date.now() - started);
