import sql, { raw, type Sql } from 'sql-template-tag';
import { type ChangeSince, firstWritten } from './as-written.rules.js';
import type { SentPerson } from './referral.dto.js';

/** Whether whoever sent `referral r` made this change of a record. */
const ownChange = (change: Sql): Sql => sql`exists (
  select 1 from membership m
  where m.scheme_id = ${change}.scheme_id and m.id = ${change}.actor_id and m.organisation_id = r.organisation_id
    and m.role = 'referrer')`;

/** What others and the sender have changed of person `s` since the sender of `referral r` wrote them down, oldest first. */
export const CHANGED_SINCE: Sql = sql`(
  select coalesce(jsonb_agg(jsonb_build_object('changes', e.changes, 'own', ${ownChange(sql`e`)}) order by e.id), '[]')
  from client_history e where e.scheme_id = s.scheme_id and e.client_id = s.id)`;

/** The person as the sender wrote them: from what became client `s`, or in a draft from what is there so far. */
export const SENT_AS: Sql = sql`
  coalesce(s.first_name, r.draft #>> '{client,firstName}') as "sentFirstName",
  coalesce(s.last_name, r.draft #>> '{client,lastName}') as "sentLastName",
  coalesce(s.date_of_birth::text, r.draft #>> '{client,dateOfBirth}') as "sentDateOfBirth",
  coalesce(s.nhs_number, r.draft #>> '{client,nhsNumber}') as "sentNhsNumber",
  ${CHANGED_SINCE} as "changedSince"`;

const NAME_COLUMNS = { firstName: 's.first_name', lastName: 's.last_name' } as const;

/** `firstWritten` in SQL, for one name of person `s`: what rows are sorted by. A test holds the two together. */
export const writtenName = (name: keyof typeof NAME_COLUMNS): Sql => {
  const [field, before, draft] = [`'${name}'`, `'{${name},from}'`, `'{client,${name}}'`].map((text) =>
    raw(text),
  );
  return sql`lower(coalesce((
    select e.changes #>> ${before} from client_history e
    where e.scheme_id = s.scheme_id and e.client_id = s.id and e.renamed and e.changes #>> ${before} is not null
      and not ${ownChange(sql`e`)}
      and not exists (
        select 1 from client_history later
        where later.scheme_id = e.scheme_id and later.client_id = e.client_id and later.id > e.id and later.renamed
          and later.changes ? ${field} and ${ownChange(sql`later`)})
    order by e.id limit 1), ${raw(NAME_COLUMNS[name])}, r.draft #>> ${draft}, ''))`;
};

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
