import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { AssetState } from './asset.types.js';

/** Nothing is on the map before a manager has looked at it; nothing is ever taken out of its history. */
export const ASSET_LIFECYCLE = {
  draft: { from: null, to: 'draft' },
  propose: { from: null, to: 'in_review' },
  submit: { from: ['draft'], to: 'in_review' },
  return: { from: ['in_review'], to: 'draft' },
  publish: { from: ['draft', 'in_review'], to: 'published' },
  retire: { from: ['draft', 'in_review', 'published'], to: 'retired' },
  restore: { from: ['retired'], to: 'draft' },
  amend: { from: ['draft', 'in_review', 'published'], to: 'same' },
  confirm: { from: ['published'], to: 'same' },
} as const satisfies Lifecycle<AssetState, string>;

export type AssetVerb = keyof typeof ASSET_LIFECYCLE;

export const assetLifecycle: Lifecycle<AssetState, AssetVerb> = ASSET_LIFECYCLE;
