import { registerEvents } from '../platform/outbox/events.js';

/** `linkId` is what the one-time link's token is derived from; it opens nothing without the installation's key. */
export const INVITATION_CREATED = 'invitation.created';
export const PASSWORD_RESET_ASKED = 'passwordReset.asked';
export const PASSWORD_CHANGED = 'password.changed';
export const SIGN_IN_CODE_ASKED = 'signInCode.asked';
export const CODE_ENTRY_ASKED = 'codeEntry.asked';
export const SECOND_FACTOR_CHANGED = 'secondFactor.changed';
export const SESSION_ON_NEW_DEVICE = 'session.onNewDevice';
export const MEMBERSHIP_CREATED = 'membership.created';
export const MEMBERSHIP_ENDED = 'membership.ended';
export const MEMBERSHIP_DISABLED = 'membership.disabled';

registerEvents([
  INVITATION_CREATED,
  PASSWORD_RESET_ASKED,
  PASSWORD_CHANGED,
  SIGN_IN_CODE_ASKED,
  CODE_ENTRY_ASKED,
  SECOND_FACTOR_CHANGED,
  SESSION_ON_NEW_DEVICE,
  MEMBERSHIP_CREATED,
  MEMBERSHIP_ENDED,
  MEMBERSHIP_DISABLED,
]);
