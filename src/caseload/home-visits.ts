import sql from 'sql-template-tag';
import { standing } from '../identity/cover.queries.js';
import { flagsOf } from '../clients/lone-worker-flags.service.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import type { HomeVisitInput } from './appointment.dto.js';
import { backBy, endOf } from './appointment.rules.js';
import type { AppointmentKind, Warning } from './appointment.types.js';

/** An appointment as it is about to be written. */
export interface Arranged {
  id: string;
  clientId: string;
  kind: AppointmentKind;
  startsAt: Date;
  minutes: number;
  /** Who goes, or rings: the visitor, else whoever has the referral. */
  workerId: string | null;
}

export interface VisitRow {
  worker_id: string;
  buddy_id: string | null;
  back_by: Date;
  note: string | null;
}

/** Who goes, by when they are back and who asks after them. `before`: what is known from a visit that is moved. */
export async function visitOf(
  tx: Tx,
  arranged: { startsAt: Date; minutes: number },
  input: HomeVisitInput | undefined,
  before: (VisitRow & { starts_at: Date }) | null,
  ownerId: string | null,
): Promise<VisitRow> {
  const { actor } = tx;
  const self = actor.kind === 'member' && actor.role === 'link_worker' ? actor.membershipId : null;
  const workerId = input?.workerId ?? before?.worker_id ?? self ?? ownerId;
  if (workerId === null) throw Refusal.invalidField('visit.workerId', 'Say who goes');
  const buddyId = input?.buddyId === undefined ? (before?.buddy_id ?? null) : input.buddyId;
  const given = backBy(arranged, input?.backBy);
  if (!given.ok) throw Refusal.invalid([{ ...given.problem, field: `visit.${given.problem.field}` }]);
  const sameSpell =
    before === null
      ? null
      : new Date(arranged.startsAt.getTime() + before.back_by.getTime() - before.starts_at.getTime());
  const keeps = input?.backBy === undefined && sameSpell !== null && sameSpell >= endOf(arranged);
  await refuseStrangers(tx, { workerId, buddyId });
  return {
    worker_id: workerId,
    buddy_id: buddyId,
    back_by: keeps ? sameSpell : given.at,
    note: input?.note === undefined ? (before?.note ?? null) : input.note,
  };
}

/** Both work for the scheme today, and are two. */
async function refuseStrangers(
  tx: Tx,
  { workerId, buddyId }: { workerId: string; buddyId: string | null },
): Promise<void> {
  if (workerId === buddyId) {
    throw Refusal.invalidField('visit.buddyId', 'Choose somebody else: they ask after whoever goes');
  }
  const rows = await tx.rows<{ id: string }>(sql`
    select m.id from membership m
    where m.scheme_id = ${tx.schemeId} and m.id = any(${[workerId, buddyId]}::uuid[])
      and m.role in ('link_worker', 'scheme_manager') and ${standing(sql`m`)}`);
  const here = rows.map(({ id }) => id);
  const message = 'Choose a link worker or manager of this scheme';
  if (!here.includes(workerId)) throw Refusal.invalidField('visit.workerId', message);
  if (buddyId !== null && !here.includes(buddyId)) throw Refusal.invalidField('visit.buddyId', message);
}

export const writeVisit = (tx: Tx, appointmentId: string, visit: VisitRow): Promise<unknown> =>
  tx.run(sql`
    insert into home_visit (scheme_id, appointment_id, worker_id, buddy_id, back_by, note)
    values (${tx.schemeId}, ${appointmentId}, ${visit.worker_id}, ${visit.buddy_id}, ${visit.back_by}, ${visit.note})
    on conflict (scheme_id, appointment_id) do update
      set worker_id = excluded.worker_id, buddy_id = excluded.buddy_id, back_by = excluded.back_by,
        note = excluded.note, set_out_at = null, back_at = null`);

/** What somebody should know before it is arranged. Said once; done all the same when they say so. */
export async function warn(tx: Tx, arranged: Arranged, evenSo: readonly Warning[]): Promise<void> {
  if (!evenSo.includes('double_booked')) await refuseDoubleBooking(tx, arranged);
  if (arranged.kind === 'home_visit') await warnOfHome(tx, arranged.clientId, evenSo);
}

/** Nobody is to go there; asked again at the door, for it may have been said since the visit was made. */
export async function warnOfHome(tx: Tx, clientId: string, evenSo: readonly Warning[]): Promise<void> {
  if (evenSo.includes('no_home_visits')) return;
  const { flags } = await tx.one<{ flags: string[] }>(sql`
    select ${flagsOf(tx.schemeId, sql`${clientId}::uuid`)} as flags`);
  if (!flags.includes('no_home_visits')) return;
  throw Refusal.conflict(
    'no-home-visits',
    'Nobody is to visit this person at home. Choose another place, or say that you go all the same.',
  );
}

/** No appointment is longer than eight hours, so nothing that began before that can still be running. */
async function refuseDoubleBooking(tx: Tx, arranged: Arranged): Promise<void> {
  const { id, startsAt, workerId } = arranged;
  if (workerId === null) return;
  const end = endOf(arranged);
  const clash = await tx.maybe(sql`
    select 1 from appointment a
    join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
    left join home_visit v on v.scheme_id = a.scheme_id and v.appointment_id = a.id
    where a.scheme_id = ${tx.schemeId} and a.state = 'made' and a.id <> ${id}
      and a.starts_at > ${startsAt}::timestamptz - interval '8 hours' and a.starts_at < ${end}
      and a.starts_at + make_interval(mins => a.minutes) > ${startsAt}
      and coalesce(v.worker_id, r.owner_id) = ${workerId} limit 1`);
  if (!clash) return;
  throw Refusal.conflict(
    'double-booked',
    'The worker has another appointment at that time. Choose another time, or say that both stand.',
  );
}
