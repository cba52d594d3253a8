/** What a group said anew of what it takes and who is there, or how close its service comes to people. */
export interface FitChange {
  at: Date;
  field: 'limits' | 'excludes' | 'present' | 'level';
  /** A list of codes, or the one code of a level. */
  from: unknown;
  to: unknown;
}

/** When a code was last added to one of these; null where it stood there from the start. */
export function addedAt(
  changes: readonly FitChange[],
  fields: readonly FitChange['field'][],
  code: string,
): Date | null {
  const moments = changes
    .filter(({ field, from, to }) => fields.includes(field) && has(to, code) && !has(from, code))
    .map(({ at }) => at.getTime());
  return moments.length === 0 ? null : new Date(Math.max(...moments));
}

const has = (said: unknown, code: string): boolean =>
  Array.isArray(said) ? said.includes(code) : said === code;
