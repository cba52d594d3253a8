import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import type { EventName, EventPayload } from './events.js';

export const HANDLES = Symbol('handles');

export interface HandlerMark {
  event: EventName;
  name: string;
}

export interface HandledEvent {
  id: string;
  /** When the event happened, which is before the handler's own `tx.now`. */
  at: Date;
}

/**
 * One effect of one event. Runs in one transaction with the mark that it was done, so that it happens once however
 * often it is delivered. It throws when the row it needs is not there: returning quietly would lose the effect.
 */
export interface EventHandler {
  handle(tx: Tx, payload: EventPayload, event: HandledEvent): Promise<void>;
}

/** `name` is kept in the database and must never change: `tell-practice-of-acceptance`. */
export const Handles = (event: EventName, name: string) => {
  const decorate = applyDecorators(Injectable(), SetMetadata(HANDLES, { event, name } satisfies HandlerMark));
  return (target: new (...args: never[]) => EventHandler): void => {
    decorate(target);
  };
};
