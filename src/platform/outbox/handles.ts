import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import type { DomainEvent, EventPayload } from './events.js';

export const HANDLES = Symbol('handles');

export interface HandledEvent {
  /** When the event happened, which is before the handler's own `tx.now`. */
  at: Date;
  id: string;
}

/**
 * One effect of one event. Runs in one transaction with the mark that it was done, so that it happens once however
 * often it is delivered. It throws when the row it needs is not there: returning quietly would lose the effect.
 */
export interface EventHandler<Payload extends EventPayload> {
  handle(tx: Tx, payload: Payload, event: HandledEvent): Promise<void>;
}

/** `name` is kept in the database and must never change: `tell-practice-of-acceptance`. */
export const Handles = <Payload extends EventPayload>(event: DomainEvent<Payload>, name: string) => {
  const decorator = applyDecorators(Injectable(), SetMetadata(HANDLES, { event: event.name, name }));
  return (target: new (...args: never[]) => EventHandler<Payload>): void => {
    decorator(target);
  };
};
