import { randomBytes } from 'node:crypto';
import { decrypted, encrypted } from './encrypted.js';

describe('what is encrypted', () => {
  const key = randomBytes(32);

  it.each(['', 'JBSWY3DPEHPK3PXP', 'Zażółć gęślą jaźń 🙂', 'x'.repeat(100_000)])('reads again', (text) => {
    expect(decrypted(key, 'a', encrypted(key, 'a', text))).toBe(text);
  });

  it('is never twice the same, and shows nothing of the text', () => {
    const [one, other] = [encrypted(key, 'a', 'secret'), encrypted(key, 'a', 'secret')];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('secret');
  });

  it('is refused under another key and at another place', () => {
    const kept = encrypted(key, 'a', 'secret');
    expect(decrypted(randomBytes(32), 'a', kept)).toBeNull();
    expect(decrypted(key, 'b', kept)).toBeNull();
  });

  it('is refused with any bit changed, cut short or longer', () => {
    const bytes = Buffer.from(encrypted(key, 'a', 'secret'), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(decrypted(key, 'a', changed.toString('base64url'))).toBeNull();
      expect(decrypted(key, 'a', bytes.subarray(0, at).toString('base64url'))).toBeNull();
    }
    expect(decrypted(key, 'a', Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64url'))).toBeNull();
    expect(decrypted(key, 'a', 'no such thing')).toBeNull();
  });
});
