import { registerEvents } from '../platform/outbox/events.js';

/** Payloads hold `clientId`; those of joining hold `mergeId`, `keptId`, `mergedId`; those of agreements `agreementId` too. */
export const CLIENT_EVENTS = [
  'client.created',
  'client.confirmed',
  'client.amended',
  'client.channelSwitchedOff',
  'client.messagesResumed',
  'client.merged',
  'client.absorbed',
  'client.unmerged',
  'client.died',
  'client.deathReversed',
  'client.registered',
  /** Holds `moveId` and `clientId`. */
  'client.practiceMoveDecided',
  'client.neverOfferChanged',
  /** Holds nothing: any number of people. */
  'client.placed',
  'agreement.recorded',
  'agreement.renewed',
  'agreement.withdrawn',
  /** Holds `breakGlassId` and nothing else: the alert it becomes carries no client detail. */
  'breakGlass.opened',
  'breakGlass.reviewed',
  /** Hold `safeguardingId` alone: not even whom it is about. */
  'safeguarding.recorded',
  'safeguarding.acted',
  'safeguarding.closed',
  /** Holds `flagId` and `clientId`. */
  'loneWorkerFlag.changed',
] as const;
export type ClientEvent = (typeof CLIENT_EVENTS)[number];

registerEvents(CLIENT_EVENTS);
