import { planAfter, planDifferences, planProblems, sharedPart, type PlanGiven } from './plan.rules.js';
import { ABOUT_ME, PLAN_SECTIONS, type PlanContent } from './plan.types.js';

const now = new Date('2026-11-23T10:00:00Z');
let ids = 0;
const newId = (): string => `new-${String(++ids)}`;
const after = (given: PlanGiven, before: PlanContent | null = null): PlanContent =>
  planAfter(given, before, { today: '2026-11-23', newId });

const GOAL = { words: 'Company on Sundays', importance: 9 };
const STEP = { what: 'Ring the lunch club', who: 'client' as const };

describe('planAfter', () => {
  it('is looked at again in six weeks unless another day was chosen, now or before', () => {
    expect(after({ goals: [] }).reviewOn).toBe('2027-01-04');
    const chosen = after({ goals: [], reviewOn: '2026-12-01' });
    expect(chosen.reviewOn).toBe('2026-12-01');
    expect(after({ goals: [] }, chosen).reviewOn).toBe('2026-12-01');
  });

  it('lets goals and actions that are named go on as they stand, and begins the others', () => {
    const first = after({ goals: [{ ...GOAL, actions: [STEP] }] });
    const [goal] = first.goals;
    const [action] = goal?.actions ?? [];
    if (!goal || !action) throw new Error('The first plan lacks its goal.');
    Object.assign(goal, { status: 'partly_reached', howFar: 4 });
    action.status = 'under_way';
    const next = after(
      {
        goals: [
          { ...GOAL, importance: 5 },
          { id: goal.id, ...GOAL, words: 'Company', actions: [{ id: action.id, ...STEP }] },
        ],
      },
      first,
    );
    expect(next.goals).toMatchObject([
      { words: GOAL.words, importance: 5, status: 'working_on_it', howFar: null, actions: [] },
      {
        id: goal.id,
        words: 'Company',
        status: 'partly_reached',
        howFar: 4,
        actions: [{ id: action.id, status: 'under_way' }],
      },
    ]);
    expect(next.goals[0]?.id).not.toBe(goal.id);
  });

  it('takes an emptied box for an answer that is not there', () => {
    const plan = after({ goals: [], strengths: '', aboutMe: { wellness: '', people: 'My sister' } });
    expect(plan.strengths).toBeNull();
    expect(plan.aboutMe).toMatchObject({ wellness: null, people: 'My sister', mostImportant: null });
    expect(Object.keys(plan.aboutMe)).toEqual(Object.keys(ABOUT_ME));
    expect(Object.keys(ABOUT_ME)).toHaveLength(7);
  });
});

describe('planProblems', () => {
  const before = after({ goals: [{ ...GOAL, actions: [STEP] }, GOAL], reviewOn: '2026-12-01' });
  const [one, two] = before.goals;
  const step = one?.actions[0];
  const fields = (given: Partial<PlanGiven>, had: PlanContent | null = before, at = now): string[] =>
    planProblems({ goals: [], ...given }, had, at).map(({ field }) => field);

  it.each<[string, Partial<PlanGiven>, string[]]>([
    ['an empty plan', {}, []],
    [
      'its own goals and actions',
      { goals: [{ id: one?.id ?? '', ...GOAL, actions: [{ id: step?.id ?? '', ...STEP }] }] },
      [],
    ],
    ['a goal that is not in it', { goals: [{ id: 'other', ...GOAL }] }, ['goals.0.id']],
    [
      'a goal twice',
      {
        goals: [
          { id: one?.id ?? '', ...GOAL },
          { id: one?.id ?? '', ...GOAL },
        ],
      },
      ['goals.1.id'],
    ],
    [
      'an action under another goal',
      { goals: [{ id: two?.id ?? '', ...GOAL, actions: [{ id: step?.id ?? '', ...STEP }] }] },
      ['goals.0.actions.0.id'],
    ],
    [
      'somebody else without a name',
      { goals: [{ ...GOAL, actions: [{ what: 'Drive', who: 'somebody_else' }] }] },
      ['goals.0.actions.0.whoName'],
    ],
    ['a review yesterday', { reviewOn: '2026-11-22' }, ['reviewOn']],
    ['a review today', { reviewOn: '2026-11-23' }, []],
    ['a review in more than a year', { reviewOn: '2027-11-24' }, ['reviewOn']],
  ])('of %s', (_name, given, expected) => {
    expect(fields(given)).toEqual(expected);
  });

  it('leaves a review date alone that has gone by and is not changed', () => {
    expect(fields({ reviewOn: '2026-12-01' }, before, new Date('2027-02-01T10:00:00Z'))).toEqual([]);
  });

  it('knows no ids before there is a plan', () => {
    expect(fields({ goals: [{ id: one?.id ?? '', ...GOAL }] }, null)).toEqual(['goals.0.id']);
  });
});

describe('planDifferences', () => {
  const before = after({
    strengths: 'Patient',
    goals: [
      { ...GOAL, actions: [STEP] },
      { words: 'Walk', importance: 3 },
    ],
  });

  it('finds none between a plan and itself, in whatever order its goals stand', () => {
    expect(planDifferences(before, structuredClone(before))).toEqual([]);
    expect(planDifferences(before, { ...before, goals: [...before.goals].reverse() })).toEqual([]);
  });

  it('names every change of the plan, of goals and of actions, with what it said and says', () => {
    const [goal, walk] = before.goals;
    const [action] = goal?.actions ?? [];
    if (!goal || !walk || !action) throw new Error('The plan lacks its goals.');
    const changed: PlanContent = {
      ...before,
      aboutMe: { ...before.aboutMe, wellness: 'Tired by noon' },
      strengths: null,
      reviewOn: '2027-02-01',
      goals: [
        { ...goal, importance: 10, howFar: 3, actions: [{ ...action, status: 'done', confidence: 8 }] },
        { ...walk, id: 'new', actions: [] },
      ],
    };
    expect(planDifferences(before, changed)).toEqual([
      { of: 'plan', id: null, change: 'changed', field: 'aboutMe.wellness', from: null, to: 'Tired by noon' },
      { of: 'plan', id: null, change: 'changed', field: 'strengths', from: 'Patient', to: null },
      { of: 'plan', id: null, change: 'changed', field: 'reviewOn', from: '2027-01-04', to: '2027-02-01' },
      { of: 'goal', id: goal.id, change: 'changed', field: 'importance', from: 9, to: 10 },
      { of: 'goal', id: goal.id, change: 'changed', field: 'howFar', from: null, to: 3 },
      { of: 'action', id: action.id, change: 'changed', field: 'status', from: 'to_do', to: 'done' },
      { of: 'action', id: action.id, change: 'changed', field: 'confidence', from: null, to: 8 },
      { of: 'goal', id: walk.id, change: 'removed', field: null, from: walk, to: null },
      { of: 'goal', id: 'new', change: 'added', field: null, from: null, to: { ...walk, id: 'new' } },
    ]);
  });
});

describe('sharedPart', () => {
  const plan = after({
    strengths: 'Patient',
    crisisNotes: 'Ring Ann',
    wouldLikeToGive: 'Cakes',
    goals: [GOAL],
  });

  it('is what was chosen and nothing else', () => {
    expect(sharedPart(plan, ['goals'])).toEqual({ goals: plan.goals, reviewOn: plan.reviewOn });
    expect(sharedPart(plan, ['strengths', 'would_like_to_give'])).toEqual({
      strengths: 'Patient',
      wouldLikeToGive: 'Cakes',
    });
    expect(sharedPart(plan, PLAN_SECTIONS)).toEqual(plan);
  });
});
