import sql, { type Sql } from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import type { AgreementScope } from './agreement.types.js';

/**
 * The newest agreement that covers this scope for this recipient (null: the scheme), or null. An agreement whose
 * renewal is due still covers: asking again is a reminder's work, and silence is not a withdrawal.
 */
export async function coveringAgreement(
  tx: Tx,
  clientId: string,
  organisationId: string | null,
  scope: AgreementScope,
): Promise<string | null> {
  const row = await tx.maybe<{ id: string }>(sql`
    select id from agreement
    where scheme_id = ${tx.schemeId} and client_id = ${clientId} and withdrawn_at is null
      and organisation_id is not distinct from ${organisationId} and ${scope} = any(scope)
    order by agreed_on desc, id desc
    limit 1`);
  return row?.id ?? null;
}

/**
 * True for rows whose client has agreed to share this scope with this organisation, so that a provider's own read can
 * ask again each time (P9). `clientId` and `organisationId` are columns, such as sql`o.client_id`.
 */
export const coveredFor = (
  schemeId: string,
  clientId: Sql,
  organisationId: Sql,
  scope: AgreementScope,
): Sql => sql`exists (
  select 1 from agreement covering
  where covering.scheme_id = ${schemeId} and covering.client_id = ${clientId}
    and covering.organisation_id = ${organisationId} and covering.withdrawn_at is null
    and ${scope} = any(covering.scope))`;
