/** Ids, and codes that say nothing about a person: payloads pass through queues and logs. */
export type EventPayload = Record<string, string | null>;

/** Something that happened, in the past tense: `referral.accepted`. */
export type EventName = `${string}.${string}`;

const known = new Set<string>();

/** Every module names its events once, beside its lifecycle, so that a handler for a misspelt one stops the start. */
export function registerEvents(names: readonly EventName[]): void {
  for (const name of names) known.add(name);
}

export const isRegistered = (name: string): boolean => known.has(name);

const ID_OR_CODE = /^[a-z0-9][a-z0-9_.:-]{0,63}$/;

/** Names every part of a payload that is neither an id nor a code. */
export function unfitParts(payload: EventPayload): string[] {
  return Object.entries(payload)
    .filter(([, value]) => value !== null && !ID_OR_CODE.test(value))
    .map(([name]) => name);
}
