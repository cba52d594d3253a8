import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController, OmitType } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LogContactInput, UnreachedChoiceInput } from '../../caseload/contact.dto.js';
import { CONTACT_OUTCOMES, UNREACHED_LIMIT } from '../../caseload/contact.types.js';
import { ContactsQueries } from '../../caseload/contacts.queries.js';
import { ContactsService } from '../../caseload/contacts.service.js';
import { TodayQueries } from '../../caseload/today.queries.js';
import { KeptForms } from '../../identity/kept-forms.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { atLondon, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { DateOnly, TimeOfDay } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { ReferralsQueries } from '../../referrals/referrals.queries.js';
import { nextDates } from '../layout/dates.js';
import { TasksQueries } from '../../reminders/tasks.queries.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, take } from '../layout/forms.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import { taskLines } from '../tasks/task.steps.js';
import {
  APPOINTMENT_KIND_WORDS,
  CONTACT_KIND_WORDS,
  CONTACT_OUTCOME_WORDS,
  NO_RESPONSE_WORDS,
  TO_ACT_WORDS,
  UNREACHED_WORDS,
  WHY_WORDS,
} from './link-worker.words.js';
import { worked } from './worked.js';
import { say } from '../words/staff/staff-words.js';

/** More than are rung in a day, and few enough for the page to stay light. */
const LOGGED_HERE = 20;

/** A contact as it is logged: now, unless it was earlier. */
class LogContactForm extends OmitType(LogContactInput, ['at', 'on'] as const) {
  @DateOnly({ optional: true })
  at?: string;

  @TimeOfDay({ optional: true })
  time?: string;
}

/** Where a link worker's day begins, and what it is made of: who to ring, and what came of it. */
@ApiExcludeController()
@Controller('desk')
export class TodayPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly todays: TodayQueries,
    private readonly referrals: ReferralsQueries,
    private readonly contacts: ContactsService,
    private readonly contactQueries: ContactsQueries,
    private readonly tasks: TasksQueries,
    private readonly heads: PersonHeads,
    private readonly keptForms: KeptForms,
  ) {}

  @Get('today')
  @Can('today.read')
  async today(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    const [view, tasks] = await Promise.all([this.todays.today(actor, {}), this.tasks.list(actor, {})]);
    await this.desk.show(reply, actor, 200, 'link-worker/pages/today.njk', {
      title: say('Today ({{overdue}})', { overdue: view.counts.overdue + view.counts.dueToday }),
      view,
      /** The first of those due can be logged where they stand, each by a form of its own; the rest by the page for it. */
      forms: [...view.overdue, ...view.dueToday].slice(0, LOGGED_HERE).map(() => newForm()),
      dates: nextDates(view.on),
      outcomes: choicesOf(CONTACT_OUTCOME_WORDS),
      kinds: choicesOf(CONTACT_KIND_WORDS),
      tasks: { items: taskLines(tasks.items, actor), next: tasks.next },
      words: { why: WHY_WORDS, toAct: TO_ACT_WORDS, kind: APPOINTMENT_KIND_WORDS },
    });
  }

  @Get('referrals/:id/contact')
  @Can('contact.log')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('outcome') asked: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const outcome = CONTACT_OUTCOMES.find((one) => one === asked) ?? '';
    await this.form(reply, actor, id, newForm({ kind: 'phone', outcome }));
  }

  @Post('referrals/:id/contact')
  @Can('contact.log')
  async log(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = this.contactIn(await readForm(LogContactForm, body));
        const logged = await this.contacts.log(actor, id, input);
        const { unreachedInARow } = await this.contactQueries.get(actor, logged);
        return unreachedInARow === UNREACHED_LIMIT ? `/desk/referrals/${id}/unreached` : '/desk/today';
      },
      (form) => this.form(reply, actor, id, form),
    );
  }

  @Get('referrals/:id/unreached')
  @Can('contact.log')
  async askNext(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.choice(reply, actor, id, newForm());
  }

  @Post('referrals/:id/unreached')
  @Can('contact.log')
  async choose(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.contacts.choose(actor, id, await readForm(UnreachedChoiceInput, body));
        return '/desk/today';
      },
      (form) => this.choice(reply, actor, id, form),
    );
  }

  private contactIn({ at: on, time, ...input }: LogContactForm): LogContactInput {
    if (time === undefined) return on === undefined ? input : { ...input, on };
    return { ...input, at: atLondon(on ?? londonDate(this.clock.now()), time).toISOString() };
  }

  private async choice(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/unreached.njk', {
      title: say('Three tries without an answer'),
      referral: worked(await this.referrals.get(actor, id)),
      person: await this.heads.ofReferral(actor, id),
      form,
      choices: choicesOf(UNREACHED_WORDS).filter(({ value }) => value !== 'close'),
      close: { value: 'close', text: UNREACHED_WORDS.close },
      noResponse: [{ value: '', text: say('Not needed') }, ...choicesOf(NO_RESPONSE_WORDS)],
      words: { reach: REACH_WORDS },
    });
  }

  private async form(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const today = londonDate(this.clock.now());
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/contact.njk', {
      title: say('Log a contact'),
      person,
      id,
      form,
      drafts: await this.keptForms.ofMember(actor, `/desk/referrals/${id}/contact`),
      kinds: choicesOf(CONTACT_KIND_WORDS),
      outcomes: choicesOf(CONTACT_OUTCOME_WORDS),
      dates: nextDates(today),
      words: { reach: REACH_WORDS },
    });
  }
}
