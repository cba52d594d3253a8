import { Controller, Get, Header, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  type AppointmentView,
  CancelAppointmentInput,
  InterpreterInput,
  MakeAppointmentInput,
  MoveAppointmentInput,
  SetOutInput,
} from '../../caseload/appointment.dto.js';
import type { AppointmentKind, BookingState, Warning } from '../../caseload/appointment.types.js';
import { AppointmentsQueries } from '../../caseload/appointments.queries.js';
import { AppointmentsService } from '../../caseload/appointments.service.js';
import { Calendars } from '../../caseload/calendar.service.js';
import { LinkWorkersQueries } from '../../link-workers/link-workers.queries.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { addDays, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { DateOnly, Uuid } from '../../platform/http/fields.js';
import { Id } from '../../platform/http/id-param.js';
import { PersonHeads } from '../../referrals/person-head.queries.js';
import { isWithWorker } from '../../referrals/referral.types.js';
import { dayBoxes, longDate, nextDates } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import {
  type Form,
  newForm,
  nextPage,
  ofVersion,
  overtaken,
  readForm,
  readQuery,
  seenIn,
  sent,
  take,
} from '../layout/forms.js';
import { choicesOf, languageChoices } from '../layout/words.js';
import { INTERPRETER_WORDS, REACH_WORDS } from '../practice/practice.words.js';
import { EVEN_SO_WORDS, MOVED_WORDS, WHY_MOVED_WORDS } from './days.words.js';
import {
  APPOINTMENT_KIND_WORDS,
  APPOINTMENT_VERB_WORDS,
  BOOKING_WORDS,
  SIDE_WORDS,
  WHICH_WORDS,
} from './link-worker.words.js';
import { recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/calendar';
const WEEK = 7;
const USUAL_MINUTES = '60';

class CalendarQuery {
  @DateOnly({ optional: true, description: 'The first day shown; the Monday of this week unless told.' })
  from?: string;

  @Uuid({ optional: true })
  worker?: string;
}

/** The reason an appointment was refused, as what may be said to go ahead all the same. */
const WARNED: Record<string, Warning> = {
  'double-booked': 'double_booked',
  'no-home-visits': 'no_home_visits',
};

/** A week of appointments, each of them, and a private address for a calendar of one's own. */
@ApiExcludeController()
@Controller('desk')
export class CalendarPagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly queries: AppointmentsQueries,
    private readonly service: AppointmentsService,
    private readonly calendars: Calendars,
    private readonly workers: LinkWorkersQueries,
  ) {}

  @Get('calendar')
  @Can('appointment.list')
  async week(
    @CurrentActor() actor: MemberActor,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.showWeek(reply, actor, asked, newForm());
  }

  @Post('calendar/feed')
  @Can('calendar.feed')
  async makeFeed(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async () => {
        const { address } = await this.calendars.made(actor, await this.calendars.make(actor));
        await this.showWeek(reply, actor, {}, newForm(), address);
        return null;
      },
      (form) => this.showWeek(reply, actor, {}, form),
    );
  }

  @Post('calendar/feed/end')
  @Can('calendar.feed')
  async endFeed(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async () => {
        await this.calendars.end(actor);
        return ADDRESS;
      },
      (form) => this.showWeek(reply, actor, {}, form),
    );
  }

  @Get('referrals/:id/appointment')
  @Can('appointment.make')
  async askMake(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.making(reply, actor, id, newForm({ kind: 'place', minutes: USUAL_MINUTES }));
  }

  @Post('referrals/:id/appointment')
  @Can('appointment.make')
  async make(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const input = await readForm(MakeAppointmentInput, partsOf(body));
        return `/desk/appointments/${await this.service.make(actor, id, input)}`;
      },
      (form) => this.making(reply, actor, id, form),
    );
  }

  @Get('appointments/:id')
  @Can('appointment.list')
  async one(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(reply, actor, id, newForm());
  }

  @Get('appointments/:id/file')
  @Can('appointment.list')
  @Header('content-type', 'text/calendar; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="appointment.ics"')
  file(@CurrentActor() actor: MemberActor, @Id() id: string): Promise<string> {
    return this.calendars.one(actor, id);
  }

  @Get('appointments/:id/move')
  @Can('appointment.move')
  async askMove(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { on, time } = await this.queries.get(actor, id);
    await this.changing(reply, actor, id, newForm({ ...dayBoxes('on', on), time }), 'move');
  }

  @Post('appointments/:id/move')
  @Can('appointment.move')
  async move(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.move(actor, id, await readForm(MoveAppointmentInput, body), seenIn(body));
        return `/desk/appointments/${id}`;
      },
      (form) => this.changing(reply, actor, id, form, 'move'),
    );
  }

  @Get('appointments/:id/cancel')
  @Can('appointment.cancel')
  async askCancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.changing(reply, actor, id, newForm(), 'cancel');
  }

  @Post('appointments/:id/cancel')
  @Can('appointment.cancel')
  async cancel(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.cancel(actor, id, await readForm(CancelAppointmentInput, body), seenIn(body));
        return `/desk/appointments/${id}`;
      },
      (form) => this.changing(reply, actor, id, form, 'cancel'),
    );
  }

  @Post('appointments/:id/interpreter')
  @Can('appointment.move')
  async interpret(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.service.interpret(actor, id, await readForm(InterpreterInput, body), seenIn(body));
        return `/desk/appointments/${id}`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  @Post('appointments/:id/set-out')
  @Can('appointment.visit')
  async setOut(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.visit(reply, actor, id, async (body) =>
      this.service.setOut(actor, id, await readForm(SetOutInput, body)),
    );
  }

  @Post('appointments/:id/back')
  @Can('appointment.visit')
  async back(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.visit(reply, actor, id, () => this.service.back(actor, id));
  }

  private async visit(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    work: (body: unknown) => Promise<string>,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await work(body);
        return `/desk/appointments/${id}`;
      },
      (form) => this.show(reply, actor, id, form),
    );
  }

  private async showWeek(
    reply: FastifyReply,
    actor: MemberActor,
    asked: Record<string, string>,
    form: Form,
    address: string | null = null,
  ): Promise<void> {
    const { from = mondayOf(londonDate(this.clock.now())), worker } = await readQuery(CalendarQuery, asked);
    const own = actor.role === 'link_worker' ? actor.membershipId : null;
    const until = addDays(from, WEEK);
    const items = await this.queries.between(actor, { workerId: worker ?? own, from, until });
    const today = londonDate(this.clock.now());
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/calendar.njk', {
      title: say('Appointments ({{number}})', { number: items.length }),
      form,
      heading: `${longDate(from)} to ${longDate(addDays(until, -1))}`,
      days: Array.from({ length: WEEK }, (_, index) => addDays(from, index)).map((day) => ({
        day,
        isToday: day === today,
        items: items.filter(({ appointment }) => appointment.on === day),
      })),
      isEmpty: items.length === 0,
      before: nextPage(ADDRESS, { ...asked, from: addDays(from, -WEEK) }, ''),
      after: nextPage(ADDRESS, { ...asked, from: until }, ''),
      everybody: own === null,
      feed: own === null ? null : await this.feedOf(actor),
      address,
      keys: { make: newForm(), end: newForm() },
      words: { kind: APPOINTMENT_KIND_WORDS },
    });
  }

  private async feedOf(actor: MemberActor): Promise<Date | null> {
    try {
      return (await this.calendars.get(actor)).createdAt;
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  }

  private async making(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const team = (await this.workers.list(actor, { limit: 100 })).items;
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/appointment-make.njk', {
      title: recordTitle(say('Make an appointment'), person),
      form,
      person,
      id,
      inHand: isWithWorker(person.current.state),
      kinds: choicesOf(APPOINTMENT_KIND_WORDS),
      dates: nextDates(londonDate(this.clock.now())),
      lengths: lengths(),
      whichOfTwo: choicesOf(WHICH_WORDS),
      buddies: [
        { value: '', text: say('The managers') },
        ...team
          .filter(({ membershipId }) => membershipId !== actor.membershipId)
          .map(({ membershipId: value, name: text }) => ({ value, text })),
      ],
      evenSo: evenSoOf(form),
      words: { reach: REACH_WORDS },
    });
  }

  private async changing(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    verb: 'move' | 'cancel',
  ): Promise<void> {
    const view = await this.queries.get(actor, id);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/appointment-change.njk', {
      title:
        verb === 'move'
          ? say('Move the appointment of {{day}}, {{time}}', { day: longDate(view.on), time: view.time })
          : say('Cancel the appointment of {{day}}, {{time}}', { day: longDate(view.on), time: view.time }),
      form: ofVersion(form, view),
      now: appointmentNow(view),
      view,
      verb,
      sides: choicesOf(SIDE_WORDS),
      whichOfTwo: choicesOf(WHICH_WORDS),
      reasons: choicesOf(MOVED_WORDS),
      evenSo: evenSoOf(form),
      person: await this.headOf(actor, view.referralId),
      words: { kind: APPOINTMENT_KIND_WORDS, reach: REACH_WORDS },
    });
  }

  private async show(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const view = await this.queries.get(actor, id);
    const history = await this.queries.history(actor, id);
    const person = await this.headOf(actor, view.referralId);
    const interpreting = ofVersion(
      form.values['booking'] === undefined ? newForm(interpreterIn(view)) : form,
      view,
    );
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/appointment.njk', {
      title: say('Appointment of {{on}}, {{time}}', { on: longDate(view.on), time: view.time }),
      form: form.status === 412 ? overtaken(form, view) : form,
      keys: { setOut: newForm(), back: newForm() },
      view,
      person,
      history: history.map((entry) => ({
        entry,
        happened: APPOINTMENT_VERB_WORDS[entry.action],
        why: entry.reason === null ? null : (WHY_MOVED_WORDS[entry.reason] ?? entry.reason),
        note: entry.action === 'interpret' ? bookingOf(entry.note) : entry.note,
      })),
      interpreting,
      languages: [
        { value: '', text: say('The person’s own') },
        ...languageChoices(view.interpreter?.language, interpreting.values['language']),
      ],
      interpreters: choicesOf(INTERPRETER_WORDS),
      bookings: choicesOf(BOOKING_WORDS),
      isToCome: view.startsAt > this.clock.now(),
      isDue: view.on <= londonDate(this.clock.now()),
      evenSo: evenSoOf(form),
      goes: view.visit !== null && view.visit.workerId === actor.membershipId,
      words: {
        kind: APPOINTMENT_KIND_WORDS,
        side: SIDE_WORDS,
        reach: REACH_WORDS,
        booking: BOOKING_WORDS,
      },
    });
  }

  /** Whoever was sent on a visit for a colleague reaches the appointment and not the record. */
  private async headOf(actor: MemberActor, referralId: string) {
    try {
      return await this.heads.ofReferral(actor, referralId);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  }
}

/** What it says by now, for whoever was overtaken. */
const appointmentNow = ({ state, on, time, place }: AppointmentView) => [
  { label: say('When'), value: `${longDate(on)}, ${time}` },
  { label: say('Where'), value: place },
  { label: say('Cancelled'), value: state === 'cancelled' ? say('Yes') : say('No') },
];

const lengths = () =>
  [15, 30, 45, 60, 90, 120].map((minutes) => ({
    value: String(minutes),
    text: `${String(minutes)} minutes`,
  }));

/** Monday of the week that a day is in. */
function mondayOf(day: string): string {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + WEEK - 1) % WEEK));
}

const interpreterIn = ({ interpreter }: AppointmentView): Form['values'] =>
  interpreter === null
    ? { kind: 'not_needed' }
    : {
        kind: interpreter.kind,
        language: interpreter.language,
        booking: interpreter.booking,
        notFromMyCommunity: interpreter.notFromMyCommunity ? 'yes' : 'no',
      };

/** How far booking had come is kept as its code; without one nobody was needed. */
const bookingOf = (code: string | null): string =>
  code === null ? INTERPRETER_WORDS.not_needed : BOOKING_WORDS[code as BookingState];

/** What stands under the other choices was not chosen. */
function partsOf(body: unknown): Form['values'] {
  const typed = sent(body);
  const kind = typed['kind'] as AppointmentKind | undefined;
  return Object.fromEntries(
    Object.entries(typed).filter(
      ([name]) =>
        (kind === 'home_visit' || !name.startsWith('visit.')) && (kind === 'place' || name !== 'place'),
    ),
  );
}

/** Offered once it was said what stands against it, and for as long as it is chosen. */
function evenSoOf(form: Form): { value: string; text: string }[] {
  const chosen = [form.values['evenSo'] ?? []].flat();
  const warned = form.refusal ? WARNED[form.refusal.code] : undefined;
  return (Object.keys(EVEN_SO_WORDS) as Warning[])
    .filter((one) => one === warned || chosen.includes(one))
    .map((value) => ({ value, text: EVEN_SO_WORDS[value] }));
}
