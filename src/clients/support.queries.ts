import sql, { type Sql } from 'sql-template-tag';

/** P9: the live agreements of a client to be supported by the scheme, as `a`, for use after "from". */
export const supportAgreements = (schemeId: Sql, clientId: Sql): Sql => sql`
  agreement a where a.scheme_id = ${schemeId} and a.client_id = ${clientId} and a.organisation_id is null
    and a.withdrawn_at is null and 'scheme_support' = any(a.scope)`;

/** Whether a client agrees today to be supported at all: without it nothing is begun, offered or asked. */
export const agreesToSupport = (schemeId: Sql, clientId: Sql): Sql =>
  sql`exists (select 1 from ${supportAgreements(schemeId, clientId)})`;
