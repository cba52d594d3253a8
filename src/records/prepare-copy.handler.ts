import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, Handles } from '../platform/outbox/handles.js';
import { COPY_ASKED_FOR } from './record.events.js';
import { SubjectAccess } from './subject-access.service.js';

/** Not in the request: years of reading the record are looked through for who looked. */
@Handles(COPY_ASKED_FOR, 'prepare-copy')
export class PrepareCopy implements EventHandler {
  constructor(private readonly copies: SubjectAccess) {}

  async handle(tx: Tx, { subjectAccessId }: EventPayload): Promise<void> {
    if (!subjectAccessId) throw new Error('The event lacks its id.');
    await this.copies.prepare(tx, subjectAccessId);
  }
}
