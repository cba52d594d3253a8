import { createHash } from 'node:crypto';
import { v7, validate } from 'uuid';

/** A new UUID version 7: unique anywhere, and later ids sort after earlier ones made by the same process. */
export function newId(): string {
  return v7();
}

/**
 * The one id of a content that came under a given id (a UUID): the same for both the same, another when either differs. It
 * sorts by the time in the given one.
 */
export function idWithin(given: string, content: string): string {
  const id = given.toLowerCase();
  const random = createHash('sha256').update(`${id} ${content}`).digest();
  return v7({ msecs: Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), random });
}

/** Whether the text is a UUID of any version, in the hyphenated form PostgreSQL prints. Capitals are accepted. */
export function isUuid(text: string): boolean {
  return validate(text);
}
