import { type Server as HttpServer } from 'node:http';
import { Server } from 'node:net';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readiness } from '../health/readiness.js';

const LOOK_MS = 25;
/** What was let in last has sent what it came for by then. */
const LET_IN_MS = 1_000;

/**
 * Stops answering without losing anything that was sent. Closing at once would reset connections that had a request on its way,
 * which a client may not send again by itself. So, one after the other: every answer ends its connection and /health/ready says
 * that we leave, for as long as others may take to hear of it; nobody new is let in; and those who wait have their answers, while
 * connections on which nobody asks for anything are closed.
 */
export async function leave(
  app: NestFastifyApplication,
  { heardMs, answeredMs }: { heardMs: number; answeredMs: number },
): Promise<void> {
  const server = app.getHttpServer();
  app.get(Readiness).leaving = true;
  await wait(heardMs);
  // Right after all that had knocked were let in. Unlike the HTTP server's own, this leaves connections alone.
  await setImmediate();
  Server.prototype.close.call(server);
  await emptied(server, LET_IN_MS);
  await emptied(server, answeredMs, () => {
    server.closeIdleConnections();
  });
  await (app.getHttpAdapter().close() as Promise<void>);
}

/** When no connection is open any more, or after so long. */
async function emptied(
  server: HttpServer,
  deadlineMs: number,
  meanwhile: () => void = () => undefined,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  const open = (): Promise<number> =>
    new Promise((resolve) => {
      server.getConnections((error, count) => {
        resolve(error ? 0 : count);
      });
    });
  while (performance.now() < deadline && (await open()) > 0) {
    meanwhile();
    await wait(LOOK_MS);
  }
}
