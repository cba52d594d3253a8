import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { contactPointOf } from '../providers/contact-points.js';
import { groupsWritten } from '../providers/group-addresses.queries.js';
import type { OnwardRecord } from './onward.entity.js';
import { REPLY_LINKS_ASKED } from './onward.events.js';
import { awaitsCall, resendRefusal } from './onward.rules.js';
import { OnwardMoves } from './onward-moves.service.js';
import { HOUR_MS, MAILS_AN_HOUR_TO_ONE } from './reply-link.rules.js';
import { linksSent } from './reply.queries.js';

/** A group that did not answer a link today is rung, not written to once more. */
const BETWEEN_LINKS_MS = 24 * HOUR_MS;

/** What a worker does while a group is silent: the link once more, or the telephone. */
@Injectable()
export class OnwardChasing {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly moves: OnwardMoves,
  ) {}

  /** A fresh link to where the group is written to today, with what else it has open; when it may be written to. */
  async resend(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.resend'));
      const { row } = await this.moves.lock(tx, id, 'resend', reach);
      const refusal = resendRefusal(row, tx.now);
      if (refusal !== null) throw Refusal.illegalMove(row.state, 'resend', refusal);
      const contactPointId = await this.whereTo(tx, row);
      await this.refuseSoon(tx, row);
      await this.refuseOften(tx, row, contactPointId);
      await outbox.add(tx, REPLY_LINKS_ASKED, { contactPointId, onwardReferralId: id });
      await this.moves.write(tx, row, 'resend');
      return id;
    });
  }

  /** We rang to ask, and what was said. It moves nothing: an answer is recorded as one. */
  async chase(actor: Actor, id: string, note: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.rang'));
      const { row } = await this.moves.lock(tx, id, 'chase', reach);
      if (awaitsCall(row)) {
        throw Refusal.illegalMove(row.state, 'chase', 'The group waits for this call: log it as that.');
      }
      await this.moves.write(tx, row, 'chase', {}, { note });
      return id;
    });
  }

  private async whereTo(tx: Tx, { organisationId, state }: OnwardRecord): Promise<string> {
    const written = (await groupsWritten(tx, [organisationId])).get(organisationId);
    if (!written || written.byPhone) {
      throw Refusal.illegalMove(state, 'resend', 'The group is not written to. Ring it.');
    }
    return contactPointOf(tx, organisationId, written.address);
  }

  private async refuseSoon(tx: Tx, { id, state }: OnwardRecord): Promise<void> {
    const before = await tx.maybe(sql`
      select 1 from onward_referral_history
      where scheme_id = ${tx.schemeId} and onward_referral_id = ${id} and action = 'resend'
        and at > ${new Date(tx.now.getTime() - BETWEEN_LINKS_MS)}`);
    if (before) {
      throw Refusal.illegalMove(
        state,
        'resend',
        'The link was sent again less than a day ago. Ring the group.',
      );
    }
  }

  /** Said now, rather than recorded as sent and never written. */
  private async refuseOften(tx: Tx, { state }: OnwardRecord, contactPointId: string): Promise<void> {
    const { mails } = await linksSent(tx, contactPointId, null);
    if (mails < MAILS_AN_HOUR_TO_ONE) return;
    throw Refusal.illegalMove(
      state,
      'resend',
      'The group has been sent its links several times in the last hour. Ring it.',
    );
  }
}
