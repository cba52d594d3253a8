import type { GroupLinkPurpose } from '../../assets/survey.types.js';
import type { HandoverOutcome, HandoverState } from '../../caseload/handover.types.js';
import type { Delivery, InvitationState } from '../../identity/invitation.dto.js';
import type { OrganisationKind } from '../../identity/organisation.types.js';
import type { MembershipView } from '../../identity/user.dto.js';
import type { ConcernKind, ConcernOutcome, ToldBy } from '../../onward-referrals/concern.types.js';
import type { GapEnding } from '../../onward-referrals/gap.types.js';
import type { CheckedLevel, Requirement } from '../../providers/assurance.types.js';
import type { ClaimState } from '../../providers/claim.types.js';
import type { ClosureReason } from '../../providers/closure.types.js';
import type { EvidenceKind } from '../../providers/evidence.types.js';
import type { ListingState, MayBeUnknown } from '../../providers/listing.types.js';
import type { AnswersBy, Level, Sector } from '../../providers/provider.types.js';
import { sayAll } from '../words/staff/staff-words.js';

export const MEMBERSHIP_STATE_WORDS: Record<MembershipView['state'], string> = sayAll({
  live: 'Works here',
  disabled: 'Switched off',
  ended: 'Ended',
});

export const INVITATION_STATE_WORDS: Record<InvitationState, string> = sayAll({
  open: 'Open',
  accepted: 'Accepted',
  revoked: 'Taken back',
  expired: 'Ran out',
});

/** What became of the letter. */
export const DELIVERY_WORDS: Record<Delivery, string> = sayAll({
  waiting: 'On its way',
  sent: 'Sent',
  refused: 'Turned away: check the address',
  in_person: 'Given in person',
});

export const ORGANISATION_KIND_WORDS: Record<OrganisationKind, string> = sayAll({
  gp_practice: 'GP practice',
  hospital: 'Hospital',
  hospice: 'Hospice',
  housing: 'Housing',
  council: 'Council',
  charity: 'Charity',
  community_group: 'Community group',
  faith_group: 'Faith group',
  social_enterprise: 'Social enterprise',
  host: 'Host of the scheme',
  commissioner: 'Commissioner',
  other: 'Other',
});

export const SECTOR_WORDS: Record<Sector, string> = sayAll({
  charity: 'Charity',
  community: 'Community',
  faith: 'Faith',
  social_enterprise: 'Social enterprise',
  council: 'Council',
  health: 'Health',
  other: 'Other',
});

/** How close a service comes to a person. */
export const LEVEL_WORDS: Record<Level, string> = sayAll({
  open_door: 'Open door: no checks needed',
  personal_contact: 'Personal contact',
  alone_or_vulnerable: 'Alone with somebody, or with somebody at risk',
});

export const CHECKED_LEVEL_WORDS: Record<CheckedLevel, string> = {
  personal_contact: LEVEL_WORDS.personal_contact,
  alone_or_vulnerable: LEVEL_WORDS.alone_or_vulnerable,
};

export const REQUIREMENT_WORDS: Record<Requirement, string> = sayAll({
  safeguarding_policy: 'Safeguarding policy',
  dbs_practice: 'How they do DBS checks',
  insurance: 'Insurance',
  data_protection: 'Data protection',
  food_hygiene: 'Food hygiene',
  awareness_training: 'Awareness training',
});

export const EVIDENCE_WORDS: Record<EvidenceKind, string> = sayAll({
  safeguarding_policy: 'Safeguarding policy',
  dbs_policy: 'DBS policy',
  insurance_policy: 'Insurance policy',
  data_protection_policy: 'Data protection policy',
  food_hygiene_plan: 'Food hygiene plan',
  complaints_policy: 'Complaints policy',
  photo_of_place: 'Photo of the place',
});

export const ANSWERS_BY_WORDS: Record<AnswersBy, string> = sayAll({
  email: 'By a link in an e-mail',
  sign_in: 'They sign in',
  phone: 'We ring them',
  text: 'By a link in a text message',
});

export const CLOSURE_WORDS: Record<ClosureReason, string> = sayAll({
  nobody_to_run_it: 'Nobody to run it',
  no_money: 'No money',
  no_place: 'No place to meet',
  joined_another: 'Joined another group',
  work_is_done: 'Its work is done',
  not_safe: 'Not safe',
  other: 'Another reason',
});

export const GAP_ENDING_WORDS: Record<GapEnding, string> = sayAll({
  service_started: 'Something that fits has started',
  helped: 'They were helped another way',
  no_longer_needed: 'It is no longer needed',
  recorded_in_error: 'It was recorded in error',
});

export const LISTING_STATE_WORDS: Record<ListingState, string> = sayAll({
  draft: 'Draft',
  in_review: 'Waits to be looked at',
  published: 'Published',
  paused: 'Paused',
  closed: 'Closed',
});

export const LISTING_STATE_COLOURS: Record<ListingState, 'yellow' | 'green' | 'grey'> = {
  draft: 'grey',
  in_review: 'yellow',
  published: 'green',
  paused: 'yellow',
  closed: 'grey',
};

/** What nobody has said yet of a service. */
export const UNKNOWN_WORDS: Record<MayBeUnknown, string> = sayAll({
  setting: 'whether it is religious',
  cost: 'what it costs',
  areas: 'where people may come from',
});

export const CLAIM_STATE_WORDS: Record<ClaimState, string> = sayAll({
  asked: 'Asked, not proved yet',
  proved: 'Waits for you',
  approved: 'Approved',
  refused: 'Refused',
});

export const CONCERN_KIND_WORDS: Record<ConcernKind, string> = sayAll({
  religious_pressure: 'Religious pressure',
  other_pressure: 'Other pressure',
  unequal_treatment: 'Unequal treatment',
});

export const TOLD_BY_WORDS: Record<ToldBy, string> = sayAll({
  client: 'The person',
  carer: 'Somebody who cares for them',
  worker: 'A worker',
  somebody_else: 'Somebody else',
});

export const CONCERN_OUTCOME_WORDS: Record<ConcernOutcome, string> = sayAll({
  upheld: 'It is true',
  not_upheld: 'It is not true',
  could_not_tell: 'We could not tell',
});

export const HANDOVER_STATE_WORDS: Record<HandoverState, string> = sayAll({
  planned: 'Planned',
  done: 'Done',
  cancelled: 'Cancelled',
});

export const HANDOVER_OUTCOME_WORDS: Record<HandoverOutcome, string> = sayAll({
  waiting: 'Waits for the day',
  handed: 'Handed over',
  had_another_owner: 'Was somebody else’s by then',
  had_ended: 'Had ended by then',
  nobody_there: 'Stayed: nobody was there to take it',
  cancelled: 'Cancelled',
});

/** What a link that is handed to a group is for. */
export const LINK_PURPOSE_WORDS: Record<GroupLinkPurpose, string> = sayAll({
  survey: 'To say what the group has to offer',
  tally: 'To count the help it gave, naming nobody',
});
