import type { AddressInfo } from 'node:net';
import { LOOPBACK } from '../../src/platform/database/postgres-server.js';
import { leave } from '../../src/platform/http/leave.js';
import { startApp } from '../support/start-app.js';

describe('a process that is told to stop', () => {
  it('says so, and answers whoever is still sent to it, for as long as a balancer may take to hear of it', async () => {
    const betony = await startApp();
    try {
      await betony.app.listen(0, LOOPBACK);
      const { port } = betony.app.getHttpServer().address() as AddressInfo;
      // Each on a connection of its own, as a balancer opens one for somebody new.
      const ask = async (path: string) => {
        const answer = await fetch(`http://${LOOPBACK}:${String(port)}${path}`, {
          headers: { connection: 'close' },
        });
        await answer.body?.cancel();
        return answer.status;
      };
      expect(await ask('/health/ready')).toBe(200);
      // Closed at once, as it was before, it would refuse both.
      const left = leave(betony.app, { heardMs: 5_000, answeredMs: 1_000 });
      expect(await ask('/health/ready')).toBe(503);
      expect(await ask('/desk/sign-in')).toBe(200);
      await left;
      await expect(ask('/health/ready')).rejects.toThrow('fetch failed');
    } finally {
      await betony.stop();
    }
  });
});
