import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 as 64 lower case hexadecimal digits. Text is hashed as UTF-8. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Whether two secrets are the same, without telling by the time it takes how much of them is. */
export function equalInTime(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A secret of 256 random bits, as 43 characters that need no escaping in a URL. Store only its hash. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * JSON that is the same for equal values: keys in code unit order, no spaces, dates as ISO 8601 in UTC, members that
 * are undefined left out (as in RFC 8785). Refuses with a TypeError whatever JSON would lose without saying so: NaN,
 * infinities, invalid dates, an absent array element, Map, Set, functions, symbols, bigint.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('Not a finite number');
      return JSON.stringify(value);
    case 'object':
      break;
    default:
      throw new TypeError(`JSON has no ${typeof value}`);
  }
  if (value === null) return 'null';
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new TypeError('Not a date');
  if (hasToJson(value)) return canonicalJson(value.toJSON());
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (value instanceof Map || value instanceof Set) throw new TypeError('JSON has no Map or Set');
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
