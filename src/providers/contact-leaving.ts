import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import { knowAddresses } from './contact-points.js';
import { PROVIDER_EVENTS } from './provider.events.js';
import { tellOfProvider } from './telling.js';

/**
 * Whoever answered for a group does so no longer: the group's record forgets their name, address and number, so that
 * nothing is sent to them again. What the organisation itself gave as its address stays.
 */
export async function contactLeaves(tx: Tx, organisationId: string): Promise<void> {
  await tx.run(sql`
    update provider set contact_name = null, contact_email = null, contact_phone = null, contact_shared = false,
      version = version + 1, updated_at = ${tx.now}
    where scheme_id = ${tx.schemeId} and organisation_id = ${organisationId}`);
  await knowAddresses(tx, [organisationId]);
  await tellOfProvider(tx, organisationId, 'provider.amend', PROVIDER_EVENTS.amend, { contact: 'left' });
}
