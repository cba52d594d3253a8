import type { GroupOnwardView, OnwardView } from '../../onward-referrals/onward.dto.js';
import { Refusal } from '../../platform/errors/refusal.js';
import type { ReferralView, SentReferralView } from '../../referrals/referral.dto.js';

/** A sender who also works for the scheme may reach their own referral only as its sender: that is no work of theirs. */
export function worked(view: ReferralView | SentReferralView): ReferralView {
  if (!('told' in view)) throw Refusal.notFound();
  return view;
}

/** Those who work with the person are shown everything; a group has pages of its own. */
export function whole(view: OnwardView | GroupOnwardView): OnwardView {
  if (!('referralId' in view)) throw Refusal.notFound();
  return view;
}

/** A draft may be of nobody yet; whatever is worked on is of somebody. */
export type OfSomebody = ReferralView & { client: NonNullable<ReferralView['client']> };
export const isOfSomebody = (referral: ReferralView): referral is OfSomebody => referral.client !== null;
