import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { RecordDeathInput } from '../clients/client.dto.js';
import { ClientsService } from '../clients/clients.service.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { newId } from '../platform/pure/ids.js';
import { schemeSettings } from '../platform/scheme/scheme-settings.js';
import { held, OnwardMoves, undoable, type Change } from './onward-moves.service.js';
import type {
  AttendanceInput,
  CompleteInput,
  InTouchInput,
  StartInput,
  StopInput,
  WithdrawOfferInput,
} from './onward.dto.js';
import type { OnwardRecord } from './onward.entity.js';
import { isGroup } from './onward.reach.js';
import { sessionRefusal, stepOf } from './onward.rules.js';
import { CAME, type Attendance } from './onward.types.js';
import { noSuchSession, registerFinal, sessionSaid, type SessionSaid } from './registers.queries.js';

/** What happens after a yes, and how it ends. */
@Injectable()
export class OnwardParticipation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly moves: OnwardMoves,
    private readonly clients: ClientsService,
  ) {}

  /** "Did you get in touch?" A yes is noted once; whoever could not reach the person is helped by the owner. */
  async inTouch(actor: Actor, id: string, input: InTouchInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.inTouch'));
      const { row } = await this.moves.lock(tx, id, 'inTouch', reach);
      const { reached, note = null } = input;
      if (reached ? row.inTouchAt === null : row.toAct !== 'not_in_touch') {
        const change: Change = reached ? { inTouchAt: tx.now, toAct: null } : { toAct: 'not_in_touch' };
        await this.moves.write(tx, row, 'inTouch', change, { note, details: { reached } });
      }
      return id;
    });
  }

  /** They came for the first time, or were first helped. */
  async start(actor: Actor, id: string, input: StartInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.start'));
      const { row } = await this.moves.lock(tx, id, 'start', reach);
      refuseSession('on', input.on, row, tx.now);
      await this.moves.write(
        tx,
        row,
        'start',
        { startedOn: input.on, startedBy: input.by, startedAt: tx.now, ...answerKept(row) },
        { details: { on: input.on, by: input.by } },
      );
      if (input.by === 'attendance') {
        const day = { onwardReferralId: id, dayField: 'on' };
        const session = await sessionSaid(tx, row.listingId, { sessionOn: input.on }, day);
        await this.keepFact(tx, id, session, { result: 'attended' });
      }
      return id;
    });
  }

  /**
   * Who came. One fact per person and session: saying it again corrects it, and the history keeps what was said. A day alone
   * means the session of that day that is known, so that the register of it has the same fact. The first time somebody
   * came starts the onward referral; corrected so that nobody came at all, it has not started, and the yes may be taken
   * back as before.
   */
  async attend(actor: Actor, id: string, input: AttendanceInput): Promise<string> {
    return this.unitOfWork.run(actor, (tx) => this.attendWithin(tx, id, input));
  }

  /** The same for callers in a transaction of their own. `correcting`: what a register made final may change. */
  async attendWithin(tx: Tx, id: string, said: AttendanceInput, correcting = false): Promise<string> {
    const reach = this.moves.reach(tx, reachFor(tx.actor, 'attendance.record'));
    const { row } = await this.moves.lock(tx, id, 'attend', reach);
    const { sessionOn, result, people, note } = said;
    refuseSession('sessionOn', sessionOn, row, tx.now);
    const session = await sessionSaid(tx, row.listingId, said, { onwardReferralId: id });
    const { sessionAt } = session;
    if ((people ?? 1) > row.people) {
      throw Refusal.invalidField('people', `Enter at most ${row.people}: that is how many were offered`);
    }
    const came = (CAME as readonly Attendance[]).includes(result);
    const started =
      came && row.state === 'accepted'
        ? await this.moves.write(
            tx,
            row,
            'start',
            { startedOn: sessionOn, startedBy: 'attendance', startedAt: tx.now, ...answerKept(row) },
            { details: { on: sessionOn, by: 'attendance' } },
          )
        : row;
    const { factId, previous } = await this.keepFact(tx, id, session, { result, people, note }, correcting);
    const after = await this.moves.write(
      tx,
      started,
      'attend',
      {},
      { note, details: { sessionOn, sessionAt, result, previous } },
    );
    if (!came) await this.notStarted(tx, after);
    return factId;
  }

  async complete(actor: Actor, id: string, input: CompleteInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.complete'));
      const { row } = await this.moves.lock(tx, id, 'complete', reach);
      const { undoHours } = await schemeSettings(tx);
      await this.giveBack(tx, row);
      await this.moves.write(
        tx,
        row,
        'complete',
        {
          result: input.result,
          endNote: input.note ?? null,
          toAct: isGroup(actor) ? 'ended_by_group' : null,
          ...undoable(tx, row, undoHours),
        },
        { reason: input.result, note: input.note },
      );
      return id;
    });
  }

  async stop(actor: Actor, id: string, input: StopInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.stop'));
      const { row } = await this.moves.lock(tx, id, 'stop', reach);
      const { undoHours } = await schemeSettings(tx);
      await this.giveBack(tx, row);
      const { reason, side, note = null } = input;
      await this.moves.write(
        tx,
        row,
        'stop',
        {
          endReason: reason,
          endSide: side,
          endNote: note,
          // A group may have meant somebody else. What we stop tells the group at once not to contact the person.
          ...(isGroup(actor)
            ? { toAct: 'ended_by_group' as const, ...undoable(tx, row, undoHours) }
            : { toAct: null }),
        },
        { reason, side, note },
      );
      return id;
    });
  }

  /** The scheme takes an offer back, whatever the group has said so far. */
  async withdraw(actor: Actor, id: string, input: WithdrawOfferInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.withdraw'));
      const { row } = await this.moves.lock(tx, id, 'withdraw', reach);
      await this.giveBack(tx, row);
      const { reason, side, note = null } = input;
      await this.moves.write(
        tx,
        row,
        'withdraw',
        { endReason: reason, endSide: side, endNote: note },
        { reason, side, note },
      );
      return id;
    });
  }

  /**
   * "I have seen this": the group knows not to contact the person again, or whoever rang it says so. Twice is once.
   */
  async seen(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.seen'));
      const { row } = await this.moves.lock(tx, id, 'seen', reach);
      if (row.seenAt === null) {
        const seenBy = actor.kind === 'member' ? actor.membershipId : null;
        await this.moves.write(tx, row, 'seen', { seenAt: tx.now, seenBy });
      }
      return id;
    });
  }

  /** The owner knows of an answer or an ending, and needs to do nothing more about it. */
  async noted(actor: Actor, id: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'onward.noted'));
      const { row } = await this.moves.lock(tx, id, 'noted', reach);
      if (row.toAct !== null) await this.moves.write(tx, row, 'noted', { toAct: null });
      return id;
    });
  }

  /** A group that still knows who the person is may be the first to hear that they died. */
  async died(actor: Actor, id: string, input: RecordDeathInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const reach = this.moves.reach(tx, reachFor(actor, 'client.recordDeath'));
      const row = await tx.maybe<Pick<OnwardRecord, 'clientId' | 'state' | 'endedAt'>>(sql`
        select o.client_id as "clientId", o.state, o.ended_at as "endedAt" from onward_referral o
        where o.scheme_id = ${tx.schemeId} and o.id = ${id} and ${reach}`);
      if (!row) throw Refusal.notFound();
      const { afterEndingCalendarDays } = await schemeSettings(tx);
      if (isGroup(actor) && stepOf(row, [], tx.now, afterEndingCalendarDays) === 'past') {
        throw Refusal.conflict('ended', 'This ended some time ago. Ring the scheme and tell them.');
      }
      await this.clients.recordDeathWithin(tx, row.clientId, input);
      return id;
    });
  }

  private async notStarted(tx: Tx, row: OnwardRecord): Promise<void> {
    if (row.state !== 'started' || row.startedBy !== 'attendance') return;
    const came = await tx.maybe(sql`
      select 1 from attendance
      where scheme_id = ${tx.schemeId} and onward_referral_id = ${row.id} and result = any(${CAME}::text[]) limit 1`);
    if (came) return;
    const change = { startedOn: null, startedBy: null, startedAt: null, ...answerKept(row) };
    await this.moves.write(tx, row, 'notStarted', change);
  }

  private async giveBack(tx: Tx, row: OnwardRecord): Promise<void> {
    await this.moves.exchange(tx, [held(row)]);
  }

  /** What a register that is final says of somebody stays; of whoever came to belong to it since, it says nothing yet. */
  private async keepFact(
    tx: Tx,
    onwardReferralId: string,
    { sessionOn, sessionAt, around }: SessionSaid,
    { result, people = 1, note = null }: Pick<AttendanceInput, 'result' | 'people' | 'note'>,
    correcting = false,
  ): Promise<{ factId: string; previous: Attendance | null }> {
    if (around) throw noSuchSession();
    const earlier = await tx.maybe<{ result: Attendance }>(sql`
      select result from attendance
      where scheme_id = ${tx.schemeId} and onward_referral_id = ${onwardReferralId}
        and session_on = ${sessionOn} and session_at is not distinct from ${sessionAt}::time`);
    const final =
      earlier &&
      (await tx.maybe(sql`
        select 1 from register r
        join onward_referral o on o.scheme_id = r.scheme_id and o.listing_id = r.listing_id
        where r.scheme_id = ${tx.schemeId} and o.id = ${onwardReferralId} and r.state = 'final'
          and r.session_on = ${sessionOn} and r.session_at is not distinct from ${sessionAt}::time for share of r`));
    if (final && !correcting) throw registerFinal();
    const by = tx.actor.kind === 'member' ? tx.actor.membershipId : null;
    const { id } = await tx.one<{ id: string }>(sql`
      insert into attendance (scheme_id, id, onward_referral_id, session_on, session_at, result, people, note,
        recorded_by, recorded_at)
      values (${tx.schemeId}, ${newId()}, ${onwardReferralId}, ${sessionOn}, ${sessionAt}, ${result}, ${people}, ${note},
        ${by}, ${tx.now})
      on conflict (scheme_id, onward_referral_id, session_on, session_at) do update
      set result = excluded.result, people = excluded.people, note = excluded.note,
        recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
      returning id`);
    return { factId: id, previous: earlier?.result ?? null };
  }
}

/** What a yes may go back to outlasts a start, which may be a mistake too. */
const answerKept = ({ before, undoUntil }: OnwardRecord): Change => ({ before, undoUntil });

function refuseSession(field: string, on: string, row: OnwardRecord, now: Date): void {
  const because = sessionRefusal(on, {
    offeredOn: londonDate(row.offeredAt),
    endedOn: row.endedAt === null ? null : londonDate(row.endedAt),
    today: londonDate(now),
  });
  if (because !== null) throw Refusal.invalidField(field, because);
}
