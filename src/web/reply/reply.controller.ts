import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RegisterLinks } from '../../onward-referrals/register-links.service.js';
import { ReplyCodes } from '../../onward-referrals/reply-codes.service.js';
import type { OpenLink } from '../../onward-referrals/reply-link.types.js';
import { ReplyLinks } from '../../onward-referrals/reply-links.service.js';
import { type RegisterByLink, ReplyQueries } from '../../onward-referrals/reply.queries.js';
import { Volunteers } from '../../onward-referrals/volunteers.service.js';
import { Public } from '../../permissions/can.decorator.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { newId } from '../../platform/pure/ids.js';
import { without } from '../../platform/pure/without.js';
import { LimitPerAddress } from '../../platform/http/rate-limit.js';
import { ListingsService } from '../../providers/listings.service.js';
import { eachDoneOnce, type Form, KEY, seenIn, take } from '../layout/forms.js';
import { Pages } from '../layout/pages.js';
import { proofOf } from '../layout/proof.js';
import { seeOther } from '../layout/see-other.js';
import {
  isPartByLink,
  overtakenBy,
  type Part,
  partPage,
  partSent,
  savePart,
} from '../listing/listing.parts.js';
import { GroupAnswers, type Said, type Sent, type Told } from './group-answers.js';
import { ownDataPage, sendOwnData } from './own-data.page.js';
import { registerOvertaken, registerPage } from './register.page.js';
import { addressIn, fields, sixDigits } from './reply.forms.js';
import { camePage, listingPage, replyPage, templateFor, type TellingRow } from './reply.page.js';
import {
  canAsk,
  NO_FORM,
  noticeOf,
  refusedForm,
  saidBefore,
  type SmallForm,
  TITLES,
  toForm,
  wrongIn,
} from './reply.parts.js';
import { refusedWords } from './reply.refusals.js';
import { cameWords, declineWords, finishWords, fullFor, onePress, placesWords } from './reply.words.js';
import { speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';

const PASS = 'betony-reply';

/** A mail server that looks at every link of a busy day stays below it; whoever guesses tokens does not get far. */
const READS: [number, number] = [300, 10];
const WRITES: [number, number] = [60, 10];

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
    private readonly group: GroupAnswers,
    private readonly listings: ListingsService,
    private readonly volunteers: Volunteers,
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
      const form = { values: { to: to.slice(0, 5000) }, errors, wrong: wrongIn(errors) };
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
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.open(token);
    return link
      ? this.page(reply, token, link, {
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
    @Query('file') file: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.links.open(token);
    if (!link) return this.gone(reply, token);
    if (form === 'my-data') return this.ownData(reply, link, token, file);
    if (isPartByLink(form) && link.actor.about.kind === 'listing')
      return this.showPart(reply, token, link, form, null);
    const button = form === 'new-link' || this.actOf(link.actor.about.kind, form) !== undefined;
    // What a refused button showed stands at its address, and whoever loads that again should be told how things stand.
    if (button && !Object.hasOwn(FORMS, form)) return seeOther(reply, `/reply/${token}`);
    return this.showForm(reply, token, link, form, 200, NO_FORM);
  }

  @Post(':token/:verb')
  @Public()
  @LimitPerAddress(...WRITES)
  async act(
    @Param('token') token: string,
    @Param('verb') verb: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (verb === 'new-link') {
      await this.links.askAgain(token);
      return seeOther(reply, '/reply/sent');
    }
    const link = await this.links.open(token);
    if (!link) return this.gone(reply, token);
    if (isPartByLink(verb) && link.actor.about.kind === 'listing') {
      reply.request.body = partSent(verb, reply.request.body);
      return this.savePart(reply, token, link, verb);
    }
    const act = this.actOf(link.actor.about.kind, verb);
    if (!act) throw Refusal.notFound();
    // A code is tried each time: what it opens is kept nowhere.
    if (verb !== 'open') eachDoneOnce(reply.request, body);
    try {
      const place = await act(link, fields(body), reply);
      const base = `/reply/${token}`;
      await seeOther(
        reply,
        place === null ? base : typeof place === 'string' ? PLACES[place](base) : place.to,
      );
      return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.refused(reply, token, link, verb, fields(body), error);
    }
  }

  private readonly onwardVerbs: Record<string, Act> = {
    worried: (link) => this.worried(link),
    code: (link) => done(this.codes.send(link), 'code'),
    open: (link, sent, reply) => done(this.enterCode(link, sent, reply)),
    leave: (link) => done(this.links.leave(link), 'left'),
  };

  private readonly listingVerbs: Record<string, Act> = {
    worried: (link) => this.worried(link),
    undo: (link) => done(this.listings.takeBackSaid(link.actor, link.actor.about.id), 'undone'),
    session: (link, sent, reply) => this.openSession(link, sent, speechFor(reply.request)),
    leave: (link) => done(this.links.leave(link), 'left'),
  };

  private readonly registerVerbs: Record<string, Act> = {
    worried: (link) => this.worried(link),
    save: (link, sent, reply) => this.keepRegister(link, reply, sent, false, seenIn(sent)),
    done: (link, sent, reply) => this.keepRegister(link, reply, sent, true, seenIn(sent)),
    off: (link, sent, reply) => this.keepRegister(link, reply, null, true, seenIn(sent)),
    undo: (link, _sent, reply) => this.reopenRegister(link, reply),
    code: (link) => done(this.codes.send(link), 'code'),
    open: (link, sent, reply) => done(this.enterCode(link, sent, reply)),
    leave: (link) => done(this.links.leave(link), 'left'),
  };

  private readonly verbs: Record<About, Record<string, Act>> = {
    onward_referral: this.onwardVerbs,
    listing: this.listingVerbs,
    register: this.registerVerbs,
  };

  /** What the group says of the matter itself is the same signed in; links, codes and leaving are of the link. */
  private actOf(about: About, verb: string): Act | undefined {
    const own = this.verbs[about];
    if (Object.hasOwn(own, verb)) return own[verb];
    const said = about === 'onward_referral' ? this.group.ofReferral : this.group.ofListing;
    const answer = about !== 'register' && Object.hasOwn(said, verb) ? said[verb] : undefined;
    return (
      answer && (({ actor }, sent, reply) => answer(actor, actor.about.id, sent, speechFor(reply.request)))
    );
  }

  /** What has changed of a service, one part of it at a time. */
  private savePart(reply: FastifyReply, token: string, link: OpenLink, part: Part): Promise<void> {
    const { actor } = link;
    return take(
      reply,
      async (body) => {
        await savePart(this.listings, actor, actor.about.id, part, body);
        return PLACES.part(`/reply/${token}`);
      },
      (form) => this.showPart(reply, token, link, part, form),
    );
  }

  private async showPart(
    reply: FastifyReply,
    token: string,
    link: OpenLink,
    part: Part,
    tried: Form | null,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const check = await this.queries.listing(link.actor, link.actor.about.id);
    // Kept back while somebody was typing: they read why, above what they typed.
    if (part === 'place' && check.withholdLocation && tried === null) throw Refusal.notFound();
    const base = `/reply/${token}`;
    const facts = listingPage(check, this.clock.now(), speech, this.telling(link, base));
    const page = partPage(part, check, tried, facts.rows, `${base}/${part}`, speech);
    return this.pages.show(reply, page.status, 'listing/part.njk', {
      ...facts,
      ...page,
      speech,
      proof: keyed(),
      base,
      canTell: true,
    });
  }

  /** Somebody else is taken on by a manager: a link proves an address, and no part in the group. */
  private readonly telling = ({ actor }: OpenLink, base: string) => ({
    base,
    claim: `/claim/${actor.schemeId}/${actor.organisationId}`,
    byLink: true,
  });

  private worried({ actor }: OpenLink): Promise<Place | null> {
    return done(this.links.worried(actor, actor.about), 'worried');
  }

  private async openSession(link: OpenLink, sent: Sent, speech: Speech): Promise<Place> {
    const sessionOn = this.group.sessionDay(sent, speech);
    const linkId = await this.registerLinks.openByLink(link, { sessionOn });
    return { to: `/reply/${this.links.token(linkId)}` };
  }

  private async keepRegister(
    link: OpenLink,
    reply: FastifyReply,
    sent: Sent | null,
    finish: boolean,
    seen: number | undefined,
  ): Promise<Place | null> {
    const view = await this.register(link, reply);
    const { actor } = link;
    return this.group.keepRegister(actor, actor.about.id, view, sent, finish, speechFor(reply.request), seen);
  }

  private async reopenRegister(link: OpenLink, reply: FastifyReply): Promise<Place | null> {
    const { actor } = link;
    return this.group.reopenRegister(actor, actor.about.id, await this.register(link, reply));
  }

  private async register(link: OpenLink, reply: FastifyReply): Promise<RegisterByLink> {
    return this.queries.register(link.actor, link.actor.about.id, {
      shared: link.shared,
      passed: await this.passed(link, reply),
    });
  }

  private passed(link: OpenLink, reply: FastifyReply): Promise<boolean> {
    return this.codes.passed(link, reply.request.cookies[PASS] ?? null);
  }

  /** The pass is a cookie of this link's own pages; without it the code is simply asked for again. */
  private async enterCode(link: OpenLink, sent: Sent, reply: FastifyReply): Promise<void> {
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

  /** A refused form is shown again with what was typed. */
  private async refused(
    reply: FastifyReply,
    token: string,
    link: OpenLink,
    verb: string,
    values: Record<string, string>,
    refusal: Refusal,
  ): Promise<void> {
    if (refusal.status === 422) {
      const form = refusedForm(values, refusal, speechFor(reply.request));
      return verb === 'open' || link.actor.about.kind === 'register'
        ? this.page(reply, token, link, { codeSent: verb === 'open', status: 422, ...form })
        : this.showForm(reply, token, link, verb, 422, form);
    }
    if (refusal.status === 412) {
      // Sent again, it is sent knowing what stands there now.
      const typed = without(values, '_version');
      if (link.actor.about.kind === 'register')
        return this.page(reply, token, link, { ...NO_FORM, status: 412, values: typed });
      return this.showForm(reply, token, link, verb, 412, { ...NO_FORM, values: typed });
    }
    if (refusal.status !== 409) throw refusal;
    if (refusal.code === 'full' && verb === 'yes') {
      return this.page(reply, token, link, { status: 409, noPlace: true });
    }
    if (saidBefore(verb, refusal.extra['from'])) return seeOther(reply, `/reply/${token}`);
    return this.page(reply, token, link, {
      status: 409,
      notice: refusedWords(verb, refusal, speechFor(reply.request)),
    });
  }

  private async page(
    reply: FastifyReply,
    token: string,
    link: OpenLink,
    more: Partial<SmallForm> & { status?: number; codeSent?: boolean; notice?: string; noPlace?: boolean },
  ): Promise<void> {
    const { status = 200, ...rest } = more;
    const speech = speechFor(reply.request);
    const { t } = speech;
    const common = {
      ...NO_FORM,
      speech,
      proof: keyed(),
      ...rest,
      wrong: wrongIn(rest.errors ?? []),
      base: `/reply/${token}`,
      canTell: true,
    };
    if (link.actor.about.kind === 'listing') {
      const check = listingPage(
        await this.queries.listing(link.actor, link.actor.about.id),
        this.clock.now(),
        speech,
        this.telling(link, common.base),
      );
      const data = { ...common, ...check, title: t('reply.title.listing') };
      return this.pages.show(reply, status, 'reply/pages/listing.njk', data);
    }
    if (link.actor.about.kind === 'register') {
      const view = await this.register(link, reply);
      const data = {
        ...common,
        ...registerPage(view, common.values, speech),
        ...(status === 412 ? { notice: registerOvertaken(view, speech) } : {}),
        title: t('reply.title.register'),
      };
      return this.pages.show(reply, status, 'reply/pages/register.njk', data);
    }
    const view = await this.queries.onwardReferral(link, await this.passed(link, reply));
    const template = templateFor(view);
    const data = {
      ...common,
      ...replyPage(view, this.clock.now(), speech),
      title: t(TITLES[template] ?? 'reply.title.past'),
      words: onePress(t),
    };
    return this.pages.show(reply, status, `reply/pages/${template}.njk`, data);
  }

  private async showForm(
    reply: FastifyReply,
    token: string,
    link: OpenLink,
    form: string,
    status: number,
    filled: SmallForm,
  ): Promise<void> {
    const about = link.actor.about.kind;
    const shown = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (!shown?.about.includes(about)) throw Refusal.notFound();
    const speech = speechFor(reply.request);
    const { t } = speech;
    const facts = await this.factsFor(link, speech);
    if (status === 200 && !canAsk(form, facts.may)) return seeOther(reply, `/reply/${token}`);
    return this.pages.show(reply, status, `reply/pages/${form}.njk`, {
      ...facts,
      ...(form === 'came'
        ? camePage(
            await this.queries.came(link.actor, link.actor.about.id),
            londonDate(this.clock.now()),
            speech,
          )
        : {}),
      speech,
      proof: keyed(),
      ...filled,
      wrong: wrongIn(filled.errors),
      base: `/reply/${token}`,
      canTell: true,
      title: t(shown.title),
      words: {
        decline: declineWords(t),
        full: fullFor(t),
        came: cameWords(t),
        finish: finishWords(t),
        places: placesWords(t),
      },
      ...(status === 412 ? { notice: overtakenBy(facts.rows ?? [], `/reply/${token}/${form}`, t) } : {}),
    });
  }

  private async factsFor(
    link: OpenLink,
    speech: Speech,
  ): Promise<
    Record<string, unknown> & { may?: Partial<Record<string, boolean>>; rows?: readonly TellingRow[] }
  > {
    switch (link.actor.about.kind) {
      case 'listing':
        return {
          ...listingPage(
            await this.queries.listing(link.actor, link.actor.about.id),
            this.clock.now(),
            speech,
            this.telling(link, `/reply/${this.links.token(link.id)}`),
          ),
          today: londonDate(this.clock.now()),
        };
      case 'register':
        return registerPage(
          await this.queries.register(link.actor, link.actor.about.id, {
            shared: link.shared,
            passed: false,
          }),
          {},
          speech,
        );
      case 'onward_referral':
        return replyPage(await this.queries.onwardReferral(link, false), this.clock.now(), speech);
    }
  }

  /** Everything held on whoever has the link: to be read, or to be kept as a file. */
  private async ownData(reply: FastifyReply, link: OpenLink, token: string, file: unknown): Promise<void> {
    try {
      const data = await this.volunteers.dataByLink(link);
      if (file === undefined) {
        const speech = speechFor(reply.request);
        await this.pages.show(reply, 200, 'reply/pages/own-data.njk', {
          ...ownDataPage(data, speech),
          speech,
          title: speech.t('reply.frame.data'),
          base: `/reply/${token}`,
        });
        return;
      }
      await sendOwnData(reply, data);
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
type Known = NonNullable<Said> | Told | 'worried' | 'code' | 'left';
type Place = Known | { to: string };
const PLACES: Record<Known, (base: string) => string> = {
  saved: (base) => `${base}?saved=yes`,
  part: (base) => `${base}?saved=part`,
  replaced: (base) => `${base}?saved=replaced`,
  'not-reached': (base) => `${base}?saved=not-reached`,
  undone: (base) => `${base}?saved=undone`,
  worried: (base) => `${base}/rings-you`,
  code: (base) => `${base}?code=sent`,
  left: () => '/reply/left',
  thanks: (base) => `${base}/thanks`,
};

/** Beside the link itself, all that makes the second of two taps harmless. */
const keyed = () => proofOf({ [KEY]: newId() });

type Act = (link: OpenLink, sent: Sent, reply: FastifyReply) => Promise<Place | null>;
const done = async (work: Promise<unknown>, place: Place | null = null): Promise<Place | null> => {
  await work;
  return place;
};

type About = OpenLink['actor']['about']['kind'];
const ANY: readonly About[] = ['onward_referral', 'listing', 'register'];
const PERSON: readonly About[] = ['onward_referral'];
const SERVICE: readonly About[] = ['listing'];

/** Pages that only ask. Titles name nobody: they stay in the history of the browser. */
const FORMS: Partial<Record<string, { title: Key; about: readonly About[] }>> = {
  no: { title: 'reply.title.no', about: PERSON },
  talk: { title: 'reply.title.talk', about: PERSON },
  came: { title: 'reply.title.came', about: PERSON },
  finish: { title: 'reply.title.finish', about: PERSON },
  worried: { title: 'reply.title.worried', about: ANY },
  'rings-you': { title: 'reply.title.ringsYou', about: ANY },
  full: { title: 'reply.title.full', about: SERVICE },
  places: { title: 'ours.places.title', about: SERVICE },
  thanks: { title: 'reply.title.thanks', about: SERVICE },
  session: { title: 'reply.session.which', about: SERVICE },
  leave: { title: 'reply.title.leave', about: ANY },
};
