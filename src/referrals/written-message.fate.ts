import sql, { type Sql } from 'sql-template-tag';

/** It did not go and will not: of what was written `w`, its reminder `d` and the message `m` made of it. */
export const IS_STOPPED: Sql = sql`
  m.state in ('failed', 'cancelled') or d.state <> 'waiting' and m.id is null or exists (
    select 1 from task t
    where t.scheme_id = w.scheme_id and t.subject_id = w.id and t.kind = d.kind)`;

const itsMessage = (stands: Sql): Sql => sql`exists (
  select 1 from reminder d left join message m on m.scheme_id = d.scheme_id and m.id = d.message_id
  where d.scheme_id = w.scheme_id and d.subject_id = w.id and d.kind = 'written_message' and (${stands}))`;

/** What was written `w` is on its way or further, and nobody takes it back any more. */
export const HAS_GONE: Sql = sql`
  w.taken_back_at is null and ${itsMessage(sql`m.state in ('sending', 'sent', 'unconfirmed')`)}`;

/** What was written `w` has gone or is still to go. */
export const GOES: Sql = sql`w.taken_back_at is null and not ${itsMessage(IS_STOPPED)}`;
