import { ApiProperty } from '@nestjs/swagger';
import { APPOINTMENT_KINDS, type AppointmentKind } from '../caseload/appointment.types.js';
import {
  ACTION_STATUSES,
  type ActionStatus,
  ACTORS,
  GOAL_STATUSES,
  type GoalStatus,
  type WhoActs,
} from '../caseload/plan.types.js';
import { AGREEMENT_SCOPES, type AgreementScope } from '../clients/agreement.types.js';
import {
  CHANNELS,
  type Channel,
  REACH_THROUGH,
  type ReachThrough,
  SAFE_ANSWERS,
  type SafeAnswer,
} from '../clients/client.types.js';
import {
  SHARED_ITEMS,
  type SharedItem,
  SUPPORTER_ROLES,
  type SupporterRole,
} from '../clients/people-close.types.js';
import {
  FEEDBACK_ABOUT,
  FEEDBACK_KINDS,
  type FeedbackAbout,
  type FeedbackKind,
} from '../feedback/feedback.types.js';
import { OCCASIONS, type Occasion } from '../outcomes/response.types.js';
import { STORY_USES, type StoryUse } from '../stories/story.types.js';
import {
  Choice,
  Choices,
  DateOnly,
  LanguageCode,
  Secret,
  Text,
  Uuid,
  YesNo,
} from '../platform/http/fields.js';
import { PLAN_WORD_CODES, type PlanWord } from './page-plan.rules.js';

const maybe = { optional: true, nullable: true } as const;

export class AskCodeInput {
  @Text({ max: 254, description: 'An e-mail address or a UK mobile number.' })
  to: string;

  @Uuid({ ...maybe, description: 'Which scheme, where there are several.' })
  schemeId?: string | null;
}

export class CodeAskedView {
  @ApiProperty({ format: 'uuid', description: 'The same for an address that nobody has.' })
  id: string;
}

export class EnterByCodeInput {
  @Uuid({ description: 'As asking for the code answered.' })
  id: string;

  @Secret({ max: 6, description: 'Six digits.' })
  code: string;
}

export class EnterByLinkInput {
  @Secret({ max: 43, description: 'The last part of the link.' })
  token: string;

  @DateOnly({ description: 'The person’s.' })
  dateOfBirth: string;
}

export class PageSessionView {
  @ApiProperty({ description: 'Send it as a bearer token. It opens this page and nothing else.' })
  token: string;

  @ApiProperty({ format: 'date-time', description: 'Later with each use, two hours at the longest.' })
  until: Date;
}

export class PageAppointmentView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: APPOINTMENT_KINDS })
  kind: AppointmentKind;

  @ApiProperty({ format: 'date-time' })
  startsAt: Date;

  @ApiProperty({ format: 'date', description: 'The day in London.' })
  on: string;

  @ApiProperty({ example: '14:30', description: 'The time in London.' })
  time: string;

  @ApiProperty()
  minutes: number;

  @ApiProperty({ type: String, nullable: true })
  place: string | null;

  @ApiProperty({ description: 'Whether an interpreter is to be there.' })
  interpreter: boolean;

  @ApiProperty()
  cancelled: boolean;
}

export class WorkerToRing {
  @ApiProperty({ description: 'A first name.' })
  name: string;
}

export class OwnPageView {
  @ApiProperty()
  scheme: string;

  @ApiProperty({ description: 'What the person is called.' })
  name: string;

  @ApiProperty({ description: 'False for somebody the person named, who sees only `items`.' })
  own: boolean;

  @ApiProperty({ enum: SHARED_ITEMS, isArray: true })
  items: SharedItem[];

  @ApiProperty({
    type: WorkerToRing,
    nullable: true,
    description: 'Who works with them, if anybody does now.',
  })
  worker: WorkerToRing | null;

  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ type: PageAppointmentView, nullable: true })
  next: PageAppointmentView | null;

  @ApiProperty({ description: 'Questionnaires that wait.' })
  questionnaires: number;

  @ApiProperty({ description: 'Groups that they were sent to think about, and said nothing to yet.' })
  groups: number;
}

export class PageActionView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  what: string;

  @ApiProperty({ enum: ACTORS })
  who: WhoActs;

  @ApiProperty({ type: String, nullable: true })
  whoName: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  dueOn: string | null;

  @ApiProperty({ enum: ACTION_STATUSES, description: 'As it stands now, whenever the plan was given.' })
  status: ActionStatus;

  @ApiProperty({ description: 'Whether the person can say here that they did it, or did not after all.' })
  mayTick: boolean;
}

export class TickStepInput {
  @YesNo({ description: 'True: they did it. False: they did not after all.' })
  done: boolean;
}

class PageStoryUseView {
  @ApiProperty({ enum: STORY_USES })
  use: StoryUse;

  @ApiProperty({ format: 'date', description: 'What they agreed to ends after this day by itself.' })
  until: string;
}

export class PageStoryView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  title: string;

  @ApiProperty({
    description: 'As it may be shown: without names and places, or as told where that is not written yet.',
  })
  words: string;

  @ApiProperty({ type: [PageStoryUseView], description: 'What they agree to today.' })
  uses: PageStoryUseView[];
}

export class TakeStoryBackInput {
  @Choices(STORY_USES, {
    optional: true,
    min: 1,
    description: 'These uses alone; the whole story unless said.',
  })
  uses?: StoryUse[];
}

export class PageGoalView {
  @ApiProperty()
  words: string;

  @ApiProperty()
  importance: number;

  @ApiProperty({ enum: GOAL_STATUSES })
  status: GoalStatus;

  @ApiProperty({ type: [PageActionView] })
  actions: PageActionView[];
}

export class PageWordsView {
  @ApiProperty({
    enum: PLAN_WORD_CODES,
    description: 'Which part it is, to say its heading in another language.',
  })
  part: PlanWord;

  @ApiProperty()
  heading: string;

  @ApiProperty()
  text: string;
}

export class PagePlanView {
  @ApiProperty({ format: 'date-time', description: 'When it was given to the person.' })
  sharedAt: Date;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'When to look at it together again.',
  })
  reviewOn: string | null;

  @ApiProperty({ type: [PageGoalView] })
  goals: PageGoalView[];

  @ApiProperty({ type: [PageWordsView], description: 'The other parts they were given, in their order.' })
  parts: PageWordsView[];
}

export class PageQuestionnaireView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: OCCASIONS })
  occasion: Occasion;

  @ApiProperty({ format: 'date-time' })
  until: Date;

  @ApiProperty({ description: 'Where it is answered, one question a page.' })
  address: string;
}

export class PageAgreementView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null: the scheme itself.' })
  organisation: string | null;

  @ApiProperty({ enum: AGREEMENT_SCOPES, isArray: true })
  scope: AgreementScope[];

  @ApiProperty({ format: 'date' })
  agreedOn: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  withdrawnAt: Date | null;

  @ApiProperty({ description: 'False where it was taken back, or where somebody else decided.' })
  mayTakeBack: boolean;

  @ApiProperty({ description: 'Whether they are with that group, or wait for it: taken back, that ends.' })
  placeEnds: boolean;

  @ApiProperty({ type: [String], description: 'What happens at once when it is taken back.' })
  effects: string[];
}

export class PageSupporterView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: SUPPORTER_ROLES })
  role: SupporterRole;

  @ApiProperty({ enum: SHARED_ITEMS, isArray: true })
  shares: SharedItem[];
}

export class GiveToSupporterInput {
  @Choices(SHARED_ITEMS, { description: 'Everything they may see or do from now on; empty for nothing.' })
  shares: SharedItem[];
}

export class PageContactView {
  @ApiProperty({ type: String, nullable: true })
  phone: string | null;

  @ApiProperty({ type: String, nullable: true })
  email: string | null;

  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', enum: [...SAFE_ANSWERS] } })
  channels: Record<Channel, SafeAnswer>;

  @ApiProperty({ enum: REACH_THROUGH, nullable: true })
  reachThrough: ReachThrough | null;

  @ApiProperty({ type: String, nullable: true, description: 'What we should mind when we get in touch.' })
  reachNote: string | null;

  @ApiProperty()
  language: string;

  @ApiProperty({
    description: 'Send it as If-Match, so that nothing somebody else wrote meanwhile is put away unseen.',
  })
  version: number;
}

export class ChangeContactInput {
  @Choices(CHANNELS, { optional: true, description: 'No more of these, from now on.' })
  switchOff?: Channel[];

  @LanguageCode({ optional: true })
  language?: string;

  @Text({ ...maybe, min: 0, max: 500, description: 'What we should mind when we get in touch.' })
  reachNote?: string | null;
}

export class NewAddressInput {
  @Text({ max: 254, description: 'An e-mail address or a UK mobile number: a code goes there.' })
  to: string;
}

export class ConfirmAddressInput {
  @Secret({ max: 6, description: 'Six digits.' })
  code: string;
}

export class StopMessagesInput {
  @YesNo({ optional: true, description: 'No calls either.' })
  callsToo?: boolean;
}

export class WriteMessageInput {
  @Text({ max: 2000, description: 'Read in working hours. Not for emergencies.' })
  words: string;
}

export class PageFeedbackInput {
  @Choice(FEEDBACK_KINDS)
  kind: FeedbackKind;

  @Choice(FEEDBACK_ABOUT)
  about: FeedbackAbout;

  @Text({ max: 2000, description: 'In their own words. Whoever it is about does not read it.' })
  words: string;

  @YesNo({ description: 'Whether they want to hear what came of it.' })
  wantsAnswer: boolean;
}

export class PageMessageView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  words: string;

  @ApiProperty({ format: 'date-time' })
  sentAt: Date;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Who wrote it for the person; null: the person.',
  })
  supporter: string | null;
}

/** The reasons a person gives; the others are ours. */
export const CANNOT_COME_REASONS = [
  'unwell',
  'something_else_on',
  'transport',
  'no_longer_wanted',
  'other',
] as const;

export class CannotComeInput {
  @Choice(CANNOT_COME_REASONS)
  reason: (typeof CANNOT_COME_REASONS)[number];

  @Text({ optional: true, max: 500, description: 'Needed for the reason `other`.' })
  note?: string;
}
