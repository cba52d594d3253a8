import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { groupAddress, type GroupAddress, type GroupFacts } from './group-address.rules.js';

/** The columns of GroupFacts, from `provider p` and `organisation o`. */
export const GROUP_FACTS: Sql = sql`
  p.answers_by as "answersBy", p.contact_email as "contactEmail", p.contact_phone as "contactPhone",
  o.email as "organisationEmail", array(
    select x.email_hash from contact_point x
    where x.scheme_id = o.scheme_id and x.organisation_id = o.id and x.left_at is not null
      and x.email_hash is not null) as left`;

export interface GroupWritten {
  address: GroupAddress;
  /** It wants to be rung: an address there may be, but nothing is sent to it unasked. */
  byPhone: boolean;
}

/** Where groups are written to today; those that nothing reaches are left out. */
export async function groupsWritten(
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, GroupWritten>> {
  const rows = await tx.rows<GroupFacts & { id: string } & Record<string, unknown>>(sql`
    select p.organisation_id as id, ${GROUP_FACTS} from provider p
    join organisation o on o.scheme_id = p.scheme_id and o.id = p.organisation_id
    where p.scheme_id = ${tx.schemeId} and p.organisation_id = any(${organisationIds}::uuid[])`);
  return new Map(
    rows.flatMap((row) => {
      const address = groupAddress(row);
      return address === null ? [] : [[row.id, { address, byPhone: row.answersBy === 'phone' }] as const];
    }),
  );
}
