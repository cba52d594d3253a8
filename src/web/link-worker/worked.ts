import type { GroupOnwardView, OnwardView } from '../../onward-referrals/onward.dto.js';
import { Refusal } from '../../platform/errors/refusal.js';
import type { ReferralView, SentReferralView } from '../../referrals/referral.dto.js';
import type { Circumstance } from '../../platform/words/circumstances.js';
import { dayInWords } from '../layout/dates.js';
import { STAGE_WORDS } from '../layout/words.js';
import { FEEDBACK_WORDS, RISK_WORDS } from '../practice/practice.words.js';
import { say } from '../words/staff/staff-words.js';

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

/** Where work on a referral stands, for whoever was overtaken while they wrote. */
export const standsNow = ({ stage, nextAt, owner, risks, feedback }: OfSomebody) => [
  { label: say('Where it stands'), value: STAGE_WORDS[stage] },
  { label: say('Next date'), value: dayInWords(nextAt) },
  { label: say('Who has it'), value: owner?.name ?? null },
  {
    label: say('Known risks'),
    value: risks.map((risk) => RISK_WORDS[risk as Circumstance]).join(', '),
  },
  { label: say('What its sender may hear'), value: FEEDBACK_WORDS[feedback] },
];
