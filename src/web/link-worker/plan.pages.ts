import { Injectable } from '@nestjs/common';
import type { ActionInput, GoalInput, PlanView, SavePlanInput } from '../../caseload/plan.dto.js';
import { GOAL_MAX, type PlanContent } from '../../caseload/plan.types.js';
import { PlansQueries } from '../../caseload/plans.queries.js';
import type { PrivateWordsInput } from '../../caseload/private-words.js';
import { PlansService } from '../../caseload/plans.service.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { Text, WholeNumber } from '../../platform/http/fields.js';
import { PersonHeads, type HeadReferral, type PersonHead } from '../../referrals/person-head.queries.js';
import { type Form, overtaken } from '../layout/forms.js';

/** A goal by itself: its steps come afterwards. */
export class NewGoalInput {
  @Text({ max: GOAL_MAX })
  words: string;

  @WholeNumber({ min: 1, max: 10 })
  importance: number;
}

/** Without their classes, so that one can be made from another. */
export type PlanInput = Omit<SavePlanInput, 'goals'> & {
  goals: (Omit<GoalInput, 'actions'> & { actions?: ActionInput[] })[];
};

export interface FoundPlan {
  person: PersonHead;
  referral: HeadReferral;
  plan: PlanView | null;
}

/** The plan of a person's referral, as the pages about it find and save it. */
@Injectable()
export class PlanPages {
  constructor(
    private readonly heads: PersonHeads,
    private readonly plans: PlansQueries,
    private readonly service: PlansService,
  ) {}

  async found(actor: MemberActor, id: string): Promise<FoundPlan> {
    const person = await this.heads.of(actor, id);
    const { current } = person;
    if (current === null) throw Refusal.notFound();
    return { person, referral: current, plan: await this.ofReferral(actor, current.id) };
  }

  async save(
    actor: MemberActor,
    { plan, referral }: FoundPlan,
    version: number,
    input: PlanInput,
    own?: PrivateWordsInput,
  ): Promise<void> {
    const saved = plan
      ? this.service.save(actor, plan.id, version, input, own)
      : this.service.make(actor, referral.id, input, own);
    await saved.catch(besideItsBox);
  }

  /** A referral without a plan is one whose plan is to be made. */
  async ofReferral(actor: MemberActor, referralId: string): Promise<PlanView | null> {
    try {
      return await this.plans.ofReferral(actor, referralId);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  }
}

/** What is wrong with a goal or a step of the whole plan, beside the box of the form that is about it alone. */
function besideItsBox(error: unknown): never {
  const problems =
    error instanceof Refusal ? (error.extra['errors'] as FieldProblem[] | undefined) : undefined;
  if (!problems) throw error;
  throw Refusal.invalid(
    problems.map(({ field, message }) => ({
      field: field.replace(/^goals\.\d+\.(actions\.\d+\.)?/, ''),
      message,
    })),
  );
}

/** Of the plan as it is now: what is saved next was filled in with both in sight. */
export const versioned = (form: Form, plan: PlanView | null): Form =>
  plan ? { ...overtaken(form, plan), version: String(plan.version) } : { ...form, version: '0' };

export function existing({ plan }: FoundPlan): PlanView {
  if (plan === null) throw Refusal.notFound();
  return plan;
}

/** The plan as it stands, in the shape of what would save it unchanged. */
export const inputOf = ({ goals, ...words }: PlanContent): PlanInput => ({
  ...words,
  goals: goals.map(({ id, words: said, importance, actions }) => ({
    id,
    words: said,
    importance,
    actions: actions.map(({ id: stepId, what, who, whoName, dueOn, confidence }) => ({
      id: stepId,
      what,
      who,
      whoName,
      dueOn,
      confidence,
    })),
  })),
});
