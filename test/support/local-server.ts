import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Outgoing } from '../../src/platform/outgoing/outgoing.js';

export interface LocalServer {
  port: string;
  /** The addresses asked for, with their queries, in order. */
  asked: string[];
  /** Answers every request from now on. */
  answer(listener: RequestListener): void;
  /** Reads this server as if it were on the internet, under any name that ends in .test, and nothing else. */
  outgoing: Outgoing;
  stop(): void;
}

/** Somebody else's server, on this machine. */
export async function aLocalServer(): Promise<LocalServer> {
  let listener: RequestListener = (_request, reply) => {
    reply.writeHead(404).end();
  };
  const asked: string[] = [];
  const server: Server = createServer((request, reply) => {
    asked.push(request.url ?? '');
    listener(request, reply);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const port = String((server.address() as AddressInfo).port);
  return {
    port,
    asked,
    answer: (next) => {
      listener = next;
    },
    outgoing: new Outgoing({
      resolve: (host) => Promise.resolve(host.endsWith('.test') ? ['127.0.0.1'] : []),
      addresses: ['127.0.0.1'],
      ports: [port],
      plain: true,
    }),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
