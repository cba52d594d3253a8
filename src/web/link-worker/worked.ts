import { Refusal } from '../../platform/errors/refusal.js';
import type { ReferralView, SentReferralView } from '../../referrals/referral.dto.js';

/** A sender who also works for the scheme may reach their own referral only as its sender: that is no work of theirs. */
export function worked(view: ReferralView | SentReferralView): ReferralView {
  if (!('told' in view)) throw Refusal.notFound();
  return view;
}
