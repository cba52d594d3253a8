import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { OrganisationHooks } from '../identity/organisation.hooks.js';
import { knowAddresses } from './contact-points.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { indexListingsOf } from './listing-index.js';

/** What the search says of an organisation follows it: its name, and that it is there at all; and so does its address. */
@Injectable()
export class ProvidersHooks {
  constructor(organisations: OrganisationHooks) {
    organisations.amended.register('providers', async (tx, { organisationId, changed }) => {
      if (changed.includes('provides')) await refuseWhileServing(tx, organisationId);
      if (changed.includes('name') || changed.includes('active')) await indexListingsOf(tx, organisationId);
      if (changed.includes('email')) await knowAddresses(tx, [organisationId]);
    });
  }
}

/** An organisation that still has services people are sent to provides, whatever its record is to say. */
async function refuseWhileServing(tx: Tx, organisationId: string): Promise<void> {
  const serving = await tx.maybe(sql`
    select 1 from organisation o
    join listing l on l.scheme_id = o.scheme_id and l.organisation_id = o.id and l.state in ('published', 'paused')
    where o.scheme_id = ${tx.schemeId} and o.id = ${organisationId} and not o.provides limit 1`);
  if (serving) {
    throw Refusal.conflict('still-provides', 'This organisation still has services. Close those first.');
  }
}
