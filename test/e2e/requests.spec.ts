import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventEmitter, once } from 'node:events';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { Public } from '../../src/permissions/can.decorator.js';
import { currentRequestId } from '../../src/platform/http/request-context.js';
import { startApp, type TestApp } from '../support/start-app.js';

/** The request that is held until a test lets it go. */
const held = new EventEmitter();

@Controller('trial')
class TrialController {
  @Get('asked/:id')
  @Public()
  asked() {
    return { requestId: currentRequestId() };
  }

  @Get('held')
  @Public()
  async held() {
    const goes = once(held, 'goes');
    held.emit('came');
    await goes;
    return { requestId: currentRequestId() };
  }

  @Post('echo')
  @Public()
  echo() {
    return { requestId: currentRequestId() };
  }

  @Get('broken')
  @Public()
  broken() {
    throw new Error('nobody called Ada Brook lives at CO15 1AB');
  }
}

@Module({ controllers: [TrialController] })
class Trial {}

describe('a request', () => {
  let betony: TestApp;
  const log = () => readFileSync(join(betony.config.dataDir, 'betony.log'), 'utf8');
  beforeAll(async () => {
    betony = await startApp({ imports: [Trial], config: { embedded: true, logLevel: 'info' } });
  });
  afterAll(async () => {
    await betony.stop();
  });

  it('keeps its id through a body and everything that waits', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `request-${String(n).padStart(3, '0')}`);
    const answers = await Promise.all(
      ids.map((id) =>
        betony.inject({
          method: 'POST',
          url: '/api/v1/trial/echo',
          headers: { 'x-request-id': id },
          payload: { some: 'body' },
        }),
      ),
    );
    expect(answers.map((answer) => answer.json<{ requestId: string }>().requestId)).toEqual(ids);
  });

  it.each([
    ['a body that is not JSON', 400, '{"broken'],
    ['a body that is too large', 413, JSON.stringify({ text: 'x'.repeat(300_000) })],
  ])('with %s is refused as problem+json, with its id', async (_what, status, payload) => {
    const answer = await betony.inject({
      method: 'POST',
      url: '/api/v1/trial/echo',
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-bad' },
      payload,
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status, instance: 'request-bad' });
    expect(answer.json().detail).toBe(
      status === 400
        ? 'The body is not JSON, or it was cut short.'
        : 'That is too large: at most 256 KB can be sent at once. Shorten it, or send it in parts.',
    );
  });

  it('with a body of an unknown kind is refused', async () => {
    const answer = await betony.inject({
      method: 'POST',
      url: '/api/v1/trial/echo',
      headers: { 'content-type': 'application/xml' },
      payload: '<a/>',
    });
    expect(answer.statusCode).toBe(415);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('is logged without what it asked for or what went wrong in words', async () => {
    await betony.inject({ url: '/api/v1/trial/asked/01a2003a-c4e9-7083-86ce-f6fe0d8fb6de?name=Brook' });
    const broken = await betony.inject({ url: '/api/v1/trial/broken?nhs=9990000018' });
    expect(broken.statusCode).toBe(500);
    expect(broken.body).not.toContain('Brook');
    const text = log();
    expect(text).toContain('/api/v1/trial/asked/:id');
    for (const secret of ['Brook', '9990000018', '01a2003a', 'CO15', 'name='])
      expect(text).not.toContain(secret);
  });

  it('under way when the server stops gets its answer; new ones get none', async () => {
    await betony.app.listen(0, '127.0.0.1');
    const { port } = betony.app.getHttpServer().address() as { port: number };
    const address = `http://127.0.0.1:${port}/api/v1/trial/held`;
    const came = once(held, 'came');
    const underWay = fetch(address, { headers: { 'x-request-id': 'last-request' } });
    await came;
    const closed = betony.app.getHttpAdapter().close() as Promise<void>;
    held.emit('goes');
    const answer = await underWay;
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ requestId: 'last-request' });
    await closed;
    await expect(fetch(address)).rejects.toThrow();
  });
});
