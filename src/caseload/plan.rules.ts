import { addDays } from '../platform/clock/calendar.js';
import type { FieldProblem } from '../platform/errors/refusal.js';
import { nextDateProblem } from '../referrals/referral.rules.js';
import {
  ABOUT_ME_PROMPTS,
  REVIEW_AFTER_DAYS,
  type AboutMePrompt,
  type PlanContent,
  type PlanGoal,
  type PlanSection,
  type WhoActs,
} from './plan.types.js';

/** A plan as somebody sends it: goals and actions without an id are new, and those left out are taken away. */
export interface PlanGiven {
  aboutMe?: Partial<Record<AboutMePrompt, string | null>>;
  writtenWith?: string | null;
  strengths?: string | null;
  wouldLikeToGive?: string | null;
  crisisNotes?: string | null;
  reviewOn?: string;
  goals: readonly {
    id?: string;
    words: string;
    importance: number;
    actions?: readonly {
      id?: string;
      what: string;
      who: WhoActs;
      whoName?: string | null;
      dueOn?: string | null;
      confidence?: number | null;
    }[];
  }[];
}

/**
 * What is wrong with a plan, field by field; nothing when it may be saved. Ids are those the plan has now, each once and
 * an action under its own goal; somebody else who acts is named; a review date that is chosen is today in London or
 * later, within twelve months.
 */
export function planProblems(given: PlanGiven, before: PlanContent | null, now: Date): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const review =
    given.reviewOn === undefined || given.reviewOn === before?.reviewOn
      ? null
      : nextDateProblem(given.reviewOn, now, 0);
  if (review !== null) problems.push({ field: 'reviewOn', message: review });
  const seen = new Set<string>();
  const idProblem = (field: string, id: string | undefined, known: readonly { id: string }[]): void => {
    if (id === undefined) return;
    if (seen.has(id)) problems.push({ field, message: 'Give each one only once' });
    else if (!known.some((one) => one.id === id))
      problems.push({ field, message: 'This is not in the plan. Read it again, or leave the id out' });
    seen.add(id);
  };
  given.goals.forEach((goal, g) => {
    idProblem(`goals.${String(g)}.id`, goal.id, before?.goals ?? []);
    const had = before?.goals.find(({ id }) => id === goal.id)?.actions ?? [];
    goal.actions?.forEach((action, a) => {
      const field = `goals.${String(g)}.actions.${String(a)}`;
      idProblem(`${field}.id`, action.id, had);
      if (action.who === 'somebody_else' && !action.whoName) {
        problems.push({ field: `${field}.whoName`, message: 'Say who' });
      }
    });
  });
  return problems;
}

/** The plan as it will stand: what is known of goals and actions goes on, new ones begin. `today` is the date in London. */
export function planAfter(
  given: PlanGiven,
  before: PlanContent | null,
  { today, newId }: { today: string; newId: () => string },
): PlanContent {
  // An emptied box is an answer that is not there.
  const text = (value: string | null | undefined): string | null => (value === '' ? null : (value ?? null));
  return {
    aboutMe: Object.fromEntries(
      ABOUT_ME_PROMPTS.map((prompt) => [prompt, text(given.aboutMe?.[prompt])]),
    ) as PlanContent['aboutMe'],
    writtenWith: text(given.writtenWith),
    strengths: text(given.strengths),
    wouldLikeToGive: text(given.wouldLikeToGive),
    crisisNotes: text(given.crisisNotes),
    reviewOn: given.reviewOn ?? before?.reviewOn ?? addDays(today, REVIEW_AFTER_DAYS),
    goals: given.goals.map((goal): PlanGoal => {
      const had = before?.goals.find(({ id }) => id === goal.id);
      return {
        id: had?.id ?? newId(),
        words: goal.words,
        importance: goal.importance,
        status: had?.status ?? 'working_on_it',
        howFar: had?.howFar ?? null,
        actions: (goal.actions ?? []).map((action) => {
          const was = had?.actions.find(({ id }) => id === action.id);
          return {
            id: was?.id ?? newId(),
            what: action.what,
            who: action.who,
            whoName: text(action.whoName),
            dueOn: text(action.dueOn),
            status: was?.status ?? 'to_do',
            confidence: action.confidence ?? null,
          };
        }),
      };
    }),
  };
}

export interface PlanDifference {
  /** `plan` for its own words, else the goal or action. */
  of: 'plan' | 'goal' | 'action';
  /** Of the goal or action; null for the plan's own words. */
  id: string | null;
  change: 'added' | 'removed' | 'changed';
  /** The field that changed, such as `aboutMe.wellness` or `importance`; null for a whole goal or action. */
  field: string | null;
  from: unknown;
  to: unknown;
}

const GOAL_FIELDS = ['words', 'importance', 'status', 'howFar'] as const;
const ACTION_FIELDS = ['what', 'who', 'whoName', 'dueOn', 'status', 'confidence'] as const;
const PLAN_FIELDS = ['writtenWith', 'strengths', 'wouldLikeToGive', 'crisisNotes', 'reviewOn'] as const;

/**
 * What differs between two versions of a plan, in the order of its page. The order of goals is no difference; an action
 * of a goal that came or went is told with it.
 */
export function planDifferences(before: PlanContent, after: PlanContent): PlanDifference[] {
  const differences: PlanDifference[] = [];
  const compare = (
    of: PlanDifference['of'],
    id: string | null,
    field: string,
    from: unknown,
    to: unknown,
  ): void => {
    if (from !== to) differences.push({ of, id, change: 'changed', field, from, to });
  };
  for (const prompt of ABOUT_ME_PROMPTS) {
    compare('plan', null, `aboutMe.${prompt}`, before.aboutMe[prompt], after.aboutMe[prompt]);
  }
  for (const field of PLAN_FIELDS) compare('plan', null, field, before[field], after[field]);
  const pairs = <One extends { id: string }>(
    of: 'goal' | 'action',
    was: readonly One[],
    is: readonly One[],
    both: (from: One, to: One) => void,
  ): void => {
    for (const from of was) {
      const to = is.find(({ id }) => id === from.id);
      if (to) both(from, to);
      else differences.push({ of, id: from.id, change: 'removed', field: null, from, to: null });
    }
    for (const to of is) {
      if (was.some(({ id }) => id === to.id)) continue;
      differences.push({ of, id: to.id, change: 'added', field: null, from: null, to });
    }
  };
  pairs('goal', before.goals, after.goals, (from, to) => {
    for (const field of GOAL_FIELDS) compare('goal', from.id, field, from[field], to[field]);
    pairs('action', from.actions, to.actions, (was, is) => {
      for (const field of ACTION_FIELDS) compare('action', was.id, field, was[field], is[field]);
    });
  });
  return differences;
}

/** Only the chosen parts; what was not chosen is absent, not empty. */
export function sharedPart(content: PlanContent, sections: readonly PlanSection[]): Partial<PlanContent> {
  const chosen = (section: PlanSection): boolean => sections.includes(section);
  return {
    ...(chosen('about_me') ? { aboutMe: content.aboutMe, writtenWith: content.writtenWith } : {}),
    ...(chosen('strengths') ? { strengths: content.strengths } : {}),
    ...(chosen('would_like_to_give') ? { wouldLikeToGive: content.wouldLikeToGive } : {}),
    ...(chosen('goals') ? { goals: content.goals, reviewOn: content.reviewOn } : {}),
    ...(chosen('crisis_notes') ? { crisisNotes: content.crisisNotes } : {}),
  };
}
