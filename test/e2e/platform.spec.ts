import { jest } from '@jest/globals';
import { Clock } from '../../src/platform/clock/clock.js';
import { startApp, type TestApp } from '../support/start-app.js';

describe('the HTTP platform', () => {
  let betony: TestApp;
  beforeAll(async () => {
    betony = await startApp();
  });
  afterAll(async () => {
    await betony.stop();
  });

  it('is live and ready', async () => {
    const live = await betony.inject({ method: 'GET', url: '/health/live' });
    expect(live.statusCode).toBe(200);
    const ready = await betony.inject({ method: 'GET', url: '/health/ready' });
    expect(ready.json()).toMatchObject({ status: 'ready', checks: { database: 'ok', migrations: 'ok' } });
    expect(ready.statusCode).toBe(200);
  });

  it.each([
    [4, []],
    [90, ["The clock of this machine is 90 s ahead of the database's: set both by a time server"]],
    [-90, ["The clock of this machine is 90 s behind the database's: set both by a time server"]],
  ])(
    'says that its clock is %d s from that of the database where that is too much',
    async (apart, warnings) => {
      jest.spyOn(betony.get(Clock), 'machine').mockImplementation(() => new Date(Date.now() + apart * 1000));
      const ready = await betony.inject({ url: '/health/ready' });
      jest.restoreAllMocks();
      expect(ready.statusCode).toBe(200);
      expect(ready.json<{ warnings: string[] }>().warnings.filter((one) => one.includes('clock'))).toEqual(
        warnings,
      );
    },
  );

  it('judges the clock of the machine, not the time that a test says it is', async () => {
    betony.clock.advance({ hours: -18 });
    const ready = await betony.inject({ url: '/health/ready' });
    betony.clock.advance({ hours: 18 });
    expect(ready.json<{ warnings: string[] }>().warnings.filter((one) => one.includes('clock'))).toEqual([]);
  });

  it('gives back a fit request id, and its own for an unfit one', async () => {
    const kept = await betony.inject({ url: '/health/live', headers: { 'x-request-id': 'walk-0001.a' } });
    expect(kept.headers['x-request-id']).toBe('walk-0001.a');
    const replaced = await betony.inject({
      url: '/health/live',
      headers: { 'x-request-id': 'a b\tc <script>' },
    });
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers an unknown address as problem+json with the request id', async () => {
    const answer = await betony.inject({
      url: '/api/v1/nowhere',
      headers: { 'x-request-id': 'request-0002' },
    });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 404, instance: 'request-0002' });
  });

  it('answers an address that cannot be read in the same way', async () => {
    const response = await betony.inject({ url: '/api/v1/referrals/%ff' });
    expect([response.statusCode, response.json()]).toMatchObject([404, { title: 'not-found' }]);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it('shows whoever opens the printed address the way in', async () => {
    const response = await betony.inject({ url: '/' });
    expect([response.statusCode, response.headers['location']]).toEqual([302, '/desk']);
  });

  it('lets nothing load or be framed from the API, and keeps answers out of caches', async () => {
    const { headers } = await betony.inject({ url: '/api/v1/nowhere' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeDefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('refuses a body that is too large', async () => {
    const answer = await betony.inject({
      method: 'POST',
      url: '/api/v1/nowhere',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ text: 'x'.repeat(300_000) }),
    });
    expect([404, 413]).toContain(answer.statusCode);
  });

  it('serves the API page with its own assets only', async () => {
    const page = await betony.inject({ url: '/docs' });
    expect(page.statusCode).toBe(200);
    const sources = [...page.body.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map((match) => match[1] ?? '');
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      expect(source).not.toMatch(/^(https?:)?\/\//);
      const asset = await betony.inject({ url: new URL(source, 'http://x/docs').pathname });
      expect([source, asset.statusCode]).toEqual([source, 200]);
    }
    expect(page.body).not.toMatch(/<script>[^<]*\S[^<]*<\/script>/);
    const document = await betony.inject({ url: '/docs-json' });
    expect(Object.keys(document.json<{ paths: object }>().paths)).toContain('/health/ready');
  });
});
