import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { SystemActor } from '../platform/actor/actor.types.js';
import { londonDate, outOfQuietHours } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import type { SendingChannel } from '../platform/messages/channel.types.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import { newId } from '../platform/pure/ids.js';
import { holidaysOf, schemeSettings } from '../platform/scheme/scheme-settings.js';
import { rhythmsOf } from '../providers/rhythm.queries.js';
import { mayBeWrittenTo, routineAt } from '../providers/rhythm.rules.js';
import type { Rhythm } from '../providers/rhythm.types.js';
import { channelFor, channelsOf } from './channel.rules.js';
import { switchesFor } from './message-switches.queries.js';
import { messageIdOf } from './message.rules.js';
import type { MessageKind, Recipient } from './message.types.js';
import { Notices } from './notices.js';
import { clientRoutes, groupRoutes, inboxMail, referrerMail } from './recipients.queries.js';
import { factsOf, subjectsOf } from './reminder-facts.queries.js';
import { presentPractices } from './secure-mail.queries.js';
import { ENDLESS, ROUTINE, URGENT } from './reminder.kinds.js';
import { audienceOf, decide, planned, type Planned } from './reminder.rules.js';
import { RemindersService } from './reminders.service.js';
import { TOLD_AT_ONCE } from './told-at-once.js';
import {
  groupOf,
  wouldBeHeard,
  type Addressee,
  type Facts,
  type ReminderOutcome,
  type SubjectKind,
  type TaskAudience,
} from './reminder.types.js';

/** Small, because a verb that moves a subject waits for the batch that holds its reminder. */
const BATCH = 100;

interface DueRow {
  id: string;
  kind: string;
  step: number;
  subject_kind: SubjectKind;
  subject_id: string;
  occasion: Date;
  due_at: Date;
}

/** What one reminder that fires asks for. */
interface Firing {
  row: DueRow;
  wanted: Planned;
  facts: Facts;
}

/** What a batch came to: the messages it made or added to; what had moved on, which still waits; and what goes on. */
interface Fired {
  messages: string[];
  toPlan: DueRow[];
}

interface NewTask {
  kind: string;
  audience: TaskAudience;
  audience_id: string | null;
  late: boolean;
  subject_kind: string;
  subject_id: string;
  referral_id: string | null;
  client_id: string | null;
  step: number;
  occasion: Date;
  due_at: Date;
}

interface Ending {
  id: string;
  state: 'waiting' | 'done' | 'dropped';
  outcome: ReminderOutcome | null;
  due_at: Date;
  message_id: string | null;
}

/** What a restored database does not know: everything done between the moment it was restored to and `until`. */
export interface LostSpan {
  until: Date;
  /** In the transaction that makes them: nothing of it is sent before it is settled. */
  mayHaveGone: (tx: Tx, messages: readonly string[]) => Promise<unknown>;
}

/** Turns what is due into tasks and messages: the effect and the end of the reminder in one transaction. */
@Injectable()
export class DueReminders {
  private readonly logger = new Logger('reminders');

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reminders: RemindersService,
    private readonly config: Config,
    private readonly sender: MessageSender,
    private readonly notices: Notices,
  ) {}

  /** Everything due in one scheme. Gives the messages that were made or added to. */
  work(actor: SystemActor): Promise<string[]> {
    return this.all(actor, null);
  }

  /** After a restore: what fell due by then may have been told in what was lost. */
  async afterRestore(actor: SystemActor, lost: LostSpan): Promise<void> {
    await this.all(actor, lost);
  }

  private async all(actor: SystemActor, lost: LostSpan | null): Promise<string[]> {
    const messages = new Set<string>();
    const troubled = new Set<string>();
    for (;;) {
      const found = await this.batch(actor, BATCH, troubled, lost);
      found.messages.forEach((id) => messages.add(id));
      if (found.toPlan.length > 0) await this.planAgain(actor, found.toPlan, troubled);
      if (found.rows < BATCH) return [...messages];
    }
  }

  /**
   * Whoever moves a date plans its reminders in the same act. Where that was forgotten, the old day brings it to light:
   * the old reminder goes and the new one comes, in a transaction that locks as every verb does. What has no end is
   * planned on in the same way.
   */
  private async planAgain(
    actor: SystemActor,
    toPlan: readonly DueRow[],
    troubled: Set<string>,
  ): Promise<void> {
    try {
      await this.unitOfWork.run(actor, (tx) => this.reminders.plan(tx, subjectsOf(toPlan)));
    } catch (error) {
      for (const { id } of toPlan) troubled.add(id);
      this.logger.error({ err: error, fault: 'reminders could not be planned again' });
    }
  }

  /** A row that cannot be done must not hold up the others: after a failure the batch goes one by one. */
  private async batch(
    actor: SystemActor,
    size: number,
    troubled: Set<string>,
    lost: LostSpan | null,
  ): Promise<Fired & { rows: number }> {
    let taken: string[] = [];
    const work = (limit: number) =>
      this.unitOfWork.run(actor, async (tx) => {
        const rows = await takeDue(tx, lost?.until ?? tx.now, limit, [...troubled]);
        taken = rows.map((row) => row.id);
        return { rows: rows.length, ...(await this.fire(tx, rows, lost)) };
      });
    try {
      return await work(size);
    } catch (error) {
      if (taken.length === 0) throw error;
      this.logger.error({ err: error, fault: 'a batch of reminders failed' });
    }
    const total = { rows: taken.length, messages: [] as string[], toPlan: [] as DueRow[] };
    for (let left = taken.length; left > 0; left -= 1) {
      try {
        const { messages, toPlan } = await work(1);
        total.messages.push(...messages);
        total.toPlan.push(...toPlan);
      } catch (error) {
        const [id] = taken;
        if (id === undefined) throw error;
        troubled.add(id);
        this.logger.error({ err: error, fault: 'a reminder failed', reminderId: id });
      }
    }
    return total;
  }

  private async fire(tx: Tx, rows: readonly DueRow[], lost: LostSpan | null): Promise<Fired> {
    const toPlan = rows.filter(({ kind }) => ENDLESS.has(kind));
    if (rows.length === 0) return { messages: [], toPlan };
    const [settings, allFacts] = await Promise.all([schemeSettings(tx), factsOf(tx, subjectsOf(rows))]);
    const rhythm = { settings, holidays: holidaysOf(settings) };
    const plans = new Map(allFacts.map((facts) => [facts.id, { facts, plan: planned(facts, rhythm) }]));

    const endings: Ending[] = [];
    const firing: Firing[] = [];
    const end = (
      row: DueRow,
      state: Ending['state'],
      outcome: Ending['outcome'],
      more: Partial<Ending> = {},
    ) => endings.push({ id: row.id, state, outcome, due_at: row.due_at, message_id: null, ...more });
    for (const row of rows) {
      const of = plans.get(row.subject_id);
      const decision = decide(row, of?.plan ?? [], tx.now);
      if (decision.do === 'drop' && decision.because === 'moved_on') toPlan.push(row);
      else if (decision.do === 'drop') end(row, 'dropped', decision.because);
      else if (decision.do === 'wait') end(row, 'waiting', null, { due_at: decision.until });
      else if (of) firing.push({ row, wanted: decision.wanted, facts: of.facts });
    }

    const tasks: NewTask[] = [];
    const messages = new Map<string, { route: NonNullable<Route>; rows: DueRow[] }>();
    const routes = await routesFor(tx, firing, (channel) => this.sender.carries(channel));
    const groups = await groupsWrittenTo(tx, firing);
    const tonight = outOfQuietHours(tx.now);
    for (const one of firing) {
      const { row, wanted } = one;
      const { effect } = wanted;
      if (effect.by === 'task') {
        tasks.push(taskOf(one, effect.to, effect.late));
        end(row, 'done', 'task');
        continue;
      }
      if (effect.by === 'product') continue;
      const route = routes(one, effect.to);
      if (route) {
        const { recipient, kind, channel } = route;
        // In what was lost it may have found one.
        const slot = lost ? null : groups.routineSlot(one, route);
        if (slot !== null && slot > tx.now) {
          const tooLate = wanted.until !== null && wanted.until <= slot;
          if (tooLate) end(row, 'dropped', 'too_late');
          else end(row, 'waiting', null, { due_at: slot });
          continue;
        }
        if (!lost && effect.or !== null && recipient.kind === 'client' && isOverBy(wanted, tonight)) {
          // Somebody says it another way while there is time.
          tasks.push(taskOf(one, effect.or, false));
          end(row, 'done', 'task');
          continue;
        }
        const key = [
          kind,
          channel,
          recipient.clientId,
          recipient.organisationId,
          recipient.membershipId,
        ].join(' ');
        const collected = messages.get(key) ?? { route, rows: [] };
        collected.rows.push(row);
        messages.set(key, collected);
      } else if (effect.or === null) end(row, 'done', 'nobody_to_tell');
      else {
        tasks.push(taskOf(one, effect.or, false));
        end(row, 'done', 'task');
      }
    }

    if (tasks.length > 0) await addTasks(tx, tasks);
    const atOnce = tasks.filter(({ kind }) => kind in TOLD_AT_ONCE).map((task) => task.subject_id);
    const written = atOnce.length === 0 ? [] : await this.notices.tell(tx, atOnce);
    const letters: string[] = [];
    // In one order everywhere, so that two ticks never wait for each other's recipients.
    for (const [, { route, rows: items }] of [...messages].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const urgent = items.some((item) => URGENT.has(item.kind));
      const rhythm = urgent ? null : groups.rhythmOf(route.recipient);
      const at = rhythm === null ? outOfQuietHours(tx.now) : mayBeWrittenTo(tx.now, rhythm);
      const id = await this.messageTo(tx, route, at);
      letters.push(id);
      for (const row of items) end(row, 'done', 'message', { message_id: id });
    }
    if (endings.length > 0) await finish(tx, endings);
    if (lost) await lost.mayHaveGone(tx, letters);
    else written.push(...letters);
    return { messages: written, toPlan };
  }

  /** The message waiting for this recipient, or a new one: what falls due together arrives together. */
  private async messageTo(
    tx: Tx,
    { recipient, kind, channel }: NonNullable<Route>,
    at: Date,
  ): Promise<string> {
    const id = newId();
    const digestOn = kind === 'weekly' ? londonDate(tx.now) : null;
    const row = await tx.one<{ id: string }>(sql`
      insert into message (scheme_id, id, kind, channel, recipient_kind, client_id, organisation_id, membership_id,
        digest_on, message_id, state, next_attempt_at, created_at)
      values (${tx.schemeId}, ${id}, ${kind}, ${channel}, ${recipient.kind}, ${recipient.clientId},
        ${recipient.organisationId}, ${recipient.membershipId}, ${digestOn}::date, ${messageIdOf(id, this.config.publicUrl)},
        'ready', ${at}, ${tx.now})
      on conflict (scheme_id, kind, recipient_kind, channel, (coalesce(client_id, organisation_id, membership_id)))
        where state = 'ready' and digest_on is null and attempts = 0 and kind <> 'notice'
        do update set next_attempt_at = least(message.next_attempt_at, excluded.next_attempt_at)
      returning id`);
    return row.id;
  }
}

/** Whether it is of no use any more by the time a message may go. */
const isOverBy = ({ until }: Planned, at: Date): boolean => until !== null && until <= at;

const takeDue = (tx: Tx, by: Date, limit: number, except: readonly string[]): Promise<DueRow[]> =>
  tx.rows<DueRow>(sql`
    select id, kind, step, subject_kind, subject_id, occasion, due_at from reminder
    where scheme_id = ${tx.schemeId} and state = 'waiting' and not by_product and due_at <= ${by}
      and id <> all(${except}::uuid[])
    order by due_at, id limit ${limit} for update skip locked`);

type Route = { recipient: Recipient; kind: MessageKind; channel: SendingChannel } | null;

const NOBODY = { clientId: null, organisationId: null, membershipId: null };

/** Looks up once, for all that fire, who can be written to. */
async function routesFor(
  tx: Tx,
  firing: readonly Firing[],
  carries: (channel: SendingChannel) => boolean,
): Promise<(one: Firing, to: Addressee) => Route> {
  const to = (addressee: Addressee) =>
    firing.filter(({ wanted: { effect } }) => effect.by === 'message' && effect.to === addressee);
  const clientIds = to('client').flatMap(({ facts }) => facts.clientId ?? []);
  const groupIds = to('group').flatMap(({ facts }) => groupOf(facts) ?? []);
  const referralIds = to('referrer').flatMap(({ facts }) => facts.referralId ?? []);
  const inboxIds = to('inbox').map(({ facts }) => facts.id);
  const movedIds = to('practice').flatMap(({ facts }) => facts.referralId ?? []);
  const [clients, groups, referrers, practices, inboxes, maySend] = await Promise.all([
    clientIds.length > 0 ? clientRoutes(tx, clientIds) : null,
    groupIds.length > 0 ? groupRoutes(tx, groupIds) : null,
    referralIds.length > 0 ? referrerMail(tx, referralIds) : null,
    movedIds.length > 0 ? presentPractices(tx, movedIds) : null,
    inboxIds.length > 0 ? inboxMail(tx, inboxIds) : null,
    switchesFor(tx, clientIds),
  ]);
  return ({ facts, wanted: { kind: about } }, addressee) => {
    switch (addressee) {
      case 'client': {
        const { clientId } = facts;
        const found = clientId === null ? undefined : clients?.get(clientId);
        if (clientId === null || !found || !wouldBeHeard(facts)) return null;
        const channel = channelFor(
          about,
          found.reachThrough,
          (one) =>
            'to' in found.channels[one] &&
            channelsOf(about).includes(one) &&
            carries(one) &&
            maySend(about, one, clientId),
          facts.subject === 'written_message' ? facts.channel : undefined,
        );
        if (channel === null) return null;
        return { kind: 'client', channel, recipient: { ...NOBODY, kind: 'client', clientId } };
      }
      case 'group': {
        const organisationId = groupOf(facts);
        const channel = groups?.get(organisationId ?? '')?.channel;
        if (organisationId === null || channel === undefined) return null;
        if (!carries(channel) || !maySend(about, channel, null)) return null;
        return {
          kind: 'group',
          channel,
          recipient: { ...NOBODY, kind: 'provider', organisationId },
        };
      }
      case 'referrer': {
        const found = referrers?.get(facts.referralId ?? '');
        if (!found || !maySend(about, 'email', null)) return null;
        const { organisationId, membershipId } = found;
        return {
          kind: 'referrer',
          channel: 'email',
          recipient: { ...NOBODY, kind: 'referrer', organisationId, membershipId },
        };
      }
      case 'inbox': {
        if (!inboxes?.has(facts.id) || !maySend(about, 'email', null)) return null;
        return {
          kind: 'weekly',
          channel: 'email',
          recipient: { ...NOBODY, kind: 'referrer', organisationId: facts.id },
        };
      }
      case 'practice': {
        const organisationId = practices?.get(facts.referralId ?? '');
        if (organisationId === undefined || !maySend(about, 'email', null)) return null;
        return {
          kind: 'referrer',
          channel: 'email',
          recipient: { ...NOBODY, kind: 'referrer', organisationId },
        };
      }
    }
  };
}

interface GroupsWrittenTo {
  rhythmOf: (recipient: Recipient) => Rhythm | null;
  /** When a routine message may go to the group; null for anything else. */
  routineSlot: (one: Firing, route: NonNullable<Route>) => Date | null;
}

/**
 * Looks up once, for all groups that would be written to, when they may be and when the last routine message went. One
 * that may have gone, or is still to go, counts like one that went.
 */
async function groupsWrittenTo(tx: Tx, firing: readonly Firing[]): Promise<GroupsWrittenTo> {
  const ids = [
    ...new Set(
      firing.flatMap(({ wanted: { effect }, facts }) =>
        effect.by === 'message' && effect.to === 'group' ? (groupOf(facts) ?? []) : [],
      ),
    ),
  ];
  if (ids.length === 0) return { rhythmOf: () => null, routineSlot: () => null };
  const [rhythms, sent] = await Promise.all([
    rhythmsOf(tx, ids),
    tx.rows<{ id: string; joins: SendingChannel | null; at: Date }>(sql`
      select m.organisation_id as id, case when m.state = 'ready' and m.attempts = 0 then m.channel end as joins,
        max(coalesce(m.sent_at, m.settled_at, m.claimed_at, ${tx.now})) as at
      from message m
      where m.scheme_id = ${tx.schemeId} and m.organisation_id = any(${ids}::uuid[]) and m.kind = 'group'
        and m.state in ('ready', 'sending', 'sent', 'unconfirmed')
        and coalesce(m.sent_at, m.settled_at, m.claimed_at, ${tx.now}) > ${tx.now}::timestamptz - interval '8 days'
        and exists (
          select 1 from reminder r
          where r.scheme_id = m.scheme_id and r.message_id = m.id and r.kind = any(${[...ROUTINE]}::text[]))
      group by 1, 2`),
  ]);
  /** What waits untried on the same channel is no other message: the next joins it. */
  const lastAt = ({ recipient: { organisationId }, channel }: NonNullable<Route>): Date | null =>
    sent
      .filter(({ id, joins }) => id === organisationId && joins !== channel)
      .reduce<Date | null>((last, { at }) => (last === null || at > last ? at : last), null);
  const rhythmOf = ({ kind, organisationId }: Recipient) =>
    kind === 'provider' && organisationId !== null ? (rhythms.get(organisationId) ?? null) : null;
  return {
    rhythmOf,
    routineSlot: ({ row, wanted }, route) => {
      const rhythm = rhythmOf(route.recipient);
      if (rhythm === null || !ROUTINE.has(row.kind)) return null;
      const last = lastAt(route);
      const slot = routineAt(tx.now, last, rhythm.meetsOn, rhythm);
      // What would be too late by the day before it meets goes as soon as a week has passed.
      return wanted.until !== null && wanted.until <= slot ? routineAt(tx.now, last, [], rhythm) : slot;
    },
  };
}

function taskOf({ wanted, facts }: Firing, to: Parameters<typeof audienceOf>[0], late: boolean): NewTask {
  const { audience, id } = audienceOf(to, facts);
  return {
    kind: wanted.kind,
    audience,
    audience_id: id,
    late,
    subject_kind: wanted.subject,
    subject_id: wanted.subjectId,
    referral_id: wanted.referralId,
    client_id: wanted.clientId,
    step: wanted.step,
    occasion: wanted.occasion,
    due_at: wanted.dueAt,
  };
}

/** Asked again, an open task turns late; it does not come twice. */
async function addTasks(tx: Tx, tasks: readonly NewTask[]): Promise<void> {
  const last = new Map(tasks.map((task) => [`${task.subject_id} ${task.kind} ${task.audience}`, task]));
  const rows = [...last.values()].map((task) => ({ ...task, id: newId() }));
  await tx.run(sql`
    insert into task (scheme_id, id, kind, audience, audience_id, late, subject_kind, subject_id, referral_id, client_id,
      step, occasion, due_at, created_at)
    select ${tx.schemeId}, id, kind, audience, audience_id, late, subject_kind, subject_id, referral_id, client_id,
      step, occasion, due_at, ${tx.now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new (id uuid, kind text, audience text,
      audience_id uuid, late boolean, subject_kind text, subject_id uuid, referral_id uuid, client_id uuid,
      step smallint, occasion timestamptz, due_at timestamptz)
    on conflict (scheme_id, subject_id, kind, audience) where ended_at is null do update
      set late = task.late or excluded.late, step = excluded.step, occasion = excluded.occasion,
        audience_id = excluded.audience_id`);
}

const finish = (tx: Tx, endings: readonly Ending[]) =>
  tx.run(sql`
    update reminder set state = now.state, outcome = now.outcome, due_at = now.due_at, message_id = now.message_id,
      done_at = case when now.state = 'waiting' then null else ${tx.now}::timestamptz end
    from jsonb_to_recordset(${JSON.stringify(endings)}::jsonb)
      as now (id uuid, state text, outcome text, due_at timestamptz, message_id uuid)
    where reminder.scheme_id = ${tx.schemeId} and reminder.id = now.id`);
