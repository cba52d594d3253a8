import type { Lifecycle } from '../platform/pure/lifecycle.js';
import type { StaffRequestState } from './staff.dto.js';

export type StaffRequestVerb = 'ask' | 'grant' | 'refuse' | 'withdraw';

// prettier-ignore
export const STAFF_REQUEST_LIFECYCLE: Lifecycle<StaffRequestState, StaffRequestVerb> = {
  ask:      { from: null,     to: 'open' },
  grant:    { from: ['open'], to: 'granted' },
  refuse:   { from: ['open'], to: 'refused' },
  withdraw: { from: ['open'], to: 'withdrawn' },
};
