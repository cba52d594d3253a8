import type { ActionStatus, GoalStatus, PlanSection, WhoActs } from '../../caseload/plan.types.js';
import { sayAll } from '../words/staff/staff-words.js';

/** A plan as those who work with the person read it. */
export const WHO_ACTS_WORDS: Record<WhoActs, string> = sayAll({
  client: 'The person',
  link_worker: 'The link worker',
  group: 'A group',
  practice: 'The practice',
  somebody_else: 'Somebody else',
});

export const GOAL_STATUS_WORDS: Record<GoalStatus, string> = sayAll({
  working_on_it: 'Working on it',
  partly_reached: 'Partly there',
  reached: 'Reached',
  no_longer_wanted: 'Not wanted any more',
});

export const STEP_STATUS_WORDS: Record<ActionStatus, string> = sayAll({
  to_do: 'To do',
  under_way: 'Begun',
  done: 'Done',
  not_done: 'Not done',
});

export const SECTION_WORDS: Record<PlanSection, string> = sayAll({
  about_me: 'What matters to them',
  strengths: 'Strengths',
  would_like_to_give: 'What they would like to give',
  goals: 'Goals and steps',
  crisis_notes: 'What to do if things go wrong',
});

/** Where two versions differ. */
export const CHANGE_WORDS: Record<'added' | 'removed' | 'changed', string> = sayAll({
  added: 'Added',
  removed: 'Taken out',
  changed: 'Changed',
});

/** What to ask under a heading: health, place, money, a good day. */
export const PROMPT_HINTS: Partial<Record<string, string>> = sayAll({
  mostImportant: 'What does a good day look like? What would they miss most?',
  people: 'Who is there for them, and who are they there for?',
  wellness: 'Health, sleep and mood: what helps, and what gets in the way?',
  support: 'What has helped before, and when is a good time?',
  alsoWorthKnowing: 'Where they live and how they get about; money and work.',
});
