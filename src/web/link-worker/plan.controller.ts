import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  ActionInput,
  ActionProgressInput,
  AgreePlanInput,
  DifferencesQuery,
  GoalProgressInput,
  type PlanView,
  SharePlanInput,
} from '../../caseload/plan.dto.js';
import { ABOUT_ME, PLAN_SECTIONS } from '../../caseload/plan.types.js';
import { PlansQueries } from '../../caseload/plans.queries.js';
import { PlansService } from '../../caseload/plans.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { DateOnly, Text } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import type { PersonHead } from '../../referrals/person-head.queries.js';
import { isWithWorker } from '../../referrals/referral.types.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  ofVersion,
  readForm,
  readQuery,
  seenIn,
  sent,
  take,
  versionIn,
} from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { HOW_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import { existing, inputOf, NewGoalInput, PlanPages, versioned, type PlanInput } from './plan.pages.js';
import { planTasks } from './plan.tasks.js';
import {
  CHANGE_WORDS,
  GOAL_STATUS_WORDS,
  SECTION_WORDS,
  STEP_STATUS_WORDS,
  WHO_ACTS_WORDS,
} from './plan.words.js';
import { recordPages, recordTitle } from './record.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** Of those to whom a plan is given, whose it is. */
const THEMSELVES = 'client';

class PlanCareInput {
  @Text({ optional: true, max: 5000 })
  crisisNotes?: string;

  @DateOnly()
  reviewOn: string;
}

/** What is to be done about what matters to a person: goals in their words, steps, and who has the plan. */
@ApiExcludeController()
@Controller('desk/people/:id')
export class PlanPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly plans: PlanPages,
    private readonly queries: PlansQueries,
    private readonly service: PlansService,
  ) {}

  @Get('plan')
  @Can('plan.read')
  async plan(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.whole(reply, actor, id, newForm());
  }

  @Get('plan/goal')
  @Can('plan.write')
  async askGoal(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, 'goal', newForm());
  }

  @Post('plan/goal')
  @Can('plan.write')
  async addGoal(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const goal = await readForm(NewGoalInput, body);
        const found = await this.plans.found(actor, id);
        const kept: PlanInput = found.plan ? inputOf(found.plan.content) : { goals: [] };
        await this.plans.save(actor, found, found.plan?.version ?? 0, {
          ...kept,
          goals: [...kept.goals, { words: goal.words, importance: goal.importance }],
        });
        return `/desk/people/${id}/plan`;
      },
      (form) => this.form(reply, actor, id, 'goal', form),
    );
  }

  @Get('plan/goals/:goalId/step')
  @Can('plan.write')
  async askStep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, 'step', newForm({ who: 'link_worker' }), goalId);
  }

  @Post('plan/goals/:goalId/step')
  @Can('plan.write')
  async addStep(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const found = await this.plans.found(actor, id);
        const plan = existing(found);
        goalOf(plan, goalId);
        const step = await readForm(ActionInput, body);
        const kept = inputOf(plan.content);
        await this.plans.save(actor, found, plan.version, {
          ...kept,
          goals: kept.goals.map((goal) =>
            goal.id === goalId ? { ...goal, actions: [...(goal.actions ?? []), step] } : goal,
          ),
        });
        return `/desk/people/${id}/plan`;
      },
      (form) => this.form(reply, actor, id, 'step', form, goalId),
    );
  }

  @Post('plan/goals/:goalId/progress')
  @Can('plan.write')
  async goalProgress(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('goalId') goalId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, async (plan, body) =>
      this.service.goalProgress(
        actor,
        plan.id,
        goalId,
        await readForm(GoalProgressInput, body),
        seenIn(body),
      ),
    );
  }

  @Post('plan/steps/:stepId/progress')
  @Can('plan.write')
  async stepProgress(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('stepId') stepId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, async (plan, body) =>
      this.service.actionProgress(
        actor,
        plan.id,
        stepId,
        await readForm(ActionProgressInput, body),
        seenIn(body),
      ),
    );
  }

  @Get('plan/care')
  @Can('plan.write')
  async askCare(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, 'care', null);
  }

  @Post('plan/care')
  @Can('plan.write')
  async care(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const found = await this.plans.found(actor, id);
        const { crisisNotes = null, reviewOn } = await readForm(PlanCareInput, body);
        const kept = inputOf(existing(found).content);
        await this.plans.save(actor, found, versionIn(body), { ...kept, crisisNotes, reviewOn });
        return `/desk/people/${id}/plan`;
      },
      (form) => this.form(reply, actor, id, 'care', form),
    );
  }

  @Get('plan/agree')
  @Can('plan.write')
  async askAgree(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const today = londonDate(this.clock.now());
    await this.form(reply, actor, id, 'agree', newForm(dayBoxes('agreedOn', today)));
  }

  @Post('plan/agree')
  @Can('plan.write')
  async agree(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const plan = existing(await this.plans.found(actor, id));
        await this.service.agree(actor, plan.id, await readForm(AgreePlanInput, body), seenIn(body));
        return `/desk/people/${id}/plan`;
      },
      (form) => this.form(reply, actor, id, 'agree', form),
    );
  }

  @Get('plan/give')
  @Can('plan.share')
  async askGive(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.form(reply, actor, id, 'give', newForm({ to: THEMSELVES, sections: [...PLAN_SECTIONS] }));
  }

  @Post('plan/give')
  @Can('plan.share')
  async give(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const plan = existing(await this.plans.found(actor, id));
        const input = await readForm(SharePlanInput, givenTo(sent(body)));
        await this.service.share(actor, plan.id, input, seenIn(body));
        return `/desk/people/${id}/plan`;
      },
      (form) => this.form(reply, actor, id, 'give', form),
    );
  }

  @Post('plan/shares/:shareId/end')
  @Can('plan.share')
  async endShare(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('shareId') shareId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.change(reply, actor, id, (plan) => this.service.endShare(actor, plan.id, shareId));
  }

  @Get('plan/versions')
  @Can('plan.read')
  async versions(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { person, plan } = await this.plans.found(actor, id);
    if (!plan) throw Refusal.notFound();
    const last = { from: String(Math.max(1, plan.version - 1)), to: String(plan.version) };
    const compared = await readQuery(DifferencesQuery, { ...last, ...asked });
    const versions = await this.queries.versions(actor, plan.id, { limit: 100 });
    const differences = await this.queries.differences(actor, plan.id, compared);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/plan-versions.njk', {
      title: recordTitle(say('Versions of the plan'), person),
      person,
      pages: recordPages(id, 'plan'),
      form: newForm({ from: String(compared.from), to: String(compared.to) }),
      versions: versions.items,
      choices: versions.items.map(({ number }) => ({
        value: String(number),
        text: say('Version {{number}}', { number }),
      })),
      compared,
      differences: differences.map(({ of, change, field, from, to }) => ({
        what: field === null ? of : (ABOUT_ME_FIELDS[field] ?? FIELD_WORDS[field] ?? field),
        change: CHANGE_WORDS[change],
        from: inWords(from),
        to: inWords(to),
      })),
      words: { reach: REACH_WORDS },
    });
  }

  private async change(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (plan: PlanView, body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await work(existing(await this.plans.found(actor, id)), body);
        return `/desk/people/${id}/plan`;
      },
      (form) => this.whole(reply, actor, id, form),
    );
  }

  private async whole(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const { person, referral, plan } = await this.plans.found(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/plan.njk', {
      title: recordTitle(say('Plan'), person),
      form: plan ? ofVersion(form, plan) : form,
      // Chosen, and not done yet: somebody else was first.
      chosen: { ...GOAL_STATUS_WORDS, ...STEP_STATUS_WORDS }[String(form.values['status'])],
      person,
      pages: recordPages(id, 'plan'),
      plan,
      // As JSON writes them.
      shares: (plan?.sharedWith ?? []).map((share) => ({
        share,
        on: londonDate(new Date(share.sharedAt)),
        form: newForm(),
      })),
      matters: plan
        ? Object.entries(ABOUT_ME).flatMap(([name, text]) => {
            const said = plan.content.aboutMe[name as keyof typeof ABOUT_ME];
            return said ? [{ text, said }] : [];
          })
        : [],
      writable: isWithWorker(referral.state),
      tasks: planTasks(id, plan),
      goalStatuses: choicesOf(GOAL_STATUS_WORDS),
      stepStatuses: choicesOf(STEP_STATUS_WORDS),
      words: {
        reach: REACH_WORDS,
        who: WHO_ACTS_WORDS,
        goal: GOAL_STATUS_WORDS,
        step: STEP_STATUS_WORDS,
        how: HOW_WORDS,
        section: SECTION_WORDS,
      },
    });
  }

  /** The person, and whoever may read it once given it. */
  private async recipients(actor: MemberActor, person: PersonHead, referralId: string) {
    const readers = await this.queries.readers(actor, referralId);
    return [
      { value: THEMSELVES, text: say('{{name}}, on their own page', { name: person.firstName }) },
      ...readers.map(({ id, name }) => ({ value: id, text: name })),
    ];
  }

  /** One thing at a time: a form for each, which comes back to the plan. */
  private async form(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    kind: keyof typeof FORM_TITLES,
    tried: Form | null,
    goalId?: string,
  ): Promise<void> {
    const found = await this.plans.found(actor, id);
    const { person, referral, plan } = found;
    if (kind !== 'goal' && plan === null) throw Refusal.notFound();
    const goal = goalId === undefined || plan === null ? null : goalOf(plan, goalId);
    const care = plan
      ? { crisisNotes: plan.content.crisisNotes ?? '', ...dayBoxes('reviewOn', plan.content.reviewOn) }
      : {};
    const form = versioned(tried ?? newForm(care), plan);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/plan-form.njk', {
      title: recordTitle(FORM_TITLES[kind], person),
      heading: FORM_TITLES[kind],
      kind,
      form,
      person,
      pages: recordPages(id, 'plan'),
      plan,
      goal,
      actors: choicesOf(WHO_ACTS_WORDS),
      how: choicesOf(HOW_WORDS),
      sections: choicesOf(SECTION_WORDS),
      recipients: kind === 'give' ? await this.recipients(actor, person, referral.id) : [],
      words: { reach: REACH_WORDS },
    });
  }
}

const FORM_TITLES = sayAll({
  goal: 'Add a goal',
  step: 'Add a step',
  care: 'If things go wrong, and when to look again',
  agree: 'They agree to the plan',
  give: 'Give somebody the plan',
} as const);

const ABOUT_ME_FIELDS: Record<string, string> = sayAll(
  Object.fromEntries(Object.entries(ABOUT_ME).map(([name, text]) => [`aboutMe.${name}`, text])),
);
const FIELD_WORDS: Record<string, string> = sayAll({
  writtenWith: 'Who helped to write it',
  strengths: 'Strengths',
  wouldLikeToGive: 'What they would like to give',
  crisisNotes: 'If things go wrong',
  reviewOn: 'Look at it again',
  words: 'Goal',
  importance: 'How much it matters',
  status: 'How it stands',
  howFar: 'How far along',
  what: 'Step',
  who: 'Who does it',
  whoName: 'Who exactly',
  dueOn: 'By when',
  confidence: 'How sure they are',
});

/** What a version said, as text: a goal by its words, a step by what it is. */
function inWords(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (typeof value === 'object') {
    const { words, what } = value as { words?: unknown; what?: unknown };
    const said = words ?? what;
    if (typeof said === 'string') return said;
  }
  return JSON.stringify(value);
}

function goalOf(plan: PlanView, goalId: string) {
  const goal = plan.content.goals.find(({ id }) => id === goalId);
  if (!goal) throw Refusal.notFound();
  return goal;
}

/** To whom it is given, as the API has it. */
function givenTo({ to, ...answers }: Form['values']): Form['values'] {
  if (to === undefined || to === '') throw Refusal.invalidField('to', 'Select who is given it');
  return to === THEMSELVES
    ? { ...answers, with: 'client' }
    : { ...answers, with: 'organisation', organisationId: to };
}
