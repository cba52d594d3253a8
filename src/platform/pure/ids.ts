import { v7, validate } from 'uuid';

/** A new UUID version 7: unique anywhere, and later ids sort after earlier ones made by the same process. */
export function newId(): string {
  return v7();
}

/** Whether the text is a UUID of any version, in the hyphenated form PostgreSQL prints. Capitals are accepted. */
export function isUuid(text: string): boolean {
  return validate(text);
}
