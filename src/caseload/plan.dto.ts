import { ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import {
  AGREED_HOW,
  AGREEMENT_BASES,
  type AgreedHow,
  type AgreementBasis,
} from '../clients/agreement.types.js';
import {
  Choice,
  Choices,
  DateOnly,
  Nested,
  NestedList,
  NumberInQuery,
  Text,
  Uuid,
  WholeNumber,
} from '../platform/http/fields.js';
import {
  ABOUT_ME,
  ACTION_MAX,
  ACTION_STATUSES,
  ACTIONS_MAX,
  ACTORS,
  GOAL_MAX,
  GOAL_STATUSES,
  GOALS_MAX,
  PLAN_SECTIONS,
  PLAN_TEXT_MAX,
  SHARED_WITH,
  WRITTEN_WITH_MAX,
  type AboutMePrompt,
  type ActionStatus,
  type GoalStatus,
  type PlanAction,
  type PlanContent,
  type PlanGoal,
  type PlanSection,
  type SharedWith,
  type WhoActs,
} from './plan.types.js';

const maybe = { optional: true, nullable: true } as const;
const Prompt = (prompt: AboutMePrompt) =>
  Text({ ...maybe, min: 0, max: PLAN_TEXT_MAX, description: ABOUT_ME[prompt] });

export class AboutMeInput implements Partial<Record<AboutMePrompt, string | null>> {
  @Prompt('mostImportant')
  mostImportant?: string | null;

  @Prompt('people')
  people?: string | null;

  @Prompt('communication')
  communication?: string | null;

  @Prompt('wellness')
  wellness?: string | null;

  @Prompt('pleaseDo')
  pleaseDo?: string | null;

  @Prompt('support')
  support?: string | null;

  @Prompt('alsoWorthKnowing')
  alsoWorthKnowing?: string | null;
}

const SURE = 'How sure the person is that it will happen, 1 to 10.';

export class ActionInput {
  @Uuid({ optional: true, description: 'Of an action the plan has; leave out for a new one.' })
  id?: string;

  @Text({ max: ACTION_MAX })
  what: string;

  @Choice(ACTORS)
  who: WhoActs;

  @Text({ ...maybe, max: 200, description: 'Who, where that is somebody else.' })
  whoName?: string | null;

  @DateOnly({ ...maybe, description: 'By when.' })
  dueOn?: string | null;

  @WholeNumber({ ...maybe, min: 1, max: 10, description: SURE })
  confidence?: number | null;
}

export class GoalInput {
  @Uuid({ optional: true, description: 'Of a goal the plan has; leave out for a new one.' })
  id?: string;

  @Text({ max: GOAL_MAX, description: 'In the person’s own words.' })
  words: string;

  @WholeNumber({ min: 1, max: 10, description: 'How much it matters to them, 1 to 10.' })
  importance: number;

  @NestedList(() => ActionInput, { optional: true, max: ACTIONS_MAX })
  actions?: ActionInput[];
}

/** The words of a plan beside its goals: the same in a plan and in a draft of one. */
class PlanWords {
  @Nested(() => AboutMeInput, { optional: true })
  aboutMe?: AboutMeInput;

  @Text({ ...maybe, min: 0, max: WRITTEN_WITH_MAX, description: 'Who helped to write it.' })
  writtenWith?: string | null;

  @Text({ ...maybe, min: 0, max: PLAN_TEXT_MAX })
  strengths?: string | null;

  @Text({ ...maybe, min: 0, max: PLAN_TEXT_MAX, description: 'What I would like to give.' })
  wouldLikeToGive?: string | null;

  @Text({ ...maybe, min: 0, max: PLAN_TEXT_MAX, description: 'What to do if things go wrong.' })
  crisisNotes?: string | null;
}

export class MakePlanInput extends PlanWords {
  @NestedList(() => GoalInput, { max: GOALS_MAX })
  goals: GoalInput[];

  @DateOnly({ optional: true, description: 'When to look at it again; in six weeks unless told.' })
  reviewOn?: string;

  @WholeNumber({
    optional: true,
    min: 1,
    max: 1_000_000,
    description: 'The revision of your draft that this is: saving ends it. A draft that moved on stays.',
  })
  draftRevision?: number;
}

export class SavePlanInput extends MakePlanInput {
  @Text({ ...maybe, max: 500, description: 'Why it changes.' })
  reason?: string | null;
}

export class DraftActionInput {
  @Uuid({ optional: true })
  id?: string;

  @Text({ ...maybe, min: 0, max: ACTION_MAX })
  what?: string | null;

  @Choice(ACTORS, maybe)
  who?: WhoActs | null;

  @Text({ ...maybe, min: 0, max: 200 })
  whoName?: string | null;

  @DateOnly(maybe)
  dueOn?: string | null;

  @WholeNumber({ ...maybe, min: 1, max: 10 })
  confidence?: number | null;
}

export class DraftGoalInput {
  @Uuid({ optional: true })
  id?: string;

  @Text({ ...maybe, min: 0, max: GOAL_MAX })
  words?: string | null;

  @WholeNumber({ ...maybe, min: 1, max: 10 })
  importance?: number | null;

  @NestedList(() => DraftActionInput, { optional: true, max: ACTIONS_MAX })
  actions?: DraftActionInput[];
}

/** A plan as far as it is written: everything may be missing. */
export class PlanDraftContent extends PlanWords {
  @NestedList(() => DraftGoalInput, { optional: true, max: GOALS_MAX })
  goals?: DraftGoalInput[];

  @DateOnly({ ...maybe })
  reviewOn?: string | null;
}

/** What somebody notes for themselves under the headings of the conversation. */
export class PrivateWords extends PickType(PlanDraftContent, [
  'aboutMe',
  'strengths',
  'wouldLikeToGive',
] as const) {}

export class SavePlanDraftInput {
  @WholeNumber({
    min: 0,
    max: 1_000_000,
    description: 'The revision you wrote on top of; nought for the first.',
  })
  revision: number;

  @Text({ max: 60, description: 'A name for this tab, made when it opens and kept while it is open.' })
  tab: string;

  @Nested(() => PlanDraftContent)
  content: PlanDraftContent;
}

export class DraftAsideView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  tab: string;

  @ApiProperty({ type: PlanDraftContent })
  content: PlanDraftContent;

  @ApiProperty({ format: 'date-time' })
  savedAt: Date;
}

export class PlanDraftView {
  @ApiProperty({ description: 'Send it with your next save. Nought: there is no draft.' })
  revision: number;

  @ApiProperty({ type: PlanDraftContent, nullable: true })
  content: PlanDraftContent | null;

  @ApiProperty({ type: Date, format: 'date-time', nullable: true })
  savedAt: Date | null;

  @ApiProperty({ description: 'The version of the plan it began from; nought where there was none.' })
  basedOn: number;

  @ApiProperty({ description: 'The version the plan has now; nought where there is none.' })
  planVersion: number;

  @ApiProperty({
    type: [DraftAsideView],
    description: 'What other tabs wrote beside it. Nothing is thrown away unasked.',
  })
  aside: DraftAsideView[];
}

export class GoalProgressInput {
  @Choice(GOAL_STATUSES)
  status: GoalStatus;

  @WholeNumber({ ...maybe, min: 0, max: 10, description: 'How far along, 0 to 10, as the person says.' })
  howFar?: number | null;

  @Text({ ...maybe, max: 1000 })
  note?: string | null;
}

export class ActionProgressInput {
  @Choice(ACTION_STATUSES)
  status: ActionStatus;

  @WholeNumber({ ...maybe, min: 1, max: 10, description: SURE })
  confidence?: number | null;
}

export class AgreePlanInput {
  @DateOnly()
  agreedOn: string;

  @Choice(AGREED_HOW)
  how: AgreedHow;

  @Choice(AGREEMENT_BASES, { optional: true, description: 'They agreed themselves, unless told.' })
  basis?: AgreementBasis;

  @Text({ ...maybe, max: 300, description: 'Who decided, when it was not the person.' })
  decidedBy?: string | null;
}

export class SharePlanInput {
  @Choice(SHARED_WITH)
  with: SharedWith;

  @Uuid({ ...maybe, description: 'Which organisation. It needs an agreement for `plan` with it.' })
  organisationId?: string | null;

  @Choices(PLAN_SECTIONS, { min: 1, description: 'Exactly what they may read.' })
  sections: PlanSection[];
}

export class DifferencesQuery {
  @NumberInQuery({ min: 1, max: 1_000_000, description: 'The earlier version.' })
  from: number;

  @NumberInQuery({ min: 1, max: 1_000_000, description: 'The later version.' })
  to: number;
}

class PlanActionView implements PlanAction {
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

  @ApiProperty({ enum: ACTION_STATUSES })
  status: ActionStatus;

  @ApiProperty({ type: 'integer', nullable: true, description: SURE })
  confidence: number | null;
}

class PlanGoalView implements PlanGoal {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  words: string;

  @ApiProperty()
  importance: number;

  @ApiProperty({ enum: GOAL_STATUSES })
  status: GoalStatus;

  @ApiProperty({ type: 'integer', nullable: true })
  howFar: number | null;

  @ApiProperty({ type: [PlanActionView] })
  actions: PlanActionView[];
}

const Words = (description?: string) => ApiProperty({ type: String, nullable: true, description });

class AboutMeView implements Record<AboutMePrompt, string | null> {
  @Words(ABOUT_ME.mostImportant)
  mostImportant: string | null;

  @Words(ABOUT_ME.people)
  people: string | null;

  @Words(ABOUT_ME.communication)
  communication: string | null;

  @Words(ABOUT_ME.wellness)
  wellness: string | null;

  @Words(ABOUT_ME.pleaseDo)
  pleaseDo: string | null;

  @Words(ABOUT_ME.support)
  support: string | null;

  @Words(ABOUT_ME.alsoWorthKnowing)
  alsoWorthKnowing: string | null;
}

export class PlanContentView implements PlanContent {
  @ApiProperty({ type: AboutMeView })
  aboutMe: AboutMeView;

  @Words('Who helped to write it.')
  writtenWith: string | null;

  @Words()
  strengths: string | null;

  @Words()
  wouldLikeToGive: string | null;

  @Words()
  crisisNotes: string | null;

  @ApiProperty({ format: 'date' })
  reviewOn: string;

  @ApiProperty({ type: [PlanGoalView] })
  goals: PlanGoalView[];
}

class PlanAgreedView {
  @ApiProperty({ description: 'The version they agreed to.' })
  version: number;

  @ApiProperty({ format: 'date' })
  agreedOn: string;

  @ApiProperty({ enum: AGREED_HOW })
  how: AgreedHow;

  @ApiProperty({ enum: AGREEMENT_BASES })
  basis: AgreementBasis;

  @ApiProperty({ type: String, nullable: true })
  decidedBy: string | null;
}

class PlanShareView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: SHARED_WITH })
  with: SharedWith;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  organisationId: string | null;

  @ApiProperty({ type: String, nullable: true })
  organisation: string | null;

  @ApiProperty({ description: 'The version they have.' })
  version: number;

  @ApiProperty({ enum: PLAN_SECTIONS, isArray: true })
  sections: PlanSection[];

  @ApiProperty({ format: 'date-time' })
  sharedAt: Date;

  @ApiProperty({
    description:
      'Whether they can read it now. A group that sends nobody itself reads it only while the person is with it.',
  })
  readable: boolean;
}

export class PlanView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'Of the plan; each change makes the next.' })
  version: number;

  @ApiProperty({ format: 'uuid' })
  referralId: string;

  @ApiProperty({ type: PlanContentView })
  content: PlanContentView;

  @ApiProperty({ type: String, nullable: true })
  madeBy: string | null;

  @ApiProperty({ format: 'date-time' })
  madeAt: Date;

  @ApiProperty({ format: 'date-time' })
  changedAt: Date;

  @ApiProperty({
    type: PlanAgreedView,
    nullable: true,
    description: 'The latest agreement, whichever version it was to.',
  })
  agreed: PlanAgreedView | null;

  @ApiProperty({ type: [PlanShareView] })
  sharedWith: PlanShareView[];
}

export class PlanVersionView {
  @ApiProperty()
  number: number;

  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({ type: PlanContentView })
  content: PlanContentView;
}

export class PlanDifferenceView {
  @ApiProperty({ enum: ['plan', 'goal', 'action'] })
  of: 'plan' | 'goal' | 'action';

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  id: string | null;

  @ApiProperty({ enum: ['added', 'removed', 'changed'] })
  change: 'added' | 'removed' | 'changed';

  @ApiProperty({ type: String, nullable: true, example: 'aboutMe.wellness' })
  field: string | null;

  @ApiProperty({
    nullable: true,
    description: 'What it said before.',
    type: 'object',
    additionalProperties: true,
  })
  from: unknown;

  @ApiProperty({
    nullable: true,
    description: 'What it says after.',
    type: 'object',
    additionalProperties: true,
  })
  to: unknown;
}

export class GoalProgressView {
  @ApiProperty({ format: 'uuid' })
  goalId: string;

  @ApiProperty({ format: 'date-time' })
  at: Date;

  @ApiProperty({ enum: GOAL_STATUSES })
  status: GoalStatus;

  @ApiProperty({ type: 'integer', nullable: true })
  howFar: number | null;

  @ApiProperty({ type: String, nullable: true })
  note: string | null;

  @ApiProperty({ type: String, nullable: true })
  by: string | null;
}

class SharedPlanContent extends PartialType(PlanContentView) {}

export class SharedPlanView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({
    description: 'Whose it is. A group that may not know their name reads what they are called to it.',
  })
  name: string;

  @ApiProperty({ format: 'date-time' })
  sharedAt: Date;

  @ApiProperty({ enum: PLAN_SECTIONS, isArray: true })
  sections: PlanSection[];

  @ApiProperty({ type: SharedPlanContent, description: 'Only the sections that were shared.' })
  content: SharedPlanContent;
}
