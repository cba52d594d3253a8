import { Injectable } from '@nestjs/common';
import { ClientHooks } from '../clients/client.hooks.js';
import { MembershipHooks } from '../identity/membership.hooks.js';
import { LinkWorkerHooks } from '../link-workers/link-worker.hooks.js';
import { caseloads } from './referrals.queries.js';
import { ReferralsService } from './referrals.service.js';

/** What referrals do when a person or a worker changes below them, in the same transaction. */
@Injectable()
export class ReferralsTakePart {
  constructor(
    clients: ClientHooks,
    memberships: MembershipHooks,
    workers: LinkWorkerHooks,
    referrals: ReferralsService,
  ) {
    clients.merging.register('referrals', (tx, { keptId, mergedId, mergeId }) =>
      referrals.merge(tx, keptId, mergedId, mergeId),
    );
    clients.unmerging.register('referrals', (tx, { keptId, mergedId, mergeId }) =>
      referrals.unmerge(tx, keptId, mergedId, mergeId),
    );
    clients.died.register('referrals', (tx, { clientId }) => referrals.endForDeath(tx, clientId));
    clients.deathReversed.register('referrals', (tx, { clientId }) => referrals.goOnAfterAll(tx, clientId));
    clients.agreementWithdrawn.register('referrals', async (tx, { clientId, organisationId, scope }) => {
      if (organisationId === null && scope.includes('scheme_support')) {
        await referrals.endForAgreement(tx, clientId);
      }
    });
    workers.caseloads.register('referrals', (tx, { membershipIds }) => caseloads(tx, membershipIds));
    memberships.ending.register('referrals', (tx, { membershipId, handTo }) =>
      referrals.handOver(tx, membershipId, handTo),
    );
  }
}
