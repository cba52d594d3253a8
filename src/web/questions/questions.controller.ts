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
import { speechFor } from '../words/choice.js';
import type { Speech } from '../words/speech.js';

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
    return this.message(reply, 200, 'thanks');
  }

  @Get('no-more')
  @Public()
  @LimitPerAddress(...READS)
  noMore(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, 'noMore');
  }

  @Get(':token')
  @Public()
  @LimitPerAddress(...READS)
  async start(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.withQuestions(token, reply, (open) => {
      const next = firstOpen(open.questions, open.answers);
      return this.show(reply, 200, 'start', token, open, {
        title: spoken(reply, open).t('byLink.title'),
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
      if (page === 'stop') {
        const title = spoken(reply, open).t('byLink.stop.title');
        return this.show(reply, 200, 'stop', token, open, { title });
      }
      return this.question(reply, 200, token, open, placeOf(page, open));
    });
  }

  @Post(':token/send')
  @Public()
  @LimitPerAddress(...WRITES)
  async send(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.withQuestions(token, reply, (open) => this.finish(reply, token, open));
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
        return this.question(reply, 422, token, open, place, answer.problem);
      }
      await this.links.keep(token, asked.key, answer.value);
      const answers = { ...open.answers, [asked.key]: answer.value };
      if (fields(body)['send'] === 'yes') return this.finish(reply, token, { ...open, answers });
      const last = place === open.questions.length || firstOpen(open.questions, answers) === null;
      return seeOther(reply, `/questions/${token}/${last ? 'check' : String(place + 1)}`);
    });
  }

  private async finish(reply: FastifyReply, token: string, open: OpenQuestions): Promise<void> {
    const now = await this.links.send(token);
    if (now === 'open') return this.check(reply, 422, token, open);
    if (now === 'another_day') return this.check(reply, 409, token, open);
    return this.noLonger(reply, now);
  }

  private question(
    reply: FastifyReply,
    status: number,
    token: string,
    open: OpenQuestions,
    place: number,
    problem?: keyof typeof PROBLEMS,
  ): Promise<void> {
    const { t } = spoken(reply, open);
    const asked = open.questions[place - 1];
    if (!asked) throw Refusal.notFound();
    const given = open.answers[asked.key];
    const chosen = given === undefined ? '' : given === null ? RATHER_NOT : String(given);
    const wrong = problem && t(PROBLEMS[problem]);
    const others = rowsOf(open, t).slice(0, -1);
    return this.show(reply, status, 'question', token, open, {
      title: t('byLink.place', { place, of: open.questions.length }),
      question: asked,
      place,
      chosen,
      others,
      /** Once only this one is left, all others are looked over beside it, and it is sent from here. */
      isLast: place === open.questions.length && others.every(({ answer }) => answer !== undefined),
      wrong,
      errors: wrong ? [{ text: wrong, href: '#answer' }] : [],
      back: place === 1 ? '' : `/${String(place - 1)}`,
      ratherNot: RATHER_NOT,
    });
  }

  private check(reply: FastifyReply, status: number, token: string, open: OpenQuestions): Promise<void> {
    const { t } = spoken(reply, open);
    const rows = rowsOf(open, t);
    const missing = rows.filter(({ answer }) => answer === undefined);
    const errors: { text: string; href?: string }[] =
      status === 409
        ? [{ text: t('byLink.anotherDay') }]
        : status === 422
          ? missing.map(({ place }) => ({
              text: t('byLink.missing', { place }),
              href: `#question-${String(place)}`,
            }))
          : [];
    return this.show(reply, status, 'check', token, open, { title: t('byLink.check'), rows, errors });
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
      speech: spoken(reply, open),
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
    return is === 'answered' ? seeOther(reply, '/questions/thanks') : this.message(reply, 410, 'gone');
  }

  private message(reply: FastifyReply, status: number, about: 'thanks' | 'noMore' | 'gone'): Promise<void> {
    const speech = speechFor(reply.request);
    const heading = speech.t(`byLink.${about}.heading`);
    const text = speech.t(`byLink.${about}.text`);
    return this.pages.show(reply, status, 'questions/pages/message.njk', {
      speech,
      heading,
      text,
      title: heading,
    });
  }
}

const PROBLEMS = { none: 'byLink.select', another: 'byLink.selectOne' } as const;

/** The frame of a question: as chosen here, else in the language that the link asks in. */
const spoken = ({ request }: FastifyReply, { language }: OpenQuestions): Speech =>
  speechFor(request, language);

/** Each question with what was answered, if anything was. */
const rowsOf = ({ questions, answers }: OpenQuestions, t: Speech['t']) =>
  questions.map(({ key, text, choices }, index) => {
    const given = answers[key];
    const label = choices.find(({ value }) => value === given)?.label;
    return {
      place: index + 1,
      text,
      answer: given === null ? t('byLink.ratherNot') : label,
      inWords: given !== null,
    };
  });

function placeOf(page: string, { questions }: OpenQuestions): number {
  const place = /^[1-9]\d{0,2}$/.test(page) ? Number(page) : 0;
  if (place < 1 || place > questions.length) throw Refusal.notFound();
  return place;
}
