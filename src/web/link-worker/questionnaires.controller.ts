import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MakeMeasureLinkInput, QuestionnaireWishInput } from '../../outcomes/measure-link.dto.js';
import { RATHER_NOT } from '../../outcomes/measure-link.rules.js';
import { MeasureLinksQueries } from '../../outcomes/measure-links.queries.js';
import { MeasureLinks } from '../../outcomes/measure-links.service.js';
import {
  type MeasureView,
  RecordResponseInput,
  UnansweredInput,
  VoidResponseInput,
} from '../../outcomes/response.dto.js';
import { occasionsToday } from '../../outcomes/response.rules.js';
import type { Mode, Occasion } from '../../outcomes/response.types.js';
import { MODES, UNANSWERED_BECAUSE } from '../../outcomes/response.types.js';
import { ResponsesQueries } from '../../outcomes/responses.queries.js';
import { ResponsesService } from '../../outcomes/responses.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Id } from '../../platform/http/id-param.js';
import { validated } from '../../platform/http/validation.js';
import { type HeadReferral, PersonHeads } from '../../referrals/person-head.queries.js';
import { isWithWorker } from '../../referrals/referral.types.js';
import { dayBoxes } from '../layout/dates.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, readForm, sent, take } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { shapeOf } from '../layout/shape-of.js';
import { choicesOf } from '../layout/words.js';
import { REACH_WORDS } from '../practice/practice.words.js';
import {
  DIRECTION_WORDS,
  LINK_STATE_WORDS,
  MISSING_BECAUSE_WORDS,
  MODE_WORDS,
  OCCASION_WORDS,
  RISK_STEP_WORDS,
} from './questionnaires.words.js';
import { recordPages, recordTitle } from './record.js';
import { say } from '../words/staff/staff-words.js';

/** How people feel, asked in the order of the paper; what they answered before, and what changed. */
@ApiExcludeController()
@Controller('desk')
export class QuestionnairePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly clock: Clock,
    private readonly heads: PersonHeads,
    private readonly responses: ResponsesQueries,
    private readonly service: ResponsesService,
    private readonly links: MeasureLinks,
    private readonly linkQueries: MeasureLinksQueries,
  ) {}

  @Get('people/:id/questionnaires')
  @Can('response.list')
  async all(@CurrentActor() actor: MemberActor, @Id() id: string, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.heads.of(actor, id);
    const { current } = person;
    const { asked, answered, unanswered } = current
      ? await this.responses.courses(actor, current.id)
      : { asked: [], answered: [], unanswered: [] };
    const wish = current ? await this.linkQueries.wish(actor, current.id) : { ask: true };
    await this.desk.show(reply, actor, 200, 'link-worker/pages/questionnaires.njk', {
      title: recordTitle(say('Questionnaires'), person),
      person,
      pages: recordPages(id, 'questionnaires'),
      referral: current,
      asked: current && wish.ask && this.occasions(current).length > 0 ? asked : [],
      asksNothing: !wish.ask,
      answered,
      unanswered,
      begun: begunIn({ answered, unanswered }),
      mayBegin: current !== null && this.occasions(current).includes('baseline'),
      closes:
        current !== null &&
        isWithWorker(current.state) &&
        answered.some(({ responses }) => responses.some(({ response }) => response.occasion === 'closing')),
      words: {
        reach: REACH_WORDS,
        occasion: OCCASION_WORDS,
        mode: MODE_WORDS,
        step: RISK_STEP_WORDS,
        direction: DIRECTION_WORDS,
        because: MISSING_BECAUSE_WORDS,
      },
    });
  }

  /** From the record straight to what is read out by phone: the first that was not asked at the start, else what was answered longest ago. */
  @Get('referrals/:id/questionnaires/next')
  @Can('response.record')
  async askNext(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const { asked, ...course } = await this.responses.courses(actor, id);
    const { ask } = await this.linkQueries.wish(actor, id);
    const begun = begunIn(course);
    const lastAnswered = (measure: string): string =>
      course.answered
        .filter((one) => one.measure === measure)
        .flatMap(({ responses }) => responses.map(({ response }) => response.answeredOn))
        .sort()
        .at(-1) ?? '';
    const next =
      asked.find((one) => !begun.includes(one.id)) ??
      asked.toSorted((one, other) => lastAnswered(one.id).localeCompare(lastAnswered(other.id)))[0];
    await seeOther(
      reply,
      next && ask
        ? `/desk/referrals/${id}/questionnaires/${next.id}?how=phone`
        : `/desk/people/${person.id}/questionnaires`,
    );
  }

  @Get('referrals/:id/questionnaires/:measure/unanswered')
  @Can('response.record')
  async askWhy(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('measure') measure: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.why(reply, actor, id, measure, newForm());
  }

  @Post('referrals/:id/questionnaires/:measure/unanswered')
  @Can('response.record')
  async sayWhy(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('measure') measure: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    await take(
      reply,
      async (body) => {
        const input = await validated(UnansweredInput, { ...shapeOf(UnansweredInput, sent(body)), measure });
        await this.service.recordUnanswered(actor, id, input);
        return `/desk/people/${person.id}/questionnaires`;
      },
      (form) => this.why(reply, actor, id, measure, form),
    );
  }

  @Get('referrals/:id/questionnaires/send')
  @Can('response.list')
  async askSend(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sending(reply, actor, id, newForm());
  }

  /** The address is shown once, on the page that answers: it opens their answers to whoever has it. */
  @Post('referrals/:id/questionnaires/send')
  @Can('response.record')
  async send(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        const linkId = await this.links.create(actor, id, await readForm(MakeMeasureLinkInput, body));
        await this.sending(reply, actor, id, newForm(), this.links.address(linkId));
        return null;
      },
      (form) => this.sending(reply, actor, id, form),
    );
  }

  @Post('referrals/:id/questionnaires/send/:linkId/end')
  @Can('response.record')
  async end(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Id('linkId') linkId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async () => {
        await this.links.revoke(actor, id, linkId);
        return `/desk/referrals/${id}/questionnaires/send`;
      },
      (form) => this.sending(reply, actor, id, form),
    );
  }

  @Post('referrals/:id/questionnaires/wish')
  @Can('response.record')
  async wish(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await take(
      reply,
      async (body) => {
        await this.links.wish(actor, id, await readForm(QuestionnaireWishInput, body));
        return `/desk/referrals/${id}/questionnaires/send`;
      },
      (form) => this.sending(reply, actor, id, form),
    );
  }

  @Get('referrals/:id/questionnaires/:measure')
  @Can('response.record')
  async ask(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('measure') measure: string,
    @Query() asked: Record<string, string>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.asking(reply, actor, id, measure, null, asked);
  }

  @Post('referrals/:id/questionnaires/:measure')
  @Can('response.record')
  async record(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('measure') measure: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [person, { measure: view }] = await Promise.all([
      this.heads.ofReferral(actor, id),
      this.responses.toAsk(actor, id, measure),
    ]);
    await take(
      reply,
      async (body) => {
        await this.service.record(actor, id, await readAnswers(view, body));
        return `/desk/people/${person.id}/questionnaires#m-${measure}`;
      },
      (form) => this.asking(reply, actor, id, measure, form, {}),
    );
  }

  @Get('answers/:id/strike-out')
  @Can('response.correct')
  async askStrikeOut(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.striking(reply, actor, id, newForm());
  }

  @Post('answers/:id/strike-out')
  @Can('response.correct')
  async strikeOut(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, (await this.responses.get(actor, id)).referralId);
    await take(
      reply,
      async (body) => {
        await this.service.strikeOut(actor, id, await readForm(VoidResponseInput, body));
        return `/desk/people/${person.id}/questionnaires`;
      },
      (form) => this.striking(reply, actor, id, form),
    );
  }

  private async why(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    measure: string,
    form: Form,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const { title } = await this.responses.measure(actor, measure);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/questionnaire-unanswered.njk', {
      title: recordTitle(say('No answers from the start'), person),
      form,
      person,
      referral: person.current,
      measure: { id: measure, title },
      reasons: UNANSWERED_BECAUSE.map((value) => ({ value, text: MISSING_BECAUSE_WORDS[value] })),
      words: { reach: REACH_WORDS },
    });
  }

  private async asking(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    measure: string,
    tried: Form | null,
    asked: Record<string, string>,
  ): Promise<void> {
    const [person, { measure: view, earlier }] = await Promise.all([
      this.heads.ofReferral(actor, id),
      this.responses.toAsk(actor, id, measure),
    ]);
    const begun = earlier.some(({ occasion }) => occasion === 'baseline');
    const occasions = this.occasions(person.current).filter((one) => one !== 'baseline' || !begun);
    const form = tried ?? newForm(this.startOf(occasions, view, asked));
    const aloud = form.values['mode'] === 'phone';
    const risky = Object.keys(form.wrong).some((name) => name.split('.')[0] === 'risk');
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/questionnaire-ask.njk', {
      title: recordTitle(view.title, person),
      form,
      person,
      referral: person.current,
      measure: view,
      aloud,
      // Beside the question itself: what to do now is read before anything else is typed.
      risk: view.risk && (risky || form.values['risk.seen'] !== undefined) ? view.risk : null,
      questions: view.items.map(({ key, text, aloud: spoken, answer }) => ({
        name: `answers.${key}`,
        text: aloud ? spoken : text,
        ends:
          answer.kind === 'scale' && !aloud
            ? `${String(answer.min)}: ${answer.minLabel ?? ''}. ${String(answer.max)}: ${answer.maxLabel ?? ''}.`
            : null,
        isScale: answer.kind === 'scale',
        choices: [
          ...(answer.options?.map(({ value, label }) => ({
            value: String(value),
            text: aloud ? `${String(value)} ${label}` : label,
          })) ??
            Array.from({ length: (answer.max ?? 0) - (answer.min ?? 0) + 1 }, (_, index) => {
              const value = String((answer.min ?? 0) + index);
              return { value, text: value };
            })),
          { value: RATHER_NOT, text: say('Rather not say') },
        ],
      })),
      occasions: occasions.map((value) => ({ value, text: OCCASION_WORDS[value] })),
      modes: MODES.filter((mode) => !view.withWorker || WITH_THEM.includes(mode)).map((value) => ({
        value,
        text: MODE_WORDS[value],
      })),
      steps: choicesOf(RISK_STEP_WORDS),
      words: { reach: REACH_WORDS },
    });
  }

  /** What most answers are: today, by the way it was opened, for the first time at the start and otherwise in between. */
  private startOf(
    possible: readonly Occasion[],
    { withWorker }: MeasureView,
    { occasion, how }: Record<string, string>,
  ): Form['values'] {
    const mode: Mode = how === 'phone' ? 'phone' : how === 'paper' && !withWorker ? 'paper' : 'in_person';
    return {
      occasion: possible.find((one) => one === occasion) ?? possible[0] ?? '',
      mode,
      ...dayBoxes('answeredOn', londonDate(this.clock.now())),
    };
  }

  private async sending(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: Form,
    address: string | null = null,
  ): Promise<void> {
    const person = await this.heads.ofReferral(actor, id);
    const [measures, links, wish] = await Promise.all([
      this.responses.measures(actor),
      this.linkQueries.list(actor, id),
      this.linkQueries.wish(actor, id),
    ]);
    const titles = new Map(measures.map(({ id: measure, title }) => [measure, title]));
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/questionnaire-send.njk', {
      title: recordTitle(say('Questions to answer by themselves'), person),
      form,
      keys: { wish: newForm(), end: newForm() },
      person,
      referral: person.current,
      address,
      asks: wish.ask,
      choices: measures
        .filter(({ byLink, current, standing }) => byLink && current && standing === 'asked')
        .map(({ id: value, title: text }) => ({ value, text })),
      occasions: this.occasions(person.current).map((value) => ({ value, text: OCCASION_WORDS[value] })),
      links: links.map((link) => ({
        link,
        titles: link.measures.map((measure) => titles.get(measure) ?? measure),
        occasion: OCCASION_WORDS[link.occasion],
        state: LINK_STATE_WORDS[link.state],
      })),
      words: { reach: REACH_WORDS },
    });
  }

  private occasions(referral: HeadReferral): Occasion[] {
    return occasionsToday(referral, londonDate(this.clock.now()));
  }

  private async striking(reply: FastifyReply, actor: MemberActor, id: string, form: Form): Promise<void> {
    const response = await this.responses.get(actor, id);
    const person = await this.heads.ofReferral(actor, response.referralId);
    const { title } = await this.responses.measure(actor, response.measure);
    await this.desk.show(reply, actor, form.status, 'link-worker/pages/questionnaire-strike.njk', {
      title: recordTitle(say('Strike out answers'), person),
      form,
      person,
      response,
      measure: title,
      occasion: OCCASION_WORDS[response.occasion],
      words: { reach: REACH_WORDS },
    });
  }
}

type Courses = Awaited<ReturnType<ResponsesQueries['courses']>>;

/** Who answered at the start, or said why not, is not asked for it again. */
const begunIn = ({ answered, unanswered }: Pick<Courses, 'answered' | 'unanswered'>): string[] => [
  ...answered.filter(({ change }) => change.baseline !== null).map(({ measure }) => measure),
  ...unanswered.filter(({ occasion }) => occasion === 'baseline').map(({ measure }) => measure),
];

const WITH_THEM: readonly Mode[] = ['in_person', 'phone', 'video'];

/** The answers as numbers; what was done about one that must not wait only where it was given. */
async function readAnswers({ id, version, risk }: MeasureView, body: unknown): Promise<RecordResponseInput> {
  const texts = sent(body);
  const given = Object.entries(texts).filter(([name]) => name.startsWith('answers.'));
  const answers = Object.fromEntries(
    given
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [
        name.slice('answers.'.length),
        value === RATHER_NOT ? null : /^\d{1,3}$/.test(String(value)) ? Number(value) : value,
      ]),
  );
  const answer = risk ? answers[risk.item] : null;
  const asksForMore = risk !== null && typeof answer === 'number' && answer > risk.above;
  const rest = Object.entries(texts).filter(
    ([name]) => !name.startsWith('answers.') && (asksForMore || !name.startsWith('risk.')),
  );
  const input = shapeOf(RecordResponseInput, Object.fromEntries(rest));
  return validated(RecordResponseInput, { ...input, measure: id, version, answers });
}
