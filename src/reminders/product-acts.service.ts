import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { TransfersService } from '../caseload/transfers.service.js';
import { OnwardAnswers } from '../onward-referrals/onward-answers.service.js';
import { OnwardClocks } from '../onward-referrals/onward-clocks.service.js';
import { ResponsesService } from '../outcomes/responses.service.js';
import type { SystemActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { lockReferral } from '../referrals/referral-moves.js';
import type { SubjectIds } from './reminder-facts.queries.js';
import type { ReminderKind } from './reminder.kinds.js';
import { OCCASION_OF } from './reminder.types.js';
import { RemindersService } from './reminders.service.js';
import { mayBeWrittenTo } from '../providers/rhythm.rules.js';
import { rhythmOf } from '../providers/rhythm.queries.js';

const PAGE = 200;

interface ActRow {
  id: string;
  kind: ReminderKind;
  subject_id: string;
  due_at: Date;
}

/**
 * What the product does itself when nobody did anything: an offer expires, an answer is recorded as missing. One
 * transaction each, through the verb that locks the subject first, so that whoever acts at the same moment may win.
 */
@Injectable()
export class ProductActs {
  private readonly logger = new Logger('reminders');

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reminders: RemindersService,
    private readonly answers: OnwardAnswers,
    private readonly clocks: OnwardClocks,
    private readonly responses: ResponsesService,
    private readonly transfers: TransfersService,
  ) {}

  async work(actor: SystemActor): Promise<void> {
    for (let last: ActRow | undefined; ;) {
      const rows = await this.due(actor, last);
      for (const row of rows) {
        try {
          await this.act(actor, row);
        } catch (error) {
          // It stays due: the next tick tries again, after all the others.
          this.logger.error({ err: error, fault: 'an act of the product failed', reminderId: row.id });
        }
      }
      last = rows.at(-1);
      if (rows.length < PAGE || !last) return;
    }
  }

  private due(actor: SystemActor, after: ActRow | undefined): Promise<ActRow[]> {
    return this.unitOfWork.run(actor, (tx) =>
      tx.rows<ActRow & Record<string, unknown>>(sql`
        select id, kind, subject_id, due_at from reminder
        where scheme_id = ${tx.schemeId} and state = 'waiting' and by_product and due_at <= ${tx.now}
          and ${after ? sql`(due_at, id) > (${after.due_at}, ${after.id}::uuid)` : sql`true`}
        order by due_at, id limit ${PAGE}`),
    );
  }

  private act(actor: SystemActor, row: ActRow): Promise<void> {
    if (row.kind === 'reply_wanted') {
      return this.expire(actor, row, 'onward_referral', (id) => this.endOffer(actor, id));
    }
    if (row.kind === 'transfer_wanted') {
      return this.expire(actor, row, 'transfer', (id) => this.transfers.expire(actor.schemeId, id));
    }
    return this.recordMissing(actor, row);
  }

  private async expire(
    actor: SystemActor,
    row: ActRow,
    subject: 'onward_referral' | 'transfer',
    expire: (id: string) => Promise<boolean>,
  ): Promise<void> {
    const due = await this.unitOfWork.run(actor, (tx) =>
      this.stillDue(tx, row, { [subject]: [row.subject_id] }),
    );
    if (due && (await expire(row.subject_id))) {
      await this.unitOfWork.run(actor, (tx) => markDone(tx, row));
    }
  }

  /** Who was never told has not failed to reply: their days begin with the message that waits, or somebody rings. */
  private async endOffer(actor: SystemActor, id: string): Promise<boolean> {
    const { schemeId } = actor;
    const telling = await this.unitOfWork.run(actor, (tx) => tellingOf(tx, id));
    if (telling === 'told') return this.answers.expire(schemeId, id);
    if (telling === 'never') await this.clocks.untold(schemeId, id);
    else await this.clocks.follow(schemeId, id, telling);
    return false;
  }

  private async recordMissing(actor: SystemActor, row: ActRow): Promise<void> {
    const occasion = OCCASION_OF[row.kind];
    if (occasion === undefined) throw new Error(`Nothing is recorded as missing for ${row.kind}`);
    await this.unitOfWork.run(actor, async (tx) => {
      await lockReferral(tx, row.subject_id);
      if (!(await this.stillDue(tx, row, { referral: [row.subject_id] }))) return;
      await this.responses.recordNoAnswer(tx, row.subject_id, occasion);
      await markDone(tx, row);
      await tx.run(sql`
        update task set ended_at = ${tx.now}, outcome = 'moved_on'
        where scheme_id = ${tx.schemeId} and subject_id = ${row.subject_id} and kind = ${row.kind}
          and ended_at is null`);
      await this.reminders.plan(tx, { referral: [row.subject_id] });
    });
  }

  /** Its day may have moved, or it may be wanted no more, since the row was written. */
  private async stillDue(tx: Tx, row: ActRow, subject: SubjectIds): Promise<boolean> {
    await this.reminders.plan(tx, subject);
    const due = await tx.maybe(sql`
      select 1 from reminder
      where scheme_id = ${tx.schemeId} and id = ${row.id} and state = 'waiting' and due_at <= ${tx.now}`);
    return due !== null;
  }
}

/**
 * Whether a group was told of an offer: by a message, which may have arrived, or by whoever was asked to instead; when it
 * will be, by one that waits; or never. Nothing to send, as where a group is rung, is told.
 */
async function tellingOf(tx: Tx, id: string): Promise<'told' | 'never' | Date> {
  const { made, told, waits, organisationId } = await tx.one<{
    made: boolean;
    told: boolean;
    waits: Date | null;
    organisationId: string;
  }>(sql`
    select count(m.id) > 0 as made, min(m.next_attempt_at) filter (where m.state = 'ready' and r.kind = 'offer_made') as waits,
      coalesce(bool_or(m.state in ('sending', 'sent', 'unconfirmed')), false) or exists (
        select 1 from task t
        where t.scheme_id = o.scheme_id and t.outcome = 'finished' and t.kind in ('offer_made', 'reply_wanted', 'message_failed')
          and (t.subject_id = o.id or t.subject_id = any(array_agg(m.id)))) as told,
      o.organisation_id as "organisationId"
    from onward_referral o
    left join reminder r on r.scheme_id = o.scheme_id and r.subject_id = o.id
      and r.kind in ('offer_made', 'reply_wanted') and r.occasion >= o.offered_at
    left join message m on m.scheme_id = r.scheme_id and m.id = r.message_id
    where o.scheme_id = ${tx.schemeId} and o.id = ${id}
    group by o.scheme_id, o.id`);
  if (told || !made) return 'told';
  if (waits === null) return 'never';
  return mayBeWrittenTo(waits > tx.now ? waits : tx.now, await rhythmOf(tx, organisationId));
}

/** The verb's own plan may have dropped the row already: it was done, not overtaken. */
const markDone = (tx: Tx, row: ActRow) =>
  tx.run(sql`
    update reminder set state = 'done', outcome = 'done_by_product', done_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = ${row.id} and (state = 'waiting' or outcome = 'moved_on')`);
