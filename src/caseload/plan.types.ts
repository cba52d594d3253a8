/** The seven "about me" prompts of the PRSB Social Prescribing standard 1.1, in its order and in its words. */
export const ABOUT_ME = {
  mostImportant: 'What is most important to me',
  people: 'People who are important to me',
  communication: 'How I communicate and how to communicate with me',
  wellness: 'My wellness',
  pleaseDo: 'Please do and please don’t',
  support: 'How and when to support me',
  alsoWorthKnowing: 'Also worth knowing about me',
} as const;
export type AboutMePrompt = keyof typeof ABOUT_ME;
export const ABOUT_ME_PROMPTS = Object.keys(ABOUT_ME) as AboutMePrompt[];

export const GOAL_STATUSES = ['working_on_it', 'partly_reached', 'reached', 'no_longer_wanted'] as const;
export type GoalStatus = (typeof GOAL_STATUSES)[number];

export const ACTION_STATUSES = ['to_do', 'under_way', 'done', 'not_done'] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

export const ACTORS = ['client', 'link_worker', 'group', 'practice', 'somebody_else'] as const;
export type WhoActs = (typeof ACTORS)[number];

/** What of a plan may be given to somebody. */
export const PLAN_SECTIONS = [
  'about_me',
  'strengths',
  'would_like_to_give',
  'goals',
  'crisis_notes',
] as const;
export type PlanSection = (typeof PLAN_SECTIONS)[number];

export const SHARED_WITH = ['client', 'organisation'] as const;
export type SharedWith = (typeof SHARED_WITH)[number];

export const PLAN_TEXT_MAX = 5000;
export const GOAL_MAX = 1000;
export const ACTION_MAX = 500;
export const GOALS_MAX = 20;
export const ACTIONS_MAX = 20;
/** PRSB's own limit for "supported to write this by". */
export const WRITTEN_WITH_MAX = 150;
/** A plan is looked at again six weeks after it was made, unless another day is chosen. */
export const REVIEW_AFTER_DAYS = 42;

/** A step towards a goal, as one version of the plan has it. */
export interface PlanAction {
  id: string;
  what: string;
  who: WhoActs;
  whoName: string | null;
  dueOn: string | null;
  status: ActionStatus;
  /** 1 to 10: how sure the person is that it will happen. */
  confidence: number | null;
}

export interface PlanGoal {
  id: string;
  words: string;
  importance: number;
  status: GoalStatus;
  /** 0 to 10, as the person says. */
  howFar: number | null;
  actions: PlanAction[];
}

/** Everything that one version of a plan says. */
export interface PlanContent {
  aboutMe: Record<AboutMePrompt, string | null>;
  writtenWith: string | null;
  strengths: string | null;
  wouldLikeToGive: string | null;
  crisisNotes: string | null;
  reviewOn: string;
  goals: PlanGoal[];
}
