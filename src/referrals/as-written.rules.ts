import { normaliseName } from '../platform/pure/names.js';

/** One line of what happened to somebody's record, and whether whoever wrote the record down made it. */
export interface ChangeSince {
  own: boolean;
  changes: Record<string, unknown>;
}

const isChange = (value: unknown): value is { from: unknown; to: unknown } =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value;

/** A record as its sender wrote it: of each answer, what it was before somebody else first changed it, unless the sender did so after that. */
export function firstWritten<Person extends object>(now: Person, since: readonly ChangeSince[]): Person {
  const before = new Map<string, unknown>();
  for (const { own, changes } of since) {
    for (const [name, change] of Object.entries(changes)) {
      if (own) before.delete(name);
      else if (isChange(change) && !before.has(name)) before.set(name, change.from);
    }
  }
  return {
    ...now,
    ...Object.fromEntries([...before].filter(([name]) => name in now)),
  };
}

/** What somebody is looked for by. */
const SOUGHT_BY = ['firstName', 'lastName', 'dateOfBirth', 'nhsNumber'] as const;
type Sought = Partial<Record<(typeof SOUGHT_BY)[number], string | null>>;

const BEGINS = (written: string, asked: string): boolean =>
  normaliseName(written).startsWith(normaliseName(asked));
const IS = (written: string, asked: string): boolean => written === asked;
const COMPARED = { firstName: BEGINS, lastName: BEGINS, dateOfBirth: IS, nhsNumber: IS } as const;

/** Whether a person, as their sender wrote them, is whom somebody asks for: names by their beginning, the rest whole. */
export const isSought = (written: Sought, asked: Sought): boolean =>
  SOUGHT_BY.every((name) => {
    const sought = asked[name] ?? null;
    return sought === null || COMPARED[name](written[name] ?? '', sought);
  });

/** One person by their number, or two who may be one: the same name and birth date, where one of them has no number. */
export function likenessOf(written: Sought, person: Sought): 'same' | 'alike' | null {
  if (written.nhsNumber && person.nhsNumber) return written.nhsNumber === person.nhsNumber ? 'same' : null;
  const named = [written.firstName, written.lastName].map((name) => normaliseName(name ?? ''));
  const asked = [person.firstName, person.lastName].map((name) => normaliseName(name ?? ''));
  const alike = named.join('\n') === asked.join('\n') && written.dateOfBirth === person.dateOfBirth;
  return alike ? 'alike' : null;
}
