import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { systemActor } from '../actor/actor.types.js';
import type { Tx } from '../database/tx.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobRegistry } from '../jobs/registry.js';
import type { EventPayload } from './events.js';

interface OutboxLine {
  event: string;
  payload: EventPayload;
  created_at: Date;
  finished_at: Date | null;
  kept_back: boolean;
}

/** Runs one handler for one event: its effect and the mark that it was done, or neither. */
@Injectable()
export class EventRunner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly registry: JobRegistry,
  ) {}

  async run(schemeId: string, eventId: string, handlerName: string): Promise<void> {
    await this.unitOfWork.run(systemActor(schemeId, handlerName), async (tx) => {
      // Locked, so that of an event's handlers the last to finish sees all the others.
      const line = await tx.one<OutboxLine>(sql`
        select event, payload, created_at, finished_at, kept_back from outbox
        where id = ${eventId} and scheme_id = ${schemeId} for update`);
      if (line.finished_at || line.kept_back) return;
      const handlers = this.registry.handlersOf(line.event);
      const wanted = handlers.find((handler) => handler.name === handlerName);
      // Renamed or removed since it was queued: whatever is still to be done, the sweep finds.
      if (!wanted) return;
      const marked = await tx.run(sql`
        insert into handled (event_id, handler, handled_at) values (${eventId}, ${handlerName}, ${tx.now})
        on conflict do nothing`);
      if (marked.rowCount === 0) return;
      await wanted.handler.handle(tx, line.payload, { id: eventId, at: line.created_at });
      await finishIfDone(
        tx,
        eventId,
        handlers.map((handler) => handler.name),
      );
    });
  }
}

async function finishIfDone(tx: Tx, eventId: string, handlers: string[]): Promise<void> {
  await tx.run(sql`
    update outbox set finished_at = ${tx.now}
    where id = ${eventId}
      and (select count(*) from handled where event_id = ${eventId} and handler = any(${handlers})) = ${handlers.length}`);
}
