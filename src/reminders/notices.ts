import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { outOfQuietHours } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { isUkMobile } from '../platform/pure/phone.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { listHolders } from './list-holders.js';
import { keptOut } from './message-switches.queries.js';
import { messageIdOf } from './message.rules.js';
import { listMoment, onListOf } from './task.reach.js';
import type { TaskKind } from './task.types.js';
import { DONE_BY, MAY_BE_LEFT_OUT, TOGETHER, TOLD_AT_ONCE } from './told-at-once.js';

const HOUR_MS = 60 * 60_000;

interface ToldRow {
  taskId: string;
  kind: TaskKind;
  membershipId: string;
  phone: string | null;
  /** When the last one of a kind that is told together went or will go; null where none did within the hour. */
  lastAt: Date | null;
}

/** What cannot wait for the digest, written to each person whose list it stands on. */
@Injectable()
export class Notices {
  constructor(
    private readonly config: Config,
    private readonly sender: MessageSender,
  ) {}

  /** Makes the messages for open tasks of these subjects that were not told yet. Gives the messages made. */
  async tell(tx: Tx, subjectIds: readonly string[]): Promise<string[]> {
    await oneAtATime(tx, subjectIds);
    const messages = (await toTell(tx, subjectIds)).flatMap(
      ({ taskId, kind, membershipId, phone, lastAt }) => {
        const byText =
          TOLD_AT_ONCE[kind]?.text === true &&
          phone !== null &&
          isUkMobile(phone) &&
          this.sender.carries('text');
        const due = lastAt === null ? tx.now : new Date(lastAt.getTime() + HOUR_MS);
        return (byText ? (['email', 'text'] as const) : (['email'] as const)).map((channel) => {
          const id = newId();
          const at = TOLD_AT_ONCE[kind]?.atNight === true ? due : outOfQuietHours(due);
          return { id, channel, taskId, membershipId, at, header: messageIdOf(id, this.config.publicUrl) };
        });
      },
    );
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
}

/** What is told together is told by one at a time, who then sees what the one before made. */
const oneAtATime = (tx: Tx, subjectIds: readonly string[]) =>
  tx.run(sql`
    select pg_advisory_xact_lock(hashtextextended('told together ' || kind || ' ' || ${tx.schemeId}, 0))
    from (
      select distinct kind from task
      where scheme_id = ${tx.schemeId} and subject_id = any(${subjectIds}::uuid[]) and ended_at is null
        and kind = any(${TOGETHER}::text[]) order by kind) waiting`);

/**
 * Whom to tell of which: not of their own doing, not what they left out, not what a message that waits will lead them to.
 * Each person once of each thing, though it stands on their list twice, as their own and as a manager's; and once of all
 * that is told together.
 */
async function toTell(tx: Tx, subjectIds: readonly string[]): Promise<ToldRow[]> {
  const at = listMoment(tx.now, holidaysOf(await schemeSettings(tx)));
  return tx.rows<ToldRow & Record<string, unknown>>(sql`
    with me as (${listHolders(tx.schemeId, at)})
    select distinct on (me.account_id, t.kind, once.thing) t.id as "taskId", t.kind, me.id as "membershipId", p.phone,
      before.at as "lastAt"
    from task t join me on ${onListOf(sql`t`, sql`me`, at)}
    cross join lateral (
      select case when not t.kind = any(${TOGETHER}::text[]) then t.subject_id end as thing) once
    join user_profile p on p.scheme_id = me.scheme_id and p.account_id = me.account_id
    left join lateral (
      select max(m.next_attempt_at) as at, bool_or(m.state = 'ready') as waits
      from message m join task other on other.scheme_id = m.scheme_id and other.id = m.task_id
      where m.scheme_id = t.scheme_id and m.membership_id = me.id and m.kind = 'notice' and other.kind = t.kind
        and (m.state = 'ready' or (m.state in ('sending', 'sent')
          and m.next_attempt_at > ${new Date(tx.now.getTime() - HOUR_MS)}))) before on t.kind = any(${TOGETHER}::text[])
    where t.scheme_id = ${tx.schemeId} and t.subject_id = any(${subjectIds}::uuid[]) and t.ended_at is null
      and t.kind = any(${Object.keys(TOLD_AT_ONCE)}::text[])
      and not (t.kind = any(${MAY_BE_LEFT_OUT}::text[])
        and ${keptOut(tx.schemeId, sql`t.kind`, sql`me.id`, ['email', 'notice'])})
      and not (t.kind = any(${TOGETHER}::text[]) and (t.created_at < ${tx.now} or coalesce(before.waits, false)))
      and not exists (
        select 1 from membership did
        where did.scheme_id = t.scheme_id and did.id = ${DONE_BY} and did.account_id = me.account_id)
    order by me.account_id, t.kind, once.thing, t.id, me.id`);
}

/**
 * What the notice `messageId` says, while its task stands open on the list of whoever it is for, or another of the same
 * thing or that is told with it; null once none does.
 */
export async function openTaskOf(tx: Tx, messageId: string): Promise<TaskKind | null> {
  const at = listMoment(tx.now, holidaysOf(await schemeSettings(tx)));
  const [row] = await tx.rows<{ kind: TaskKind }>(sql`
    with me as (${listHolders(tx.schemeId, at)})
    select t.kind from message m join task t on t.scheme_id = m.scheme_id and t.id = m.task_id
    join membership of on of.scheme_id = m.scheme_id and of.id = m.membership_id
    join me on me.account_id = of.account_id
    where m.scheme_id = ${tx.schemeId} and m.id = ${messageId} and exists (
      select 1 from task open
      where open.scheme_id = t.scheme_id and open.ended_at is null and ${onListOf(sql`open`, sql`me`, at)}
        and (open.id = t.id or (open.kind = t.kind and open.subject_id = t.subject_id) or (t.kind = any(${TOGETHER}::text[]) and open.kind = t.kind
          and open.created_at >= t.created_at)))`);
  return row?.kind ?? null;
}
