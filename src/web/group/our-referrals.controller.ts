import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { MembershipQueries } from '../../identity/membership.queries.js';
import { OnwardQueries } from '../../onward-referrals/onward.queries.js';
import { ENDED_STATES, LIVE_STATES } from '../../onward-referrals/onward.types.js';
import { ReplyCodes } from '../../onward-referrals/reply-codes.service.js';
import { ReplyLinks } from '../../onward-referrals/reply-links.service.js';
import { ReplyQueries } from '../../onward-referrals/reply.queries.js';
import { Volunteers } from '../../onward-referrals/volunteers.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { londonDate } from '../../platform/clock/calendar.js';
import { Clock } from '../../platform/clock/clock.js';
import { Refusal } from '../../platform/errors/refusal.js';
import { Id } from '../../platform/http/id-param.js';
import { PageQuery } from '../../platform/http/pagination.js';
import { type Form, readQuery, take } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { GroupAnswers, type Said, type Sent } from '../reply/group-answers.js';
import { fields } from '../reply/reply.forms.js';
import { camePage, replyPage, templateFor } from '../reply/reply.page.js';
import { canAsk, noticeOf, saidBefore, TITLES } from '../reply/reply.parts.js';
import { cameWords, declineWords, finishWords, fullFor, onePress } from '../reply/reply.words.js';
import { speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';
import { CodesTyped } from './codes-typed.js';
import { ownDataPage, sendOwnData } from '../reply/own-data.page.js';
import { cameBack, GroupFrame, type Shown } from './group-frame.js';
import { initialOf, openReferrals } from './our-referrals.page.js';

/** As many as a group could ever have open; the rest is on the next page. */
const MOST_OPEN = 50;
const MOST_ENDED = 25;

/** Pages that only ask. Titles name nobody: they stay in the history of the browser. */
const FORMS: Partial<Record<string, Key>> = {
  no: 'reply.title.no',
  talk: 'reply.title.talk',
  came: 'reply.title.came',
  finish: 'reply.title.finish',
  worried: 'reply.title.worried',
  'rings-you': 'reply.title.ringsYou',
  died: 'reply.title.died',
};

/** What leads somewhere else than back to the page that shows how things stand. */
type Place = Said | 'rings-you' | 'code';

const AFTER: Record<NonNullable<Place>, string> = {
  thanks: '',
  saved: '?saved=signed',
  replaced: '?saved=replaced',
  undone: '?saved=undone',
  'not-reached': '?saved=not-reached',
  'rings-you': '/rings-you',
  code: '?code=sent',
};

/**
 * What a group is asked, for whoever of it signs in: all of it in one list, each with its next question. Answered with the
 * same verbs, and shown by the same rules, as behind a link.
 */
@ApiExcludeController()
@Controller('desk/group')
export class OurReferralsController {
  constructor(
    private readonly frame: GroupFrame,
    private readonly clock: Clock,
    private readonly memberships: MembershipQueries,
    private readonly onward: OnwardQueries,
    private readonly queries: ReplyQueries,
    private readonly answers: GroupAnswers,
    private readonly codes: ReplyCodes,
    private readonly typed: CodesTyped,
    private readonly links: ReplyLinks,
    private readonly volunteers: Volunteers,
  ) {}

  @Get('referrals')
  @Can('groupPage.use')
  async list(
    @CurrentActor() actor: MemberActor,
    @Query('after') after: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.listed(reply, actor, after, 'group/pages/referrals.njk');
  }

  /** For the folder: initials, unless somebody asks for first names. */
  @Get('folder')
  @Can('groupPage.use')
  async folder(
    @CurrentActor() actor: MemberActor,
    @Query('after') after: unknown,
    @Query('names') names: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.listed(
      reply,
      actor,
      after,
      'group/pages/folder.njk',
      names === 'first' ? undefined : initialOf,
    );
  }

  /** Everything held on whoever is signed in: to be read, or to be kept as a file. */
  @Get('my-data')
  @Can('groupPage.use')
  async ownData(
    @CurrentActor() actor: MemberActor,
    @Query('file') file: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const data = await this.volunteers.ownData(actor);
    if (file === undefined) {
      const speech = speechFor(reply.request);
      const title = speech.t('reply.frame.data');
      await this.frame.show(reply, 'reply/pages/own-data.njk', {
        ...ownDataPage(data, speech),
        title,
      });
      return;
    }
    await sendOwnData(reply, data);
  }

  @Get('referrals/:id')
  @Can('groupPage.use')
  async one(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Query('saved') saved: unknown,
    @Query('code') code: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const shown = { codeSent: code === 'sent', ...noticeOf(saved, speechFor(reply.request)) };
    await this.page(reply, actor, id, shown);
  }

  /** The small forms behind it, each with an address of its own, so that Back and reload work. */
  @Get('referrals/:id/:form')
  @Can('groupPage.use')
  async form(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('form') form: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!Object.hasOwn(FORMS, form)) {
      this.verb(form);
      return seeOther(reply, addressOf(id));
    }
    await this.small(reply, actor, id, form);
  }

  @Post('referrals/:id/:verb')
  @Can('groupPage.use')
  async answer(
    @CurrentActor() actor: MemberActor,
    @Id() id: string,
    @Param('verb') verb: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const act = this.verb(verb);
    const base = addressOf(id);
    await take(
      reply,
      async (body) => {
        const place = await act(actor, id, fields(body), speech);
        return place === null ? base : `${base}${AFTER[place]}`;
      },
      (form) => this.refused(reply, actor, id, verb, form),
    );
  }

  private verb(verb: string): (actor: MemberActor, id: string, sent: Sent, speech: Speech) => Promise<Place> {
    const { ofReferral } = this.answers;
    const answer = Object.hasOwn(ofReferral, verb) ? ofReferral[verb] : undefined;
    if (answer) return answer;
    switch (verb) {
      case 'worried':
        return async (actor, id) => {
          await this.links.worried(actor, { kind: 'onward_referral', id });
          return 'rings-you';
        };
      case 'code':
        return async (actor, id) => {
          await this.onward.get(actor, id);
          await this.codes.send(actor);
          return 'code';
        };
      // Said by somebody of the group, who answers for it: a link proves no more than an address.
      case 'died':
        return (actor, id, sent, speech) => this.answers.died(actor, id, sent, speech);
      case 'open':
        return async (actor, _id, { code }, speech) => {
          await this.typed.enter(actor, code, speech);
          return null;
        };
      default:
        throw Refusal.notFound();
    }
  }

  /** A refused form is shown again with what was typed; what was said before is no fault of whoever says it again. */
  private async refused(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    verb: string,
    form: Form,
  ): Promise<void> {
    const { refusal } = form;
    const speech = speechFor(reply.request);
    if (refusal?.code === 'full' && verb === 'yes') {
      return this.page(reply, actor, id, { status: 409, noPlace: true });
    }
    if (form.status === 409 && saidBefore(verb, refusal?.details['from'])) {
      return this.page(reply, actor, id, {});
    }
    const shown = cameBack(form, verb, speech);
    return Object.hasOwn(FORMS, verb) && form.status !== 409
      ? this.small(reply, actor, id, verb, shown)
      : this.page(reply, actor, id, { ...shown, codeSent: verb === 'open' });
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    shown: Shown & { codeSent?: boolean; noPlace?: boolean },
  ): Promise<void> {
    const speech = speechFor(reply.request);
    const view = await this.queries.ofMember(actor, id, await this.codes.passedSignedIn(actor));
    const template = templateFor(view);
    const data = {
      base: addressOf(id),
      ...replyPage(view, this.clock.now(), speech),
      title: speech.t(TITLES[template] ?? 'reply.title.past'),
      tellsOfDeath: true,
      words: onePress(speech.t),
    };
    await this.frame.show(reply, `reply/pages/${template}.njk`, data, shown);
  }

  private async small(
    reply: FastifyReply,
    actor: MemberActor,
    id: string,
    form: string,
    shown: Shown = {},
  ): Promise<void> {
    const title = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (!title) throw Refusal.notFound();
    const speech = speechFor(reply.request);
    const { t } = speech;
    const now = this.clock.now();
    const came = form === 'came' ? camePage(await this.queries.came(actor, id), londonDate(now), speech) : {};
    const facts = replyPage(await this.queries.ofMember(actor, id, false), now, speech);
    if (shown.status === undefined && !canAsk(form, facts.may)) return seeOther(reply, addressOf(id));
    const data = {
      base: addressOf(id),
      ...facts,
      ...came,
      title: t(title),
      words: { decline: declineWords(t), full: fullFor(t), came: cameWords(t), finish: finishWords(t) },
    };
    await this.frame.show(reply, `reply/pages/${form}.njk`, data, shown);
  }

  private async listed(
    reply: FastifyReply,
    actor: MemberActor,
    from: unknown,
    template: string,
    called?: (name: string) => string,
  ): Promise<void> {
    const { after } = await readQuery(PageQuery, { after: from });
    const open = await this.onward.list(actor, {
      state: [...LIVE_STATES],
      limit: MOST_OPEN,
      ...(after === undefined ? {} : { after }),
    });
    // What ended just now is theirs to have seen; it comes with the newest, and not again on every page.
    const ended =
      after === undefined
        ? await this.onward.list(actor, { state: [...ENDED_STATES], limit: MOST_ENDED })
        : { items: [] };
    const { membership } = await this.memberships.me(actor);
    const speech = speechFor(reply.request);
    const seen = [...open.items, ...ended.items].flatMap((one) => ('person' in one ? [one] : []));
    await this.frame.show(reply, template, {
      title: speech.t(template.endsWith('folder.njk') ? 'ours.folder.title' : 'ours.nav.referrals'),
      scheme: membership.schemeName,
      group: membership.organisationName,
      referrals: openReferrals(seen, speech, called),
      asOf: speech.moment(this.clock.now()),
      names: called === undefined,
      next: open.next,
    });
  }
}

const addressOf = (id: string): string => `/desk/group/referrals/${id}`;
