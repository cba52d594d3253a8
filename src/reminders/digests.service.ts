import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import type { SystemActor } from '../platform/actor/actor.types.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { atLondon } from '../platform/clock/calendar.js';
import { HEARS, TOLD_COLUMNS } from '../referrals/referral-hears.queries.js';
import { toldTo, type ToldRow } from '../referrals/referral.rules.js';
import type { Feedback } from '../referrals/referral.types.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { listHolders } from './list-holders.js';
import { keptOut } from './message-switches.queries.js';
import { messageIdOf } from './message.rules.js';
import { identityLine } from './closing-document.js';
import { sayAsked, sayStatus } from './message.words.js';
import { inboxMail } from './recipients.queries.js';
import { identitiesOf } from './secure-mail.queries.js';
import { withNewsInWeek } from './reminder-facts.queries.js';
import { digestDay } from './reminder.rules.js';
import { RemindersService } from './reminders.service.js';
import { digestFrom, startsWeek, weekBefore } from './week.rules.js';
import { listMoment, type ListMoment, onListOf } from './task.reach.js';

/** One e-mail a person and working day, with counts and a link: P7 leaves nothing else to say. */
@Injectable()
export class Digests {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
    private readonly reminders: RemindersService,
  ) {}

  /** Makes today's digests, once, and asks for the week of those who refer. Gives the messages made. */
  make(actor: SystemActor): Promise<string[]> {
    return this.unitOfWork.run(actor, async (tx) => {
      const settings = await schemeSettings(tx);
      const holidays = holidaysOf(settings);
      const day = digestDay(tx.now, holidays);
      if (day === null || !(await isFirst(tx, day))) return [];
      const people = await recipients(tx, listMoment(tx.now, holidays));
      const organisations = await organisationsWithTasks(tx);
      if (startsWeek(day, holidays)) {
        await this.reminders.plan(tx, { practice: await withNewsInWeek(tx, day, null) });
      }
      const messages = [
        ...people.map((membershipId) => ({
          kind: 'digest',
          to: 'staff',
          membershipId,
          organisationId: null,
        })),
        ...organisations.map((organisationId) => ({
          kind: 'inbox',
          to: 'referrer',
          membershipId: null,
          organisationId,
        })),
      ].map((message) => {
        const id = newId();
        return { ...message, id, header: messageIdOf(id, this.config.publicUrl) };
      });
      await tx.run(sql`
        insert into message (scheme_id, id, kind, channel, recipient_kind, organisation_id, membership_id, digest_on,
          message_id, state, next_attempt_at, created_at)
        select ${tx.schemeId}, id, kind, 'email', "to", "organisationId", "membershipId", ${day}::date, header, 'ready',
          ${tx.now}, ${tx.now}
        from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as new (id uuid, kind text, "to" text,
          "organisationId" uuid, "membershipId" uuid, header text)`);
      return messages.map(({ id }) => id);
    });
  }

  /** After a restore: today's may have gone out by `until`, and tomorrow's tells the same. True when they were not known. */
  afterRestore(actor: SystemActor, until: Date): Promise<boolean> {
    return this.unitOfWork.run(actor, async (tx) => {
      const day = digestDay(tx.now, holidaysOf(await schemeSettings(tx)));
      return day !== null && digestFrom(day) <= until && (await isFirst(tx, day));
    });
  }
}

/** The first to look on a day makes its digests; a transaction that fails leaves them to the next. */
async function isFirst(tx: Tx, day: string): Promise<boolean> {
  const { rowCount } = await tx.run(sql`
    insert into digest_day (scheme_id, day, made_at) values (${tx.schemeId}, ${day}, ${tx.now})
    on conflict do nothing`);
  return rowCount === 1;
}

/** Those of them who want a digest. */
const lists = (schemeId: string, at: ListMoment): Sql =>
  sql`${listHolders(schemeId, at)} and not ${keptOut(schemeId, sql`'digest'`, sql`m.id`)}`;

/** One membership a person, of those with something on a list. An organisation's own list goes to its inbox instead. */
async function recipients(tx: Tx, at: ListMoment): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    with me as (${lists(tx.schemeId, at)})
    select distinct on (me.account_id) me.id from me
    where exists (
      select 1 from task t
      where t.scheme_id = ${tx.schemeId} and t.ended_at is null and t.audience <> 'organisation'
        and not ${keptOut(tx.schemeId, sql`t.kind`, sql`me.id`)} and ${onListOf(sql`t`, sql`me`, at)})
    order by me.account_id, me.id`);
  return rows.map((row) => row.id);
}

async function organisationsWithTasks(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    select distinct audience_id as id from task
    where scheme_id = ${tx.schemeId} and ended_at is null and audience = 'organisation' order by id`);
  const reachable = await inboxMail(
    tx,
    rows.map((row) => row.id),
  );
  return [...reachable.keys()];
}

/**
 * A practice's week in counts, of what its people let it hear; null when there is nothing to say. Referrals of which it
 * may hear nothing count as new and in nothing else.
 */
export async function weekOf(tx: Tx, organisationId: string, day: string): Promise<Counts | null> {
  const [from, until] = [weekBefore(day), atLondon(day, '00:00')];
  const row = await tx.one<Record<string, number>>(sql`
    with theirs as (
      select r.state, r.sent_at, r.begun_at, r.told_status, r.told_at, ${HEARS} <> 'nothing' as heard from referral r
      join organisation o on o.scheme_id = r.scheme_id and o.id = r.organisation_id and o.weekly
      where r.scheme_id = ${tx.schemeId} and r.organisation_id = ${organisationId} and r.state <> 'entered_in_error')
    select (count(*) filter (where sent_at >= ${from} and sent_at < ${until}))::int as received,
      (count(*) filter (where heard and begun_at >= ${from} and begun_at < ${until}))::int as reached,
      (count(*) filter (where heard and told_status in ('closed', 'not_taken_on', 'withdrawn')
        and told_at >= ${from} and told_at < ${until}))::int as ended,
      (count(*) filter (where heard and told_status in ('taken_on', 'in_touch')
        and told_at >= ${from} and told_at < ${until}))::int as moved,
      (count(*) filter (where heard and state in ('sent', 'accepted', 'allocated')))::int as waiting,
      (count(*) filter (where state = 'returned'))::int as returned
    from theirs`);
  const { received, reached, ended, moved, returned } = row;
  if ([received, reached, ended, moved, returned].every((count) => count === 0)) return null;
  const counts = Object.fromEntries(Object.entries(row).map(([name, count]) => [name, String(count)]));
  return { ...counts, ...sayAsked(returned ?? 0) };
}

/** A list that is longer is read at the desk. */
const MOST_NEWS = 20;

/**
 * The same week, a line for each referral that came back or of which something was told in it. A line names who it is
 * about only for an address that may.
 */
export async function newsOf(tx: Tx, organisationId: string, day: string, secure: boolean): Promise<string> {
  const [from, until] = [weekBefore(day), atLondon(day, '00:00')];
  const rows = await tx.rows<ToldRow & { id: string; reference: string; hears: Feedback }>(sql`
    select r.id, r.reference, ${TOLD_COLUMNS}, ${HEARS} as hears from referral r
    where r.scheme_id = ${tx.schemeId} and r.organisation_id = ${organisationId} and not r.told_own
      and (r.told_status = 'returned' or (r.told_at >= ${from} and r.told_at < ${until}
        and r.told_status in ('taken_on', 'in_touch', 'not_taken_on', 'closed', 'withdrawn')))
    order by r.told_status <> 'returned', r.told_at, r.id`);
  const news = rows.flatMap((row) => {
    const { status, why } = toldTo(row, row.hears);
    return status === 'sent' ? [] : { ...row, words: sayStatus(status, why) };
  });
  const shown = news.slice(0, MOST_NEWS);
  const ids = shown.map(({ id }) => id);
  const identities = secure ? await identitiesOf(tx, organisationId, ids) : null;
  const lines = shown.map(({ id, reference, words }) => {
    const who = identities?.get(id);
    return `${reference} – ${words}${who ? ` (${identityLine(who)})` : ''}`;
  });
  if (news.length > MOST_NEWS) lines.push(`And ${String(news.length - MOST_NEWS)} more.`);
  return lines.map((line) => `${line}\n`).join('');
}

type Counts = Record<string, string>;

/** What is on the lists of the person or organisation a digest goes to, at this moment; null when nothing is. */
export async function listCounts(
  tx: Tx,
  message: { organisation_id: string | null; membership_id: string | null },
): Promise<Counts | null> {
  const { count, late } = await onLists(tx, message);
  return count === 0 ? null : { count: String(count), late: String(late) };
}

async function onLists(
  tx: Tx,
  message: { organisation_id: string | null; membership_id: string | null },
): Promise<{ count: number; late: number }> {
  const counts = sql`count(*)::int as count, (count(*) filter (where t.late))::int as late`;
  if (message.membership_id === null) {
    return tx.one(sql`
      select ${counts} from task t
      where t.scheme_id = ${tx.schemeId} and t.ended_at is null and t.audience = 'organisation'
        and t.audience_id = ${message.organisation_id}`);
  }
  const at = listMoment(tx.now, holidaysOf(await schemeSettings(tx)));
  return tx.one(sql`
    with me as (
      select list.* from (${lists(tx.schemeId, at)}) as list
      where list.account_id = (
        select account_id from membership where scheme_id = ${tx.schemeId} and id = ${message.membership_id}))
    select ${counts} from task t
    where t.scheme_id = ${tx.schemeId} and t.ended_at is null and t.audience <> 'organisation'
      and exists (
        select 1 from me
        where not ${keptOut(tx.schemeId, sql`t.kind`, sql`me.id`)} and ${onListOf(sql`t`, sql`me`, at)})`);
}
