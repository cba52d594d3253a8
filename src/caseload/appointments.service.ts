import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { move, type Side } from '../platform/pure/lifecycle.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { isWithWorker } from '../referrals/referral.types.js';
import type {
  CancelAppointmentInput,
  MakeAppointmentInput,
  MoveAppointmentInput,
} from './appointment.dto.js';
import { AppointmentHooks, type AppointmentEvent } from './appointment.hooks.js';
import { APPOINTMENT_LIFECYCLE, type AppointmentVerb } from './appointment.lifecycle.js';
import { placeProblem, startsAt, type Said } from './appointment.rules.js';
import type { AppointmentKind, AppointmentState, ENDING_REASONS } from './appointment.types.js';
import { APPOINTMENT_EVENTS } from './caseload.events.js';

interface Why {
  side: Side;
  reason: string;
  note: string | null;
}

interface AppointmentRow {
  id: string;
  referral_id: string;
  client_id: string;
  state: AppointmentState;
  kind: AppointmentKind;
  starts_at: Date;
  minutes: number;
  place: string | null;
}

@Injectable()
export class AppointmentsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: AppointmentHooks,
  ) {}

  make(actor: Actor, referralId: string, input: MakeAppointmentInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const referral = await lockReferral(tx, referralId, within(tx, 'appointment.make'));
      if (!isWithWorker(referral.state) || referral.client_id === null) {
        const because = 'An appointment can be made only while a link worker has the referral.';
        throw Refusal.illegalMove(referral.state, 'make', because);
      }
      const at = instantOf(input, tx);
      refusePlace(input.kind, input.place);

      const id = newId();
      await tx.run(sql`
        insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, place, note, made_by,
          created_at, updated_at)
        values (${tx.schemeId}, ${id}, ${referral.id}, ${input.kind}, 'made', ${at}, ${input.minutes},
          ${input.place ?? null}, ${input.note ?? null}, ${memberOf(tx)}, ${tx.now}, ${tx.now})`);
      const event = {
        appointmentId: id,
        referralId: referral.id,
        clientId: referral.client_id,
        startsAt: at,
      };
      await record(tx, 'make', event, null, null);
      await this.hooks.made.run(tx, event);
      return id;
    });
  }

  move(actor: Actor, appointmentId: string, input: MoveAppointmentInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const appointment = await lockAppointment(tx, 'appointment.move', appointmentId);
      refuseMove(appointment, 'move', tx);
      const at = instantOf(input, tx);
      const kind = input.kind ?? appointment.kind;
      const place = input.place ?? (kind === appointment.kind ? appointment.place : null);
      refusePlace(kind, place);

      await tx.run(sql`
        update appointment set version = version + 1, kind = ${kind}, starts_at = ${at},
          minutes = ${input.minutes ?? appointment.minutes}, place = ${place}, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${appointmentId}`);
      const event = eventOf(appointment, at);
      await record(tx, 'move', event, whyOf(input), appointment.starts_at);
      await this.hooks.moved.run(tx, event);
      return appointmentId;
    });
  }

  cancel(actor: Actor, appointmentId: string, input: CancelAppointmentInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const appointment = await lockAppointment(tx, 'appointment.cancel', appointmentId);
      refuseMove(appointment, 'cancel', tx);
      await this.cancelOne(tx, appointment, whyOf(input));
      return appointmentId;
    });
  }

  /** What is still to come for an episode that has ended; the caller holds the referral's lock. */
  async cancelComing(
    tx: Tx,
    referralId: string,
    why: { side: Side; reason: (typeof ENDING_REASONS)[number] },
  ): Promise<void> {
    const coming = await tx.rows<AppointmentRow>(sql`
      select a.id, a.referral_id, r.client_id, a.state, a.kind, a.starts_at, a.minutes, a.place
      from appointment a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
      where a.scheme_id = ${tx.schemeId} and a.referral_id = ${referralId} and a.state = 'made'
        and a.starts_at > ${tx.now}
      order by a.id for update of a`);
    for (const appointment of coming) await this.cancelOne(tx, appointment, { ...why, note: null });
  }

  private async cancelOne(tx: Tx, appointment: AppointmentRow, why: Why): Promise<void> {
    await tx.run(sql`
      update appointment set version = version + 1, state = 'cancelled', updated_at = ${tx.now}
      where scheme_id = ${tx.schemeId} and id = ${appointment.id}`);
    const event = eventOf(appointment, appointment.starts_at);
    await record(tx, 'cancel', event, why, null);
    await this.hooks.cancelled.run(tx, event);
  }
}

/** The referral's lock is the appointment's permission. */
async function lockAppointment(
  tx: Tx,
  action: 'appointment.move' | 'appointment.cancel',
  appointmentId: string,
): Promise<AppointmentRow> {
  const found = await tx.maybe<{ referral_id: string }>(sql`
    select referral_id from appointment where scheme_id = ${tx.schemeId} and id = ${appointmentId}`);
  if (!found) throw Refusal.notFound();
  const { client_id } = await lockReferral(tx, found.referral_id, within(tx, action));
  const row = await tx.one<Omit<AppointmentRow, 'client_id'>>(sql`
    select id, referral_id, state, kind, starts_at, minutes, place from appointment
    where scheme_id = ${tx.schemeId} and id = ${appointmentId} for update`);
  if (client_id === null) throw Refusal.notFound();
  return { ...row, client_id };
}

const within = (tx: Tx, action: Action): Sql => referralWithin(tx.actor, reachFor(tx.actor, action), tx.now);

function refuseMove(appointment: AppointmentRow, verb: 'move' | 'cancel', tx: Tx): void {
  const answer = move(APPOINTMENT_LIFECYCLE, verb, appointment.state);
  if (!answer.ok) throw Refusal.illegalMove(appointment.state, verb, answer.because);
  if (appointment.starts_at <= tx.now) {
    throw Refusal.illegalMove(appointment.state, verb, 'It has begun already. Log a contact instead.');
  }
}

function instantOf(said: Said, tx: Tx): Date {
  const answer = startsAt(said, tx.now);
  if (!answer.ok) throw Refusal.invalid([answer.problem]);
  return answer.at;
}

function refusePlace(kind: AppointmentKind, place: string | null | undefined): void {
  const problem = placeProblem(kind, place);
  if (problem) throw Refusal.invalid([problem]);
}

const whyOf = (input: CancelAppointmentInput): Why => ({
  side: input.side,
  reason: input.reason,
  note: input.reasonNote ?? null,
});

const eventOf = (appointment: AppointmentRow, at: Date): AppointmentEvent => ({
  appointmentId: appointment.id,
  referralId: appointment.referral_id,
  clientId: appointment.client_id,
  startsAt: at,
});

/** History, audit and outbox of one change. */
async function record(
  tx: Tx,
  verb: AppointmentVerb,
  event: AppointmentEvent,
  why: Why | null,
  startsBefore: Date | null,
): Promise<void> {
  await tx.run(sql`
    insert into appointment_history (scheme_id, id, appointment_id, at, action, actor_id, actor_name, side, reason, note,
      starts_at, starts_before)
    values (${tx.schemeId}, ${newId()}, ${event.appointmentId}, ${tx.now}, ${verb}, ${memberOf(tx)}, ${systemOf(tx)},
      ${why?.side ?? null}, ${why?.reason ?? null}, ${why?.note ?? null}, ${event.startsAt}, ${startsBefore})`);
  await audit(tx, {
    action: `appointment.${verb}`,
    subject: { kind: 'appointment', id: event.appointmentId },
    clients: [event.clientId],
    details: { referralId: event.referralId },
  });
  await outbox.add(tx, APPOINTMENT_EVENTS[verb], {
    appointmentId: event.appointmentId,
    referralId: event.referralId,
  });
}

const memberOf = (tx: Tx): string | null => (tx.actor.kind === 'member' ? tx.actor.membershipId : null);
const systemOf = (tx: Tx): string | null => (tx.actor.kind === 'system' ? tx.actor.name : null);
