import { Injectable } from '@nestjs/common';
import { ClientHooks } from '../clients/client.hooks.js';
import { PlansService } from './plans.service.js';

/** Whoever may no longer read a plan does not have it any more, in the transaction that took the agreement back. */
@Injectable()
export class AgreementHooks {
  constructor(clients: ClientHooks, plans: PlansService) {
    clients.agreementWithdrawn.register('caseload', async (tx, { clientId, organisationId, scope }) => {
      if (scope.includes('plan')) await plans.takeBack(tx, clientId, organisationId);
    });
  }
}
