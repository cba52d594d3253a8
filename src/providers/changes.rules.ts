import { canonicalJson } from '../platform/pure/hash.js';

/** What stands in the place of words whose writer asked to be forgotten. */
export const FORGOTTEN_WORDS = 'Forgotten when asked.';

export type Changes = Record<string, { from: unknown; to: unknown }>;

/**
 * What an amendment changes: the fields it gives (undefined means "as it was") whose value is another than before, with
 * both values. Order within a list counts.
 */
export function changesOf<Row extends object>(before: Row, given: Partial<Row>): Changes {
  const changes: Changes = {};
  for (const [field, to] of Object.entries(given)) {
    if (to === undefined) continue;
    const from: unknown = before[field as keyof Row];
    if (canonicalJson(from ?? null) !== canonicalJson(to)) changes[field] = { from: from ?? null, to };
  }
  return changes;
}

/** The new values alone, ready to be written. */
export const newValues = (changes: Changes): Record<string, unknown> =>
  Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, to]));

/** Says that a field changed without its values: history is kept for good, and a volunteer's number must not be. */
export function withoutValues(changes: Changes, fields: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).map(([field, change]) => [field, fields.has(field) ? 'changed' : change]),
  );
}

/** Without the answers that were left out. */
export const known = <Input extends object>(input: Input): Partial<Input> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<Input>;
