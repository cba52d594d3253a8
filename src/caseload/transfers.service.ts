import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import { agreementProblems } from '../clients/agreement.rules.js';
import { reachFor } from '../permissions/reach.js';
import { systemActor, type Actor } from '../platform/actor/actor.types.js';
import { londonDate, workingDeadline } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CONSTRAINT_REFUSALS } from '../platform/errors/error.filter.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { inside, lockReferral } from '../referrals/referral-moves.js';
import type { SendAgreementInput } from '../referrals/referral.dto.js';
import { referralWithin } from '../referrals/referral.reach.js';
import {
  isWithWorker,
  type NoResponseReason,
  type ReferralRow,
  type Result,
} from '../referrals/referral.types.js';
import { ReferralsService } from '../referrals/referrals.service.js';
import { memberOf } from './by-whom.js';
import { TRANSFER_EVENTS } from './caseload.events.js';
import type { OfferTransferInput, TransferReceiptInput, TransferRefusedInput } from './transfer.dto.js';
import { TransferHooks } from './transfer.hooks.js';
import { carriesOf, digestOf } from './transfer.rules.js';
import {
  TRANSFER_ANSWER_DAYS,
  type Carries,
  type TransferState,
  type TransferWay,
} from './transfer.types.js';
import { wholeFrom, wholeOf, type WholeRow } from './transfer-whole.js';

CONSTRAINT_REFUSALS.set('transfer_offered', () =>
  Refusal.conflict(
    'already-handed-over',
    'They are being handed to another scheme already. Take that back first.',
  ),
);

interface Row {
  id: string;
  how: TransferWay;
  state: TransferState;
  toSchemeId: string | null;
  offeredAt: Date;
  answerBy: Date;
  result: Exclude<Result, 'died'>;
  noResponseBecause: NoResponseReason;
}

interface Locked {
  referral: ReferralRow;
  row: Row;
}

/** How handing over ended, with what the other scheme said. */
interface Ending {
  state: Exclude<TransferState, 'offered'>;
  answeredBy?: string | null;
  receipt?: string | null;
  reason?: string | null;
}

/**
 * Handing somebody to another scheme. They stay their worker's, with a next date, until the other scheme says that it has
 * them: only that closes the referral here. Locks go referral, transfer, parcel.
 */
@Injectable()
export class TransfersService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly referrals: ReferralsService,
    private readonly hooks: TransferHooks,
  ) {}

  offer(actor: Actor, referralId: string, input: OfferTransferInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const within = referralWithin(actor, reachFor(actor, 'transfer.offer'), tx.now);
      const referral = await lockReferral(tx, referralId, within);
      if (!isWithWorker(referral.state)) {
        throw Refusal.illegalMove(
          referral.state,
          'offer',
          'Only somebody whom a link worker has is handed over.',
        );
      }
      const to = await this.addressOf(tx, input);
      const whole = await tx.one<WholeRow>(
        wholeOf(sql`r.scheme_id = ${tx.schemeId} and r.id = ${referralId}`),
      );
      const carries = carriesOf(wholeFrom(whole), input.items);
      if (digestOf(carries) !== input.digest) {
        throw Refusal.conflict('changed', 'What would travel is not what you looked at. Look at it again.');
      }
      const settings = await schemeSettings(tx);
      await inside('agreement', refuseUnagreed(input.agreement, carries, tx.now, settings.minimumAge));
      const id = newId();
      const answerBy = workingDeadline(tx.now, TRANSFER_ANSWER_DAYS, holidaysOf(settings));
      const [said, sent] = [JSON.stringify(input.agreement), JSON.stringify(carries)];
      await tx.run(sql`
        insert into transfer (scheme_id, id, referral_id, how, to_scheme_id, to_name, items, agreement, carries, result,
          no_response_because, state, offered_by, offered_at, answer_by)
        values (${tx.schemeId}, ${id}, ${referralId}, ${to.id === null ? 'document' : 'scheme'}, ${to.id}, ${to.name},
          ${input.items}, ${said}, ${sent}, ${input.result}, ${input.noResponseBecause ?? 'moved'}, 'offered',
          ${memberOf(tx)}, ${tx.now}, ${answerBy})`);
      if (to.id !== null) {
        await tx.run(sql`
          insert into transfer_parcel (scheme_id, id, to_scheme_id, from_name, state, agreement, carries, sent_at, answer_by)
          select s.id, ${id}, ${to.id}, s.name, 'offered', ${said}, ${sent}, ${tx.now}, ${answerBy}
          from scheme s where s.id = ${tx.schemeId}`);
        await outbox.add(tx, TRANSFER_EVENTS.arrive, { transferId: id }, to.id);
      }
      await this.tell(tx, 'offer', id, referral);
      return id;
    });
  }

  /** A document arrived: whoever got it said so. */
  receipt(actor: Actor, id: string, input: TransferReceiptInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const locked = await this.lockFor(tx, id);
      refuseAnsweredHere(locked.row, 'receipt');
      if (input.receivedOn > londonDate(tx.now)) {
        throw Refusal.invalidField('receivedOn', 'The date cannot be in the future');
      }
      if (input.receivedOn < londonDate(locked.row.offeredAt)) {
        throw Refusal.invalidField('receivedOn', 'The date cannot be before it was handed over');
      }
      await this.end(tx, locked, {
        state: 'received',
        answeredBy: `${input.receivedBy}, ${input.receivedOn}`,
        receipt: input.receipt ?? null,
      });
      return id;
    });
  }

  refused(actor: Actor, id: string, input: TransferRefusedInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const locked = await this.lockFor(tx, id);
      refuseAnsweredHere(locked.row, 'refused');
      await this.end(tx, locked, { state: 'refused', answeredBy: input.refusedBy, reason: input.reason });
      return id;
    });
  }

  cancel(actor: Actor, id: string, reason: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const locked = await this.lockFor(tx, id);
      refuseEnded(locked.row, 'cancel');
      if (!(await takeBack(tx, locked.row, 'cancelled'))) {
        throw Refusal.conflict('answered', 'The other scheme has just answered. Look again.');
      }
      await this.end(tx, locked, { state: 'cancelled', reason });
      return id;
    });
  }

  /** Nobody answered in time. Whoever answers at the same moment wins. */
  expire(schemeId: string, id: string): Promise<boolean> {
    return this.unitOfWork.run(systemActor(schemeId, 'transfers'), async (tx) => {
      const locked = await this.lock(tx, id);
      if (locked?.row.state !== 'offered' || locked.row.answerBy > tx.now) return false;
      if (!(await takeBack(tx, locked.row, 'expired'))) return false;
      await this.end(tx, locked, { state: 'expired' });
      return true;
    });
  }

  /** What the other scheme wrote on the parcel becomes true here: with a receipt the referral closes, once. */
  async settleAnswered(tx: Tx, id: string): Promise<void> {
    const locked = await this.lock(tx, id);
    if (locked?.row.state !== 'offered') return;
    const answer = await tx.one<Required<Ending>>(sql`
      select p.state, p.answered_by as "answeredBy", p.receipt, p.reason from transfer_parcel p
      where p.scheme_id = ${tx.schemeId} and p.id = ${id} and p.state in ('received', 'refused')`);
    await this.end(tx, locked, answer);
  }

  /** A referral that ended another way hands nobody over: what waits is taken back, by a caller that holds its lock. */
  async takeBackOf(tx: Tx, referral: { id: string; client_id: string | null }): Promise<void> {
    const row = await tx.maybe<Row & Record<string, unknown>>(sql`
      select ${ROW} from transfer t
      where t.scheme_id = ${tx.schemeId} and t.referral_id = ${referral.id} and t.state = 'offered' for update of t`);
    // Answered already: what the other scheme said is told by its event.
    if (!row || !(await takeBack(tx, row, 'cancelled'))) return;
    await this.write(tx, row, { state: 'cancelled' });
    await this.tell(tx, 'cancel', row.id, referral);
  }

  private async addressOf(
    tx: Tx,
    { toSchemeId, toName }: OfferTransferInput,
  ): Promise<{ id: string | null; name: string }> {
    if (toSchemeId !== undefined && toName !== undefined) {
      throw Refusal.invalidField('toName', 'Choose a scheme, or name one that is not here: one of the two');
    }
    if (toSchemeId === undefined) {
      if (toName === undefined)
        throw Refusal.invalidField('toSchemeId', 'Say which scheme they are handed to');
      return { id: null, name: toName };
    }
    const scheme = await tx.maybe<{ id: string; name: string }>(
      sql`select id, name from scheme where id = ${toSchemeId} and id <> ${tx.schemeId}`,
    );
    if (!scheme) throw Refusal.invalidField('toSchemeId', 'Choose another scheme of this installation');
    return scheme;
  }

  private async lockFor(tx: Tx, id: string): Promise<Locked> {
    const within = referralWithin(tx.actor, reachFor(tx.actor, 'transfer.settle'), tx.now);
    const found = await tx.maybe<{ referral_id: string }>(sql`
      select t.referral_id from transfer t where t.scheme_id = ${tx.schemeId} and t.id = ${id}`);
    if (!found) throw Refusal.notFound();
    await lockReferral(tx, found.referral_id, within);
    const locked = await this.lock(tx, id);
    if (!locked) throw Refusal.notFound();
    return locked;
  }

  private async lock(tx: Tx, id: string): Promise<Locked | null> {
    const found = await tx.maybe<{ referral_id: string }>(sql`
      select t.referral_id from transfer t where t.scheme_id = ${tx.schemeId} and t.id = ${id}`);
    if (!found) return null;
    const referral = await lockReferral(tx, found.referral_id);
    const row = await tx.one<Row & Record<string, unknown>>(sql`
      select ${ROW} from transfer t where t.scheme_id = ${tx.schemeId} and t.id = ${id} for update of t`);
    return { referral, row };
  }

  private async end(tx: Tx, { referral, row }: Locked, ending: Ending): Promise<void> {
    await this.write(tx, row, ending);
    if (ending.state === 'received' && isWithWorker(referral.state)) {
      await this.referrals.closeWithin(tx, referral.id, {
        result: row.result,
        reason: 'handed_to_another_scheme',
        noResponseBecause: row.noResponseBecause,
        mayAskAgain: false,
      });
    }
    await this.tell(tx, ending.state === 'cancelled' ? 'cancel' : 'end', row.id, referral, ending.state);
  }

  private async write(tx: Tx, row: Row, ending: Ending): Promise<void> {
    await tx.run(sql`
      update transfer set state = ${ending.state}, answered_by = ${ending.answeredBy ?? null},
        receipt = ${ending.receipt ?? null}, reason = ${ending.reason ?? null}, ended_by = ${memberOf(tx)},
        ended_at = ${tx.now}, version = version + 1
      where scheme_id = ${tx.schemeId} and id = ${row.id}`);
  }

  private async tell(
    tx: Tx,
    verb: 'offer' | 'end' | 'cancel',
    id: string,
    referral: { id: string; client_id: string | null },
    state: TransferState | null = null,
  ): Promise<void> {
    await audit(tx, {
      action: verb === 'offer' ? 'transfer.offer' : 'transfer.settle',
      subject: { kind: 'transfer', id },
      clients: referral.client_id === null ? [] : [referral.client_id],
      details: { verb, ...(state && { state }) },
    });
    await outbox.add(tx, TRANSFER_EVENTS[verb], { transferId: id, referralId: referral.id });
    await this.hooks.changed.run(tx, { transferId: id });
  }
}

const ROW = sql`t.id, t.how, t.state, t.to_scheme_id as "toSchemeId", t.offered_at as "offeredAt",
  t.answer_by as "answerBy", t.result, t.no_response_because as "noResponseBecause"`;

/** From the moment this commits the other scheme reads nothing of it. False when it was answered first. */
async function takeBack(tx: Tx, row: Row, state: 'cancelled' | 'expired'): Promise<boolean> {
  if (row.toSchemeId === null) return true;
  const { rowCount } = await tx.run(sql`
    update transfer_parcel set state = ${state}, carries = null, agreement = null, answered_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and id = ${row.id} and state = 'offered'`);
  if (rowCount === 0) return false;
  await outbox.add(tx, TRANSFER_EVENTS.takeBack, { transferId: row.id }, row.toSchemeId);
  return true;
}

/** Judged as the other scheme will: it rests its support on this. */
function refuseUnagreed(
  said: SendAgreementInput,
  { person }: Carries,
  now: Date,
  minimumAge: number,
): Promise<void> {
  const { basis, agreedOn, decidedBy, authoritySeenOn, consulted, renewOn } = said;
  const problems = agreementProblems(
    {
      basis,
      agreedOn,
      decidedBy: decidedBy ?? null,
      authoritySeenOn: authoritySeenOn ?? null,
      consulted: consulted ?? null,
      renewOn: renewOn ?? null,
      scope: ['scheme_support'],
      organisationId: null,
    },
    person,
    londonDate(now),
    minimumAge,
  );
  return problems.length > 0 ? Promise.reject(Refusal.invalid(problems)) : Promise.resolve();
}

function refuseEnded(row: Row, verb: string): void {
  if (row.state === 'offered') return;
  throw Refusal.illegalMove(row.state, verb, 'It has ended. Hand them over anew if that is still wanted.');
}

function refuseAnsweredHere(row: Row, verb: string): void {
  refuseEnded(row, verb);
  if (row.how === 'document') return;
  throw Refusal.conflict('they-answer', 'That scheme is here and answers itself.');
}
