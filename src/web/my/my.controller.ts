import { timingSafeEqual } from 'node:crypto';
import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PageAccess } from '../../client-page/page-access.service.js';
import { type Entered, PageEntry } from '../../client-page/page-entry.service.js';
import { PageSessions } from '../../client-page/page-sessions.service.js';
import { PageChanges } from '../../client-page/page-changes.service.js';
import { OwnPage } from '../../client-page/own-page.service.js';
import type { OwnPageView } from '../../client-page/page.dto.js';
import { OwnPageQueries } from '../../client-page/page.queries.js';
import type { Visit } from '../../client-page/page.types.js';
import { CHANNELS } from '../../clients/client.types.js';
import { SHARED_ITEMS, type SharedItem } from '../../clients/people-close.types.js';
import { Public } from '../../permissions/can.decorator.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { STORY_USES } from '../../stories/story.types.js';
import { Pages } from '../layout/pages.js';
import { seeOther } from '../layout/see-other.js';
import { choice, fields, sixDigits, typedDate } from '../reply/reply.forms.js';
import {
  agreementPart,
  appointmentPart,
  contactPart,
  itemTicks,
  messagePart,
  planPart,
  questionnairePart,
  storyPart,
  supporterPart,
  useTicks,
} from './my.pages.js';
import { ABOUT_WORDS, FEEDBACK_WORDS, OFFERED_LANGUAGES, REASON_WORDS } from './my.words.js';

/** Bound to this site and this path by the browser itself, read by no script, and sent with nothing another site begins. */
const SESSION = '__Host-betony-page';
const COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

const READS: [number, number] = [300, 10];
const WRITES: [number, number] = [60, 10];
const TRIES: [number, number] = [30, 10];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WORDS_MAX = 2000;

interface Form {
  values: Record<string, string>;
  errors: { field: string; text: string; href: string }[];
}
const NO_FORM: Form = { values: {}, errors: [] };
type Sent = Record<string, string>;
type Show = (form: Form, status: number) => Promise<void>;

/**
 * A person's own page. GET shows and changes nothing but for one: leaving ends the session, since whoever has to be gone
 * at once cannot be asked to press a second button. Titles and addresses name nobody and nothing that is done here.
 */
@ApiExcludeController()
@Controller('my')
export class MyController {
  constructor(
    private readonly pages: Pages,
    private readonly entry: PageEntry,
    private readonly sessions: PageSessions,
    private readonly access: PageAccess,
    private readonly page: OwnPage,
    private readonly queries: OwnPageQueries,
    private readonly changes: PageChanges,
  ) {}

  @Get('enter')
  @Public()
  @LimitPerAddress(...READS)
  async enter(@Res() reply: FastifyReply): Promise<void> {
    return this.enterForm(reply, NO_FORM, 200);
  }

  @Post('enter')
  @Public()
  @LimitPerAddress(...TRIES)
  async askCode(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const sent = fields(body);
    const { to = '', schemeId = '' } = sent;
    return this.orForm(
      sent,
      async () => seeOther(reply, `/my/code/${await this.entry.askCode(schemeId || null, to)}`),
      (form, status) => this.enterForm(reply, form, status),
    );
  }

  @Get('code/:ask')
  @Public()
  @LimitPerAddress(...READS)
  code(@Param('ask') ask: string, @Res() reply: FastifyReply): Promise<void> {
    return this.codeForm(reply, ask, NO_FORM, 200);
  }

  @Post('code/:ask')
  @Public()
  @LimitPerAddress(...TRIES)
  async byCode(@Param('ask') ask: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const code = sixDigits(fields(body)['code']);
    if (!UUID.test(ask)) throw Refusal.notFound();
    const came = code === null ? 'wrong' : await this.entry.enterCode(ask, code);
    const wrong = code === null ? 'Enter the 6 digits of the code' : 'That code is not right. Check it';
    return this.came(reply, came, () =>
      this.codeForm(reply, ask, formOf({}, [{ field: 'code', message: wrong }]), 422),
    );
  }

  @Get('link/:token')
  @Public()
  @LimitPerAddress(...READS)
  async link(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    return (await this.entry.linkWorks(token)) ? this.linkForm(reply, token, NO_FORM, 200) : this.gone(reply);
  }

  @Post('link/:token')
  @Public()
  @LimitPerAddress(...TRIES)
  async byLink(
    @Param('token') token: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const born = typedDate(fields(body));
    const came = born === null ? 'wrong' : await this.entry.enterByLink(token, born);
    const message =
      born === null ? 'Enter a date of birth, like 27 3 1948' : 'That does not fit this link. Check the date';
    const again = formOf({}, [{ field: 'day', message }]);
    return this.came(reply, came, () => this.linkForm(reply, token, again, 422));
  }

  /** The one GET that does something: it ends what the cookie opens. Looking ahead, as browsers do, is not leaving. */
  @Get('leave')
  @Public()
  @LimitPerAddress(...READS)
  async leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const ahead = request.headers['sec-purpose'] ?? request.headers['purpose'];
    if (request.method === 'GET' && ahead === undefined) {
      const visit = await this.sessions.visit(request.cookies[SESSION] ?? null);
      if (visit) await this.sessions.end(visit);
      forgetHere(reply);
    }
    return seeOther(reply, '/bank-holidays');
  }

  @Get()
  @Public()
  @LimitPerAddress(...READS)
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(request, reply, async (visit) => {
      const view = await this.queries.home(visit.actor);
      return this.show(reply, visit, 'home', 'Your page', {
        own: view.own,
        name: view.name,
        next: view.next && appointmentPart(view.next),
        questionnaires: view.questionnaires,
        menu: menuOf(view),
      });
    });
  }

  @Get('plan')
  @Public()
  @LimitPerAddress(...READS)
  async plan(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(request, reply, async (visit) => {
      const plan = await this.queries.plan(visit.actor);
      const own = visit.actor.supporterId === null;
      return this.show(reply, visit, 'plan', 'Plan', {
        heading: own ? 'My plan' : `The plan of ${visit.name}`,
        plan: plan && planPart(plan),
        mayWrite: own,
      });
    });
  }

  @Post('plan/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async tick(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async (visit, { done }) => {
      if (!UUID.test(id) || (done !== 'yes' && done !== 'no')) throw Refusal.notFound();
      await this.page.tick(visit, id, { done: done === 'yes' });
      return seeOther(reply, `/my/plan#${id}`);
    });
  }

  @Get('appointments/:id/calendar')
  @Public()
  @LimitPerAddress(...READS)
  async calendar(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.visiting(request, reply, async ({ actor }) => {
      if (!UUID.test(id)) throw Refusal.notFound();
      const file = await this.queries.calendarOf(actor, id);
      return reply
        .header('content-type', 'text/calendar; charset=utf-8')
        .header('content-disposition', 'attachment; filename="appointment.ics"')
        .header('cache-control', 'no-store')
        .send(file);
    });
  }

  @Get('appointments')
  @Public()
  @LimitPerAddress(...READS)
  async appointments(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(request, reply, async (visit) =>
      this.show(reply, visit, 'appointments', 'Appointments', {
        own: visit.actor.supporterId === null,
        appointments: (await this.queries.appointments(visit.actor)).map(appointmentPart),
      }),
    );
  }

  @Get('appointments/:id')
  @Public()
  @LimitPerAddress(...READS)
  async cannotCome(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.visiting(request, reply, (visit) => this.cannotComeForm(reply, visit, id, NO_FORM, 200));
  }

  @Post('appointments/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async callOff(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, (visit, sent) =>
      this.orForm(
        sent,
        async () => {
          const reason = choice(REASON_WORDS, sent['reason']);
          if (reason === null) throw Refusal.invalidField('reason', 'Choose why');
          await this.page.cannotCome(visit, id, { reason, ...noteOf(sent['note']) });
          return seeOther(reply, '/my/appointments');
        },
        (form, status) => this.cannotComeForm(reply, visit, id, form, status),
      ),
    );
  }

  @Get('questions')
  @Public()
  @LimitPerAddress(...READS)
  async questions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(request, reply, async (visit) =>
      this.show(reply, visit, 'questions', 'Questionnaires', {
        waiting: (await this.queries.questionnaires(visit.actor)).map(questionnairePart),
      }),
    );
  }

  @Get('sharing')
  @Public()
  @LimitPerAddress(...READS)
  async sharing(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(request, reply, async (visit) => {
      const agreements = await this.queries.agreed(visit.actor);
      const supporters = await this.queries.supporters(visit.actor);
      const stories = await this.queries.stories(visit.actor);
      return this.show(reply, visit, 'sharing', 'Who can see what', {
        stories: stories.map(storyPart),
        agreements: agreements.map((one) => agreementPart(one, visit.scheme)),
        supporters: supporters.map(supporterPart),
      });
    });
  }

  @Get('sharing/:id')
  @Public()
  @LimitPerAddress(...READS)
  async takeBackPage(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.visiting(request, reply, async (visit) => {
      const one = (await this.queries.agreed(visit.actor)).find((agreement) => agreement.id === id);
      if (!one?.mayTakeBack) throw Refusal.notFound();
      return this.show(reply, visit, 'take-back', 'Take back', { one: agreementPart(one, visit.scheme) });
    });
  }

  @Post('sharing/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async takeBack(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async (visit) => {
      await this.page.takeBack(visit, id);
      return seeOther(reply, '/my/sharing');
    });
  }

  @Get('told/:id')
  @Public()
  @LimitPerAddress(...READS)
  async told(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.visiting(request, reply, (visit) => this.toldForm(reply, visit, id, NO_FORM, 200));
  }

  @Post('told/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async takeUsesBack(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, (visit, sent) =>
      this.orForm(
        sent,
        async () => {
          if (!UUID.test(id)) throw Refusal.notFound();
          const uses = STORY_USES.filter((use) => sent[use] === 'yes');
          if (uses.length === 0) throw Refusal.invalidField('uses', 'Tick what you take back');
          await this.page.takeStoryBack(visit, id, { uses });
          return seeOther(reply, '/my/sharing');
        },
        (form, status) => this.toldForm(reply, visit, id, form, status),
      ),
    );
  }

  @Post('told/:id/all')
  @Public()
  @LimitPerAddress(...WRITES)
  async takeStoryBack(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async (visit) => {
      if (!UUID.test(id)) throw Refusal.notFound();
      await this.page.takeStoryBack(visit, id, {});
      return seeOther(reply, '/my/sharing');
    });
  }

  @Get('supporters/:id')
  @Public()
  @LimitPerAddress(...READS)
  async supporter(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.visiting(request, reply, async (visit) => {
      const one = (await this.queries.supporters(visit.actor)).find((named) => named.id === id);
      if (!one) throw Refusal.notFound();
      return this.show(reply, visit, 'supporter', 'Somebody you named', {
        one: supporterPart(one),
        items: itemTicks(one.shares, visit.safetyFlag),
        flagged: visit.safetyFlag,
      });
    });
  }

  @Post('supporters/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async give(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async (visit, sent) => {
      const shares: SharedItem[] = SHARED_ITEMS.filter((item) => sent[item] === 'yes');
      await this.page.give(visit, id, { shares });
      return seeOther(reply, '/my/sharing');
    });
  }

  @Post('supporters/:id/end')
  @Public()
  @LimitPerAddress(...WRITES)
  async endSupporter(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async (visit) => {
      await this.page.endSupporter(visit, id);
      return seeOther(reply, '/my/sharing');
    });
  }

  @Get('contact')
  @Public()
  @LimitPerAddress(...READS)
  async contact(
    @Query('saved') saved: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.visiting(request, reply, (visit) =>
      this.contactForm(reply, visit, NO_FORM, 200, saved === 'yes' ? 'Saved.' : ''),
    );
  }

  @Post('contact')
  @Public()
  @LimitPerAddress(...WRITES)
  async changeContact(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, (visit, sent) =>
      this.orForm(
        sent,
        async () => {
          const { language = '', reachNote = '' } = sent;
          const note = tidy(reachNote);
          if (note.length > 500) throw Refusal.invalidField('reachNote', 'Use 500 letters or fewer');
          await this.page.changeContact(visit, {
            switchOff: CHANNELS.filter((channel) => sent[`off-${channel}`] === 'yes'),
            reachNote: note,
            ...(OFFERED_LANGUAGES.includes(language) ? { language } : {}),
          });
          return seeOther(reply, '/my/contact?saved=yes');
        },
        (form, status) => this.contactForm(reply, visit, form, status),
      ),
    );
  }

  @Post('change')
  @Public()
  @LimitPerAddress(...TRIES)
  async askChange(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, (visit, sent) =>
      this.orForm(
        sent,
        async () => seeOther(reply, `/my/change/${await this.changes.ask(visit, sent['to'] ?? '')}`),
        (form, status) => this.contactForm(reply, visit, form, status),
      ),
    );
  }

  @Get('change/:id')
  @Public()
  @LimitPerAddress(...READS)
  async change(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.visiting(request, reply, (visit) => this.changeForm(reply, visit, id, NO_FORM, 200));
  }

  @Post('change/:id')
  @Public()
  @LimitPerAddress(...TRIES)
  async confirmChange(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async (visit, sent) => {
      if (!UUID.test(id)) throw Refusal.notFound();
      const code = sixDigits(sent['code']);
      const came = code === null ? 'wrong' : await this.changes.confirm(visit, id, code);
      if (came === 'done') return seeOther(reply, '/my/contact?saved=yes');
      if (came === 'none') return this.gone(reply);
      const message = code === null ? 'Enter the 6 digits of the code' : 'That code is not right. Check it';
      return this.changeForm(reply, visit, id, formOf({}, [{ field: 'code', message }]), 422);
    });
  }

  @Get('message')
  @Public()
  @LimitPerAddress(...READS)
  async message(
    @Query('sent') sent: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const notice = sent === 'yes' ? 'Your message is sent. We read it in working hours.' : '';
    return this.visiting(request, reply, (visit) => this.writeForm(reply, visit, NO_FORM, 200, notice));
  }

  @Post('message')
  @Public()
  @LimitPerAddress(...WRITES)
  async write(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, (visit, sent) =>
      this.orForm(
        sent,
        async () => {
          await this.page.write(visit, { words: wordsOf(sent['words'], WORDS_MAX) });
          return seeOther(reply, '/my/message?sent=yes');
        },
        (form, status) => this.writeForm(reply, visit, form, status),
      ),
    );
  }

  @Get('feedback')
  @Public()
  @LimitPerAddress(...READS)
  async feedback(
    @Query('sent') sent: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const notice = sent === 'yes' ? 'Thank you. We look at it in the next working days.' : '';
    return this.visiting(request, reply, (visit) => this.feedbackForm(reply, visit, NO_FORM, 200, notice));
  }

  @Post('feedback')
  @Public()
  @LimitPerAddress(...WRITES)
  async giveFeedback(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, (visit, sent) =>
      this.orForm(
        sent,
        async () => {
          const kind = choice(FEEDBACK_WORDS, sent['kind']);
          const about = choice(ABOUT_WORDS, sent['about']);
          if (kind === null) throw Refusal.invalidField('kind', 'Choose what it is');
          if (about === null) throw Refusal.invalidField('about', 'Choose what it is about');
          const words = wordsOf(sent['words'], WORDS_MAX);
          await this.page.giveFeedback(visit, {
            kind,
            about,
            words,
            wantsAnswer: sent['wantsAnswer'] === 'yes',
          });
          return seeOther(reply, '/my/feedback?sent=yes');
        },
        (form, status) => this.feedbackForm(reply, visit, form, status),
      ),
    );
  }

  @Get('stop')
  @Public()
  @LimitPerAddress(...READS)
  async stop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(request, reply, (visit) => {
      refuseSupporter(visit);
      return this.show(reply, visit, 'stop', 'Stop messaging me', {});
    });
  }

  @Post('stop')
  @Public()
  @LimitPerAddress(...WRITES)
  async stopMessages(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async (visit, sent) => {
      await this.page.stopMessages(visit, { callsToo: sent['callsToo'] === 'yes' });
      return seeOther(reply, '/my/contact?saved=yes');
    });
  }

  @Get('close')
  @Public()
  @LimitPerAddress(...READS)
  async closing(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(request, reply, (visit) => {
      refuseSupporter(visit);
      return this.show(reply, visit, 'close', 'Close this page', {});
    });
  }

  @Post('close')
  @Public()
  @LimitPerAddress(...WRITES)
  async close(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(request, reply, body, async ({ actor }) => {
      await this.access.closeOwn(actor);
      forgetHere(reply);
      return this.say(
        reply,
        200,
        'Your page is closed',
        'Nobody can enter it any more. You can close this window.',
      );
    });
  }

  /** Without a session there is one way on, the same for whoever never had one. */
  private async visiting(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    const visit = await this.sessions.visit(request.cookies[SESSION] ?? null);
    return visit ? work(visit) : seeOther(reply, '/my/enter');
  }

  /** A form of this session, sent from a page of this session. */
  private async posting(
    request: FastifyRequest,
    reply: FastifyReply,
    body: unknown,
    work: (visit: Visit, sent: Sent) => Promise<void>,
  ): Promise<void> {
    const visit = await this.sessions.visit(request.cookies[SESSION] ?? null);
    if (!visit) {
      const text = 'It closes by itself after 20 minutes. Nothing was sent. Please enter again.';
      return this.say(reply, 401, 'This page had closed', text, { to: '/my/enter', text: 'Enter again' });
    }
    const { key = '', ...sent } = fields(body);
    if (!same(key, visit.formKey)) throw Refusal.forbidden();
    try {
      await work(visit, sent);
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      const back = { to: '/my', text: 'Back to the first page' };
      return this.say(reply, 409, 'That is not possible now', error.message, back);
    }
  }

  /** What is wrong with a form is shown in it, with what was typed. */
  private async orForm(sent: Sent, work: () => Promise<void>, again: Show): Promise<void> {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 422) throw error;
      return again(formOf(sent, (error.extra['errors'] as FieldProblem[] | undefined) ?? []), 422);
    }
  }

  private async came(reply: FastifyReply, came: Entered, again: () => Promise<void>): Promise<void> {
    if (came === 'wrong') return again();
    if (came === 'none') return this.gone(reply);
    void reply.setCookie(SESSION, came.token, COOKIE);
    return seeOther(reply, '/my');
  }

  private async enterForm(reply: FastifyReply, form: Form, status: number): Promise<void> {
    const schemes = await this.entry.schemes();
    return this.bare(reply, status, 'enter', 'Your page', { schemes, ...form });
  }

  private codeForm(reply: FastifyReply, ask: string, form: Form, status: number): Promise<void> {
    return this.bare(reply, status, 'code', 'Enter your code', {
      to: `/my/code/${encodeURIComponent(ask)}`,
      ...form,
    });
  }

  private linkForm(reply: FastifyReply, token: string, form: Form, status: number): Promise<void> {
    return this.bare(reply, status, 'link', 'Your page', { to: `/my/link/${token}`, ...form });
  }

  private async cannotComeForm(
    reply: FastifyReply,
    visit: Visit,
    id: string,
    form: Form,
    status: number,
  ): Promise<void> {
    refuseSupporter(visit);
    const one = (await this.queries.appointments(visit.actor)).find((appointment) => appointment.id === id);
    if (!one) throw Refusal.notFound();
    const data = { one: appointmentPart(one), reasons: REASON_WORDS };
    return this.show(reply, visit, 'cannot-come', 'I cannot come', data, form, status);
  }

  private async toldForm(
    reply: FastifyReply,
    visit: Visit,
    id: string,
    form: Form,
    status: number,
  ): Promise<void> {
    const found = (await this.queries.stories(visit.actor)).find((story) => story.id === id);
    if (!found) throw Refusal.notFound();
    const one = storyPart(found);
    const items = useTicks(one.uses);
    return this.show(reply, visit, 'told', 'What you told us', { one, items }, form, status);
  }

  private async contactForm(
    reply: FastifyReply,
    visit: Visit,
    form: Form,
    status: number,
    notice = '',
  ): Promise<void> {
    const view = await this.queries.contact(visit.actor);
    const values = { reachNote: view.reachNote ?? '', ...form.values };
    const data = { ...contactPart(view), flagged: visit.safetyFlag, notice };
    return this.show(reply, visit, 'contact', 'How we contact you', data, { ...form, values }, status);
  }

  private changeForm(
    reply: FastifyReply,
    visit: Visit,
    id: string,
    form: Form,
    status: number,
  ): Promise<void> {
    refuseSupporter(visit);
    const to = `/my/change/${encodeURIComponent(id)}`;
    return this.show(reply, visit, 'change', 'Enter your code', { to }, form, status);
  }

  private async writeForm(
    reply: FastifyReply,
    visit: Visit,
    form: Form,
    status: number,
    notice = '',
  ): Promise<void> {
    const written = (await this.queries.messages(visit.actor)).map(messagePart);
    return this.show(reply, visit, 'write', 'Write to us', { written, notice }, form, status);
  }

  private feedbackForm(
    reply: FastifyReply,
    visit: Visit,
    form: Form,
    status: number,
    notice = '',
  ): Promise<void> {
    const data = { kinds: FEEDBACK_WORDS, abouts: ABOUT_WORDS, notice };
    return this.show(reply, visit, 'feedback', 'Tell us', data, form, status);
  }

  private gone(reply: FastifyReply): Promise<void> {
    const text =
      'A code works for ten minutes and a few tries; a link ends after some time, or when it was ended.';
    return this.say(reply, 410, 'That does not work any more', text, {
      to: '/my/enter',
      text: 'Ask for a new code',
    });
  }

  private say(
    reply: FastifyReply,
    status: number,
    heading: string,
    text: string,
    way: { to: string; text: string } | null = null,
  ): Promise<void> {
    return this.bare(reply, status, 'message', heading, { heading, text, way });
  }

  private bare(
    reply: FastifyReply,
    status: number,
    template: string,
    title: string,
    data: Record<string, unknown> & Partial<Form>,
  ): Promise<void> {
    return this.pages.show(reply, status, `my/pages/${template}.njk`, {
      ...NO_FORM,
      ...data,
      wrong: wrongIn(data.errors ?? []),
      title,
    });
  }

  private show(
    reply: FastifyReply,
    visit: Visit,
    template: string,
    title: string,
    data: object,
    form: Form = NO_FORM,
    status = 200,
  ): Promise<void> {
    const { formKey, worker, phone } = visit;
    return this.bare(reply, status, template, title, {
      ...form,
      visiting: true,
      formKey,
      worker,
      phone,
      ...data,
    });
  }
}

const MENU: { item: SharedItem | null; to: string; text: string }[] = [
  { item: 'plan', to: '/my/plan', text: 'My plan' },
  { item: 'appointments', to: '/my/appointments', text: 'Appointments' },
  { item: 'questionnaires', to: '/my/questions', text: 'Questionnaires' },
  { item: 'messages', to: '/my/message', text: 'Write to us' },
  { item: null, to: '/my/sharing', text: 'Who can see what' },
  { item: null, to: '/my/contact', text: 'How we contact you' },
  { item: null, to: '/my/stop', text: 'Stop messaging me' },
];

const menuOf = ({ own, items }: OwnPageView) => [
  ...MENU.filter(({ item }) => (item === null ? own : items.includes(item))).map(({ to, text }) => ({
    to,
    text: own ? text : text.replace('My plan', 'The plan'),
  })),
  { to: '/my/feedback', text: 'Tell us how it is, or what worries you' },
];

/** What is the person's alone looks absent to whom they named. */
function refuseSupporter({ actor }: Visit): void {
  if (actor.supporterId !== null) throw Refusal.notFound();
}

function forgetHere(reply: FastifyReply): void {
  // What the browser keeps to go back quickly goes too.
  void reply.clearCookie(SESSION, COOKIE).header('clear-site-data', '"cache"');
}

const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();

function wordsOf(text = '', most: number): string {
  const words = tidy(text);
  if (words === '') throw Refusal.invalidField('words', 'Write something first');
  if (words.length > most) throw Refusal.invalidField('words', `Use ${String(most)} letters or fewer`);
  return words;
}

function noteOf(text = ''): { note?: string } {
  const note = tidy(text);
  if (note.length > 500) throw Refusal.invalidField('note', 'Use 500 letters or fewer');
  return note === '' ? {} : { note };
}

function same(given: string, key: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(key)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const formOf = (values: Record<string, string>, problems: readonly FieldProblem[]): Form => ({
  values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.slice(0, 5000)])),
  errors: problems.map(({ field, message }) => ({ field, text: message, href: `#${field}` })),
});

const wrongIn = (errors: Form['errors']) =>
  Object.fromEntries(errors.map(({ field, text }) => [field, text]));
