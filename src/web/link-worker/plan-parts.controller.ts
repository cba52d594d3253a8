import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ActionInput, GoalProgressInput, type PlanView } from '../../caseload/plan.dto.js';
import type { PlanAction, PlanGoal } from '../../caseload/plan.types.js';
import { PlansService } from '../../caseload/plans.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { dayBoxes, dayInWords } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readChange, readForm, seenIn, take, versionIn } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { existing, inputOf, NewGoalInput, PlanPages, type PlanInput, versioned } from './plan.pages.js';
import { GOAL_STATUS_WORDS, WHO_ACTS_WORDS } from './plan.words.js';
import { recordPages, recordTitle } from './record.js';
import { say, sayAll } from '../words/staff/staff-words.js';

type Goals = PlanInput['goals'];

/** One goal or one step, put right or taken out. The version before keeps what there was. */
@ApiExcludeController()
@Controller('desk/people/:id/plan')
export class PlanPartsController {
  constructor(
    private readonly desk: Desk,
    private readonly plans: PlanPages,
    private readonly service: PlansService,
  ) {}

  @Get('goals/:goalId')
  @Can('plan.write')
  async goal(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, id, 'goal', goalId, null);
  }

  @Post('goals/:goalId')
  @Can('plan.write')
  async changeGoal(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, 'goal', goalId, async (goals, body) => {
      const { words, importance } = await readForm(NewGoalInput, body);
      return goals.map((goal) => (goal.id === goalId ? { ...goal, words, importance } : goal));
    });
  }

  @Post('goals/:goalId/drop')
  @Can('plan.write')
  async dropGoal(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, 'goal', goalId, (goals) =>
      Promise.resolve(goals.filter((goal) => goal.id !== goalId)),
    );
  }

  /** How it stands, as the person says: kept over time, and no other version of what they want. */
  @Get('goals/:goalId/how')
  @Can('plan.write')
  async askHow(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, id, 'how', goalId, null);
  }

  @Post('goals/:goalId/how')
  @Can('plan.write')
  async how(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const plan = existing(await this.plans.found(actor, id));
        const input = await readChange(GoalProgressInput, body);
        await this.service.goalProgress(actor, plan.id, goalId, input, seenIn(body));
        return planOf(id);
      },
      (form) => this.show(reply, actor, id, 'how', goalId, form),
    );
  }

  @Get('steps/:stepId')
  @Can('plan.write')
  async step(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('stepId') stepId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(reply, actor, id, 'step', stepId, null);
  }

  @Post('steps/:stepId')
  @Can('plan.write')
  async changeStep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('stepId') stepId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, 'step', stepId, async (goals, body) => {
      const { what, who, whoName, dueOn, confidence } = await readChange(ActionInput, body);
      return withSteps(goals, (steps) =>
        steps.map((one) => (one.id === stepId ? { id: stepId, what, who, whoName, dueOn, confidence } : one)),
      );
    });
  }

  @Post('steps/:stepId/drop')
  @Can('plan.write')
  async dropStep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('stepId') stepId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, 'step', stepId, (goals) =>
      Promise.resolve(withSteps(goals, (steps) => steps.filter((one) => one.id !== stepId))),
    );
  }

  private async change(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    kind: Kind,
    partId: string,
    work: (goals: Goals, body: unknown) => Promise<Goals>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const found = await this.plans.found(actor, id);
        const plan = existing(found);
        const seen = versionIn(body);
        const kept = inputOf(plan.content);
        // Of an older version it may be gone by now: then that is what is told.
        if (seen === plan.version && partIn(plan, kind, partId) === null) throw Refusal.notFound();
        await this.plans.save(actor, found, seen, { ...kept, goals: await work(kept.goals, body) });
        return planOf(id);
      },
      (form) => this.show(reply, actor, id, kind, partId, form),
    );
  }

  private async show(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    kind: Kind,
    partId: string,
    tried: Form | null,
  ): Promise<void> {
    const found = await this.plans.found(actor, id);
    const { person } = found;
    const plan = existing(found);
    const part = partIn(plan, kind, partId);
    if (part === null && tried === null) throw Refusal.notFound();
    // Who took it out typed nothing: what stands there now is not shown to them as empty.
    const values = tried && Object.keys(tried.values).length > 0 ? tried.values : (part?.typed ?? {});
    const form = versioned({ ...(tried ?? newForm()), values }, plan);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/plan-part.njk', {
      title: recordTitle(TITLES[kind], person),
      heading: TITLES[kind],
      kind,
      partId,
      part,
      form,
      other: versioned(newForm(), plan),
      person,
      pages: recordPages(id, 'plan'),
      actors: choicesOf(WHO_ACTS_WORDS),
      statuses: choicesOf(GOAL_STATUS_WORDS),
      words: { reach: REACH_WORDS },
    });
  }
}

const TITLES = sayAll({ goal: 'Change a goal', how: 'How a goal goes', step: 'Change a step' } as const);
type Kind = keyof typeof TITLES;

const planOf = (id: string): string => `/desk/people/${id}/plan`;

const withSteps = (
  goals: Goals,
  change: (steps: NonNullable<Goals[number]['actions']>) => NonNullable<Goals[number]['actions']>,
): Goals => goals.map((goal) => ({ ...goal, actions: change(goal.actions ?? []) }));

/** As a form begins with it, and as it reads beside what somebody else typed. */
interface Part {
  towards: string | null;
  typed: Form['values'];
  now: { label: string; value: string }[];
}

function partIn({ content }: PlanView, kind: Kind, partId: string): Part | null {
  if (kind === 'step') {
    const goal = content.goals.find(({ actions }) => actions.some(({ id }) => id === partId));
    const step = goal?.actions.find(({ id }) => id === partId);
    return goal && step ? stepAsTyped(step, goal.words) : null;
  }
  const goal = content.goals.find(({ id }) => id === partId);
  if (!goal) return null;
  return kind === 'goal' ? goalAsTyped(goal) : progressAsTyped(goal);
}

const goalAsTyped = ({ words, importance }: PlanGoal): Part => ({
  towards: null,
  typed: { words, importance: String(importance) },
  now: [
    { label: say('The goal, in their own words'), value: words },
    { label: say('How much it matters'), value: String(importance) },
  ],
});

const progressAsTyped = ({ words, status, howFar }: PlanGoal): Part => ({
  towards: words,
  typed: { status, howFar: String(howFar ?? '') },
  now: [
    { label: say('How it stands'), value: GOAL_STATUS_WORDS[status] },
    { label: say('How far along'), value: String(howFar ?? '') },
  ],
});

const stepAsTyped = ({ what, who, whoName, dueOn, confidence }: PlanAction, towards: string): Part => ({
  towards,
  typed: {
    what,
    who,
    whoName: whoName ?? '',
    confidence: String(confidence ?? ''),
    ...(dueOn === null ? {} : dayBoxes('dueOn', dueOn)),
  },
  now: [
    { label: say('Step'), value: what },
    { label: say('Who does it'), value: whoName ?? WHO_ACTS_WORDS[who] },
    { label: say('By when'), value: dueOn === null ? '' : dayInWords(dueOn) },
    { label: say('How sure they are'), value: String(confidence ?? '') },
  ],
});
