import type { Type } from '@nestjs/common';
import { ONWARD_TOLD, LISTING_TOLD } from './webhook.types.js';
import type { Tx } from '../platform/database/tx.js';
import type { EventName, EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { REFERRAL_EVENTS } from '../referrals/referral.events.js';
import { Deliveries } from './deliveries.service.js';

/** Of a referral any move may tell its sender something; which it does is what its sender would read. */
const SOURCES: readonly EventName[] = [...Object.values(REFERRAL_EVENTS), ...ONWARD_TOLD, ...LISTING_TOLD];

function noting(event: EventName): Type<EventHandler> {
  @Handles(event, `note-for-programs.${event.toLowerCase()}`)
  class NoteForPrograms implements EventHandler {
    constructor(private readonly deliveries: Deliveries) {}

    handle(tx: Tx, payload: EventPayload, happened: HandledEvent): Promise<void> {
      return this.deliveries.note(tx, event, payload, happened);
    }
  }
  return NoteForPrograms;
}

/** One for each event that a program may be told of. */
export const NOTE_HANDLERS = SOURCES.map(noting);
