import type { AppointmentKind } from '../../caseload/appointment.types.js';
import type { ActionStatus, GoalStatus, WhoActs } from '../../caseload/plan.types.js';
import type { AgreementScope } from '../../clients/agreement.types.js';
import type { Channel, SafeAnswer } from '../../clients/client.types.js';
import type { SharedItem, SupporterRole } from '../../clients/people-close.types.js';
import type { CANNOT_COME_REASONS } from '../../client-page/page.dto.js';
import type { FeedbackAbout, FeedbackKind } from '../../feedback/feedback.types.js';
import type { Occasion } from '../../outcomes/response.types.js';
import type { StoryUse } from '../../stories/story.types.js';

export const KIND_WORDS: Record<AppointmentKind, string> = {
  place: 'We meet',
  phone: 'We ring you',
  video: 'A video call',
  home_visit: 'We come to your home',
};

export const REASON_WORDS: Record<(typeof CANNOT_COME_REASONS)[number], string> = {
  unwell: 'I am not well',
  something_else_on: 'I have something else on',
  transport: 'I cannot get there',
  no_longer_wanted: 'I do not want it any more',
  other: 'Something else',
};

export const GOAL_WORDS: Record<GoalStatus, string> = {
  working_on_it: 'Working on it',
  partly_reached: 'Partly there',
  reached: 'Done',
  no_longer_wanted: 'Not wanted any more',
};

export const STEP_WORDS: Record<ActionStatus, string> = {
  to_do: 'to do',
  under_way: 'begun',
  done: 'done',
  not_done: 'not done',
};

export const WHO_WORDS: Record<WhoActs, string> = {
  client: 'I',
  link_worker: 'My link worker',
  group: 'The group',
  practice: 'My practice',
  somebody_else: 'Somebody else',
};

export const OCCASION_WORDS: Record<Occasion, string> = {
  baseline: 'A few questions to begin with',
  review: 'A few questions, some weeks on',
  closing: 'A few questions at the end',
  three_months: 'A few questions, three months on',
  six_months: 'A few questions, six months on',
};

export const SCOPE_WORDS: Record<AgreementScope, string> = {
  scheme_support: 'Supporting you',
  contact_details: 'Your name and how to reach you',
  needs: 'What you want help with',
  access_needs: 'What you need so that you can take part',
  progress_feedback: 'How it is going',
  full_feedback: 'How it is going, with details',
  plan: 'Your plan',
};

export const ITEM_WORDS: Record<SharedItem, string> = {
  plan: 'Read my plan',
  appointments: 'See my appointments',
  questionnaires: 'Fill in questions for me',
  messages: 'Write to my link worker for me',
};

export const ROLE_WORDS: Record<SupporterRole, string> = {
  carer: 'Carer',
  advocate: 'Advocate',
  attorney: 'Attorney',
  parent: 'Parent',
  family: 'Family',
  friend: 'Friend',
  other: 'Somebody I named',
};

export const CHANNEL_WORDS: Record<Channel, string> = {
  call: 'Ring me',
  text: 'Text me',
  email: 'E-mail me',
  write: 'Send me letters',
  leave_message: 'Leave a message when I do not answer',
};

export const SAFE_WORDS: Record<SafeAnswer, string> = {
  yes: 'Yes',
  no: 'No',
  not_asked: 'We have not asked you, so we do not',
};

/** Languages most often asked for; a worker writes down any other. */
export const OFFERED_LANGUAGES = [
  'en',
  'cy',
  'ar',
  'bn',
  'bfi',
  'fa',
  'gu',
  'ne',
  'pa',
  'pl',
  'pt',
  'ro',
  'so',
  'uk',
  'ur',
  'zh',
];

export const FEEDBACK_WORDS: Record<FeedbackKind, string> = {
  feedback: 'How it is going, good or bad',
  concern: 'Something went wrong, or worries me',
};

export const ABOUT_WORDS: Record<FeedbackAbout, string> = {
  service: 'The service',
  worker: 'Somebody who works with me',
  group: 'A group I went to',
  something_else: 'Something else',
};

export const USE_WORDS: Record<StoryUse, string> = {
  report: 'in a report of ours',
  web_page: 'on a web page',
  training: 'when we train people',
  press: 'in a newspaper, or on radio or television',
};
