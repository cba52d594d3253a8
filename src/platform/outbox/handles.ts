import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import type { EventName, EventPayload } from './events.js';

export const HANDLES = Symbol('handles');

export interface HandlerMark {
  event: EventName;
  name: string;
  unrepeatable?: Unrepeatable;
}

/**
 * Of what would be seen twice if it were sent twice. When a restored database no longer knows whether it was: `forget`
 * it, where whoever waits for it asks again, or `ask` a person.
 */
export type Unrepeatable = 'forget' | 'ask';

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

/**
 * `name` is kept in the database and must never change: `tell-practice-of-acceptance`. Whoever sends more than e-mail
 * with a Message-ID of its own says what becomes of it after a restore.
 */
export const Handles = (event: EventName, name: string, more: { unrepeatable?: Unrepeatable } = {}) => {
  const mark = { event, name, ...more } satisfies HandlerMark;
  const decorate = applyDecorators(Injectable(), SetMetadata(HANDLES, mark));
  return (target: new (...args: never[]) => EventHandler): void => {
    decorate(target);
  };
};
