import type { AppointmentKind } from '../../caseload/appointment.types.js';
import type { ContactKind, ContactOutcome } from '../../caseload/contact.types.js';

export const CONTACT_KIND_WORDS: Record<ContactKind, string> = {
  phone: 'Phone',
  text: 'Text',
  email: 'E-mail',
  letter: 'Letter',
  visit: 'Visit',
  video: 'Video',
  meeting: 'Meeting',
  drop_in: 'Drop-in',
};

export const CONTACT_OUTCOME_WORDS: Record<ContactOutcome, string> = {
  reached: 'Yes, we talked',
  no_answer: 'No answer',
  message_left: 'Message left',
  wrong_number: 'Wrong number or address',
};

export const APPOINTMENT_KIND_WORDS: Record<AppointmentKind, string> = {
  place: 'Meeting',
  phone: 'Phone call',
  video: 'Video call',
  home_visit: 'Home visit',
};

/** What is due, as Today says it. */
export const WHY_WORDS: Record<string, string> = {
  first_contact: 'First contact',
  next_contact: 'Next contact',
  resume: 'Back from hold',
};

/** What a group's answer waits for. */
export const TO_ACT_WORDS: Record<string, string> = {
  ring: 'Ring the group',
  talk: 'They want to talk first',
  declined: 'They said not right now: find another',
  expired: 'We did not hear back: find another',
  late_yes: 'They said yes after all: decide',
  ended_by_group: 'They ended it: see why',
};
