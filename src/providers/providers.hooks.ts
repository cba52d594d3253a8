import { Injectable } from '@nestjs/common';
import { OrganisationHooks } from '../identity/organisation.hooks.js';
import { indexListingsOf } from './listing-index.js';

/** What the search says of an organisation follows it: its name, and that it is there at all. */
@Injectable()
export class ProvidersHooks {
  constructor(organisations: OrganisationHooks) {
    organisations.amended.register('providers', async (tx, { organisationId, changed }) => {
      if (changed.includes('name') || changed.includes('active')) await indexListingsOf(tx, organisationId);
    });
  }
}
