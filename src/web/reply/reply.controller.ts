import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OnwardAnswers } from '../../onward-referrals/onward-answers.service.js';
import { OnwardParticipation } from '../../onward-referrals/onward-participation.service.js';
import type { DeclineReason, OnwardState } from '../../onward-referrals/onward.types.js';
import { RegisterLinks } from '../../onward-referrals/register-links.service.js';
import { Registers } from '../../onward-referrals/registers.service.js';
import { ReplyCodes } from '../../onward-referrals/reply-codes.service.js';
import type { OpenLink } from '../../onward-referrals/reply-link.types.js';
import { ReplyLinks } from '../../onward-referrals/reply-links.service.js';
import { ReplyQueries } from '../../onward-referrals/reply.queries.js';
import { Volunteers } from '../../onward-referrals/volunteers.service.js';
import { Public } from '../../permissions/can.decorator.js';
import { addDays, londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { ListingsService } from '../../providers/listings.service.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { registerPage } from './register.page.js';
import { didNotHappen, readRegister, saysTheSame } from './register.forms.js';
import { addressIn, choice, fields, note, sixDigits, typedDate } from './reply.forms.js';
import { camePage, listingPage, replyPage, templateFor } from './reply.page.js';
import { refusedWords } from './reply.refusals.js';
import { cameWords, declineWords, finishWords, fullFor, NO, noWords } from './reply.words.js';
import { speechFor } from '../words/choice.js';
import { type Key, type Speech, speechIn } from '../words/speech.js';

const { t: english } = speechIn('en');

const PASS = 'betony-reply';

/** A mail server that looks at every link of a busy day stays below it; whoever guesses tokens does not get far. */
const READS: [number, number] = [300, 10];
const WRITES: [number, number] = [60, 10];

interface Form {
  values: Record<string, string>;
  errors: { field: string; text: string; href: string }[];
}
const NO_FORM: Form = { values: {}, errors: [] };

/**
 * Answering by link. GET shows and changes nothing, however often a mail scanner opens it; POST answers. No second token
 * guards these forms against other sites: the link's own 256 bits are in the address of every one of them, and whoever
 * knows those may answer anyway. No cookie gives that right.
 */
@ApiExcludeController()
@Controller('reply')
export class ReplyController {
  constructor(
    private readonly pages: Pages,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly links: ReplyLinks,
    private readonly codes: ReplyCodes,
    private readonly queries: ReplyQueries,
    private readonly answers: OnwardAnswers,
    private readonly participation: OnwardParticipation,
    private readonly listings: ListingsService,
    private readonly volunteers: Volunteers,
    private readonly registers: Registers,
    private readonly registerLinks: RegisterLinks,
  ) {}

  @Get()
  @Public()
  @LimitPerAddress(...READS)
  askForLinks(@Res() reply: FastifyReply): Promise<void> {
    const speech = speechFor(reply.request);
    const title = speech.t('reply.title.ask');
    return this.pages.show(reply, 200, 'reply/pages/ask.njk', { ...NO_FORM, speech, title });
  }

  @Post()
  @Public()
  @LimitPerAddress(10, 10)
  async sendLinks(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const { to = '' } = fields(body);
    const address = addressIn(to);
    if (address === null) {
      const speech = speechFor(reply.request);
      const message = speech.t('reply.ask.wrong');
      const errors = [toForm({ field: 'to', message })];
      const form = { values: { to: to.slice(0, 254) }, errors, wrong: wrongIn(errors) };
      return this.pages.show(reply, 422, 'reply/pages/ask.njk', {
        ...form,
        speech,
        title: speech.t('reply.title.ask'),
      });
    }
    await this.links.askFor(address);
    return seeOther(reply, '/reply/sent');
  }

  @Get('sent')
  @Public()
  @LimitPerAddress(...READS)
  sent(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, 'reply.ask.sentHeading', 'reply.ask.sent');
  }

  @Get('left')
  @Public()
  @LimitPerAddress(...READS)
  left(@Res() reply: FastifyReply): Promise<void> {
    return this.message(reply, 200, 'reply.left.heading', 'reply.left.text');
  }

  @Get(':token')
  @Public()
  @LimitPerAddress(...READS)
  async read(
    @Param('token') token: string,
    @Query('code') code: unknown,
    @Query('saved') saved: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.open(token);
    return link
      ? this.page(reply, request, token, link, {
          codeSent: code === 'sent',
          ...noticeOf(saved, speechFor(reply.request)),
        })
      : this.gone(reply, token);
  }

  /** The small forms behind the first page, each with an address of its own, so that Back and reload work. */
  @Get(':token/:form')
  @Public()
  @LimitPerAddress(...READS)
  async form(
    @Param('token') token: string,
    @Param('form') form: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.open(token);
    if (!link) return this.gone(reply, token);
    if (form === 'my-data') return this.ownData(reply, link);
    return this.showForm(reply, token, link, form, 200, NO_FORM);
  }

  @Post(':token/:verb')
  @Public()
  @LimitPerAddress(...WRITES)
  async act(
    @Param('token') token: string,
    @Param('verb') verb: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (verb === 'new-link') {
      await this.links.askAgain(token);
      return seeOther(reply, '/reply/sent');
    }
    const link = await this.links.open(token);
    if (!link) return this.gone(reply, token);
    const verbs = this.verbs[link.actor.about.kind];
    const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!act) throw Refusal.notFound();
    try {
      const place = await act(link, fields(body), reply, request);
      const base = `/reply/${token}`;
      await seeOther(
        reply,
        place === null ? base : typeof place === 'string' ? PLACES[place](base) : place.to,
      );
      return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.refused(reply, request, token, link, verb, fields(body), error);
    }
  }

  private readonly onwardVerbs: Record<string, Act> = {
    yes: (link) => done(this.answers.accept(link.actor, link.actor.about.id, {})),
    'late-yes': (link) => done(this.answers.lateYes(link.actor, link.actor.about.id, null)),
    undo: (link) => done(this.answers.undo(link.actor, link.actor.about.id), 'undone'),
    seen: (link) => done(this.participation.seen(link.actor, link.actor.about.id)),
    'seen-safety': (link, { changed = '' }) =>
      done(this.answers.seenSafety(link.actor, link.actor.about.id, { changedAt: changed }), 'saved'),
    waitlist: (link) => done(this.answers.waitlist(link.actor, link.actor.about.id, {})),
    no: (link, sent, _reply, request) => done(this.decline(link, sent, speechFor(request))),
    talk: (link, sent, _reply, request) => done(this.talk(link, sent, speechFor(request))),
    'undo-talk': (link) => done(this.answers.undoTalk(link.actor, link.actor.about.id), 'undone'),
    'in-touch': (link, { reached }) =>
      done(
        this.participation.inTouch(link.actor, link.actor.about.id, { reached: reached !== 'no' }),
        reached === 'no' ? 'not-reached' : 'saved',
      ),
    came: (link, sent, _reply, request) => this.came(link, sent, speechFor(request)),
    finish: (link, sent, _reply, request) => done(this.finish(link, sent, speechFor(request))),
    worried: (link) => done(this.links.worried(link), 'worried'),
    code: (link) => done(this.codes.send(link), 'code'),
    open: (link, sent, reply) => done(this.enterCode(link, sent, reply)),
    leave: (link) => done(this.links.leave(link), 'left'),
  };

  private readonly listingVerbs: Record<string, Act> = {
    right: (link) => done(this.listings.confirm(link.actor, link.actor.about.id), 'thanks'),
    full: (link, sent, _reply, request) => done(this.full(link, sent, speechFor(request)), 'thanks'),
    room: (link) =>
      done(this.listings.declareFull(link.actor, link.actor.about.id, { until: null }), 'thanks'),
    undo: (link) => done(this.listings.takeBackSaid(link.actor, link.actor.about.id), 'undone'),
    session: (link, sent, _reply, request) => this.openSession(link, sent, speechFor(request)),
    leave: (link) => done(this.links.leave(link), 'left'),
  };

  private readonly registerVerbs: Record<string, Act> = {
    save: (link, sent, _reply, request) => this.keepRegister(link, request, sent, false),
    done: (link, sent, _reply, request) => this.keepRegister(link, request, sent, true),
    off: (link, _sent, _reply, request) => this.keepRegister(link, request, null, true),
    undo: (link, _sent, _reply, request) => this.reopenRegister(link, request),
    code: (link) => done(this.codes.send(link), 'code'),
    open: (link, sent, reply) => done(this.enterCode(link, sent, reply)),
    leave: (link) => done(this.links.leave(link), 'left'),
  };

  private readonly verbs: Record<About, Record<string, Act>> = {
    onward_referral: this.onwardVerbs,
    listing: this.listingVerbs,
    register: this.registerVerbs,
  };

  private async openSession(link: OpenLink, sent: Record<string, string>, { t }: Speech): Promise<Place> {
    const sessionOn = typedDate(sent);
    if (!sessionOn) throw Refusal.invalidField('day', t('reply.session.wrong'));
    const linkId = await this.registerLinks.openByLink(link, { sessionOn });
    return { to: `/reply/${this.links.token(linkId)}` };
  }

  /** `sent` is null where there was no session. What is marked stays marked, also where it cannot be finished yet. */
  private async keepRegister(
    link: OpenLink,
    request: FastifyRequest,
    sent: Record<string, string> | null,
    finish: boolean,
  ): Promise<Place | null> {
    const { actor } = link;
    const { register } = await this.queries.register(link, await this.passed(link, request));
    if (register === null) return null;
    const read =
      sent === null
        ? { input: didNotHappen(register) }
        : readRegister(sent, register.people, finish, speechFor(request).t);
    if (register.state === 'final') {
      // A second press says the same; another tab may say something else, which must not look as if it were kept.
      if ('input' in read && saysTheSame(register, read.input)) return null;
      throw Refusal.illegalMove('final', 'mark', 'It was finished before.');
    }
    if ('problems' in read) throw Refusal.invalid(read.problems);
    await this.registers.mark(actor, actor.about.id, read.input);
    if (!finish) return 'saved';
    await this.registers.finalise(actor, actor.about.id);
    return null;
  }

  private async reopenRegister(link: OpenLink, request: FastifyRequest): Promise<Place | null> {
    const { actor } = link;
    const { register } = await this.queries.register(link, await this.passed(link, request));
    if (register === null) return null;
    await this.registers.reopen(actor, actor.about.id);
    return 'undone';
  }

  private passed(link: OpenLink, request: FastifyRequest): Promise<boolean> {
    return this.codes.passed(link, request.cookies[PASS] ?? null);
  }

  private decline({ actor }: OpenLink, sent: Record<string, string>, { t }: Speech): Promise<string> {
    const said = choice(NO, sent['no']);
    if (said === null) return this.declineInWords(actor, sent, t);
    const { reason, days } = NO[said];
    const until = days === null ? null : this.daysOn(days);
    return this.answers.decline(actor, actor.about.id, { reason, ...untilOf(reason, until) });
  }

  private declineInWords(
    actor: OpenLink['actor'],
    sent: Record<string, string>,
    t: Speech['t'],
  ): Promise<string> {
    const reason = choice(declineWords(t), sent['reason']);
    const said = note(sent['note'], t);
    const errors = [
      ...(reason ? [] : [{ field: 'reason', message: t('reply.no.choose') }]),
      ...(said.problem ? [said.problem] : []),
    ];
    if (!reason || errors.length > 0) throw Refusal.invalid(errors);
    const until = untilOf(reason, this.fullUntil(sent['until']));
    return this.answers.decline(actor, actor.about.id, { reason, ...until, note: said.note });
  }

  private talk({ actor }: OpenLink, sent: Record<string, string>, { t }: Speech): Promise<string> {
    const said = note(sent['note'], t);
    if (said.problem) throw Refusal.invalid([said.problem]);
    return this.answers.talk(actor, actor.about.id, { by: 'call_back', note: said.note });
  }

  /** Said again of the same day it takes the place of what was said before, which the page then says. */
  private async came(link: OpenLink, sent: Record<string, string>, { t }: Speech): Promise<Place> {
    const { actor } = link;
    const result = choice(cameWords(t), sent['result']);
    const sessionOn = typedDate(sent);
    const errors = [
      ...(result ? [] : [{ field: 'result', message: t('reply.came.choose') }]),
      ...(sessionOn ? [] : [{ field: 'day', message: t('reply.came.dayWrong') }]),
    ];
    if (!result || !sessionOn) throw Refusal.invalid(errors);
    const before = (await this.queries.came(link)).find((fact) => fact.sessionOn === sessionOn);
    await this.participation.attend(actor, actor.about.id, { sessionOn, result });
    return before && before.result !== result ? 'replaced' : 'saved';
  }

  private finish({ actor }: OpenLink, sent: Record<string, string>, { t }: Speech): Promise<string> {
    const result = choice(finishWords(t), sent['result']);
    const said = note(sent['note'], t);
    const errors = [
      ...(result ? [] : [{ field: 'result', message: t('reply.finish.choose') }]),
      ...(said.problem ? [said.problem] : []),
    ];
    if (!result || errors.length > 0) throw Refusal.invalid(errors);
    return this.participation.complete(actor, actor.about.id, { result, note: said.note });
  }

  private async full(link: OpenLink, sent: Record<string, string>, { t }: Speech): Promise<unknown> {
    const until = this.fullUntil(sent['until']);
    if (until === null) throw Refusal.invalidField('until', t('reply.full.choose'));
    return this.listings.declareFull(link.actor, link.actor.about.id, { until });
  }

  private fullUntil(weeks = ''): string | null {
    const days = choice(fullFor(english), weeks);
    return days === null ? null : this.daysOn(Number(days));
  }

  private daysOn(days: number): string {
    return addDays(londonDate(this.clock.now()), days);
  }

  /** The pass is a cookie of this link's own pages; without it the code is simply asked for again. */
  private async enterCode(link: OpenLink, sent: Record<string, string>, reply: FastifyReply): Promise<void> {
    const { t } = speechFor(reply.request);
    const digits = sixDigits(sent['code']);
    if (digits === null) throw Refusal.invalidField('code', t('reply.code.digits'));
    const entered = await this.codes.enter(link, digits);
    if (entered === 'wrong') throw Refusal.invalidField('code', t('reply.code.wrong'));
    if (entered === 'none') throw Refusal.invalidField('code', t('reply.code.over'));
    const seconds = Math.round((entered.until.getTime() - this.clock.now().getTime()) / 1000);
    void reply.setCookie(PASS, entered.pass, {
      path: `/reply/${this.links.token(link.id)}`,
      maxAge: seconds,
      httpOnly: true,
      sameSite: 'lax',
      secure: this.config.publicUrl.startsWith('https:'),
    });
  }

  /** A refused form is shown again with what was typed. An answer somebody gave before is no fault of whoever gives it again. */
  private async refused(
    reply: FastifyReply,
    request: FastifyRequest,
    token: string,
    link: OpenLink,
    verb: string,
    values: Record<string, string>,
    refusal: Refusal,
  ): Promise<void> {
    if (refusal.status === 422) {
      const errors = (refusal.extra['errors'] as FieldProblem[] | undefined) ?? [];
      const form = { values, errors: errors.map((problem) => toForm(inSpeech(problem, speechFor(request)))) };
      return verb === 'open' || link.actor.about.kind === 'register'
        ? this.page(reply, request, token, link, { codeSent: verb === 'open', status: 422, ...form })
        : this.showForm(reply, token, link, verb, 422, form);
    }
    if (refusal.status !== 409) throw refusal;
    if (refusal.code === 'full' && verb === 'yes') {
      return this.page(reply, request, token, link, { status: 409, noPlace: true });
    }
    if (ALREADY[verb]?.includes(refusal.extra['from'] as OnwardState)) {
      return seeOther(reply, `/reply/${token}`);
    }
    return this.page(reply, request, token, link, {
      status: 409,
      notice: refusedWords(verb, refusal, speechFor(request)),
    });
  }

  private async page(
    reply: FastifyReply,
    request: FastifyRequest,
    token: string,
    link: OpenLink,
    more: Partial<Form> & { status?: number; codeSent?: boolean; notice?: string; noPlace?: boolean },
  ): Promise<void> {
    const { status = 200, ...rest } = more;
    const speech = speechFor(request);
    const { t } = speech;
    const common = {
      ...NO_FORM,
      speech,
      ...rest,
      wrong: wrongIn(rest.errors ?? []),
      base: `/reply/${token}`,
    };
    if (link.actor.about.kind === 'listing') {
      const check = listingPage(await this.queries.listing(link), this.clock.now(), speech);
      const data = { ...common, ...check, title: t('reply.title.listing') };
      return this.pages.show(reply, status, 'reply/pages/listing.njk', data);
    }
    const passed = await this.passed(link, request);
    if (link.actor.about.kind === 'register') {
      const view = await this.queries.register(link, passed);
      const data = {
        ...common,
        ...registerPage(view, common.values, speech),
        title: t('reply.title.register'),
      };
      return this.pages.show(reply, status, 'reply/pages/register.njk', data);
    }
    const view = await this.queries.onwardReferral(link, passed);
    const template = templateFor(view);
    const data = {
      ...common,
      ...replyPage(view, this.clock.now(), speech),
      title: t(TITLES[template] ?? 'reply.title.past'),
      words: { no: noWords(t) },
    };
    return this.pages.show(reply, status, `reply/pages/${template}.njk`, data);
  }

  private async showForm(
    reply: FastifyReply,
    token: string,
    link: OpenLink,
    form: string,
    status: number,
    filled: Form,
  ): Promise<void> {
    const about = link.actor.about.kind;
    const shown = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (!shown?.about.includes(about)) throw Refusal.notFound();
    const speech = speechFor(reply.request);
    const { t } = speech;
    return this.pages.show(reply, status, `reply/pages/${form}.njk`, {
      ...(await this.factsFor(link, speech)),
      ...(form === 'came'
        ? camePage(await this.queries.came(link), londonDate(this.clock.now()), speech)
        : {}),
      speech,
      ...filled,
      wrong: wrongIn(filled.errors),
      base: `/reply/${token}`,
      title: t(shown.title),
      words: { decline: declineWords(t), full: fullFor(t), came: cameWords(t), finish: finishWords(t) },
    });
  }

  private async factsFor(link: OpenLink, speech: Speech): Promise<object> {
    switch (link.actor.about.kind) {
      case 'listing':
        return {
          ...listingPage(await this.queries.listing(link), this.clock.now(), speech),
          today: londonDate(this.clock.now()),
        };
      case 'register':
        return registerPage(await this.queries.register(link, false), {}, speech);
      case 'onward_referral':
        return replyPage(await this.queries.onwardReferral(link, false), this.clock.now(), speech);
    }
  }

  /** Everything held on whoever has the link, to be kept as a file. */
  private async ownData(reply: FastifyReply, link: OpenLink): Promise<void> {
    try {
      const data = await this.volunteers.dataByLink(link);
      await reply
        .type('application/json; charset=utf-8')
        .headers({
          'cache-control': 'no-store',
          'content-disposition': 'attachment; filename="what-we-hold-on-you.json"',
          'referrer-policy': 'no-referrer',
          'x-robots-tag': 'noindex, nofollow',
        })
        .send(JSON.stringify(data, null, 2));
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      const phone = await this.queries.phone(link);
      return this.message(reply, 409, 'reply.data.heading', 'reply.data.text', phone);
    }
  }

  /** One answer for what expired, was ended, or never was: and one way on. */
  private gone(reply: FastifyReply, token: string): Promise<void> {
    const speech = speechFor(reply.request);
    return this.pages.show(reply, 410, 'reply/pages/gone.njk', {
      speech,
      title: speech.t('reply.title.gone'),
      base: `/reply/${encodeURIComponent(token)}`,
    });
  }

  private message(
    reply: FastifyReply,
    status: number,
    heading: Key,
    text: Key,
    phone: string | null = null,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const { t } = speech;
    const said = { heading: t(heading), text: t(text), title: t(heading) };
    return this.pages.show(reply, status, 'reply/pages/message.njk', { ...said, speech, phone });
  }
}

/** Where a verb leads, if not back to the page that shows how things stand. */
type Known = 'worried' | 'code' | 'left' | 'thanks' | 'saved' | 'replaced' | 'not-reached' | 'undone';
type Place = Known | { to: string };
const PLACES: Record<Known, (base: string) => string> = {
  saved: (base) => `${base}?saved=yes`,
  replaced: (base) => `${base}?saved=replaced`,
  'not-reached': (base) => `${base}?saved=not-reached`,
  undone: (base) => `${base}?saved=undone`,
  worried: (base) => `${base}/rings-you`,
  code: (base) => `${base}?code=sent`,
  left: () => '/reply/left',
  thanks: (base) => `${base}/thanks`,
};

type Act = (
  link: OpenLink,
  sent: Record<string, string>,
  reply: FastifyReply,
  request: FastifyRequest,
) => Promise<Place | null>;
const done = async (work: Promise<unknown>, place: Place | null = null): Promise<Place | null> => {
  await work;
  return place;
};

/** Until when means something where the group is full or closed, and nothing otherwise. */
const untilOf = (reason: DeclineReason, until: string | null) => ({
  fullUntil: reason === 'full' ? until : null,
  closedUntil: reason === 'closed_for_now' ? until : null,
});

/** Where things stand when somebody has said the same already. */
const ALREADY: Partial<Record<string, readonly OnwardState[]>> = {
  yes: ['accepted', 'started'],
  no: ['declined'],
  waitlist: ['waitlisted'],
  finish: ['completed'],
};

type About = OpenLink['actor']['about']['kind'];
const ANY: readonly About[] = ['onward_referral', 'listing', 'register'];
const PERSON: readonly About[] = ['onward_referral'];
const SERVICE: readonly About[] = ['listing'];

/** What a page says once something was kept that it does not show otherwise. */
const SAVED: Partial<Record<string, Key>> = {
  yes: 'reply.saved.yes',
  replaced: 'reply.saved.replaced',
  undone: 'reply.saved.undone',
  'not-reached': 'reply.saved.notReached',
};

function noticeOf(saved: unknown, { t }: Speech): { notice?: string } {
  const said = typeof saved === 'string' && Object.hasOwn(SAVED, saved) ? SAVED[saved] : undefined;
  return said === undefined ? {} : { notice: t(said) };
}

/** What those below us say of a day that cannot be: in English as they do, and as our own form does in other languages. */
function inSpeech(problem: FieldProblem, { language, t }: Speech): FieldProblem {
  if (language === 'en' || problem.field !== 'sessionOn') return problem;
  return { ...problem, message: t('reply.session.wrong') };
}

/** Pages that only ask. Titles name nobody: they stay in the history of the browser. */
const FORMS: Partial<Record<string, { title: Key; about: readonly About[] }>> = {
  no: { title: 'reply.title.no', about: PERSON },
  talk: { title: 'reply.title.talk', about: PERSON },
  came: { title: 'reply.title.came', about: PERSON },
  finish: { title: 'reply.title.finish', about: PERSON },
  worried: { title: 'reply.title.worried', about: PERSON },
  'rings-you': { title: 'reply.title.ringsYou', about: PERSON },
  full: { title: 'reply.title.full', about: SERVICE },
  thanks: { title: 'reply.title.thanks', about: SERVICE },
  session: { title: 'reply.title.register', about: SERVICE },
  leave: { title: 'reply.title.leave', about: ANY },
};

const TITLES: Partial<Record<string, Key>> = {
  asked: 'reply.title.asked',
  yes: 'reply.title.yes',
  waiting: 'reply.title.waiting',
  'no-said': 'reply.title.noSaid',
  expired: 'reply.title.expired',
  ended: 'reply.title.ended',
  'carries-on': 'reply.title.carriesOn',
  past: 'reply.title.past',
};

/** What is wrong with each field, for the field itself. */
const wrongIn = (errors: Form['errors']) =>
  Object.fromEntries(errors.map(({ field, text }) => [field, text]));

const BOXES: Partial<Record<string, string>> = {
  sessionOn: 'day',
  fullUntil: 'until',
  closedUntil: 'until',
};

/** A date is one field to those below, and three boxes on a page. */
const toForm = ({ field, message }: FieldProblem) => {
  const box = BOXES[field] ?? field;
  return { field: box, text: message, href: `#${box}` };
};
