import type { PlanView } from '../../caseload/plan.dto.js';
import { say } from '../words/staff/staff-words.js';

interface PlanTask {
  title: { text: string };
  href?: string;
  status: { text: string } | { tag: { text: string; classes: string } };
}

const isOpenGoal = ({ status }: PlanView['content']['goals'][number]): boolean =>
  status === 'working_on_it' || status === 'partly_reached';

/** The goals of which it is still to be said how they end. */
export const openGoals = (plan: PlanView | null): PlanView['content']['goals'] =>
  plan?.content.goals.filter(isOpenGoal) ?? [];

/** What a plan is made of, in the order in which it is made; what is done is said quietly, what is missing stands out. */
export function planTasks(personId: string, plan: PlanView | null): PlanTask[] {
  const base = `/desk/people/${personId}`;
  const content = plan?.content;
  const goals = openGoals(plan);
  const without = goals.find(({ actions }) => actions.length === 0);
  const firstGoal = without ?? content?.goals[0];
  const task = (text: string, href: string | null, done: boolean, not = say('To do')): PlanTask => ({
    title: { text },
    ...(href !== null && { href: base + href }),
    status: done ? { text: say('Done') } : { tag: { text: not, classes: 'nhsuk-tag--yellow' } },
  });
  /** There is nothing to agree to, or to give, before there is a plan. */
  const ofPlan = (text: string, href: string, done: boolean, not?: string): PlanTask =>
    plan ? task(text, href, done, not) : { title: { text }, status: { text: say('Not yet') } };
  const agreed = plan?.agreed ?? null;
  return [
    task(
      say('What matters to them'),
      '/conversation',
      Object.values(content?.aboutMe ?? {}).some((said) => Boolean(said)),
    ),
    task(say('Goals'), '/plan/goal', (content?.goals.length ?? 0) > 0),
    task(
      say('A step for each goal'),
      firstGoal ? `/plan/goals/${firstGoal.id}/step` : '/plan/goal',
      firstGoal !== undefined && without === undefined,
    ),
    ofPlan(say('If things go wrong, and when to look again'), '/plan/care', Boolean(content?.crisisNotes)),
    ofPlan(
      say('They agree to it'),
      '/plan/agree',
      agreed !== null && agreed.version === plan?.version,
      agreed ? say('Changed since') : undefined,
    ),
    ofPlan(
      say('Give it to somebody'),
      '/plan/give',
      plan?.sharedWith.some(({ readable }) => readable) ?? false,
    ),
  ];
}
