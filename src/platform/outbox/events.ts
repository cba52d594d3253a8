/** What an event may tell: ids, so that nothing about a person travels through queues and logs. */
export type EventPayload = Record<string, string | readonly string[] | null>;

/** Something that happened, in the past tense: `referral.sent`. Declared once, in a `*.events.ts` file. */
export interface DomainEvent<Payload extends EventPayload> {
  readonly name: string;
  /** Never set; carries the payload's type. */
  readonly payload?: Payload;
}

const declared = new Map<string, DomainEvent<EventPayload>>();

export function defineEvent<Payload extends EventPayload>(name: string): DomainEvent<Payload> {
  if (declared.has(name)) throw new Error(`The event ${name} is declared twice`);
  const event: DomainEvent<Payload> = { name };
  declared.set(name, event);
  return event;
}

export const isDeclared = (name: string): boolean => declared.has(name);

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Names every part of a payload that is not an id. */
export function partsThatAreNotIds(payload: EventPayload): string[] {
  return Object.entries(payload)
    .filter(([, value]) => value !== null && ![value].flat().every((part) => ID.test(part)))
    .map(([name]) => name);
}
