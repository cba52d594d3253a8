import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { saysWhy } from '../../caseload/appointment.rules.js';
import { PageAccess } from '../../client-page/page-access.service.js';
import { type Entered, PageEntry } from '../../client-page/page-entry.service.js';
import { PageKeptForms } from '../../client-page/page-kept-forms.service.js';
import { PageSessions } from '../../client-page/page-sessions.service.js';
import { PageChanges } from '../../client-page/page-changes.service.js';
import { OwnPage } from '../../client-page/own-page.service.js';
import type { OwnPageView } from '../../client-page/page.dto.js';
import { OwnPageQueries } from '../../client-page/page.queries.js';
import { SentGroupsQueries } from '../../client-page/sent-groups.queries.js';
import { SentGroups } from '../../client-page/sent-groups.service.js';
import type { Visit } from '../../client-page/page.types.js';
import { CHANNELS } from '../../clients/client.types.js';
import { SHARED_ITEMS, type SharedItem } from '../../clients/people-close.types.js';
import { SHORTLIST_ANSWERS } from '../../onward-referrals/onward.types.js';
import { Public } from '../../permissions/can.decorator.js';
import { type FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { equalInTime } from '../../platform/pure/hash.js';
import { newId } from '../../platform/pure/ids.js';
import { without } from '../../platform/pure/without.js';
import { STORY_USES } from '../../stories/story.types.js';
import { doneOnce, KEY, SENT_BEFORE, seenIn } from '../layout/forms.js';
import { Pages } from '../layout/pages.js';
import { pdfOf, sendPdf } from '../paper/letter.pdf.js';
import { canBeWritten, hasFiles } from '../paper/letter.rules.js';
import { seeOther } from '../layout/see-other.js';
import { choice, fields, sixDigits, typedDate } from '../reply/reply.forms.js';
import {
  agreementPart,
  appointmentPart,
  contactPart,
  groupPart,
  itemTicks,
  messagePart,
  overtakenBy,
  planLetter,
  planPart,
  stillToDo,
  questionnairePart,
  storyPart,
  supporterPart,
  useTicks,
} from './my.pages.js';
import { aboutWords, feedbackWords, OFFERED_LANGUAGES, reasonWords, saidOf } from './my.words.js';
import { forgetChoice, speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';

/** Bound to this site and this path by the browser itself, read by no script, and sent with nothing another site begins. */
const SESSION = '__Host-betony-page';
const COOKIE = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

const READS: [number, number] = [300, 10];
const WRITES: [number, number] = [60, 10];
const TRIES: [number, number] = [30, 10];

/** What is kept of people, and why: of their own scheme once it is known. */
const NOTICE = '/privacy/people';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WORDS_MAX = 2000;
const NOTE_MAX = 500;

/** Every form in which somebody writes, by where it is sent, with why it is not there any more. */
const WRITTEN: { sent: RegExp; gone: Key }[] = [
  { sent: /^\/my\/(message|feedback|contact|change)$/, gone: 'my.refused.reload' },
  { sent: /^\/my\/appointments\/[\w-]+$/, gone: 'my.refused.past' },
];
const writtenTo = ({ url }: { url: string }) => {
  const [path = ''] = url.split('?', 1);
  const found = WRITTEN.find(({ sent }) => sent.test(path));
  return found ? { path, gone: found.gone } : null;
};

/** Each is on the page of its own address, but for those that stand on another's. */
const ON_ANOTHER: Record<string, string> = { '/my/change': '/my/contact' };
const pageOf = (sent: string): string => ON_ANOTHER[sent] ?? sent;
const formsOn = (page: string): string[] => [
  page,
  ...Object.keys(ON_ANOTHER).filter((sent) => ON_ANOTHER[sent] === page),
];

interface Form {
  values: Record<string, string>;
  errors: { field: string; text: string; href: string }[];
  /** Why it was not done, where no single answer is to blame; or that it is what was typed before. */
  notice?: string;
  /** Of what it would take the place of, where that is something else by now. */
  version?: number | undefined;
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
    private readonly kept: PageKeptForms,
    private readonly sent: SentGroups,
    private readonly sentQueries: SentGroupsQueries,
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
      speechFor(reply.request),
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
    return this.came(reply, came, () =>
      this.codeForm(reply, ask, wrongCode(code, speechFor(reply.request)), 422),
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
    const { t } = speechFor(reply.request);
    const message = t(born === null ? 'my.link.wrong' : 'my.link.misfit');
    const again = formOf({}, [{ field: 'day', message }], t);
    return this.came(reply, came, () => this.linkForm(reply, token, again, 422));
  }

  /** The one GET that does something: it ends what the cookie opens. Looking ahead, as browsers do, is not leaving. */
  @Get('leave')
  @Public()
  @LimitPerAddress(...READS)
  async leave(@Res() reply: FastifyReply): Promise<void> {
    const ahead = reply.request.headers['sec-purpose'] ?? reply.request.headers['purpose'];
    if (reply.request.method === 'GET' && ahead === undefined) {
      await this.sessions.leave(reply.request.cookies[SESSION] ?? null);
      forgetHere(reply);
    }
    return seeOther(reply, '/bank-holidays');
  }

  @Get()
  @Public()
  @LimitPerAddress(...READS)
  async home(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) => {
      const view = await this.queries.home(visit.actor);
      const { speech, heading, plan } = view.items.includes('plan')
        ? await this.planOf(reply, visit)
        : { speech: speechTo(reply, visit), heading: null, plan: null };
      return this.show(reply, visit, 'home', 'my.title.page', {
        first: true,
        own: view.own,
        name: view.name,
        next: view.next && appointmentPart(view.next, speech),
        wanted: plan && { heading, goals: plan.goals.filter(({ over }) => !over).map(stillToDo) },
        questionnaires: view.questionnaires,
        groups: view.groups,
        menu: menuOf(view, speech),
      });
    });
  }

  @Get('plan')
  @Public()
  @LimitPerAddress(...READS)
  async plan(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) => {
      const { speech, heading, plan } = await this.planOf(reply, visit);
      const letter = plan && planLetter(plan, heading, speech);
      return this.show(reply, visit, 'plan', 'my.title.plan', {
        heading,
        plan,
        file: letter !== null && hasFiles(speech.language) && canBeWritten(letter),
        mayWrite: visit.actor.supporterId === null,
      });
    });
  }

  /** The same as a file, to keep or to hand on; where none can be made, the page. */
  @Get('plan.pdf')
  @Public()
  @LimitPerAddress(...READS)
  async planFile(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) => {
      const { speech, heading, plan } = await this.planOf(reply, visit);
      const letter = plan && planLetter(plan, heading, speech);
      if (!letter || !hasFiles(speech.language) || !canBeWritten(letter)) return seeOther(reply, '/my/plan');
      return sendPdf(reply, 'page', await pdfOf(letter, speech.tag));
    });
  }

  private async planOf(reply: FastifyReply, visit: Visit) {
    const plan = await this.queries.plan(visit.actor);
    const speech = speechTo(reply, visit);
    const own = visit.actor.supporterId === null;
    const heading = own ? speech.t('my.menu.plan') : speech.t('my.plan.of', { name: visit.name });
    return { speech, heading, plan: plan && planPart(plan, speech) };
  }

  @Post('plan/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async tick(@Param('id') id: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, async (visit, { done }) => {
      if (!UUID.test(id) || (done !== 'yes' && done !== 'no')) throw Refusal.notFound();
      await this.page.tick(visit, id, { done: done === 'yes' });
      return seeOther(reply, `/my/plan#${id}`);
    });
  }

  @Get('appointments/:id/calendar')
  @Public()
  @LimitPerAddress(...READS)
  async calendar(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async ({ actor }) => {
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
  async appointments(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) =>
      this.show(reply, visit, 'appointments', 'my.menu.appointments', {
        own: visit.actor.supporterId === null,
        appointments: (await this.queries.appointments(visit.actor)).map((one) =>
          appointmentPart(one, speechTo(reply, visit)),
        ),
      }),
    );
  }

  @Get('appointments/:id')
  @Public()
  @LimitPerAddress(...READS)
  async cannotCome(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) =>
      this.cannotComeForm(reply, visit, id, await this.begun(reply, visit), 200),
    );
  }

  @Post('appointments/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async callOff(@Param('id') id: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, (visit, sent) =>
      this.orForm(
        sent,
        speechTo(reply, visit),
        async () => {
          const { t } = speechTo(reply, visit);
          const reason = choice(reasonWords(t), sent['reason']);
          if (reason === null) throw Refusal.invalidField('reason', t('my.cannotCome.chooseWhy'));
          const said = { reason, ...noteOf(sent['note'], t) };
          if (!saysWhy(said)) throw Refusal.invalidField('note', t('my.cannotCome.sayOther'));
          await this.page.cannotCome(visit, id, said);
          await this.sentNow(reply, visit);
          return seeOther(reply, '/my/appointments');
        },
        (form, status) => this.cannotComeForm(reply, visit, id, form, status),
      ),
    );
  }

  @Get('questions')
  @Public()
  @LimitPerAddress(...READS)
  async questions(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) =>
      this.show(reply, visit, 'questions', 'my.menu.questions', {
        waiting: (await this.queries.questionnaires(visit.actor)).map((one) =>
          questionnairePart(one, speechTo(reply, visit)),
        ),
      }),
    );
  }

  @Get('groups')
  @Public()
  @LimitPerAddress(...READS)
  async groups(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) => {
      refuseSupporter(visit);
      const speech = speechTo(reply, visit);
      const groups = (await this.sentQueries.sent(visit.actor)).map((one) => groupPart(one, speech));
      return this.show(reply, visit, 'groups', 'my.menu.groups', { groups });
    });
  }

  @Post('groups/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async answerGroup(
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(reply, body, async (visit, sent) => {
      refuseSupporter(visit);
      const answer = SHORTLIST_ANSWERS.find((one) => one === sent['answer']);
      if (!UUID.test(id) || answer === undefined) throw Refusal.notFound();
      await this.sent.answer(visit, id, { answer });
      return seeOther(reply, `/my/groups#${id}`);
    });
  }

  @Get('sharing')
  @Public()
  @LimitPerAddress(...READS)
  async sharing(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) => {
      const agreements = await this.queries.agreed(visit.actor);
      const supporters = await this.queries.supporters(visit.actor);
      const stories = await this.queries.stories(visit.actor);
      const speech = speechTo(reply, visit);
      return this.show(reply, visit, 'sharing', 'my.menu.sharing', {
        stories: stories.map((one) => storyPart(one, speech)),
        agreements: agreements.map((one) => agreementPart(one, visit.scheme, speech)),
        supporters: supporters.map((one) => supporterPart(one, speech)),
      });
    });
  }

  @Get('sharing/:id')
  @Public()
  @LimitPerAddress(...READS)
  async takeBackPage(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) => {
      const one = (await this.queries.agreed(visit.actor)).find((agreement) => agreement.id === id);
      if (!one?.mayTakeBack) throw Refusal.notFound();
      const part = agreementPart(one, visit.scheme, speechTo(reply, visit));
      return this.show(reply, visit, 'take-back', 'my.title.takeBack', { one: part });
    });
  }

  @Post('sharing/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async takeBack(@Param('id') id: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, async (visit) => {
      await this.page.takeBack(visit, id).catch(unlessTakenBack);
      return seeOther(reply, '/my/sharing');
    });
  }

  @Get('told/:id')
  @Public()
  @LimitPerAddress(...READS)
  async told(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, (visit) => this.toldForm(reply, visit, id, NO_FORM, 200));
  }

  @Post('told/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async takeUsesBack(
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(reply, body, (visit, sent) =>
      this.orForm(
        sent,
        speechTo(reply, visit),
        async () => {
          if (!UUID.test(id)) throw Refusal.notFound();
          const uses = STORY_USES.filter((use) => sent[use] === 'yes');
          if (uses.length === 0) {
            throw Refusal.invalidField('uses', speechTo(reply, visit).t('my.told.tick'));
          }
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
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(reply, body, async (visit) => {
      if (!UUID.test(id)) throw Refusal.notFound();
      await this.page.takeStoryBack(visit, id, {});
      return seeOther(reply, '/my/sharing');
    });
  }

  @Get('supporters/:id')
  @Public()
  @LimitPerAddress(...READS)
  async supporter(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) => {
      const one = (await this.queries.supporters(visit.actor)).find((named) => named.id === id);
      if (!one) throw Refusal.notFound();
      const speech = speechTo(reply, visit);
      return this.show(reply, visit, 'supporter', 'my.title.supporter', {
        one: supporterPart(one, speech),
        items: itemTicks(one.shares, visit.safetyFlag, speech),
        flagged: visit.safetyFlag,
      });
    });
  }

  @Post('supporters/:id')
  @Public()
  @LimitPerAddress(...WRITES)
  async give(@Param('id') id: string, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, async (visit, sent) => {
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
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(reply, body, async (visit) => {
      await this.page.endSupporter(visit, id);
      return seeOther(reply, '/my/sharing');
    });
  }

  @Get('contact')
  @Public()
  @LimitPerAddress(...READS)
  async contact(@Query('saved') saved: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, async (visit) =>
      this.contactForm(
        reply,
        visit,
        await this.begun(reply, visit),
        200,
        saved === 'yes' ? 'common.saved' : null,
      ),
    );
  }

  @Post('contact')
  @Public()
  @LimitPerAddress(...WRITES)
  async changeContact(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, (visit, sent) =>
      this.orForm(
        sent,
        speechTo(reply, visit),
        async () => {
          const { language = '', reachNote = '' } = sent;
          const note = tidy(reachNote);
          if (note.length > NOTE_MAX) throw tooLong('reachNote', NOTE_MAX, speechTo(reply, visit).t);
          const change = {
            switchOff: CHANNELS.filter((channel) => sent[`off-${channel}`] === 'yes'),
            reachNote: note,
            ...(OFFERED_LANGUAGES.includes(language) ? { language } : {}),
          };
          await this.page.changeContact(visit, change, seenIn(reply.request.body));
          await this.sentNow(reply, visit);
          return seeOther(reply, '/my/contact?saved=yes');
        },
        (form, status) => this.contactForm(reply, visit, form, status),
      ),
    );
  }

  @Post('change')
  @Public()
  @LimitPerAddress(...TRIES)
  async askChange(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, (visit, sent) =>
      this.orForm(
        sent,
        speechTo(reply, visit),
        async () => {
          const id = await this.changes.ask(visit, sent['to'] ?? '');
          await this.sentNow(reply, visit);
          return seeOther(reply, `/my/change/${id}`);
        },
        (form, status) => this.contactForm(reply, visit, form, status),
      ),
    );
  }

  @Get('change/:id')
  @Public()
  @LimitPerAddress(...READS)
  async change(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, (visit) => this.changeForm(reply, visit, id, NO_FORM, 200));
  }

  @Post('change/:id')
  @Public()
  @LimitPerAddress(...TRIES)
  async confirmChange(
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.posting(reply, body, async (visit, sent) => {
      if (!UUID.test(id)) throw Refusal.notFound();
      const code = sixDigits(sent['code']);
      const came = code === null ? 'wrong' : await this.changes.confirm(visit, id, code);
      if (came === 'done') return seeOther(reply, '/my/contact?saved=yes');
      if (came === 'none') return this.gone(reply);
      return this.changeForm(reply, visit, id, wrongCode(code, speechTo(reply, visit)), 422);
    });
  }

  @Get('message')
  @Public()
  @LimitPerAddress(...READS)
  async message(@Query('sent') sent: unknown, @Res() reply: FastifyReply): Promise<void> {
    const notice = sent === 'yes' ? 'my.write.sent' : null;
    return this.visiting(reply, async (visit) =>
      this.writeForm(reply, visit, await this.begun(reply, visit), 200, notice),
    );
  }

  @Post('message')
  @Public()
  @LimitPerAddress(...WRITES)
  async write(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, (visit, sent) =>
      this.orForm(
        sent,
        speechTo(reply, visit),
        async () => {
          await this.page.write(visit, { words: wordsOf(sent['words'], speechTo(reply, visit).t) });
          await this.sentNow(reply, visit);
          return seeOther(reply, '/my/message?sent=yes');
        },
        (form, status) => this.writeForm(reply, visit, form, status),
      ),
    );
  }

  @Get('feedback')
  @Public()
  @LimitPerAddress(...READS)
  async feedback(@Query('sent') sent: unknown, @Res() reply: FastifyReply): Promise<void> {
    const notice = sent === 'yes' ? 'my.feedback.sent' : null;
    return this.visiting(reply, async (visit) =>
      this.feedbackForm(reply, visit, await this.begun(reply, visit), 200, notice),
    );
  }

  @Post('feedback')
  @Public()
  @LimitPerAddress(...WRITES)
  async giveFeedback(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, (visit, sent) =>
      this.orForm(
        sent,
        speechTo(reply, visit),
        async () => {
          const { t } = speechTo(reply, visit);
          const kind = choice(feedbackWords(t), sent['kind']);
          const about = choice(aboutWords(t), sent['about']);
          if (kind === null) throw Refusal.invalidField('kind', t('my.feedback.chooseKind'));
          if (about === null) throw Refusal.invalidField('about', t('my.feedback.chooseAbout'));
          const words = wordsOf(sent['words'], t);
          await this.page.giveFeedback(visit, {
            kind,
            about,
            words,
            wantsAnswer: sent['wantsAnswer'] === 'yes',
          });
          await this.sentNow(reply, visit);
          return seeOther(reply, '/my/feedback?sent=yes');
        },
        (form, status) => this.feedbackForm(reply, visit, form, status),
      ),
    );
  }

  @Get('stop')
  @Public()
  @LimitPerAddress(...READS)
  async stop(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, (visit) => {
      refuseSupporter(visit);
      return this.show(reply, visit, 'stop', 'my.menu.stop', {});
    });
  }

  @Post('stop')
  @Public()
  @LimitPerAddress(...WRITES)
  async stopMessages(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, async (visit, sent) => {
      await this.page.stopMessages(visit, { callsToo: sent['callsToo'] === 'yes' });
      return seeOther(reply, '/my/contact?saved=yes');
    });
  }

  @Get('close')
  @Public()
  @LimitPerAddress(...READS)
  async closing(@Res() reply: FastifyReply): Promise<void> {
    return this.visiting(reply, (visit) => {
      refuseSupporter(visit);
      return this.show(reply, visit, 'close', 'my.title.close', {});
    });
  }

  @Post('close')
  @Public()
  @LimitPerAddress(...WRITES)
  async close(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.posting(reply, body, async (visit) => {
      await this.access.closeOwn(visit.actor);
      forgetHere(reply);
      return this.say(reply, 200, speechTo(reply, visit), 'my.close.closed', 'my.close.closedText');
    });
  }

  /** Without a session there is one way on, the same for whoever never had one. */
  private async visiting(reply: FastifyReply, work: (visit: Visit) => Promise<void>): Promise<void> {
    const visit = await this.sessions.visit(reply.request.cookies[SESSION] ?? null);
    if (!visit) return seeOther(reply, '/my/enter');
    try {
      await work(visit);
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      return this.notThere(reply, visit, error);
    }
  }

  /** Whoever is led to what they typed on a page that is not there any more is told so once. */
  private async notThere(reply: FastifyReply, visit: Visit, error: Refusal): Promise<void> {
    const written = writtenTo(reply.request);
    if (!written || !(await this.kept.drop(visit, written.path))) throw error;
    const way: Way = { to: '/my', text: 'common.backToFirst' };
    return this.say(reply, 410, speechTo(reply, visit), 'my.refused.heading', written.gone, way);
  }

  /** A form of this session, sent from a page of this session; sent twice, it is done once. */
  private async posting(
    reply: FastifyReply,
    body: unknown,
    work: (visit: Visit, sent: Sent) => Promise<void>,
  ): Promise<void> {
    const visit = await this.sessions.visit(reply.request.cookies[SESSION] ?? null);
    const { key = '', ...sent } = without(fields(body), KEY);
    if (!visit) return this.closed(reply, key, sent);
    if (!equalInTime(key, visit.formKey)) return this.earlier(reply, visit, key, sent);
    doneOnce(reply.request, body);
    try {
      await work(visit, sent);
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || (error.status !== 409 && error.code !== SENT_BEFORE)) throw error;
      const back: Way = { to: '/my', text: 'common.backToFirst' };
      const because = saidOf(error.message) ?? 'my.refused.reload';
      return this.say(reply, 409, speechTo(reply, visit), 'my.refused.heading', because, back);
    }
  }

  /** The page closed while somebody typed: what they wrote waits for them alone, where there is somebody to wait for. */
  private async closed(reply: FastifyReply, key: string, sent: Sent): Promise<void> {
    const written = writtenTo(reply.request);
    const token = reply.request.cookies[SESSION] ?? null;
    const kept = written !== null && (await this.kept.keep(token, key, written.path, short(sent)));
    const way: Way = { to: '/my/enter', text: 'my.over.again' };
    const text = kept ? 'my.over.kept' : 'my.over.text';
    return this.say(reply, 401, speechFor(reply.request), 'my.over.heading', text, way);
  }

  /** Sent from a tab that was open before they entered again: it is shown once more, in the session of now. */
  private async earlier(reply: FastifyReply, visit: Visit, key: string, sent: Sent): Promise<void> {
    const path = writtenTo(reply.request)?.path;
    const kept = path !== undefined && (await this.kept.keepOfEarlier(visit, key, path, short(sent)));
    if (!kept) throw Refusal.forbidden();
    return seeOther(reply, pageOf(path));
  }

  /** A form as it is shown first: empty, or with what its page closed on. */
  private async begun(reply: FastifyReply, visit: Visit): Promise<Form> {
    const page = writtenTo(reply.request)?.path;
    const kept = page && (await this.kept.of(visit, formsOn(page)));
    if (!kept) return NO_FORM;
    return {
      ...formOf(fields(kept), [], speechTo(reply, visit).t),
      notice: speechTo(reply, visit).t('ours.again'),
    };
  }

  private async sentNow(reply: FastifyReply, visit: Visit): Promise<void> {
    const written = writtenTo(reply.request);
    if (written) await this.kept.drop(visit, written.path);
  }

  /** What is wrong with a form is shown in it, with what was typed. */
  private async orForm(sent: Sent, { t }: Speech, work: () => Promise<void>, again: Show): Promise<void> {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || (error.status !== 422 && error.status !== 412)) throw error;
      const form = formOf(sent, (error.extra['errors'] as FieldProblem[] | undefined) ?? [], t);
      const notice = error.code === SENT_BEFORE ? { notice: t('common.sentBefore') } : {};
      return again({ ...form, ...notice }, error.status);
    }
  }

  private async came(reply: FastifyReply, came: Entered, again: () => Promise<void>): Promise<void> {
    if (came === 'wrong') return again();
    if (came === 'none') return this.gone(reply);
    void reply.setCookie(SESSION, came.token, COOKIE);
    const visit = await this.sessions.visit(came.token);
    const path = visit && (await this.kept.lastPath(visit));
    return seeOther(reply, path ? pageOf(path) : '/my');
  }

  private async enterForm(reply: FastifyReply, form: Form, status: number): Promise<void> {
    const schemes = await this.entry.schemes();
    return this.bare(reply, status, 'enter', 'my.title.page', { schemes, ...form });
  }

  private codeForm(reply: FastifyReply, ask: string, form: Form, status: number): Promise<void> {
    return this.bare(reply, status, 'code', 'my.title.code', {
      to: `/my/code/${encodeURIComponent(ask)}`,
      ...form,
    });
  }

  private linkForm(reply: FastifyReply, token: string, form: Form, status: number): Promise<void> {
    return this.bare(reply, status, 'link', 'my.title.page', { to: `/my/link/${token}`, ...form });
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
    const speech = speechTo(reply, visit);
    const data = { one: appointmentPart(one, speech), reasons: reasonWords(speech.t) };
    return this.show(reply, visit, 'cannot-come', 'my.appointments.cannotCome', data, form, status);
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
    const one = storyPart(found, speechTo(reply, visit));
    const items = useTicks(one.uses);
    return this.show(reply, visit, 'told', 'my.title.told', { one, items }, form, status);
  }

  private async contactForm(
    reply: FastifyReply,
    visit: Visit,
    form: Form,
    status: number,
    notice: Key | null = null,
  ): Promise<void> {
    const view = await this.queries.contact(visit.actor);
    const values = { reachNote: view.reachNote ?? '', ...form.values };
    const speech = speechTo(reply, visit);
    const said = status === 412 ? overtakenBy(view, speech) : notice && speech.t(notice);
    const data = {
      ...contactPart(view, values, speech),
      flagged: visit.safetyFlag,
      // Whoever sends it again has seen both; what was typed before was typed on what stood there then.
      version: status === 412 ? view.version : (form.version ?? view.version),
      notice: said ?? form.notice,
    };
    return this.show(reply, visit, 'contact', 'my.menu.contact', data, { ...form, values }, status);
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
    return this.show(reply, visit, 'change', 'my.title.code', { to }, form, status);
  }

  private async writeForm(
    reply: FastifyReply,
    visit: Visit,
    form: Form,
    status: number,
    notice: Key | null = null,
  ): Promise<void> {
    const speech = speechTo(reply, visit);
    const written = (await this.queries.messages(visit.actor)).map((one) => messagePart(one, speech));
    const data = { written, notice: notice ? speech.t(notice) : form.notice };
    return this.show(reply, visit, 'write', 'my.menu.message', data, form, status);
  }

  private feedbackForm(
    reply: FastifyReply,
    visit: Visit,
    form: Form,
    status: number,
    notice: Key | null = null,
  ): Promise<void> {
    const { t } = speechTo(reply, visit);
    const data = { kinds: feedbackWords(t), abouts: aboutWords(t), notice: notice ? t(notice) : form.notice };
    return this.show(reply, visit, 'feedback', 'my.title.tell', data, form, status);
  }

  private gone(reply: FastifyReply): Promise<void> {
    const way: Way = { to: '/my/enter', text: 'my.gone.new' };
    return this.say(reply, 410, speechFor(reply.request), 'my.gone.heading', 'my.gone.text', way);
  }

  private say(
    reply: FastifyReply,
    status: number,
    speech: Speech,
    heading: Key,
    text: Key,
    way: Way | null = null,
  ): Promise<void> {
    return this.bare(reply, status, 'message', heading, {
      speech,
      heading: speech.t(heading),
      text: speech.t(text),
      way: way && { to: way.to, text: speech.t(way.text) },
    });
  }

  private bare(
    reply: FastifyReply,
    status: number,
    template: string,
    title: Key,
    data: Record<string, unknown> & Partial<Form> & { speech?: Speech },
  ): Promise<void> {
    const { speech = speechFor(reply.request), ...rest } = data;
    return this.pages.show(reply, status, `my/pages/${template}.njk`, {
      ...NO_FORM,
      privacy: NOTICE,
      ...rest,
      wrong: wrongIn(data.errors ?? []),
      title: speech.t(title),
      speech,
    });
  }

  private show(
    reply: FastifyReply,
    visit: Visit,
    template: string,
    title: Key,
    data: object,
    form: Form = NO_FORM,
    status = 200,
  ): Promise<void> {
    const { actor, formKey, worker, phone } = visit;
    return this.bare(reply, status, template, title, {
      ...form,
      privacy: `${NOTICE}/${actor.schemeId}`,
      speech: speechTo(reply, visit),
      visiting: true,
      keys: { session: formKey, once: newId() },
      worker,
      phone,
      ...data,
    });
  }
}

/** Where a page that has nothing more to say leads on. */
interface Way {
  to: string;
  text: Key;
}

/** In the language chosen in this browser, else in that of whoever the page is about and for. */
const speechTo = (reply: FastifyReply, { language }: Visit): Speech => speechFor(reply.request, language);

const MENU: { item: SharedItem | null; to: string; text: Key; theirs?: Key }[] = [
  { item: 'plan', to: '/my/plan', text: 'my.menu.plan', theirs: 'my.menu.thePlan' },
  { item: 'appointments', to: '/my/appointments', text: 'my.menu.appointments' },
  { item: 'questionnaires', to: '/my/questions', text: 'my.menu.questions' },
  { item: null, to: '/my/groups', text: 'my.menu.groups' },
  { item: 'messages', to: '/my/message', text: 'my.menu.message' },
  { item: null, to: '/my/sharing', text: 'my.menu.sharing' },
  { item: null, to: '/my/contact', text: 'my.menu.contact' },
  { item: null, to: '/my/stop', text: 'my.menu.stop' },
];

const menuOf = ({ own, items }: OwnPageView, { t }: Speech) => [
  ...MENU.filter(({ item }) => (item === null ? own : items.includes(item))).map(({ to, text, theirs }) => ({
    to,
    text: t(own ? text : (theirs ?? text)),
  })),
  { to: '/my/feedback', text: t('my.menu.feedback') },
];

/** What is the person's alone looks absent to whom they named. */
function refuseSupporter({ actor }: Visit): void {
  if (actor.supporterId !== null) throw Refusal.notFound();
}

/** Taken back by the first of two taps, or in another tab: the page says that it is. */
function unlessTakenBack(error: unknown): void {
  if (!(error instanceof Refusal) || error.extra['from'] !== 'withdrawn') throw error;
}

function forgetHere(reply: FastifyReply): void {
  // What the browser keeps to go back quickly goes too.
  void reply.clearCookie(SESSION, COOKIE).header('clear-site-data', '"cache"');
  forgetChoice(reply);
}

const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();

function wordsOf(text = '', t: Speech['t']): string {
  const words = tidy(text);
  if (words === '') throw Refusal.invalidField('words', t('my.write.empty'));
  if (words.length > WORDS_MAX) throw tooLong('words', WORDS_MAX, t);
  return words;
}

function noteOf(text = '', t: Speech['t']): { note?: string } {
  const note = tidy(text);
  if (note.length > NOTE_MAX) throw tooLong('note', NOTE_MAX, t);
  return note === '' ? {} : { note };
}

const tooLong = (field: string, most: number, t: Speech['t']): Refusal =>
  Refusal.invalidField(field, t('common.shorter', { most }));

/** Far more than any answer may be long. */
const short = (values: Sent): Sent =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.slice(0, 5000)]));

/** What those below us say of a field is put into the language of the page. */
const formOf = (values: Sent, problems: readonly FieldProblem[], t: Speech['t']): Form => ({
  values: short(values),
  version: seenIn(values),
  errors: problems.map(({ field, message }) => {
    const said = saidOf(message);
    return { field, text: said === null ? message : t(said), href: `#${field}` };
  }),
});

const wrongCode = (code: string | null, { t }: Speech): Form =>
  formOf({}, [{ field: 'code', message: t(code === null ? 'common.codeDigits' : 'common.codeWrong') }], t);

const wrongIn = (errors: Form['errors']) =>
  Object.fromEntries(errors.map(({ field, text }) => [field, text]));
