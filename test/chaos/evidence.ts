import { setTimeout as wait } from 'node:timers/promises';
import { ONWARD_LIFECYCLE } from '../../src/onward-referrals/onward.lifecycle.js';
import { VERB_ACTION as ONWARD_ACTION } from '../../src/onward-referrals/onward.rules.js';
import { REFERRAL_VERBS, VERB_ACTION as REFERRAL_ACTION } from '../../src/referrals/referral.lifecycle.js';
import type { Connections, EndState, Line, Message, Places, Reminder, Written } from './checker.js';
import type { Installation } from './installation.js';

const OURS = `usename = 'betony_app' and backend_type = 'client backend'`;
/** Far longer than any transaction of ours takes when nothing is under way. */
const OPEN_SECONDS = 5;
const MOST_LOOKS = 20;

const referralAction = (verb: string): string =>
  (REFERRAL_ACTION as Record<string, string | null>)[verb] ?? `referral.${verb}`;
const onwardAction = (verb: string): string =>
  (ONWARD_ACTION as Record<string, string | null | undefined>)[verb] ?? `onward.${verb}`;

/** What is not done yet, by the clock: due reminders, messages on their way, events, what is looked at again and again. */
export async function left(at: Installation, schemeId: string): Promise<number> {
  const [row] = await at.ask<{ left: number }>(
    `select ((select count(*) from reminder where scheme_id = $1 and state = 'waiting' and not by_product and due_at <= $2)
       + (select count(*) from message where scheme_id = $1 and state in ('ready', 'sending'))
       + (select count(*) from tick where due_at <= $2)
       + (select count(*) from outbox where finished_at is null))::int as left`,
    [schemeId, at.clock.now()],
  );
  return row?.left ?? 0;
}

/** Transactions and locks that nobody is working in, while every process runs and has nothing to do. */
export async function stuck(at: Installation): Promise<string[]> {
  const rows = await at.ask<{ what: string }>(
    `select format('a transaction has been open for %s s (%s)', round(extract(epoch from now() - xact_start)), state) as what
       from pg_stat_activity where ${OURS} and xact_start < now() - interval '${String(OPEN_SECONDS)} s'
     union all
     select format('something waits for a lock (%s)', locktype) from pg_locks where not granted`,
  );
  return rows.map(({ what }) => what);
}

/** Sessions and locks in the database when every process has ended. */
export async function leftBehind(at: Installation): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const rows = await at.ask<{ what: string }>(
      `select format('a session is left, %s', state) as what from pg_stat_activity where ${OURS}
       union all
       select format('a lock is left (%s)', locktype) from pg_locks where locktype = 'advisory'
       union all
       select 'a prepared transaction is left' from pg_prepared_xacts`,
    );
    // The server hears of an end a moment later.
    if (rows.length === 0 || tries === MOST_LOOKS) return rows.map(({ what }) => what);
    await wait(100);
  }
}

/** The places of a scheme and who has them, as one statement sees them. */
export async function placesOf(at: Installation, schemeId: string): Promise<Places> {
  const [row] = await at.ask<{ listings: Places['listings']; offers: Places['offers'] }>(
    `select (
       select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'total', l.places_total, 'taken', l.places_taken, 'held', (
           select coalesce(sum(o.places_held), 0) from onward_referral o where o.scheme_id = l.scheme_id and o.listing_id = l.id))), '[]')
         from listing l where l.scheme_id = $1 and l.places_total is not null) as listings, (
       select coalesce(jsonb_agg(jsonb_build_object('id', id, 'referral', referral_id, 'firstYesWins', first_yes_wins,
           'state', state, 'because', end_reason)), '[]')
         from onward_referral where scheme_id = $1) as offers`,
    [schemeId],
  );
  return row ?? { listings: [], offers: [] };
}

const MORNING_AFTER = `(begun.on_day + case extract(isodow from begun.on_day) when 5 then 3 when 6 then 2 else 1 end + time '10:00')
  at time zone 'Europe/London'`;

/**
 * What somebody has to be sent a message about, by the kind of its reminder, read from what happened and not from what the
 * product planned. `$1` is the scheme, `$2` the moment.
 */
// prettier-ignore
export const OWED: Readonly<Record<string, string>> = {
  appointment: `select a.id from appointment a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
    where a.scheme_id = $1 and a.state = 'made' and r.ended_at is null
      and a.created_at < a.starts_at - interval '24 hours' and a.starts_at - interval '24 hours' <= $2`,
  appointment_changed: `select h.appointment_id from appointment_history h
    where h.scheme_id = $1 and h.action = 'cancel' and h.side <> 'client' and h.at < h.starts_at and h.at <= $2 and exists (
      select 1 from reminder d join message m on m.scheme_id = d.scheme_id and m.id = d.message_id
      where d.scheme_id = h.scheme_id and d.subject_id = h.appointment_id and d.kind = 'appointment'
        and m.state in ('sent', 'unconfirmed') and m.settled_at < h.at)`,
  offer_made: `select id from onward_referral
    where scheme_id = $1 and state in ('offered', 'accepted', 'declined') and offered_at <= $2`,
  do_not_contact: `select id from onward_referral
    where scheme_id = $1 and state in ('withdrawn', 'stopped') and end_side <> 'provider' and seen_at is null and ended_at <= $2`,
  measure_baseline: `select r.id from referral r
      cross join lateral (select (r.begun_at at time zone 'Europe/London')::date as on_day) begun
    where r.scheme_id = $1 and r.state = 'active' and ${MORNING_AFTER} <= $2`,
};

/** Longer than a job that a killed worker held waits for another one. */
const HELD_MS = 60_000;

/** Jobs that stay held with nobody at work on them, however long one waits. */
export async function heldJobs(at: Installation): Promise<string[]> {
  const deadline = Date.now() + HELD_MS;
  let held = await at.heldJobs();
  while (held.length > 0 && Date.now() < deadline) {
    await wait(500);
    const still = await at.heldJobs();
    held = held.filter((job) => still.includes(job));
  }
  return held;
}

/** An API that hands on to the queue has one connection, a worker that one, one to take jobs and one to wait for them. */
const OF_ALL = 2 * 1 + 2 * 3;

/** Connections to Redis, where there is one: what a broken one left behind, or a process that ended, would be too many. */
export async function connections(
  at: Installation,
  all: 'at rest' | 'once all had ended',
): Promise<Connections[]> {
  const most = all === 'at rest' ? OF_ALL : 0;
  for (let looks = 1; ; looks += 1) {
    const names = await at.redisConnections();
    if (names === null) return [];
    // The server hears of an end a moment later.
    if (names.length <= most || looks === MOST_LOOKS) {
      return [{ to: 'Redis', when: all, open: names.length, most }];
    }
    await wait(100);
  }
}

/** All that the database holds of one scheme that the checker asks about. */
export async function evidence(
  at: Installation,
  schemeId: string,
): Promise<
  Omit<
    EndState,
    'clock' | 'looks' | 'chain' | 'stuck' | 'ended' | 'crashed' | 'left' | 'connections' | 'heldJobs'
  >
> {
  const { clock } = at;
  const ask = <Row>(text: string, ...more: unknown[]) =>
    at.ask<Row & Record<string, unknown>>(text, [schemeId, ...more]);
  const written = await ask<Written>(
    `select verb, about, id, jsonb_strip_nulls(content) as content from (
     select 'refer' as verb, c.last_name as about, r.id::text, jsonb_build_object('firstName', c.first_name,
         'dateOfBirth', c.date_of_birth, 'email', c.email, 'phone', c.phone, 'noNhsNumberBecause', c.no_nhs_number_because,
         'safeToCall', c.safe_to_call, 'safeToEmail', c.safe_to_email, 'safeToText', c.safe_to_text,
         'reachThrough', c.reach_through, 'reachNote', c.reach_note, 'basis', g.basis, 'agreedOn', g.agreed_on, 'how', g.how,
         'reasons', array_to_string(r.reasons, ' '), 'reasonNote', r.reason_note, 'note', r.note,
         'risks', case when r.no_known_risks and r.risks = '{}' then 'none known' else array_to_string(r.risks, ' ') end) as content
       from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id
         left join agreement g on g.scheme_id = r.scheme_id and g.id = r.agreement_id where r.scheme_id = $1
     union all
     select action, referral_id::text, referral_id::text, case action
         when 'close' then jsonb_build_object('reason', reason, 'note', note, 'result', details -> 'result',
           'mayAskAgain', details ->> 'mayAskAgain')
         else jsonb_build_object('note', note) end
       from referral_history where scheme_id = $1 and action in ('accept', 'close')
     union all
     select 'allocate', referral_id::text, referral_id::text, jsonb_build_object('worker', owner_id)
       from referral_assignment where scheme_id = $1
     union all
     select 'contact', note, id::text, jsonb_build_object('referral', referral_id, 'kind', kind, 'outcome', outcome,
         'minutes', minutes::text, 'nextOn', next_on) from contact where scheme_id = $1
     union all
     select 'arrange', note, id::text, jsonb_build_object('referral', referral_id, 'kind', kind, 'minutes', minutes::text,
         'startsAt', to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
       from appointment where scheme_id = $1
     union all
     select 'cancel', h.appointment_id::text, h.appointment_id::text, jsonb_build_object('side', h.side, 'reason', h.reason)
       from appointment_history h where h.scheme_id = $1 and h.action = 'cancel'
     union all
     select 'offer', o.help_note, o.id::text, jsonb_build_object('referral', o.referral_id, 'listing', o.listing_id,
         'needs', array_to_string(o.needs, ' '), 'howSoon', o.how_soon, 'contactRoute', o.contact_route,
         'firstYesWins', o.first_yes_wins::text, 'basis', g.basis, 'agreedOn', g.agreed_on, 'how', g.how,
         'scope', (select string_agg(one, ' ' order by one) from unnest(g.scope) one))
       from onward_referral o left join agreement g on g.scheme_id = o.scheme_id and g.id = o.agreement_id
       where o.scheme_id = $1
     union all
     select case action when 'withdraw' then action else 'answer' end, onward_referral_id::text, onward_referral_id::text,
         case action when 'withdraw' then jsonb_build_object('reason', reason, 'side', side)
           else jsonb_build_object('said', action, 'reason', reason) end
       from onward_referral_history where scheme_id = $1 and action in ('accept', 'decline', 'withdraw')) all_written`,
  );
  const lines = await ask<Line>(
    `select * from (
       select 'referral' as of, referral_id::text as id, action, from_state as from, to_state as to, id as line
         from referral_history where scheme_id = $1
       union all
       select 'onward', onward_referral_id::text, action, from_state, to_state, id
         from onward_referral_history where scheme_id = $1) all_lines
     order by line`,
  );
  const now = await ask<EndState['now'][number]>(
    `select 'referral' as of, id::text, state from referral where scheme_id = $1
     union all select 'onward', id::text, state from onward_referral where scheme_id = $1`,
  );
  const referrals = await ask<{
    id: string;
    state: string;
    owner: string | null;
    nextAt: Date | null;
    live: boolean;
  }>(
    `select r.id::text, r.state, coalesce(r.owner_id::text, r.owner_kind) as owner, r.next_at as "nextAt",
       r.owner_kind = 'triage' or exists (
         select 1 from membership m where m.scheme_id = r.scheme_id and m.id = r.owner_id and m.ended_at is null) as live
     from referral r where r.scheme_id = $1`,
  );
  const reminders = await ask<Omit<Reminder, 'dueAt' | 'firedAt'> & { dueAt: Date; firedAt: Date | null }>(
    `select kind, concat_ws(' ', kind, step, subject_id, occasion) as occasion, subject_id::text as subject,
       referral_id::text as referral, due_at as "dueAt", state, message_id::text as message, done_at as "firedAt"
     from reminder where scheme_id = $1 and not by_product`,
  );
  const owed: { kind: string; subject: string }[] = [];
  for (const [kind, whose] of Object.entries(OWED)) {
    const rows = await ask<{ subject: string }>(
      `select id::text as subject from (${whose}) as owed (id)`,
      clock.now(),
    );
    owed.push(...rows.map(({ subject }) => ({ kind, subject })));
  }
  const tasks = await ask<EndState['tasks'][number]>(
    `select kind, subject_id::text as subject from task where scheme_id = $1`,
  );
  const messages = await ask<Message>(
    `select m.id::text, m.recipient_kind as recipient, m.state, exists (
       select 1 from task t where t.scheme_id = m.scheme_id and t.subject_id = m.id) as task
     from message m where m.scheme_id = $1`,
  );
  const arranged = await ask<{ action: string; subject: string }>(
    `select 'contact.log' as action, id::text as subject from contact where scheme_id = $1
     union all select 'appointment.' || action, appointment_id::text from appointment_history where scheme_id = $1`,
  );
  const changes = [
    ...lines.map(({ of, action, id }) => ({
      action: of === 'referral' ? referralAction(action) : onwardAction(action),
      subject: id,
    })),
    ...arranged,
  ];
  const actions = [
    ...REFERRAL_VERBS.map(referralAction),
    ...Object.keys(ONWARD_LIFECYCLE).map(onwardAction),
    ...['contact.log', 'appointment.make', 'appointment.move', 'appointment.cancel'],
  ];
  const entries = await ask<{ action: string; subject: string }>(
    `select action, subject_id::text as subject from audit_entry
     where scheme_id = $1 and action = any($2) and subject_kind in ('referral', 'onward_referral', 'contact', 'appointment')`,
    actions,
  );
  const outbox = await at.ask<{ what: string }>(
    `select event || ' ' || id as what from outbox where finished_at is null`,
  );
  return {
    written,
    lines,
    now,
    referrals: referrals.map((row) => ({ ...row, nextAt: row.nextAt?.getTime() ?? null })),
    ...(await placesOf(at, schemeId)),
    reminders: reminders.map((row) => ({
      ...row,
      dueAt: row.dueAt.getTime(),
      firedAt: row.firedAt?.getTime() ?? null,
    })),
    owed,
    tasks,
    messages,
    changes,
    entries,
    outbox: outbox.map(({ what }) => what),
  };
}
