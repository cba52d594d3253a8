import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { audit } from '../audit/audit.js';
import type { Action } from '../permissions/permission.table.js';
import { reachFor } from '../permissions/reach.js';
import { type Actor, nameInHistory } from '../platform/actor/actor.types.js';
import { londonDate } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { refuseStale } from '../platform/http/version.js';
import { outbox } from '../platform/outbox/outbox.js';
import { newId } from '../platform/pure/ids.js';
import { move, type Side } from '../platform/pure/lifecycle.js';
import { lockReferral } from '../referrals/referral-moves.js';
import { referralWithin } from '../referrals/referral.reach.js';
import { isWithWorker } from '../referrals/referral.types.js';
import type { Interpreter } from '../clients/client.types.js';
import type {
  CancelAppointmentInput,
  HomeVisitInput,
  InterpreterInput,
  MakeAppointmentInput,
  MoveAppointmentInput,
  SetOutInput,
} from './appointment.dto.js';
import { AppointmentHooks, type AppointmentEvent } from './appointment.hooks.js';
import { APPOINTMENT_LIFECYCLE, type AppointmentVerb } from './appointment.lifecycle.js';
import { referralOfAppointment } from './appointment.reach.js';
import {
  interpreterProblems,
  movedBooking,
  placeProblem,
  saysWhy,
  startsAt,
  type Said,
} from './appointment.rules.js';
import type {
  AppointmentInterpreter,
  AppointmentKind,
  AppointmentState,
  BookingState,
  ENDING_REASONS,
} from './appointment.types.js';
import { APPOINTMENT_EVENTS } from './caseload.events.js';
import { visitOf, type VisitRow, warn, warnOfHome, writeVisit } from './home-visits.js';

interface Why {
  side: Side;
  reason: string;
  note: string | null;
}

interface AppointmentRow {
  id: string;
  version: number;
  referral_id: string;
  client_id: string;
  owner_id: string | null;
  state: AppointmentState;
  kind: AppointmentKind;
  starts_at: Date;
  minutes: number;
  place: string | null;
  interpreter: AppointmentInterpreter | null;
  interpreter_booking: BookingState | null;
}

/** What is said of an interpreter, as the row keeps it. */
interface Interpreted {
  kind: AppointmentInterpreter;
  language: string;
  booking: BookingState;
  notFromMyCommunity: boolean;
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
      refuseVisit(input.kind, input.visit);

      const id = newId();
      const { kind, minutes } = input;
      const arranged = { startsAt: at, minutes };
      const visit =
        kind === 'home_visit' ? await visitOf(tx, arranged, input.visit, null, referral.owner_id) : null;
      const workerId = visit?.worker_id ?? referral.owner_id;
      const clientId = referral.client_id;
      await warn(tx, { id, clientId, kind, ...arranged, workerId }, input.evenSo ?? []);
      const interpreter = await interpreterFor(tx, clientId, input.interpreter, 'interpreter.');
      await tx.run(sql`
        insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, place, note, made_by,
          interpreter, interpreter_language, interpreter_booking, not_from_my_community, created_at, updated_at)
        values (${tx.schemeId}, ${id}, ${referral.id}, ${input.kind}, 'made', ${at}, ${input.minutes},
          ${input.place ?? null}, ${input.note ?? null}, ${memberOf(tx)}, ${interpreter?.kind ?? null},
          ${interpreter?.language ?? null}, ${interpreter?.booking ?? null},
          ${interpreter?.notFromMyCommunity ?? false}, ${tx.now}, ${tx.now})`);
      if (visit) await writeVisit(tx, id, visit);
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

  move(actor: Actor, appointmentId: string, input: MoveAppointmentInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const appointment = await lockAppointment(tx, 'appointment.move', appointmentId);
      refuseStale(appointment.version, seen);
      refuseMove(appointment, 'move', tx);
      refuseWordless(input);
      const at = instantOf(input, tx);
      const kind = input.kind ?? appointment.kind;
      const place = input.place ?? (kind === appointment.kind ? appointment.place : null);
      refusePlace(kind, place);
      refuseVisit(kind, input.visit);

      const { client_id: clientId, owner_id: ownerId } = appointment;
      const arranged = { startsAt: at, minutes: input.minutes ?? appointment.minutes };
      const before = await tx.maybe<VisitRow>(sql`
        select worker_id, buddy_id, back_by, note from home_visit
        where scheme_id = ${tx.schemeId} and appointment_id = ${appointmentId} for update`);
      const earlier = before && { ...before, starts_at: appointment.starts_at };
      const visit = kind === 'home_visit' ? await visitOf(tx, arranged, input.visit, earlier, ownerId) : null;
      const workerId = visit?.worker_id ?? ownerId;
      await warn(tx, { id: appointmentId, clientId, kind, ...arranged, workerId }, input.evenSo ?? []);
      const { interpreter, interpreter_booking: booking } = appointment;
      const again = interpreter && booking ? movedBooking(interpreter, booking) : null;
      await tx.run(sql`
        update appointment set version = version + 1, kind = ${kind}, starts_at = ${at},
          minutes = ${arranged.minutes}, place = ${place}, interpreter_booking = ${again}, updated_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and id = ${appointmentId}`);
      if (visit) await writeVisit(tx, appointmentId, visit);
      else if (before) {
        await tx.run(sql`
          delete from home_visit where scheme_id = ${tx.schemeId} and appointment_id = ${appointmentId}`);
      }
      const event = eventOf(appointment, at);
      await record(tx, 'move', event, whyOf(input), appointment.starts_at);
      await this.hooks.moved.run(tx, event);
      return appointmentId;
    });
  }

  cancel(actor: Actor, appointmentId: string, input: CancelAppointmentInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const appointment = await lockAppointment(tx, 'appointment.cancel', appointmentId);
      refuseStale(appointment.version, seen);
      refuseMove(appointment, 'cancel', tx);
      refuseWordless(input);
      await this.cancelOne(tx, appointment, whyOf(input));
      return appointmentId;
    });
  }

  /** Who interprets, and how far booking them has come; nobody, when none is needed. */
  interpret(actor: Actor, appointmentId: string, input: InterpreterInput, seen?: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const appointment = await lockAppointment(tx, 'appointment.move', appointmentId);
      refuseStale(appointment.version, seen);
      refuseMove(appointment, 'interpret', tx);
      const said = await interpreterFor(tx, appointment.client_id, input, '');
      await tx.run(sql`
        update appointment set version = version + 1, interpreter = ${said?.kind ?? null},
          interpreter_language = ${said?.language ?? null}, interpreter_booking = ${said?.booking ?? null},
          not_from_my_community = ${said?.notFromMyCommunity ?? false}
        where scheme_id = ${tx.schemeId} and id = ${appointmentId}`);
      await this.changed(tx, 'interpret', appointment, said?.booking ?? null);
      return appointmentId;
    });
  }

  /** Off to the visit, on its own day: a worker may leave long before it begins, and nobody watches over a day too early. */
  setOut(actor: Actor, appointmentId: string, { evenSo = [] }: SetOutInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { appointment, visit } = await lockVisit(tx, appointmentId, 'setOut');
      if (visit.back_at !== null) throw Refusal.illegalMove('back', 'setOut', 'They are back already.');
      if (visit.set_out_at !== null) return appointmentId;
      if (londonDate(tx.now) < londonDate(appointment.starts_at)) {
        throw Refusal.illegalMove(
          'made',
          'setOut',
          'The visit is on a later day. Set out on the day, or move it.',
        );
      }
      await warnOfHome(tx, appointment.client_id, evenSo);
      await tx.run(sql`
        update home_visit set set_out_at = ${tx.now}
        where scheme_id = ${tx.schemeId} and appointment_id = ${appointmentId}`);
      await this.changed(tx, 'setOut', appointment, null);
      return appointmentId;
    });
  }

  /** Back and safe, which ends the asking. Twice is once. */
  back(actor: Actor, appointmentId: string): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      const { appointment, visit } = await lockVisit(tx, appointmentId, 'back');
      if (visit.back_at !== null) return appointmentId;
      if (visit.set_out_at === null && appointment.starts_at > tx.now) {
        throw Refusal.illegalMove('made', 'back', 'The visit has not begun. Say first that you set out.');
      }
      await tx.run(sql`
        update home_visit set back_at = ${tx.now}, set_out_at = coalesce(set_out_at, ${tx.now})
        where scheme_id = ${tx.schemeId} and appointment_id = ${appointmentId}`);
      await this.changed(tx, 'back', appointment, null);
      return appointmentId;
    });
  }

  /** `updated_at` stays: it says when the time was arranged, which reminders to the person count from. */
  private async changed(
    tx: Tx,
    verb: 'interpret' | 'setOut' | 'back',
    appointment: AppointmentRow,
    note: string | null,
  ): Promise<void> {
    if (verb !== 'interpret') {
      await tx.run(sql`
        update appointment set version = version + 1
        where scheme_id = ${tx.schemeId} and id = ${appointment.id}`);
    }
    const event = eventOf(appointment, appointment.starts_at);
    await record(tx, verb, event, null, null, note);
    await this.hooks.changed.run(tx, event);
  }

  /** What is still to come for an episode that has ended; the caller holds the referral's lock. */
  async cancelComing(
    tx: Tx,
    referralId: string,
    why: { side: Side; reason: (typeof ENDING_REASONS)[number] },
  ): Promise<void> {
    const coming = await tx.rows<AppointmentRow>(sql`
      select a.id, a.version, a.referral_id, r.client_id, r.owner_id, a.state, a.kind, a.starts_at, a.minutes, a.place,
        a.interpreter, a.interpreter_booking
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

function refuseWordless({ reason, reasonNote }: CancelAppointmentInput): void {
  if (saysWhy({ reason, note: reasonNote })) return;
  throw Refusal.invalidField('reasonNote', 'Say what the other reason is');
}

/** The referral's lock is the appointment's permission; whoever was sent on a visit sets out and comes back with it. */
async function lockAppointment(
  tx: Tx,
  action: 'appointment.move' | 'appointment.cancel' | 'appointment.visit',
  appointmentId: string,
): Promise<AppointmentRow> {
  const found = await tx.maybe<{ referral_id: string }>(sql`
    select referral_id from appointment where scheme_id = ${tx.schemeId} and id = ${appointmentId}`);
  if (!found) throw Refusal.notFound();
  const reached =
    action === 'appointment.visit'
      ? referralOfAppointment(tx.actor, reachFor(tx.actor, action), tx.now, appointmentId)
      : within(tx, action);
  const { client_id, owner_id } = await lockReferral(tx, found.referral_id, reached);
  const row = await tx.one<Omit<AppointmentRow, 'client_id' | 'owner_id'>>(sql`
    select id, version, referral_id, state, kind, starts_at, minutes, place, interpreter, interpreter_booking from appointment
    where scheme_id = ${tx.schemeId} and id = ${appointmentId} for update`);
  if (client_id === null) throw Refusal.notFound();
  return { ...row, client_id, owner_id };
}

/** A visit may be set out to and come back from after it has begun. */
async function lockVisit(
  tx: Tx,
  appointmentId: string,
  verb: 'setOut' | 'back',
): Promise<{ appointment: AppointmentRow; visit: { set_out_at: Date | null; back_at: Date | null } }> {
  const appointment = await lockAppointment(tx, 'appointment.visit', appointmentId);
  const answer = move(APPOINTMENT_LIFECYCLE, verb, appointment.state);
  if (!answer.ok) throw Refusal.illegalMove(appointment.state, verb, answer.because);
  const visit = await tx.maybe<{ set_out_at: Date | null; back_at: Date | null }>(sql`
    select set_out_at, back_at from home_visit
    where scheme_id = ${tx.schemeId} and appointment_id = ${appointmentId} for update`);
  if (!visit) throw Refusal.illegalMove(appointment.state, verb, 'This is no home visit.');
  return { appointment, visit };
}

/** As somebody said, else as the person's record does: how their last interpreter had to be is kept. */
async function interpreterFor(
  tx: Tx,
  clientId: string,
  input: InterpreterInput | undefined,
  at: '' | 'interpreter.',
): Promise<Interpreted | null> {
  const person = await tx.one<{ interpreter: Interpreter; language: string; apart: boolean | null }>(sql`
    select c.interpreter, c.language, (
      select a.not_from_my_community from referral r
      join appointment a on a.scheme_id = r.scheme_id and a.referral_id = r.id
      where r.scheme_id = c.scheme_id and r.client_id = c.id and a.interpreter is not null
      order by a.created_at desc, a.id desc limit 1) as apart
    from client c where c.scheme_id = ${tx.schemeId} and c.id = ${clientId}`);
  const kind = input?.kind ?? person.interpreter;
  if (kind === 'not_needed') return null;
  if (input) {
    const problems = interpreterProblems({ kind, isAdult: input.isAdult ?? false });
    if (problems.length > 0) {
      throw Refusal.invalid(problems.map(({ field, message }) => ({ field: at + field, message })));
    }
  }
  return {
    kind,
    language: input?.language ?? person.language,
    booking: input?.booking ?? (kind === 'worker' ? 'confirmed' : 'wanted'),
    notFromMyCommunity: input?.notFromMyCommunity ?? person.apart ?? false,
  };
}

function refuseVisit(kind: AppointmentKind, visit: HomeVisitInput | undefined): void {
  if (visit !== undefined && kind !== 'home_visit') {
    throw Refusal.invalidField('visit', 'Leave this out unless it is a visit at home');
  }
}

const within = (tx: Tx, action: Action): Sql => referralWithin(tx.actor, reachFor(tx.actor, action), tx.now);

function refuseMove(appointment: AppointmentRow, verb: 'move' | 'cancel' | 'interpret', tx: Tx): void {
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
  note: string | null = why?.note ?? null,
): Promise<void> {
  await tx.run(sql`
    insert into appointment_history (scheme_id, id, appointment_id, at, action, actor_id, actor_name, side, reason, note,
      starts_at, starts_before)
    values (${tx.schemeId}, ${newId()}, ${event.appointmentId}, ${tx.now}, ${verb}, ${memberOf(tx)}, ${nameInHistory(tx.actor)},
      ${why?.side ?? null}, ${why?.reason ?? null}, ${note}, ${event.startsAt}, ${startsBefore})`);
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
