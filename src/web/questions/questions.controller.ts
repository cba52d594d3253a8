import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { answerIn, firstOpen, RATHER_NOT } from '../../outcomes/measure-link.rules.js';
import { MeasureLinks, type OpenQuestions } from '../../outcomes/measure-links.service.js';
import { Public } from '../../permissions/can.decorator.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { fields } from '../reply/reply.forms.js';

/** A family behind one address may read and answer, somebody who guesses tokens does not get far. */
const READS: [number, number] = [300, 10];
const WRITES: [number, number] = [120, 10];

/**
 * Questions about how somebody feels, one a page. GET shows and changes nothing; each POST keeps one answer, so that who
 * stops half-way goes on where they were. Titles and addresses say nothing of the questions, and no page says who is asked.
 */
@ApiExcludeController()
@Controller('questions')
export class QuestionsController {
  constructor(
    private readonly pages: Pages,
    private readonly links: MeasureLinks,
  ) {}

  @Get('thanks')
  @Public()
  @LimitPerAddress(...READS)
  thanks(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, {
      heading: 'Thank you for your answers',
      text: 'Your answers are with the people who support you. You can close this page.',
    });
  }

  @Get('no-more')
  @Public()
  @LimitPerAddress(...READS)
  noMore(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, {
      heading: 'We will not ask you again',
      text: 'Nothing you answered on these pages was kept. Your support stays as it is. If you change your mind, tell us when we next speak.',
    });
  }

  @Get(':token')
  @Public()
  @LimitPerAddress(...READS)
  async start(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.withQuestions(token, reply, (open) => {
      const next = firstOpen(open.questions, open.answers);
      return this.show(reply, 200, 'start', token, open, {
        title: 'A few questions',
        count: open.questions.length,
        begun: next !== 1,
        next: next === null ? 'check' : String(next),
      });
    });
  }

  @Get(':token/:page')
  @Public()
  @LimitPerAddress(...READS)
  async read(
    @Param('token') token: string,
    @Param('page') page: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.withQuestions(token, reply, (open) => {
      if (page === 'check') return this.check(reply, 200, token, open);
      if (page === 'stop') return this.show(reply, 200, 'stop', token, open, { title: 'Stop here' });
      return this.question(reply, 200, token, open, placeOf(page, open));
    });
  }

  @Post(':token/send')
  @Public()
  @LimitPerAddress(...WRITES)
  async send(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.withQuestions(token, reply, async (open) => {
      const now = await this.links.send(token);
      return now === 'open' ? this.check(reply, 422, token, open) : this.noLonger(reply, now);
    });
  }

  @Post(':token/no-more')
  @Public()
  @LimitPerAddress(...WRITES)
  async askNoMore(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.withQuestions(token, reply, async () => {
      await this.links.askNoMore(token);
      return seeOther(reply, '/questions/no-more');
    });
  }

  @Post(':token/:page')
  @Public()
  @LimitPerAddress(...WRITES)
  async answer(
    @Param('token') token: string,
    @Param('page') page: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.withQuestions(token, reply, async (open) => {
      const place = placeOf(page, open);
      const asked = open.questions[place - 1];
      if (!asked) throw Refusal.notFound();
      const answer = answerIn(asked, fields(body)['answer']);
      if ('problem' in answer) {
        return this.question(reply, 422, token, open, place, answer.problem.message);
      }
      await this.links.keep(token, asked.key, answer.value);
      const answers = { ...open.answers, [asked.key]: answer.value };
      const last = place === open.questions.length || firstOpen(open.questions, answers) === null;
      return seeOther(reply, `/questions/${token}/${last ? 'check' : String(place + 1)}`);
    });
  }

  private question(
    reply: FastifyReply,
    status: number,
    token: string,
    open: OpenQuestions,
    place: number,
    problem = '',
  ): Promise<void> {
    const asked = open.questions[place - 1];
    if (!asked) throw Refusal.notFound();
    const given = open.answers[asked.key];
    const chosen = given === undefined ? '' : given === null ? RATHER_NOT : String(given);
    return this.show(reply, status, 'question', token, open, {
      title: `Question ${String(place)} of ${String(open.questions.length)}`,
      question: asked,
      place,
      count: open.questions.length,
      chosen,
      wrong: problem,
      errors: problem === '' ? [] : [{ text: problem, href: '#answer' }],
      back: place === 1 ? '' : `/${String(place - 1)}`,
      ratherNot: RATHER_NOT,
    });
  }

  private check(reply: FastifyReply, status: number, token: string, open: OpenQuestions): Promise<void> {
    const rows = open.questions.map(({ key, text, choices }, index) => {
      const given = open.answers[key];
      const label = choices.find(({ value }) => value === given)?.label;
      const answer = given === null ? 'I would rather not say' : label;
      return { place: index + 1, text, answer, inWords: given !== null };
    });
    const missing = rows.filter(({ answer }) => answer === undefined);
    const errors =
      status === 422
        ? missing.map(({ place }) => ({
            text: `Question ${String(place)} has no answer yet`,
            href: `#question-${String(place)}`,
          }))
        : [];
    return this.show(reply, status, 'check', token, open, {
      title: 'Check your answers',
      rows,
      missing: missing.length,
      errors,
    });
  }

  private show(
    reply: FastifyReply,
    status: number,
    template: string,
    token: string,
    open: OpenQuestions,
    data: object,
  ): Promise<void> {
    const { language, direction, scheme } = open;
    return this.pages.show(reply, status, `questions/pages/${template}.njk`, {
      language,
      direction,
      from: scheme,
      to: `/questions/${token}`,
      ...data,
    });
  }

  private async withQuestions(
    token: string,
    reply: FastifyReply,
    work: (open: OpenQuestions) => Promise<void>,
  ): Promise<void> {
    const opened = await this.links.open(token);
    if (opened.is === 'open') return work(opened.questions);
    return this.noLonger(reply, opened.is);
  }

  private noLonger(reply: FastifyReply, is: 'answered' | 'gone'): Promise<void> {
    if (is === 'answered') return seeOther(reply, '/questions/thanks');
    return this.message(reply, 410, {
      heading: 'This link does not work any more',
      text: 'It has run out, it was ended, or these questions are not asked any more. You need do nothing. If you would like to answer, tell us when we next speak.',
    });
  }

  private message(
    reply: FastifyReply,
    status: number,
    words: { heading: string; text: string },
  ): Promise<void> {
    return this.pages.show(reply, status, 'questions/pages/message.njk', { ...words, title: words.heading });
  }
}

function placeOf(page: string, { questions }: OpenQuestions): number {
  const place = /^[1-9]\d{0,2}$/.test(page) ? Number(page) : 0;
  if (place < 1 || place > questions.length) throw Refusal.notFound();
  return place;
}
