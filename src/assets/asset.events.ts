import { registerEvents, type EventName } from '../platform/outbox/events.js';
import type { AssetVerb } from './asset.lifecycle.js';

/** What the outbox calls each verb once done. */
export const ASSET_EVENTS = {
  draft: 'asset.drafted',
  propose: 'asset.proposed',
  submit: 'asset.submitted',
  return: 'asset.returned',
  publish: 'asset.published',
  retire: 'asset.retired',
  restore: 'asset.restored',
  amend: 'asset.amended',
  confirm: 'asset.confirmed',
} as const satisfies Record<AssetVerb, EventName>;

registerEvents(Object.values(ASSET_EVENTS));
