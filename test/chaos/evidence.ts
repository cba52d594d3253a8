import { setTimeout as wait } from 'node:timers/promises';
import { ONWARD_LIFECYCLE } from '../../src/onward-referrals/onward.lifecycle.js';
import { VERB_ACTION as ONWARD_ACTION } from '../../src/onward-referrals/onward.rules.js';
import { REFERRAL_VERBS, VERB_ACTION as REFERRAL_ACTION } from '../../src/referrals/referral.lifecycle.js';
import type { EndState, Line, Message, Reminder, Written } from './checker.js';
import type { Installation } from './installation.js';

const OURS = `usename = 'betony_app' and backend_type = 'client backend'`;
/** Far longer than any transaction of ours takes when nothing is under way. */
const OPEN_SECONDS = 5;

const referralAction = (verb: string): string =>
  (REFERRAL_ACTION as Record<string, string | null>)[verb] ?? `referral.${verb}`;
const onwardAction = (verb: string): string =>
  (ONWARD_ACTION as Record<string, string | null | undefined>)[verb] ?? `onward.${verb}`;

/** What is not done yet, by the clock: due reminders, messages on their way, events. */
export async function left(at: Installation, schemeId: string): Promise<number> {
  const [row] = await at.ask<{ left: number }>(
    `select ((select count(*) from reminder where scheme_id = $1 and state = 'waiting' and not by_product and due_at <= $2)
       + (select count(*) from message where scheme_id = $1 and state in ('ready', 'sending'))
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
    if (rows.length === 0 || tries === 20) return rows.map(({ what }) => what);
    await wait(100);
  }
}

/** All that the database holds of one scheme that the checker asks about. */
export async function evidence(
  at: Installation,
  schemeId: string,
): Promise<Omit<EndState, 'clock' | 'chain' | 'stuck' | 'ended' | 'crashed' | 'left'>> {
  const { clock } = at;
  const ask = <Row>(text: string, ...more: unknown[]) =>
    at.ask<Row & Record<string, unknown>>(text, [schemeId, ...more]);
  const written = await ask<Written>(
    `select 'refer' as verb, c.last_name as about, r.id::text, jsonb_build_object('firstName', c.first_name,
         'dateOfBirth', c.date_of_birth, 'email', c.email) as content
       from referral r join client c on c.scheme_id = r.scheme_id and c.id = r.client_id where r.scheme_id = $1
     union all
     select action, referral_id::text, referral_id::text, case action when 'close' then jsonb_build_object('reason', reason) else '{}' end
       from referral_history where scheme_id = $1 and action in ('accept', 'close')
     union all
     select 'allocate', referral_id::text, referral_id::text, jsonb_build_object('worker', owner_id)
       from referral_assignment where scheme_id = $1
     union all
     select 'contact', note, id::text, jsonb_build_object('kind', kind, 'outcome', outcome) from contact where scheme_id = $1
     union all
     select 'arrange', note, id::text, jsonb_build_object('kind', kind, 'minutes', minutes::text,
         'startsAt', to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
       from appointment where scheme_id = $1
     union all
     select 'cancel', appointment_id::text, appointment_id::text, jsonb_build_object('side', side, 'reason', reason)
       from appointment_history where scheme_id = $1 and action = 'cancel'
     union all
     select 'offer', help_note, id::text, jsonb_build_object('listing', listing_id, 'howSoon', how_soon,
         'firstYesWins', first_yes_wins::text)
       from onward_referral where scheme_id = $1
     union all
     select 'answer', onward_referral_id::text, onward_referral_id::text, jsonb_build_object('said', action)
       from onward_referral_history where scheme_id = $1 and action in ('accept', 'decline')`,
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
  const listings = await ask<EndState['listings'][number]>(
    `select l.id::text, l.places_total as total, l.places_taken as taken, (
       select coalesce(sum(o.places_held), 0)::int from onward_referral o where o.scheme_id = l.scheme_id and o.listing_id = l.id) as held
     from listing l where l.scheme_id = $1 and l.places_total is not null`,
  );
  const offers = await ask<EndState['offers'][number]>(
    `select id::text, referral_id::text as referral, first_yes_wins as "firstYesWins", state from onward_referral where scheme_id = $1`,
  );
  const reminders = await ask<Omit<Reminder, 'dueAt'> & { dueAt: Date }>(
    `select kind, concat_ws(' ', kind, step, subject_id, occasion) as occasion, subject_id::text as subject,
       referral_id::text as referral, due_at as "dueAt", state, message_id::text as message
     from reminder where scheme_id = $1 and not by_product`,
  );
  const owed = await ask<EndState['owed'][number]>(
    `select 'appointment' as kind, a.id::text as subject from appointment a join referral r on r.scheme_id = a.scheme_id and r.id = a.referral_id
       where a.scheme_id = $1 and a.state = 'made' and r.ended_at is null
         and a.created_at < a.starts_at - interval '24 hours' and a.starts_at - interval '24 hours' <= $2
     union all
     select 'offer_made', id::text from onward_referral where scheme_id = $1 and state in ('offered', 'accepted', 'declined')`,
    clock.now(),
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
    listings,
    offers,
    reminders: reminders.map((row) => ({ ...row, dueAt: row.dueAt.getTime() })),
    owed,
    messages,
    changes,
    entries,
    outbox: outbox.map(({ what }) => what),
  };
}
