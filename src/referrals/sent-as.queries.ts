import sql, { type Sql } from 'sql-template-tag';
import { type ChangeSince, firstWritten, SOUGHT_BY } from './as-written.rules.js';
import type { SentPerson } from './referral.dto.js';

/** What others and the sender have changed of person `s` since the sender of `referral r` wrote them down, oldest first. */
export const CHANGED_SINCE: Sql = sql`(
  select coalesce(jsonb_agg(jsonb_build_object('changes', e.changes, 'own', exists (
      select 1 from membership m
      where m.scheme_id = e.scheme_id and m.id = e.actor_id and m.organisation_id = r.organisation_id and m.role = 'referrer'
    )) order by e.id), '[]')
  from client_history e where e.scheme_id = s.scheme_id and e.client_id = s.id)`;

/** The person as the sender wrote them: from what became client `s`, or in a draft from what is there so far. */
export const SENT_AS: Sql = sql`
  coalesce(s.first_name, r.draft #>> '{client,firstName}') as "sentFirstName",
  coalesce(s.last_name, r.draft #>> '{client,lastName}') as "sentLastName",
  coalesce(s.date_of_birth::text, r.draft #>> '{client,dateOfBirth}') as "sentDateOfBirth",
  coalesce(s.nhs_number, r.draft #>> '{client,nhsNumber}') as "sentNhsNumber",
  ${CHANGED_SINCE} as "changedSince"`;

/** Whether what person `s` is looked for by was changed by anybody since. */
export const RENAMED_SINCE: Sql = sql`exists (
  select 1 from client_history e
  where e.scheme_id = s.scheme_id and e.client_id = s.id and e.changes ?| ${[...SOUGHT_BY]}::text[])`;

export interface SentAs {
  sentFirstName: string | null;
  sentLastName: string | null;
  sentDateOfBirth: string | null;
  sentNhsNumber: string | null;
  changedSince: ChangeSince[];
}

/** Whatever anybody else corrected since is not what was sent. */
export const sentAs = (row: SentAs): SentPerson =>
  firstWritten(
    {
      firstName: row.sentFirstName,
      lastName: row.sentLastName,
      dateOfBirth: row.sentDateOfBirth,
      nhsNumber: row.sentNhsNumber,
    },
    row.changedSince,
  );
