import fc from 'fast-check';
import type { Schema } from '../support/contract.js';

/** Ids that answers named, by what they called them. */
export type Pool = Map<string, string[]>;

/** An id is drawn when the request is sent: until then nobody knows which there will be. */
class AnId {
  constructor(
    readonly key: string,
    readonly at: number,
  ) {}
}

export interface Mutation {
  at: number;
  how: 'junk' | 'drop' | 'surprise' | 'id';
  value: unknown;
}

const DEEPEST = 5;
const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '\ud83d',
  '\u202e',
  '0',
  'true',
  'null',
  '-1',
  '__proto__',
  'constructor',
  "' or 1=1 --",
  '../../etc/passwd',
  '%00',
  '%',
  '${7*7}',
  '<script>',
  '=cmd|calc',
  '0000-00-00',
  '2026-11-23',
  '9999-12-31',
  '2026-11-23T10:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'a'.repeat(3_000),
];
const NUMBERS = [0, -1, 1, 0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e21, 1e308];

/** fast-check's own would first list every letter there is, which takes seconds. */
const anyLetter = fc.nat(0x10_ffff).map((point) => String.fromCodePoint(point));

export const JUNK: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...HOSTILE, ...NUMBERS, null, true, [], {}, [null], { a: { b: 1 } }),
  fc.string({ unit: anyLetter, maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const days = fc.integer({ min: -400, max: 400 }).map((days) => {
  const day = new Date(Date.UTC(2026, 10, 23) + days * 86_400_000);
  return day.toISOString();
});

/** Mostly what a schema allows, by the name of its field. */
export function arbitraryOf(
  schema: Schema,
  resolved: (schema: Schema) => Schema,
  name: string,
  depth = 0,
): fc.Arbitrary<unknown> {
  const plain = resolved(schema);
  const made = plainOf(plain, resolved, name, depth);
  return plain.nullable === true ? fc.option(made, { freq: 6 }) : made;
}

function plainOf(
  schema: Schema,
  resolved: (schema: Schema) => Schema,
  name: string,
  depth: number,
): fc.Arbitrary<unknown> {
  if (depth > DEEPEST) return fc.constant(null);
  if (schema.oneOf)
    return fc.oneof(...schema.oneOf.map((one) => arbitraryOf(one, resolved, name, depth + 1)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -2, max: schema.maximum ?? 1_000 });
    case 'number':
      return fc.double({ min: schema.minimum ?? -2, max: schema.maximum ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const least = schema.minItems ?? 0;
      const each = arbitraryOf(schema.items ?? {}, resolved, name.replace(/s$/, ''), depth + 1);
      return fc.array(each, {
        minLength: least,
        maxLength: Math.max(least, Math.min(schema.maxItems ?? 3, 3)),
      });
    }
    case 'string':
      return textOf(schema, name);
    case 'object':
    case undefined:
      break;
    default:
      return JUNK;
  }
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties).map(
    ([key, one]) => [key, arbitraryOf(one, resolved, key, depth + 1)] as const,
  );
  return fields.length === 0
    ? fc.dictionary(fc.string({ maxLength: 10 }), JUNK, { maxKeys: 3 })
    : fc.record(Object.fromEntries(fields), { requiredKeys: required });
}

function textOf(
  { format, pattern, minLength = 0, maxLength = 60 }: Schema,
  name: string,
): fc.Arbitrary<unknown> {
  if (format === 'uuid') return fc.nat().map((at) => new AnId(name, at));
  if (format === 'date') return days.map((day) => day.slice(0, 10));
  if (format === 'date-time') return days;
  if (format === 'email') return fc.nat(999).map((n) => `fuzz${String(n)}@example.org`);
  if (pattern?.includes(':[0-5]') === true) return fc.constantFrom('09:00', '13:30', '23:59', '00:00');
  return anyText(minLength, Math.max(minLength, Math.min(maxLength, 80)));
}

/** Each is made once: to make one takes longer than a request, and thousands of fields are alike. */
const texts = new Map<string, fc.Arbitrary<string>>();

function anyText(minLength: number, maxLength: number): fc.Arbitrary<string> {
  const key = `${String(minLength)} ${String(maxLength)}`;
  const text = texts.get(key) ?? fc.string({ unit: 'grapheme', minLength, maxLength });
  texts.set(key, text);
  return text;
}

/** The value with ids of this moment in the places of ids. */
export function settled(value: unknown, pool: Pool): unknown {
  if (value instanceof AnId) {
    const own = pool.get(value.key) ?? pool.get('id') ?? [];
    return own[value.at % Math.max(1, own.length)] ?? '01890000-0000-7000-8000-000000000000';
  }
  if (Array.isArray(value)) return value.map((one) => settled(one, pool));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, settled(one, pool)]));
}

type Place = { of: Record<string, unknown>; key: string };

/** A right body with some of it wrong. */
export function mutated(body: object, mutations: readonly Mutation[], pool: Pool): unknown {
  const copy = structuredClone(body) as Record<string, unknown>;
  for (const { at, how, value } of mutations) {
    const places = placesIn(copy);
    const place = places[at % Math.max(1, places.length)];
    if (!place || how === 'surprise') {
      copy[typeof value === 'string' ? value.slice(0, 20) : 'surprise'] = value;
    } else if (how === 'drop') {
      Reflect.deleteProperty(place.of, place.key);
    } else if (how === 'id') {
      const ids = [...pool.values()].flat();
      place.of[place.key] = ids[at % Math.max(1, ids.length)] ?? value;
    } else {
      place.of[place.key] = value;
    }
  }
  return copy;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const of = value as Record<string, unknown>;
  return Object.keys(of).flatMap((key) => [{ of, key }, ...placesIn(of[key])]);
}
