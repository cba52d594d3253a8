import type { Delivery, InvitationState } from '../../identity/invitation.dto.js';
import type { OrganisationKind } from '../../identity/organisation.types.js';
import type { MembershipView } from '../../identity/user.dto.js';
import type { OnwardState } from '../../onward-referrals/onward.types.js';

/** Where an offer to a group stands, for those who work for the scheme. */
export const OFFER_STATE_WORDS: Record<OnwardState, string> = {
  offered: 'Waiting for the group’s answer',
  waitlisted: 'On the group’s waiting list',
  accepted: 'The group said yes',
  started: 'Started',
  declined: 'The group said not right now',
  expired: 'We did not hear back',
  completed: 'Completed',
  stopped: 'Stopped',
  withdrawn: 'Taken back',
};

export const MEMBERSHIP_STATE_WORDS: Record<MembershipView['state'], string> = {
  live: 'Works here',
  disabled: 'Switched off',
  ended: 'Ended',
};

export const INVITATION_STATE_WORDS: Record<InvitationState, string> = {
  open: 'Open',
  accepted: 'Accepted',
  revoked: 'Taken back',
  expired: 'Ran out',
};

/** What became of the letter. */
export const DELIVERY_WORDS: Record<Delivery, string> = {
  waiting: 'On its way',
  sent: 'Sent',
  refused: 'Turned away: check the address',
  in_person: 'Given in person',
};

export const ORGANISATION_KIND_WORDS: Record<OrganisationKind, string> = {
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
};
