import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { systemActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { daysOffOf } from '../providers/rhythm.queries.js';
import { OnwardMoves } from './onward-moves.service.js';
import { runningClock } from './onward.rules.js';

/** The clock of an offer follows the message that tells the group of it, for whoever sends that. */
@Injectable()
export class OnwardClocks {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly moves: OnwardMoves,
  ) {}

  /** The group is told at this moment, not at the one first thought of: its days to answer are counted from there. */
  async follow(schemeId: string, id: string, at: Date): Promise<void> {
    await this.unitOfWork.run(systemActor(schemeId, 'the clock'), async (tx) => {
      const row = await this.moves.lockRunning(tx, id);
      if (row === null || row.clockStartedAt?.getTime() === at.getTime()) return;
      const { organisationId } = row;
      const days = await replyDaysOf(tx, organisationId);
      await this.moves.write(tx, row, 'follow', runningClock(at, days, await daysOffOf(tx, organisationId)));
    });
  }

  /** Its days are over and the group was never told: somebody of ours rings, and its clock starts then. */
  async untold(schemeId: string, id: string): Promise<void> {
    await this.unitOfWork.run(systemActor(schemeId, 'the clock'), async (tx) => {
      const row = await this.moves.lockToExpire(tx, id);
      if (row === null) return;
      await this.moves.write(tx, row, 'untold', {
        clockStartedAt: null,
        answerBy: null,
        clockStopped: 'ring',
        daysLeft: await replyDaysOf(tx, row.organisationId),
        toAct: 'ring',
      });
    });
  }
}

async function replyDaysOf(tx: Tx, organisationId: string): Promise<number> {
  const { days } = await tx.one<{ days: number }>(sql`
    select reply_within_days as days from provider
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
  return days;
}
