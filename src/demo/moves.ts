import sql from 'sql-template-tag';
import { carriesOf } from '../caseload/transfer.rules.js';
import { TRANSFER_ANSWER_DAYS } from '../caseload/transfer.types.js';
import { wholeFrom, wholeOf, type WholeRow } from '../caseload/transfer-whole.js';
import { BANK_HOLIDAYS } from '../platform/clock/bank-holidays.js';
import { addDays, londonDate, workingDeadline } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import type { SubjectIds } from '../reminders/reminder-facts.queries.js';
import { Dice } from './dice.js';

const SEED = 20_261_124;
const PEOPLE = 5;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * People of the third worker's who move: one whose practice changed and nobody has asked yet who hears of it, one who
 * leaves the area and one who is kept for a while though they left, one who is handed to another scheme by document; and
 * one about whose safety their practice was written to and answered. It has dice of its own: nobody's referral changes.
 */
export async function writeMoves(tx: Tx, workers: readonly string[]): Promise<SubjectIds> {
  const [, , worker] = workers;
  if (worker === undefined) return {};
  const { schemeId, now } = tx;
  const people = await tx.rows<{ referralId: string; clientId: string; practice: string }>(sql`
    select r.id as "referralId", r.client_id as "clientId", r.organisation_id as practice from referral r
    join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id and o.kind = 'gp_practice'
    where r.scheme_id = ${schemeId} and r.owner_id = ${worker} and r.state = 'active'
    order by r.begun_at, r.id limit ${PEOPLE}`);
  const [changed, leaving, kept, handed, worried] = people;
  if (!changed || !leaving || !kept || !handed || !worried) return {};
  const dice = new Dice(SEED);
  const at = new Date(now.getTime() - 2 * DAY_MS);
  const day = londonDate(at);

  const practiceMove = dice.idAt(at);
  await tx.run(sql`
    update gp_registration set ends_on = greatest(starts_on, ${addDays(day, -1)}::date)
    where scheme_id = ${schemeId} and client_id = ${changed.clientId} and ends_on is null`);
  const { id: another } = await tx.one<{ id: string }>(sql`
    select id from organisation where scheme_id = ${schemeId} and kind = 'gp_practice' and id <> ${changed.practice}
    order by id limit 1`);
  await tx.run(sql`
    insert into gp_registration (scheme_id, id, client_id, organisation_id, starts_on, recorded_by, recorded_at)
    values (${schemeId}, ${dice.idAt(at)}, ${changed.clientId}, ${another}, ${day}, ${worker}, ${at})`);
  await tx.run(sql`
    insert into practice_move (scheme_id, id, client_id, from_organisation_id, to_organisation_id, moved_on, recorded_by,
      recorded_at)
    values (${schemeId}, ${practiceMove}, ${changed.clientId}, ${changed.practice}, ${another}, ${day}, ${worker}, ${at})`);

  const keepUntil = addDays(londonDate(now), 21);
  const reason = 'Wants to say goodbye to the lunch club; the new town’s scheme is known by name.';
  const [open, staying] = [dice.idAt(at), dice.idAt(at)];
  await tx.run(sql`
    insert into area_move (scheme_id, id, referral_id, moved_on, where_to, state, keep_until, recorded_by, recorded_at,
      decided_at)
    values
      (${schemeId}, ${open}, ${leaving.referralId}, ${addDays(day, 20)}, 'Leeds, with a daughter', 'open', null, ${worker},
        ${at}, null),
      (${schemeId}, ${staying}, ${kept.referralId}, ${day}, 'Ipswich', 'kept', ${keepUntil}, ${worker}, ${at}, ${at})`);
  await tx.run(sql`
    insert into area_move_history (scheme_id, id, area_move_id, at, action, actor_id, keep_until, reason)
    values
      (${schemeId}, ${dice.idAt(at)}, ${open}, ${at}, 'record', ${worker}, null, null),
      (${schemeId}, ${dice.idAt(at)}, ${staying}, ${at}, 'record', ${worker}, null, null),
      (${schemeId}, ${dice.idAt(at)}, ${staying}, ${at}, 'keep', ${worker}, ${keepUntil}, ${reason})`);

  const whole = await tx.one<WholeRow>(
    wholeOf(sql`r.scheme_id = ${schemeId} and r.id = ${handed.referralId}`),
  );
  const items = ['reasons', 'plan'] as const;
  const transfer = dice.idAt(at);
  await tx.run(sql`
    insert into transfer (scheme_id, id, referral_id, how, to_name, items, agreement, carries, result,
      no_response_because, state, offered_by, offered_at, answer_by)
    values (${schemeId}, ${transfer}, ${handed.referralId}, 'document', 'Social prescribing, Norwich', ${[...items]},
      ${JSON.stringify({ basis: 'agreed', agreedOn: day, how: 'phone' })},
      ${JSON.stringify(carriesOf(wholeFrom(whole), items))}, 'partly_helped', 'moved', 'offered', ${worker}, ${at},
      ${workingDeadline(at, TRANSFER_ANSWER_DAYS, BANK_HOLIDAYS)})`);

  const sentAt = new Date(now.getTime() - 30 * DAY_MS);
  await tx.run(sql`
    insert into safety_message (scheme_id, id, referral_id, organisation_id, sent_by, sent_at, answer_by,
      handed_over_at, read_at, read_through)
    values (${schemeId}, ${dice.idAt(sentAt)}, ${worried.referralId}, ${worried.practice}, ${worker}, ${sentAt},
      ${new Date(sentAt.getTime() + 2 * HOUR_MS)}, ${sentAt}, ${new Date(sentAt.getTime() + HOUR_MS)}, 'link')`);
  return { practice_move: [practiceMove], area_move: [open, staying], transfer: [transfer] };
}
