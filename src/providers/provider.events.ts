import { registerEvents, type EventName } from '../platform/outbox/events.js';

/** What the outbox calls each verb once done. A provider is known by the id of its organisation. */
export const PROVIDER_EVENTS = {
  create: 'provider.created',
  amend: 'provider.amended',
  assure: 'provider.assured',
  endAssurance: 'provider.assuranceEnded',
  addEvidence: 'provider.evidenceAdded',
  removeEvidence: 'provider.evidenceRemoved',
  signCovenant: 'provider.covenantSigned',
  endCovenant: 'provider.covenantEnded',
  closeForGood: 'provider.closedForGood',
  reopen: 'provider.reopened',
  namePartner: 'provider.partnerNamed',
  endPartner: 'provider.partnerEnded',
} as const satisfies Record<string, EventName>;

/** Hold `claimId`; the first the link that was sent, too. */
export const CLAIM_EVENTS = {
  ask: 'providerClaim.asked',
  prove: 'providerClaim.proved',
  decide: 'providerClaim.decided',
  replace: 'providerClaim.replaced',
} as const satisfies Record<string, EventName>;

/** Holds `covenantId`. */
export const COVENANT_PUBLISHED = 'covenant.published';

registerEvents([...Object.values(PROVIDER_EVENTS), ...Object.values(CLAIM_EVENTS), COVENANT_PUBLISHED]);
