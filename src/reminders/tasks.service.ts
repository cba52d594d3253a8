import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { listMoment, meAs } from './task.reach.js';
import { tasksWithin } from './tasks.queries.js';

@Injectable()
export class TasksService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Somebody says it is done. What it was about stays as it is, and later steps still come if nothing moves. */
  finish(actor: MemberActor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const moment = listMoment(tx.now, holidaysOf(await schemeSettings(tx)));
      const task = await tx.maybe<{ kind: string; client_id: string | null; outcome: string | null }>(sql`
        select t.kind, t.client_id, t.outcome from task t cross join ${meAs(actor)} as me
        where t.scheme_id = ${tx.schemeId} and t.id = ${id} and ${tasksWithin(actor, 'task.finish', moment, true)}
        for update of t`);
      if (!task) throw Refusal.notFound();
      if (task.outcome !== null) {
        const because = task.outcome === 'finished' ? 'It is finished already.' : 'It needs nobody any more.';
        throw Refusal.illegalMove(task.outcome, 'finish', because);
      }
      await tx.run(sql`
        update task set ended_at = ${tx.now}, ended_by = ${actor.membershipId}, outcome = 'finished'
        where scheme_id = ${tx.schemeId} and id = ${id}`);
      await audit(tx, {
        action: 'task.finish',
        subject: { kind: 'task', id },
        clients: task.client_id === null ? [] : [task.client_id],
        details: { kind: task.kind },
      });
      return id;
    });
  }
}
