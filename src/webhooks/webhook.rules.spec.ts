import { outcomeOf, PATIENCE_MS, secretOf, WAITS_MS } from './webhook.rules.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const after = (ms: number): Date => new Date(NOW.getTime() + ms);
const told = (status: number | null, more: Partial<Parameters<typeof outcomeOf>[0]> = {}) =>
  outcomeOf({ now: NOW, status, tries: 1, giveUpAt: after(PATIENCE_MS), failingSince: null, ...more });

describe('what becomes of what a program is told', () => {
  it.each([200, 201, 204, 299])('%d: it was taken, and all is well again', (status) => {
    const failingSince = after(-1000);
    expect(told(status, { failingSince })).toEqual({
      state: 'taken',
      dueAt: null,
      failingSince: null,
      off: null,
    });
  });

  it.each([null, 199, 301, 400, 401, 404, 429, 500, 503])('%s: it is told again later', (status) => {
    expect(told(status)).toEqual({ state: 'waiting', dueAt: after(30_000), failingSince: NOW, off: null });
  });

  it('410: it wants no more, and is told no more', () => {
    expect(told(410)).toMatchObject({ state: 'failed', dueAt: null, off: 'gone' });
  });

  it('waits longer each time, for three days in all, then gives up', () => {
    expect([...WAITS_MS].sort((a, b) => a - b)).toEqual([...WAITS_MS]);
    const total = WAITS_MS.reduce((sum, wait) => sum + wait, 0);
    expect([total > PATIENCE_MS - 3_600_000, total <= PATIENCE_MS]).toEqual([true, true]);
    for (const [n, wait] of WAITS_MS.entries()) {
      expect(told(500, { tries: n + 1 }).dueAt).toEqual(after(wait));
    }
    expect(told(500, { tries: WAITS_MS.length + 1 })).toMatchObject({ state: 'failed', dueAt: null });
  });

  it('switches off after three days in which nothing was taken, and not before', () => {
    expect(told(500, { failingSince: after(-2 * 86_400_000) }).off).toBeNull();
    expect(told(500, { failingSince: after(-PATIENCE_MS) }).off).toBe('failing');
  });

  it('writes a secret as the libraries of receivers read it', () => {
    expect(secretOf(Buffer.alloc(32, 255).toString('base64url'))).toBe(
      `whsec_${Buffer.alloc(32, 255).toString('base64')}`,
    );
  });
});
