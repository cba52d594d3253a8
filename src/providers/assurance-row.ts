import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { coverOf, type LiveRecord } from './assurance.rules.js';
import type { ProviderRow } from './provider.types.js';

/** Keeps a provider's two dates in step with its records and with what it does. The caller holds the provider's lock. */
export async function refreshAssurance(tx: Tx, organisationId: string): Promise<void> {
  const [group, records] = await Promise.all([
    tx.one<Pick<ProviderRow, 'food' | 'remit'>>(sql`
      select food, remit from provider where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`),
    tx.rows<LiveRecord & Record<string, unknown>>(sql`
      select requirement, level, lapses_on::text as "lapsesOn" from assurance_record
      where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId} and ended_at is null`),
  ]);
  const [contact, alone] = coverOf(records, group);
  await tx.run(sql`
    update provider set personal_contact_until = ${contact?.until ?? null}, alone_until = ${alone?.until ?? null}
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
}
