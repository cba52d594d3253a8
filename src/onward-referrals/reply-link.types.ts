import type { LinkActor } from '../platform/actor/actor.types.js';
import type { GroupAddress } from '../providers/group-address.rules.js';

/** What the message was about that a link came in. `again`: a fresh link somebody asked for. */
export const LINK_PURPOSES = [
  'answer',
  'in_touch',
  'how_did_it_go',
  'safety',
  'ended',
  'again',
  'listing_check',
  'register',
] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** A link that may be used now. */
export interface OpenLink {
  id: string;
  purpose: LinkPurpose;
  actor: LinkActor;
  /** Where it was sent. */
  address: GroupAddress;
  /** Whether others read what is sent there too. */
  shared: boolean;
}
