import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { Stops } from './stops.js';

const log = pino({ level: 'silent' });

describe('stopping', () => {
  it('goes backwards, one after the other', async () => {
    const order: string[] = [];
    const stops = new Stops(log);
    stops.add('database', 1000, () => {
      order.push('database');
      return Promise.resolve();
    });
    stops.add('http', 1000, async () => {
      await wait(20);
      order.push('http');
    });
    await stops.run();
    expect(order).toEqual(['http', 'database']);
  });

  it('happens once, however often it is asked for', async () => {
    let times = 0;
    const stops = new Stops(log);
    stops.add('something', 1000, () => {
      times++;
      return Promise.resolve();
    });
    expect(stops.begun).toBe(false);
    await Promise.all([stops.run(), stops.run()]);
    expect(stops.begun).toBe(true);
    expect(times).toBe(1);
  });

  it('is held up neither by what hangs nor by what fails', async () => {
    const order: string[] = [];
    const stops = new Stops(log);
    stops.add('last', 1000, () => {
      order.push('last');
      return Promise.resolve();
    });
    stops.add('failing', 1000, () => Promise.reject(new Error('no')));
    stops.add('hanging', 20, () => new Promise(() => undefined));
    await stops.run();
    expect(order).toEqual(['last']);
  });
});
