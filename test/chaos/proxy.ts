import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { LOOPBACK } from '../../src/platform/database/postgres-server.js';

/** A wire between two programs that can be cut, blocked and slowed. */
export interface Proxy {
  port: number;
  /** Resets every connection: both ends see it break, wherever they were. Gives how many there were. */
  cut(): number;
  /** Nothing passes for so long; nothing is lost. */
  block(ms: number): void;
  /** Whatever passes from now on takes so much longer. */
  slowBy(ms: number): void;
  stop(): Promise<void>;
}

export async function startProxy(to: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let blockedUntil = 0;
  let slower = 0;

  /** In order, since each part waits for the one before it. */
  const pass = (from: Socket, on: Socket): void => {
    let last = Promise.resolve();
    const later = (act: () => void): void => {
      const wait = Math.max(blockedUntil - Date.now(), slower);
      const before = last;
      last = new Promise((resolve) => {
        setTimeout(() => {
          void before.then(() => {
            act();
            resolve();
          });
        }, wait);
      });
    };
    from.on('data', (part: Buffer) => {
      if (slower === 0 && blockedUntil <= Date.now() && !on.destroyed) {
        void last.then(() => on.write(part));
      } else later(() => on.write(part));
    });
    from.on('end', () => {
      later(() => on.end());
    });
  };

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: to, host: LOOPBACK, allowHalfOpen: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        pairs.delete(pair);
        // What is still on its way gets there first.
        setTimeout(() => other.destroy(), 20);
      });
      pass(one, other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const cut = (): number => {
    const { size } = pairs;
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    pairs.clear();
    return size;
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    block: (ms) => {
      blockedUntil = Date.now() + ms;
    },
    slowBy: (ms) => {
      slower = ms;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
