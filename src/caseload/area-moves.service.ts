import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { move } from '../platform/pure/lifecycle.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { isWithWorker, type EndReason, type ReferralRow } from '../referrals/referral.types.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import type { CancelAreaMoveInput, DecideAreaMoveInput, RecordAreaMoveInput } from './area-move.dto.js';
import { AreaMoveHooks } from './area-move.hooks.js';
import { choiceProblems, movedOnProblem } from './area-move.rules.js';
import {
  AREA_MOVE_LIFECYCLE,
  type AreaMoveOutcome,
  type AreaMoveState,
  type AreaMoveVerb,
} from './area-move.types.js';
import { memberOf, systemOf } from './by-whom.js';
import { AREA_MOVE_EVENTS } from './caseload.events.js';

CONSTRAINT_REFUSALS.set('area_move_live', () =>
  Refusal.conflict('moving-already', 'It is written down already that they move away. Decide on that.'),
);

interface Change {
  keepUntil?: string | null;
  reason?: string | null;
  outcome?: AreaMoveOutcome;
}

type Of = Pick<ReferralRow, 'id' | 'client_id'>;

/**
 * Somebody moves out of the scheme's area. They stay their worker's, with a next date, whatever is decided: to hand them
 * over is done by a transfer, to close by closing the referral. Locks go referral, move.
 */
@Injectable()
export class AreaMoves {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly referrals: ReferralsService,
    private readonly hooks: AreaMoveHooks,
  ) {}

  record(actor: MemberActor, referralId: string, input: RecordAreaMoveInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const referral = await this.lockWithin(tx, 'areaMove.record', referralId);
      if (!isWithWorker(referral.state)) {
        throw Refusal.illegalMove(
          referral.state,
          'record',
          'This is for somebody whom a link worker has. Decline or withdraw a referral that triage has.',
        );
      }
      const problem = movedOnProblem(input.movedOn, tx.now);
      if (problem !== null) throw Refusal.invalidField('movedOn', problem);
      const id = newId();
      await tx.run(sql`
        insert into area_move (scheme_id, id, referral_id, moved_on, where_to, state, recorded_by, recorded_at)
        values (${tx.schemeId}, ${id}, ${referralId}, ${input.movedOn}, ${input.whereTo}, 'open', ${memberOf(tx)},
          ${tx.now})`);
      await this.tell(tx, 'record', id, referral);
      return id;
    });
  }

  decide(actor: MemberActor, id: string, input: DecideAreaMoveInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const problems = choiceProblems(input, tx.now);
      if (problems.length > 0) throw Refusal.invalid(problems);
      const { choice, reason, keepUntil = null } = input;
      const referral = await this.lockFor(tx, id, choice);
      if (choice !== 'close') {
        await this.write(tx, choice, id, referral, { keepUntil, reason });
        return id;
      }
      await this.write(tx, 'close', id, referral, { reason, outcome: 'closed' });
      const { result, mayAskAgain } = input;
      if (result == null || mayAskAgain == null) throw new Error('A closing was not looked at.');
      await this.referrals.closeWithin(tx, referral.id, {
        result,
        reason: 'moved_away',
        noResponseBecause: input.noResponseBecause ?? null,
        mayAskAgain,
        note: reason,
      });
      return id;
    });
  }

  /** They stay after all. */
  cancel(actor: MemberActor, id: string, { reason }: CancelAreaMoveInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const referral = await this.lockFor(tx, id, 'cancel');
      await this.write(tx, 'cancel', id, referral, { reason, outcome: 'stays' });
      return id;
    });
  }

  /** The referral ended, by whatever verb: called by whoever holds its lock. */
  async endOf(tx: Tx, referral: Of, because: EndReason | null): Promise<void> {
    const live = await tx.maybe<{ id: string }>(sql`
      select id from area_move
      where scheme_id = ${tx.schemeId} and referral_id = ${referral.id} and state <> 'ended' for update`);
    if (!live) return;
    const outcome =
      because === 'handed_to_another_scheme'
        ? 'handed_over'
        : because === 'moved_away'
          ? 'closed'
          : 'referral_ended';
    await this.write(tx, 'end', live.id, referral, { outcome });
  }

  private async write(tx: Tx, verb: AreaMoveVerb, id: string, referral: Of, change: Change): Promise<void> {
    const answer = AREA_MOVE_LIFECYCLE[verb].to;
    const ended = change.outcome !== undefined;
    await tx.run(sql`
      update area_move set state = ${answer}, keep_until = ${change.keepUntil ?? null}, outcome = ${change.outcome ?? null},
        decided_at = ${ended ? sql`decided_at` : tx.now}, ended_at = ${ended ? tx.now : null}, version = version + 1
      where scheme_id = ${tx.schemeId} and id = ${id}`);
    await this.tell(tx, verb, id, referral, change);
  }

  private lockWithin(tx: Tx, action: Action, referralId: string): Promise<ReferralRow> {
    return lockReferral(tx, referralId, referralWithin(tx.actor, reachFor(tx.actor, action), tx.now));
  }

  private async lockFor(tx: Tx, id: string, verb: AreaMoveVerb): Promise<ReferralRow> {
    const found = await tx.maybe<{ referral_id: string }>(sql`
      select referral_id from area_move where scheme_id = ${tx.schemeId} and id = ${id}`);
    if (!found) throw Refusal.notFound();
    const referral = await this.lockWithin(tx, 'areaMove.decide', found.referral_id);
    const { state } = await tx.one<{ state: AreaMoveState }>(sql`
      select state from area_move where scheme_id = ${tx.schemeId} and id = ${id} for update`);
    const answer = move(AREA_MOVE_LIFECYCLE, verb, state);
    if (!answer.ok) throw Refusal.illegalMove(state, verb, answer.because);
    return referral;
  }

  private async tell(
    tx: Tx,
    verb: AreaMoveVerb,
    id: string,
    referral: Of,
    change: Change = {},
  ): Promise<void> {
    await tx.run(sql`
      insert into area_move_history (scheme_id, id, area_move_id, at, action, actor_id, actor_name, keep_until, reason)
      values (${tx.schemeId}, ${newId()}, ${id}, ${tx.now}, ${verb}, ${memberOf(tx)}, ${systemOf(tx)},
        ${change.keepUntil ?? null}, ${change.reason ?? null})`);
    await audit(tx, {
      action: verb === 'record' ? 'areaMove.record' : 'areaMove.decide',
      subject: { kind: 'area_move', id },
      clients: referral.client_id === null ? [] : [referral.client_id],
      details: { verb },
    });
    await outbox.add(tx, AREA_MOVE_EVENTS[verb], { areaMoveId: id, referralId: referral.id });
    await this.hooks.changed.run(tx, { areaMoveId: id });
  }
}
