import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { LOOPBACK } from '../../src/platform/database/postgres-server.js';

/** Passes each connection to the next process that takes it; one that refuses has seen no byte of it. */
export async function startBalancer(
  ports: readonly number[],
): Promise<{ port: number; stop(): Promise<void> }> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    open.add(near);
    near.on('error', () => undefined).on('close', () => open.delete(near));
    const first = (turn += 1);
    const tryAt = (tries: number): void => {
      const far = connect({
        port: ports[(first + tries) % ports.length] ?? 0,
        host: LOOPBACK,
        allowHalfOpen: true,
      });
      far.once('error', () => {
        if (tries + 1 < ports.length) tryAt(tries + 1);
        else near.destroy();
      });
      far.once('connect', () => {
        far.removeAllListeners('error');
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          one.setNoDelay(true);
          // A reset stays one on the other side.
          one.on('error', () => other.resetAndDestroy());
          one.on('close', () => {
            other.destroySoon();
          });
          one.pipe(other);
        }
      });
    };
    tryAt(0);
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Sent {
  /** What was answered; null where nothing was, or not the whole of it. */
  status: number | null;
  body: string;
  /** How it ended, where nothing was answered. */
  why?: string;
  /** Whether it went out on a connection that had carried another before. */
  reused: boolean;
}

/** One who keeps a connection open, uses it until the server says that it will close it, and never sends anything twice. */
export class KeepAlive {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly port: number,
    private readonly headers: Record<string, string>,
  ) {}

  send(method: 'GET' | 'POST', path: string, body?: object): Promise<Sent> {
    return new Promise((resolve) => {
      const asked = request({
        agent: this.agent,
        host: LOOPBACK,
        port: this.port,
        method,
        path,
        headers: {
          ...this.headers,
          ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
        },
      });
      const lost = (error: Error): void => {
        resolve({ status: null, body: '', why: error.message, reused: asked.reusedSocket });
      };
      asked.on('error', lost);
      asked.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('error', lost);
        answer.on('end', () => {
          if (answer.complete)
            resolve({ status: answer.statusCode ?? 0, body: text, reused: asked.reusedSocket });
          else lost(new Error('cut off in the middle'));
        });
      });
      asked.end(body && JSON.stringify(body));
    });
  }

  stop(): void {
    this.agent.destroy();
  }
}
