import { ABOUT_ME, ABOUT_ME_PROMPTS, type ActionStatus, type PlanContent } from '../caseload/plan.types.js';

/** What a plan says besides its goals, in the order in which a person reads it, with its heading in their own voice. */
export const PLAN_WORDS = {
  ...ABOUT_ME,
  writtenWith: 'Who helped me to write this',
  strengths: 'What I am good at',
  wouldLikeToGive: 'What I would like to give',
  crisisNotes: 'What to do if things go wrong',
} as const;
export type PlanWord = keyof typeof PLAN_WORDS;
export const PLAN_WORD_CODES = Object.keys(PLAN_WORDS) as PlanWord[];

const isPrompt = (word: PlanWord): word is keyof typeof ABOUT_ME =>
  (ABOUT_ME_PROMPTS as readonly string[]).includes(word);

/**
 * A plan as the person reads it. The words are those they were given; how far each step is, is said as it is `now`, where
 * that is known.
 */
export const planAsRead = (
  content: Partial<PlanContent>,
  { now = {}, mayTick = false }: { now?: Readonly<Record<string, ActionStatus>>; mayTick?: boolean } = {},
) => ({
  reviewOn: content.reviewOn ?? null,
  goals: (content.goals ?? []).map(({ words, importance, status, actions }) => ({
    words,
    importance,
    status,
    actions: actions.map(({ id, what, who, whoName, dueOn, status: then }) => ({
      id,
      what,
      who,
      whoName,
      dueOn,
      status: now[id] ?? then,
      mayTick: mayTick && who === 'client' && id in now,
    })),
  })),
  parts: PLAN_WORD_CODES.flatMap((part) => {
    const text = isPrompt(part) ? content.aboutMe?.[part] : content[part];
    return text ? [{ part, heading: PLAN_WORDS[part], text }] : [];
  }),
});
