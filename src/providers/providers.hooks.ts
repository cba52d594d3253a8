import { Injectable } from '@nestjs/common';
import { OrganisationHooks } from '../identity/organisation.hooks.js';
import { knowAddresses } from './contact-points.js';
import { indexListingsOf } from './listing-index.js';

/** What the search says of an organisation follows it: its name, and that it is there at all; and so does its address. */
@Injectable()
export class ProvidersHooks {
  constructor(organisations: OrganisationHooks) {
    organisations.amended.register('providers', async (tx, { organisationId, changed }) => {
      if (changed.includes('name') || changed.includes('active')) await indexListingsOf(tx, organisationId);
      if (changed.includes('email')) await knowAddresses(tx, [organisationId]);
    });
  }
}
