import sql from 'sql-template-tag';
import { outOfQuietHours } from '../platform/clock/calendar.js';
import type { Tx } from '../platform/database/tx.js';
import { isUkMobile } from '../platform/pure/phone.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import { listHolders } from './list-holders.js';
import { keptOut } from './message-switches.queries.js';
import { messageIdOf } from './message.rules.js';
import { listMoment, onListOf } from './task.reach.js';
import type { TaskKind } from './task.types.js';

interface AtOnce {
  text: boolean;
  atNight: boolean;
  mayBeLeftOut?: true;
}

/**
 * Tasks that tomorrow's digest would tell too late: told at once, and once, to everybody whose list they stand on.
 * `text`: also to their telephone. `atNight`: also in the quiet hours, since somebody may be in danger now.
 * `mayBeLeftOut`: not to whoever switched it off; what concerns somebody's safety cannot be.
 */
export const TOLD_AT_ONCE: Partial<Record<TaskKind, AtOnce>> = {
  visit_overdue: { text: true, atNight: true },
  safety_message: { text: true, atNight: true },
  warm_handover: { text: false, atNight: false },
  handover_undone: { text: false, atNight: false },
  people_left: { text: false, atNight: false },
  warm_handover_off: { text: true, atNight: false },
  job_over: { text: false, atNight: false, mayBeLeftOut: true },
};

const LEFT_OUT = Object.entries(TOLD_AT_ONCE).flatMap(([kind, { mayBeLeftOut }]) =>
  mayBeLeftOut ? [kind] : [],
);

/** Makes the messages for open tasks of these subjects that were not told yet. Gives the messages made. */
export async function noticesFor(
  tx: Tx,
  subjectIds: readonly string[],
  { publicUrl, carries }: { publicUrl: string; carries: (channel: SendingChannel) => boolean },
): Promise<string[]> {
  const at = listMoment(tx.now, holidaysOf(await schemeSettings(tx)));
  const told = await tx.rows<{
    taskId: string;
    kind: TaskKind;
    membershipId: string;
    phone: string | null;
  }>(sql`
    with me as (${listHolders(tx.schemeId, at)})
    select distinct on (t.id, me.account_id) t.id as "taskId", t.kind, me.id as "membershipId", p.phone
    from task t join me on ${onListOf(sql`t`, sql`me`, at)}
    join user_profile p on p.scheme_id = me.scheme_id and p.account_id = me.account_id
    where t.scheme_id = ${tx.schemeId} and t.subject_id = any(${subjectIds}::uuid[]) and t.ended_at is null
      and t.kind = any(${Object.keys(TOLD_AT_ONCE)}::text[])
      and not (t.kind = any(${LEFT_OUT}::text[]) and ${keptOut(tx.schemeId, sql`t.kind`, sql`me.id`)})
    order by t.id, me.account_id, me.id`);
  const messages = told.flatMap(({ taskId, kind, membershipId, phone }) => {
    const byText =
      TOLD_AT_ONCE[kind]?.text === true && phone !== null && isUkMobile(phone) && carries('text');
    return (byText ? (['email', 'text'] as const) : (['email'] as const)).map((channel) => {
      const id = newId();
      const at = TOLD_AT_ONCE[kind]?.atNight === true ? tx.now : outOfQuietHours(tx.now);
      return { id, channel, taskId, membershipId, at, header: messageIdOf(id, publicUrl) };
    });
  });
  if (messages.length === 0) return [];
  const made = await tx.rows<{ id: string }>(sql`
    insert into message (scheme_id, id, kind, channel, recipient_kind, membership_id, task_id, message_id, state,
      next_attempt_at, created_at)
    select ${tx.schemeId}, id, 'notice', channel, 'staff', "membershipId", "taskId", header, 'ready', at, ${tx.now}
    from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as new (id uuid, channel text, "taskId" uuid,
      "membershipId" uuid, at timestamptz, header text)
    on conflict (scheme_id, task_id, membership_id, channel) where task_id is not null do nothing
    returning id`);
  return made.map(({ id }) => id);
}

/** What the notice `messageId` says, while its task is open; null once it is not. */
export async function openTaskOf(tx: Tx, messageId: string): Promise<TaskKind | null> {
  const row = await tx.maybe<{ kind: TaskKind }>(sql`
    select t.kind from message m join task t on t.scheme_id = m.scheme_id and t.id = m.task_id
    where m.scheme_id = ${tx.schemeId} and m.id = ${messageId} and t.ended_at is null`);
  return row?.kind ?? null;
}
