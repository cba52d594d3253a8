import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ResponsesQueries } from '../../outcomes/responses.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { addDays, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import {
  CloseInput,
  HoldInput,
  type ReferralView,
  ReopenInput,
  ResumeInput,
  SetNextInput,
  SetRisksInput,
} from '../../referrals/referral.dto.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import type { ReferralVerb } from '../../referrals/referral.lifecycle.js';
import {
  CLOSE_REASONS,
  CLOSE_RESULTS,
  endReasonOf,
  GOAL_ENDINGS,
  isWithWorker,
} from '../../referrals/referral.types.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { ReferralsService } from '../../referrals/referrals.service.js';
import { sayCourse, sayEnding, sayNext } from '../../reminders/message.words.js';
import { longDate, nextDates } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, ofVersion, readForm, seenIn, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import {
  CLOSE_RESULT_WORDS,
  END_REASON_WORDS,
  HOLD_WORDS,
  CLOSE_NO_RESPONSE_WORDS,
  SIDE_WORDS,
} from './link-worker.words.js';
import { PlanPages } from './plan.pages.js';
import { openGoals } from './plan.tasks.js';
import { GOAL_STATUS_WORDS } from './plan.words.js';
import { REACH_WORDS, RISK_WORDS } from '../practice/practice.words.js';
import { isOfSomebody, type OfSomebody, standsNow, worked } from './worked.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** What one click can choose for taking somebody up again. */
const HOLDS = [7, 14, 28];

/** How work on a referral rests, goes on and ends, each from the person's record. */
@ApiExcludeController()
@Controller('desk/referrals/:id')
export class EndingPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly referrals: ReferralsQueries,
    private readonly service: ReferralsService,
    private readonly responses: ResponsesQueries,
    private readonly plans: PlanPages,
  ) {}

  @Get('close')
  @Can('referral.close')
  async askClose(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.closing(reply, actor, id, newForm());
  }

  @Post('close')
  @Can('referral.close')
  async close(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.done(
      reply,
      actor,
      id,
      async (body) => this.service.close(actor, id, await readForm(CloseInput, body), seenIn(body)),
      this.closing.bind(this),
    );
  }

  @Get('hold')
  @Can('referral.hold')
  async askHold(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.holding(reply, actor, id, newForm());
  }

  @Post('hold')
  @Can('referral.hold')
  async hold(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.done(
      reply,
      actor,
      id,
      async (body) => this.service.hold(actor, id, await readForm(HoldInput, body), seenIn(body)),
      this.holding.bind(this),
    );
  }

  @Get('risks')
  @Can('referral.setRisks')
  async askRisks(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.riskForm(reply, actor, id, null);
  }

  @Post('risks')
  @Can('referral.setRisks')
  async risks(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.done(
      reply,
      actor,
      id,
      async (body) => this.service.setRisks(actor, id, await readForm(SetRisksInput, body), seenIn(body)),
      this.riskForm.bind(this),
    );
  }

  @Get('resume')
  @Can('referral.resume')
  async askResume(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.dating(reply, actor, id, newForm(), 'resume');
  }

  @Post('resume')
  @Can('referral.resume')
  async resume(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.done(
      reply,
      actor,
      id,
      async (body) => this.service.resume(actor, id, await readForm(ResumeInput, body), seenIn(body)),
      (reply, who, referralId, form) => this.dating(reply, who, referralId, form, 'resume'),
    );
  }

  @Get('next')
  @Can('referral.setNext')
  async askNext(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.dating(reply, actor, id, newForm(), 'setNext');
  }

  @Post('next')
  @Can('referral.setNext')
  async setNext(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.done(
      reply,
      actor,
      id,
      async (body) => this.service.setNext(actor, id, await readForm(SetNextInput, body), seenIn(body)),
      (reply, who, referralId, form) => this.dating(reply, who, referralId, form, 'setNext'),
    );
  }

  @Get('reopen')
  @Can('referral.reopen')
  async askReopen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.dating(reply, actor, id, newForm(), 'reopen');
  }

  @Post('reopen')
  @Can('referral.reopen')
  async reopen(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.done(
      reply,
      actor,
      id,
      async (body) => this.service.reopen(actor, id, await readForm(ReopenInput, body), seenIn(body)),
      (reply, who, referralId, form) => this.dating(reply, who, referralId, form, 'reopen'),
    );
  }

  private async done(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
    again: (reply: FastifyReply, actor: MemberActor, id: string, form: Form) => Promise<void>,
  ): Promise<void> {
    const { client } = await this.of(actor, id);
    await take(
      reply,
      async (body) => {
        await work(body);
        return `/desk/people/${client.id}`;
      },
      (form) => again(reply, actor, id, form),
    );
  }

  private async closing(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = await this.of(actor, id);
    const asked = await this.responses.closing(actor, id);
    const { hears, reference, organisationName } = referral;
    const told = organisationName !== null && hears !== 'nothing';
    const goals = openGoals(await this.plans.ofReferral(actor, id));
    const now = this.clock.now();
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/close.njk', {
      title: say('Close {{reference}}', { reference }),
      form: ofVersion(byGoal(form, goals), referral),
      referral,
      now: standsNow(referral),
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      may: may(referral, 'close'),
      results: CLOSE_RESULTS.map((value) => ({ value, text: CLOSE_RESULT_WORDS[value] })),
      // Each says beside it what the sender will read: nobody has to try.
      reasons: CLOSE_REASONS.map((value) => {
        const { why } = endReasonOf(value);
        return {
          value,
          text: END_REASON_WORDS[value],
          ...(told && {
            hint: {
              text: say('They read: {{why}}. {{why2}}', {
                why: sayEnding('closed', why),
                why2: sayNext(why),
              }),
            },
          }),
        };
      }),
      sides: choicesOf(SIDE_WORDS),
      noResponse: choicesOf(CLOSE_NO_RESPONSE_WORDS),
      missing: asked.filter(({ hasClosing }) => !hasClosing),
      goals: goals.map(({ id: goalId, words, status }) => ({
        id: goalId,
        label: say('How does this goal stand? “{{words}}”', { words }),
        choices: [
          {
            value: '',
            text: say('As it stands: {{status}}', { status: GOAL_STATUS_WORDS[status].toLowerCase() }),
          },
          ...GOAL_ENDINGS.filter((value) => value !== status).map((value) => ({
            value,
            text: GOAL_STATUS_WORDS[value],
          })),
        ],
      })),
      told: told && {
        to: organisationName,
        course: sayCourse(referral.sentAt, referral.begunAt, now),
        result: hears === 'everything',
      },
    });
  }

  private async holding(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const referral = await this.of(actor, id);
    const today = londonDate(this.clock.now());
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/hold.njk', {
      title: say('Put {{reference}} on hold', { reference: referral.reference }),
      form: ofVersion(form, referral),
      referral,
      now: standsNow(referral),
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      may: may(referral, 'hold'),
      reasons: choicesOf(HOLD_WORDS),
      sides: choicesOf(SIDE_WORDS),
      dates: HOLDS.map((days) => {
        const value = addDays(today, days);
        const weeks = days / 7;
        return {
          value,
          text: say('In {{weeks}}, {{value}}', {
            weeks: weeks === 1 ? '1 week' : `${String(weeks)} weeks`,
            value: longDate(value),
          }),
        };
      }),
    });
  }

  /** What is known already is ticked, since all of it is said anew. */
  private async riskForm(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    typed: Form | null,
  ): Promise<void> {
    const referral = await this.of(actor, id);
    const { risks, noKnownRisks } = referral;
    const form = typed ?? newForm({ risks, noKnownRisks: noKnownRisks ? 'yes' : '' });
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/risks.njk', {
      title: say('Which risks are known: {{reference}}', { reference: referral.reference }),
      form: ofVersion(form, referral),
      referral,
      now: standsNow(referral),
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      may: may(referral, 'setRisks'),
      risks: choicesOf(RISK_WORDS),
    });
  }

  /** A next date, and what little else each of these asks. */
  private async dating(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    verb: keyof typeof DATING,
  ): Promise<void> {
    const referral = await this.of(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/next.njk', {
      ...DATING[verb],
      title: `${DATING[verb].heading}: ${referral.reference}`,
      form: ofVersion(form, referral),
      referral,
      now: standsNow(referral),
      person: await this.heads.ofReferral(actor, id),
      words: { reach: REACH_WORDS },
      may: may(referral, verb),
      reopens: verb === 'reopen',
      dates: nextDates(londonDate(this.clock.now())),
    });
  }

  private async of(actor: MemberActor, id: string): Promise<OfSomebody> {
    const referral = worked(await this.referrals.get(actor, id));
    if (!isOfSomebody(referral)) throw Refusal.notFound();
    return referral;
  }
}

/** What was chosen of each goal, and what is wrong with that, wherever in the list it stands by now; of none that has gone. */
function byGoal(form: Form, goals: readonly { id: string }[]): Form {
  const now = (name: string): string | null => {
    const [, number, answer] = /^goals\.(\d{1,3})\.(.+)$/.exec(name) ?? [];
    if (number === undefined || answer === undefined) return name;
    const at = goals.findIndex(({ id }) => id === form.values[`goals.${number}.id`]);
    return at < 0 ? null : `goals.${String(at)}.${answer}`;
  };
  const moved = <Said>(of: Record<string, Said>): Record<string, Said> =>
    Object.fromEntries(
      Object.entries(of).flatMap(([name, said]) => [now(name)].flatMap((to) => (to ? [[to, said]] : []))),
    );
  const errors = form.errors.map(({ text, href }) => ({ text, to: now(href.slice(1)) }));
  return {
    ...form,
    values: moved(form.values),
    wrong: moved(form.wrong),
    errors: errors.flatMap(({ text, to }) => (to === null ? [] : [{ text, href: `#${to}` }])),
    notice: errors.find(({ to }) => to === null)?.text ?? form.notice,
  };
}

const DATING = sayAll({
  setNext: { heading: 'Choose the next date', path: 'next', send: 'Save' },
  resume: { heading: 'Take it up again', path: 'resume', send: 'Take it up again' },
  reopen: { heading: 'Reopen it', path: 'reopen', send: 'Reopen it' },
} as const);

const may = (referral: ReferralView, verb: ReferralVerb): boolean => referral.allowed.includes(verb);

/** What the record offers of the work on a referral, by where it stands. */
export const endingsOf = (referral: {
  id: string;
  state: ReferralView['state'];
}): { text: string; href: string }[] => {
  const at = `/desk/referrals/${referral.id}`;
  if (!isWithWorker(referral.state)) return [];
  return [
    { text: say('Make an appointment'), href: `${at}/appointment` },
    { text: say('Choose the next date'), href: `${at}/next` },
    { text: say('Say which risks are known'), href: `${at}/risks` },
    referral.state === 'on_hold'
      ? { text: say('Take it up again'), href: `${at}/resume` }
      : { text: say('Put it on hold'), href: `${at}/hold` },
    { text: say('Close it'), href: `${at}/close` },
  ];
};
